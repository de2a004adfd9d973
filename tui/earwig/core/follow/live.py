"""Gives everything that comes in any session as one stream, from a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from earwig.core.follow.arrival_thread import ArrivalThread
from earwig.core.follow.session_tail import Heard, Listener
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.stores.store import Store
from earwig.core.system.inbox import Pace
from earwig.core.system.opening import CannotOpen

AT_FIRST = 50
"""Sessions whose newest message is given at the start."""

_PACE = 0.1
"""Seconds between two batches. What comes meanwhile is given together."""


class Arrival(NamedTuple):
    """One message, where it stands, and when it was seen to come."""

    session: Session
    position: int
    """The position of its line when it came."""

    number: int | None
    message: ChatMessage
    seen: float | None
    """When it was seen to come (Unix time, seconds); None if it was there before."""

    time: float | None = None
    """When it was stored (Unix time, seconds); None where the store does not know."""


class LiveFeed(ArrivalThread):
    """Gives what comes in batches. `tell` is called from its thread."""

    def __init__(self, store: Store, tell: Callable[[list[Arrival]], object]) -> None:
        super().__init__("earwig-live", store)
        self._tell = tell
        self._batch: list[Arrival] = []
        self._pace = Pace(_PACE)
        self._live = False

    def run(self) -> None:
        """Tell of the newest messages, then of what comes, until stopped."""
        self._begin()
        while self._take_next(self._pace.wait if self._batch else None):
            self._flush()

    def _begin(self) -> None:
        sessions = self._list()
        for session in reversed(sessions[:AT_FIRST]):
            with suppress(CannotOpen):
                self._arrivals.begin_lightly(session, 1)
        self._arrivals.know(sessions)
        self._flush(at_once=True)
        self._live = True

    def _listener(self, session: Session) -> Listener:
        def hear(heard: Heard) -> None:
            seen = time.time() if self._live else None
            self._batch.append(
                Arrival(session, heard.position, heard.number, heard.message, seen, heard.time)
            )
            self._flush()

        return hear

    def _flush(self, *, at_once: bool = False) -> None:
        if self._batch and (self._pace.is_due() or at_once):
            self._pace.begin()
            batch, self._batch = self._batch, []
            self._tell(batch)
