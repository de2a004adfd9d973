"""Sessions that are watched closely: who shows them is asked to look before anything else is looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from earwig.core.stores.sqlite import watcher as watching
from earwig.core.stores.sqlite.place import shared_of
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.watcher import DatabaseWatcher
from earwig.core.stores.store import WatchOptions
from tests.core.following import LATER, Log, wait_for
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, chat
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.transcripts import texts
from tests.core.stores.sqlite.watched import is_quiet

NEVER = 1000.0


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        writer.append("al", "user", "hello")
        writer.append("bo", "user", "hello")
        yield writer


@pytest.fixture(autouse=True)
def only_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told by a listing, or by a look that the clock has made: but for one at the start."""
    monkeypatch.setattr(watching, "_LIST_PAUSE", NEVER)
    monkeypatch.setattr(watching, "TICK", NEVER)


class Shown:
    """A session on a screen, with all that was there to be drawn at each look; says what it was asked."""

    def __init__(self, store: DatabaseStore, key: str, log: Log) -> None:
        [self.session] = store.find(key)
        self._transcript = store.open(self.session)
        self._log = log
        self.seen: list[list[str]] = []
        self.events_before: list[int] = []
        self.threads: set[str] = set()
        self.draws = False

    def look(self) -> bool:
        self.threads.add(threading.current_thread().name)
        self.events_before.append(len(self._log.events))
        self.seen.append(texts(self._transcript.tail(9).entries))
        return self.draws


@contextmanager
def watched(bot: BotDatabase, key: str = "al") -> Iterator[tuple[Log, Shown]]:
    store, log = DatabaseStore([bot.path]), Log()
    shown = Shown(store, key, log)
    watcher = DatabaseWatcher(store, WatchOptions(log, known=store.sessions(), at_once=shown.look))
    watcher.watch_closely([shown.session.id])
    watcher.start()
    try:
        wait_for(lambda: is_quiet(watcher), LATER)
        yield log, shown
    finally:
        watcher.stop()
        watcher.join(LATER)


@pytest.mark.parametrize("draws", [False, True], ids=["nothing comes", "something comes"])
def test_who_shows_a_session_looks_first_and_the_rest_is_told_all_the_same(
    bot: BotDatabase, draws: bool
) -> None:
    with watched(bot) as (log, shown):
        shown.draws = draws
        bot.append("al", "user", "more")
        bot.append("bo", "user", "more")
        wait_for(lambda: {session.key for session in log.changed} == {"al", "bo"}, LATER)
    assert shown.threads == {"earwig-database-watcher"}
    assert shown.events_before[0] == 0
    assert shown.seen[-1] == ["hello", "more"]


def test_nobody_is_asked_of_a_session_in_another_database(bot: BotDatabase, tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path)) as editor:
        editor.create_session("one")
        editor.append_turn("one", [chat("user", "hello")])
        store, log = DatabaseStore([bot.path, editor.path]), Log()
        shown = Shown(store, "one", log)
        watcher = DatabaseWatcher(store, WatchOptions(log, known=store.sessions(), at_once=shown.look))
        watcher.watch_closely([shown.session.id])
        watcher.start()
        try:
            wait_for(lambda: is_quiet(watcher), LATER)
            bot.append("al", "user", "more")
            wait_for(lambda: log.changed, LATER)
            assert not shown.seen
            editor.append_turn("one", [chat("user", "more")])
            wait_for(lambda: shown.seen, LATER)
        finally:
            watcher.stop()
            watcher.join(LATER)


def test_a_commit_that_is_being_written_is_looked_at_once_it_is_whole(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(path: str) -> bytes:
        asked.append(path)
        return shared_of(path)

    monkeypatch.setattr(watching, "shared_of", noted)
    monkeypatch.setattr(watching, "_WHOLE", NEVER)
    with watched(bot) as (log, shown):
        bot.con.execute("PRAGMA cache_size = 1")
        bot.con.execute("BEGIN")
        for at in range(20):
            bot.append_row("al", "user", f"{at} " + "long" * 3000)
        wait_for(lambda: len(asked) > 3, LATER)  # what has no room in memory is in the -wal by now
        assert not shown.seen
        bot.con.execute("COMMIT")
        wait_for(lambda: log.changed, LATER)
    assert len(shown.seen[0]) == 9


def test_a_commit_that_never_becomes_whole_keeps_nothing_else_waiting(bot: BotDatabase) -> None:
    with watched(bot) as (log, shown):
        bot.con.execute("PRAGMA cache_size = 1")
        bot.con.execute("BEGIN")
        for at in range(20):
            bot.append_row("al", "user", f"{at} " + "long" * 3000)
        wait_for(lambda: shown.seen, LATER)
        assert shown.seen[0] == ["hello"]
        bot.con.execute("ROLLBACK")
        bot.append("bo", "user", "more")
        wait_for(lambda: log.changed, LATER)
    assert [session.key for session in log.changed] == ["bo"]
