"""What is told while the bot makes rows of a database of a session's file, and goes on there."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.store import Store, WatchOptions
from tests.core.following import LATER, wait_for
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import import_jsonl

KEY = "al_ice"


class Followed:
    """A workspace with a session in a file, of which all is known, and what is told of it."""

    def __init__(self, path: Path, key: str) -> None:
        self.workspace = Workspace(path)
        self.file = str(self.workspace.file(f"{KEY}.jsonl", HELLO, WELL))
        self.store = self.workspace.store
        self.key = key
        self.told: list[str] = []
        self.arrivals = Arrivals(self.store, self._listener, lambda _session, _sentence: None)
        self.arrivals.know(self.store.sessions())
        while self.arrivals.due is not None:
            self.hear(StoreEvents())

    def _listener(self, session: Session) -> Listener:
        return lambda it: self.told.append(it.message.content)

    def hear(self, events: StoreEvents) -> None:
        self.arrivals.take(events, time.monotonic())

    @property
    def rows(self) -> Session:
        [session] = (it for it in self.store.in_any_order() if it.store == "sqlite")
        return session


@pytest.mark.parametrize("key", [KEY, "al:ice"])
@pytest.mark.parametrize("is_found", [True, False])
def test_what_the_bot_stores_before_its_rows_are_seen_is_told_once(
    tmp_path: Path, key: str, is_found: bool
) -> None:
    followed = Followed(tmp_path, key)
    Path(followed.file).rename(f"{followed.file}.migrated")
    followed.workspace.rows(key, HELLO, WELL, HELLO, BYE)
    gone = (Vanished(SessionId(followed.file), RemovalReason.MIGRATED),)
    came = (followed.rows,)
    followed.hear(StoreEvents(found=came, vanished=gone) if is_found else StoreEvents(appeared=came))
    followed.hear(StoreEvents(vanished=gone))
    assert followed.told == ["hello", "bye"]
    followed.workspace.rows(key, WELL)
    followed.hear(StoreEvents(changed=(followed.rows,)))
    assert followed.told == ["hello", "bye", "well, hello"]


def test_rows_that_come_one_by_one_are_no_news(tmp_path: Path) -> None:
    followed = Followed(tmp_path, KEY)
    Path(followed.file).rename(f"{followed.file}.importing")
    followed.workspace.rows(KEY, HELLO)
    followed.hear(StoreEvents(found=(followed.rows,)))
    for message in (WELL, BYE):
        followed.workspace.rows(KEY, message)
        followed.hear(StoreEvents(changed=(followed.rows,)))
    assert followed.told == ["bye"]


class Streaming:
    """What a command prints that follows a workspace, or one of its sessions, by a watcher of its own."""

    def __init__(self, whole: Store, store: Store) -> None:
        self.told: list[str] = []
        self._events: SimpleQueue[StoreEvents] = SimpleQueue()
        self._arrivals = Arrivals(whole, self._listener, lambda _session, _sentence: None)
        known = store.sessions()
        for session in known:
            begin = self._arrivals.begin_lightly if store is whole else self._arrivals.begin
            begin(session, 0)
        self._arrivals.know(known)
        self.watcher = store.watcher(WatchOptions(self._events.put, known=known, grace=0.1))
        self.watcher.start()

    def _listener(self, session: Session) -> Listener:
        return lambda heard: self.told.append(heard.message.content)

    def look(self) -> list[str]:
        with suppress(Empty):
            self._arrivals.take(self._events.get(timeout=0.01), time.monotonic())
        self._arrivals.take(StoreEvents(), time.monotonic())
        return self.told


@pytest.mark.parametrize("era", ["v0.8.4", "head"])
@pytest.mark.parametrize("size", [3, 20_000])
@pytest.mark.parametrize("is_named", [True, False])
def test_a_stream_goes_on_in_the_database(tmp_path: Path, era: str, size: int, is_named: bool) -> None:
    workspace = Workspace(tmp_path)
    workspace.file(f"{KEY}.jsonl", *[("user", f"{number} " + "x" * size) for number in range(300)])
    whole = workspace.store
    streaming = Streaming(whole, whole.only(whole.find(KEY)) if is_named else whole)
    try:
        workspace.file(f"{KEY}.jsonl", ("user", "in the file"))
        wait_for(lambda: streaming.look() == ["in the file"], LATER)
        workspace.file(f"{KEY}.jsonl", ("user", "just before"))
        with closing(BotDatabase(tmp_path, era=era)) as bot:
            import_jsonl(bot)
            bot.append(KEY, "user", "just after")
            wait_for(lambda: "just after" in streaming.look(), LATER)
            bot.append(KEY, "user", "later")
            wait_for(lambda: "later" in streaming.look(), LATER)
        assert streaming.told == ["in the file", "just before", "just after", "later"]
    finally:
        streaming.watcher.stop()
        streaming.watcher.join(LATER)


def test_another_history_is_not_followed_with_a_file_that_is_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.file(f"{KEY}.jsonl", HELLO)
    workspace.rows(KEY, BYE)
    store = workspace.store
    [file] = (it for it in store.find(KEY) if it.is_file)
    assert [it.id for it in store.only([file]).sessions()] == [file.id]
