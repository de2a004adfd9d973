"""A pass along a whole table: by processes of its own, and told of while it is under way."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.stores.sqlite import row_search, sweep, turns
from earwig.core.stores.sqlite.faults import Changed
from earwig.core.stores.sqlite.messages import AllMessages, KeyMessages
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.sweep import Sweep
from earwig.core.stores.sqlite.turns import Turns
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.system.test_forked import said_of

ROWS = 600

SEARCH = """
import gc
from pathlib import Path
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.stores.sqlite import row_search, sweep, turns
from earwig.core.stores.sqlite.store import DatabaseStore

sweep._WORTH_A_PROCESS, sweep._IDS = 0, 16
turns.SMALL = row_search.SMALL = 100
turns.Turns._is_due = lambda self, rows: True
sweep.most_workers = lambda: 2
crews = []
advance = sweep.Sweep.advance
def noted(self):
    crews.append(self._crew is not None)
    advance(self)
sweep.Sweep.advance = noted
store = DatabaseStore([Path({path!r})])
portions = SearchJob(SearchQuery("needle"), store).run(store.sessions())
{rest}
said.append(any(crews))
"""
ALL_OF_IT = """
found = [found for portion in portions for found in portion.found]
said += [[hit.session.key, hit.number] for each in found for hit in each.hits]
"""
LEFT_EARLY = """
next(portions)
assert not [it for it in gc.get_objects() if isinstance(it, sweep.Sweep)][0].is_over
portions.close()
"""


def many(folder: Path, sessions: int) -> Path:
    """A database of some sessions whose rows lie mixed; every 50th row has something."""
    with closing(BotDatabase(folder)) as bot:
        bot.con.execute("BEGIN")
        for number in range(ROWS):
            bot.append(f"telegram_{number % sessions}", "user", "needle" if number % 50 == 7 else "nothing")
        bot.con.execute("COMMIT")
    return bot.path


def expected(sessions: int) -> list[list[object]]:
    """The keys and numbers of those rows, as a search is to tell of them."""
    newest_first = sorted(range(sessions), key=lambda it: -(ROWS - 1 - (ROWS - 1 - it) % sessions))
    return [
        [f"telegram_{it}", row // sessions + 1]
        for it in newest_first
        for row in range(it, ROWS, sessions)
        if row % 50 == 7
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")
@pytest.mark.parametrize("sessions", [1, 60])
def test_processes_look_over_a_table_and_the_order_stays(tmp_path: Path, sessions: int) -> None:
    path = many(tmp_path, sessions)
    assert said_of(SEARCH.format(path=str(path), rest=ALL_OF_IT)) == [*expected(sessions), True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")
def test_who_leaves_a_search_leaves_no_process(tmp_path: Path) -> None:
    path = many(tmp_path, 1)
    assert said_of(SEARCH.format(path=str(path), rest=LEFT_EARLY)) == [True]


@pytest.fixture
def advances(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far a sweep of short steps is, after each of them."""
    told: list[int] = []
    advance: Callable[[Sweep], None] = Sweep.advance

    def noted(self: Sweep) -> None:
        advance(self)
        told.append(self.upto)

    monkeypatch.setattr(Sweep, "advance", noted)
    monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: True)
    monkeypatch.setattr(sweep, "_IDS", 16)
    return told


def reached_by_hit(path: Path, advances: list[int]) -> list[int]:
    """How far the sweep was as each hit was told."""
    store = DatabaseStore([path])
    job = SearchJob(SearchQuery("needle"), store)
    return [
        advances[-1] for portion in job.run(store.sessions()) for found in portion.found for _ in found.hits
    ]


def test_a_long_session_is_told_of_as_the_sweep_comes_to_its_rows(
    tmp_path: Path, advances: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (row_search, turns):
        monkeypatch.setattr(module, "SMALL", 0)
    reached = reached_by_hit(many(tmp_path, 1), advances)
    assert len(reached) == ROWS // 50
    assert len(set(reached)) > ROWS // 100
    assert advances[-1] == ROWS


def test_short_sessions_are_told_of_while_the_sweep_is_under_way(
    tmp_path: Path, advances: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_SHARE", 0)
    reached = reached_by_hit(many(tmp_path, 60), advances)
    assert len(reached) == ROWS // 50
    assert reached[0] < ROWS


@pytest.mark.parametrize("rows_of", [AllMessages, KeyMessages])
def test_where_commits_come_between_less_is_looked_at_in_one_state(
    tmp_path: Path,
    advances: list[int],
    monkeypatch: pytest.MonkeyPatch,
    rows_of: type[AllMessages] | type[KeyMessages],
) -> None:
    wanted = rows_of.wanted

    def disturbed(self: object, snapshot: object, only: object, after: int, upto: int, **how: bool) -> object:
        if upto - after > 17:  # the first row has the id 1
            raise Changed
        return wanted(self, snapshot, only, after, upto, **how)  # type: ignore[arg-type]  # whichever it is

    monkeypatch.setattr(rows_of, "wanted", disturbed)
    monkeypatch.setattr(sweep, "_IDS", 64)
    for module in (row_search, turns):
        monkeypatch.setattr(module, "SMALL", 0)
    if rows_of is KeyMessages:
        monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: False)
    advances.append(0)
    assert len(reached_by_hit(many(tmp_path, 1), advances)) == ROWS // 50
    assert advances[-1] == (0 if rows_of is KeyMessages else ROWS)
