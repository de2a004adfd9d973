"""What is told while the bot makes rows of a database of a session's file, and goes on there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace

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
    gone = (Vanished(followed.file, RemovalReason.MIGRATED),)
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
