"""What is the matter in sessions of which the rows lie mixed: counted at once, as by one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.catalog.session_counting import SessionCounting
from earwig.core.catalog.whole_sessions import CountedTroubles, WholeSessions
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.sqlite import rows_together
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.store import Take
from tests.core.counting_runs import FAILED, Turns
from tests.core.stores.sqlite.bot_database import BotDatabase

COUNT = 60


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as made:
        for number in range(COUNT):
            made.append(f"al{number}", "user", f"where is {number}?")
        for number in range(COUNT):
            made.append(f"al{number}", "assistant", FAILED if number % 7 == 3 else "behind the shed")
        for number in range(0, COUNT, 10):
            row = made.append(f"al{number}", "user", "")
            made.con.execute("UPDATE sessions SET content = ? WHERE id = ?", (sqlite3.Binary(b"\xff"), row))
        made.con.execute("UPDATE session_metadata SET last_activity = '2026-01-02T03:04:05Z'")
        made.con.commit()
        yield made


class Run:
    """One run of the program, as far as the sessions of a database are concerned."""

    def __init__(self, bot: BotDatabase, state: Path | None = None) -> None:
        self.store = DatabaseStore([bot.path])
        self.sessions: dict[SessionId, Session] = {}
        self.turns = Turns()
        self.troubles: dict[str, Troubles] = {}
        self.told: list[CountedTroubles] = []
        self.whole = WholeSessions(self.store, self.sessions.get, self.turns, self._take, lambda: state)

    def begin(self) -> None:
        self.sessions |= {it.id: it for it in self.store.sessions()}
        self.whole.begin(list(self.sessions))

    def _take(self, found: CountedTroubles) -> None:
        self.told.append(found)
        self.troubles |= {self.sessions[it].key: troubles for it, troubles in found.troubles.items()}


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """The sessions that are counted by themselves."""
    found: list[Session] = []
    step = SessionCounting.step

    def stepped(self: SessionCounting, session: Session) -> Troubles | None:
        found.append(session)
        return step(self, session)

    monkeypatch.setattr(SessionCounting, "step", stepped)
    return found


def one_after_the_other(bot: BotDatabase) -> dict[str, Troubles]:
    """What counting each by itself finds."""
    store, found = DatabaseStore([bot.path]), {}
    for session in store.sessions():
        counting = SessionCounting(store, None)
        while (troubles := counting.step(session)) is None:
            pass
        if troubles.any:
            found[session.key] = troubles
    return found


@pytest.mark.parametrize("rows", [500, 7])
def test_it_is_as_if_each_were_counted(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, one_by_one: list[Session], rows: int
) -> None:
    monkeypatch.setattr(rows_together, "_STEP", rows)
    run = Run(bot)
    run.begin()
    run.turns.take()
    assert not one_by_one
    assert run.troubles == one_after_the_other(bot)
    assert len(run.troubles) == 14
    assert run.told[-1][1:] == (COUNT, COUNT)


def test_what_changes_meanwhile_is_counted_by_itself(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, one_by_one: list[Session]
) -> None:
    monkeypatch.setattr(rows_together, "_STEP", 7)
    run = Run(bot)
    run.begin()
    run.turns.take(3)
    bot.append("al1", "assistant", FAILED)
    bot.remove_last("al20")
    changed = [it for it in run.store.sessions() if it.key in {"al1", "al20"}]
    run.sessions |= {it.id: it for it in changed}
    run.whole.look([it.id for it in changed])
    run.turns.take()
    assert run.troubles["al1"].failed == 1
    assert "al20" not in run.troubles or not run.troubles["al20"].any
    assert run.troubles["al3"] == one_after_the_other(bot)["al3"]
    assert {it.key for it in one_by_one} >= {"al1", "al20"}


def test_what_changed_before_anybody_told_is_not_taken_for_counted(bot: BotDatabase, tmp_path: Path) -> None:
    run = Run(bot, tmp_path)
    run.begin()
    bot.append("al1", "assistant", FAILED)
    run.turns.take()
    run.sessions |= {it.id: it for it in run.store.sessions()}
    run.whole.look(it.id for it in run.sessions.values() if it.key == "al1")
    run.turns.take()
    assert run.troubles["al1"].failed == 1


def test_a_few_sessions_of_a_large_database_are_counted_by_themselves(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, one_by_one: list[Session]
) -> None:
    monkeypatch.setattr(rows_together, "_COST", 1)
    run = Run(bot)
    run.begin()
    run.turns.take()
    assert len({it.id for it in one_by_one}) == COUNT
    assert run.troubles == one_after_the_other(bot)


def test_the_next_run_knows(bot: BotDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(bot, tmp_path)
    run.begin()
    run.turns.take()
    run.whole.save()

    def never(self: DatabaseStore, sessions: object, take: Take) -> None:
        raise AssertionError("it was known")

    monkeypatch.setattr(DatabaseStore, "read_together", never)
    again = Run(bot, tmp_path)
    again.begin()
    again.turns.take()
    assert again.troubles == run.troubles
