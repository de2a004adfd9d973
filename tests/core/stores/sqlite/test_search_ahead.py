"""A search of a large database begins before it is known which sessions there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from earwig.cli.main import main
from earwig.core.model.session import SessionId
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.stores.sqlite import row_search, sweep
from earwig.core.stores.sqlite.row_matcher import RowMatcher
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.sweep import Sweep
from earwig.core.stores.sqlite.turns import Turns
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.test_sweep import ALL_OF_IT, LEFT_EARLY, SEARCH, expected, many
from tests.core.system.test_forked import said_of

HELLO = 200
"""Rows in which there is nothing, in as many sessions as one likes."""


@pytest.fixture(autouse=True)
def _is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_search, "can_be_shared_out", lambda _database: True)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has begun, in order."""
    told: list[str] = []

    def noted(kind: type, name: str) -> None:
        does: Callable[..., Any] = getattr(kind, name)

        def do(*args: Any, **named: Any) -> Any:
            told.append(kind.__name__)
            return does(*args, **named)

        monkeypatch.setattr(kind, name, do)

    noted(Sweep, "__init__")
    noted(DatabaseStore, "in_any_order")
    return told


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("BEGIN")
        for number in range(HELLO):
            bot.append(f"telegram_{number % 4}", "user", f"hello {number}")
        bot.con.execute("COMMIT")
        yield bot


def test_the_command_begins_before_it_lists(
    bot: BotDatabase, begun: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "hello 99", str(bot.path)]) == 0
    assert capsys.readouterr().out == "telegram_3:25:user: hello 99\n"
    assert begun == ["Sweep", "DatabaseStore"]


@pytest.mark.parametrize(
    "asked", [SearchQuery("hello", sessions=("telegram_*",)), SearchQuery("hello", since_ns=1)]
)
def test_of_some_sessions_it_does_not(bot: BotDatabase, begun: list[str], asked: SearchQuery) -> None:
    SearchJob(asked, DatabaseStore([bot.path])).begin()
    SearchJob(SearchQuery("hello"), DatabaseStore([bot.path], [SessionId("an id")])).begin()
    assert begun == []


@pytest.mark.parametrize("is_time", [True, False])
@pytest.mark.parametrize("name", ["telegram_1", "telegram_new"])
def test_rows_that_come_before_the_listing_are_looked_through(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, name: str, is_time: bool
) -> None:
    monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: is_time)
    store = DatabaseStore([bot.path])
    job = SearchJob(SearchQuery("needle"), store)
    job.begin()
    for key in (name, "telegram_0", "telegram_2", "telegram_3"):  # looked through from behind
        bot.append(key, "user", "a needle" if key == name else "hello")
    found = [found for portion in job.run(store.sessions()) for found in portion.found]
    assert [(hit.session.key, hit.snippet) for it in found for hit in it.hits] == [(name, "a needle")]


def test_rows_that_come_between_two_listings_are_looked_through(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the first of them has taken the sweep to its end."""
    monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: True)
    store = DatabaseStore([bot.path])
    job = SearchJob(SearchQuery("needle"), store)
    job.begin()
    first = store.sessions()
    assert [portion.hits for portion in job.run(first) if portion.hits] == []
    for number in range(4):
        bot.append(f"telegram_new_{number}", "user", "a needle")
    job.begin()
    rest = [it for it in store.sessions() if it not in first]
    found = [found for portion in job.run(rest) for found in portion.found]
    assert [hit.session.key for it in found for hit in it.hits] == [it.key for it in rest]


@pytest.mark.parametrize("becomes", [None, b"", b"no database"])
def test_a_database_that_is_another_before_the_listing(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, becomes: bytes | None
) -> None:
    monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: True)
    store = DatabaseStore([bot.path])
    job = SearchJob(SearchQuery("hello 3"), store)
    job.begin()
    bot.checkpoint()
    with closing(BotDatabase(tmp_path / "other")) as other:
        other.append("telegram_other", "user", "hello 3")
        other.checkpoint()
        if becomes is not None:
            other.path.write_bytes(becomes)
        for ending in ("", "-wal", "-shm"):
            bot.path.with_name(f"{bot.path.name}{ending}").unlink(missing_ok=True)
        other.path.replace(bot.path)
        found = [found for portion in job.run(store.sessions()) for found in portion.found]
    hits = [(hit.session.key, hit.number) for it in found for hit in it.hits]
    assert hits == ([("telegram_other", 1)] if becomes is None else [])


def test_it_stops_by_itself_where_there_is_something_in_most_rows(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may be there yet to stop it."""
    monkeypatch.setattr(sweep, "_SOME", 8)
    looked_at: list[None] = []
    may_want = RowMatcher.may_want

    def noted(self: RowMatcher, row: Any) -> bool:
        looked_at.append(None)
        return may_want(self, row)

    monkeypatch.setattr(RowMatcher, "may_want", noted)
    monkeypatch.setattr(Turns, "_is_due", lambda _self, _rows: True)
    store = DatabaseStore([bot.path])
    job = SearchJob(SearchQuery("hello"), store)
    job.begin()
    assert sum(found.matches for portion in job.run(store.sessions()) for found in portion.found) == HELLO
    assert len(looked_at) <= 8


AHEAD = SEARCH.replace(
    """
    advance(self)
""",
    """
    advance(self)
    counts.append(0 if self._crew is None else len(self._crew._children))
""",
).replace(
    """
portions = SearchJob(SearchQuery("needle"), store).run(store.sessions())
""",
    """
job = SearchJob(SearchQuery("needle"), store)
job.begin()
[begun] = [it for it in gc.get_objects() if isinstance(it, sweep.Sweep)]
counts = [len(begun._crew._children)]
portions = job.run(store.sessions())
""",
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")
@pytest.mark.parametrize("sessions", [1, 60])
def test_processes_begin_and_another_joins_in_where_to_list_takes_long(tmp_path: Path, sessions: int) -> None:
    program = AHEAD.format(
        path=str(many(tmp_path, sessions)), rest=f"{ALL_OF_IT}\nsaid += [counts[0], max(counts)]"
    )
    assert said_of(program) == [*expected(sessions), 2, 2, True]
    program = f"from earwig.core.stores.sqlite import sweep\nsweep._LONG_TO_LIST = 0\n{program}"
    assert said_of(program) == [*expected(sessions), 1, 2, True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")
def test_who_leaves_leaves_no_process(tmp_path: Path) -> None:
    assert said_of(AHEAD.format(path=str(many(tmp_path, 1)), rest=LEFT_EARLY)) == [True]
    never_run = "portions.close(); del begun, portions, job"
    assert said_of(AHEAD.format(path=str(many(tmp_path / "other", 1)), rest=never_run)) == [False]
