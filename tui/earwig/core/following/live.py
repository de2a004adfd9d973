"""All that comes in any session, as one stream, from a thread of its own."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NamedTuple

from earwig.core.following.arrivals import Arrivals
from earwig.core.following.facts import Facts
from earwig.core.following.session_tail import Listener
from earwig.core.message import ChatMessage
from earwig.core.opening import CannotOpen
from earwig.core.store import FolderStore, Session

AT_FIRST = 50
"""Sessions whose newest message is there from the start."""

_PACE = 0.1
"""Seconds between two batches: what comes meanwhile is told together."""


class Arrival(NamedTuple):
    """One message, where it stands, and when it was seen to come."""

    session: Session
    offset: int
    """Of its line, when it came."""

    number: int | None
    message: ChatMessage
    seen: float | None
    """Unix time, seconds; None for one that was there before."""


class LiveFeed(threading.Thread):
    """Gives what comes in batches; `tell` is called from its thread."""

    def __init__(self, store: FolderStore, tell: Callable[[list[Arrival]], object]) -> None:
        """`take` is to be told of all that changes from now on."""
        super().__init__(name="earwig-live", daemon=True)
        self._store = store
        self._tell = tell
        self._arrivals = Arrivals(store, self._listener, _no_note)
        self._facts: SimpleQueue[Facts | None] = SimpleQueue()
        self._batch: list[Arrival] = []
        self._told = 0.0
        self._live = False

    def take(self, facts: Facts) -> None:
        """Something has happened. From any thread."""
        self._facts.put(facts)

    def stop(self) -> None:
        """End soon. From any thread."""
        self._facts.put(None)

    def run(self) -> None:
        """Tell of the newest messages, then of what comes, until stopped."""
        try:
            self._begin()
            while (facts := self._next()) is not None:
                self._arrivals.take(facts, time.monotonic())
                self._flush()
        except Exception:  # noqa: BLE001 - reported as any thread's
            kind, value, trace = sys.exc_info()
            threading.excepthook(threading.ExceptHookArgs((kind or Exception, value, trace, self)))

    def _begin(self) -> None:
        sessions = self._store.sessions()
        self._arrivals.know(sessions[AT_FIRST:])
        for session in reversed(sessions[:AT_FIRST]):
            try:
                self._arrivals.begin(session, 1)
            except CannotOpen:
                continue
        self._flush(at_once=True)
        self._live = True

    def _next(self) -> Facts | None:
        """What happens next, and all that has happened since; None: nothing more is wanted."""
        now = time.monotonic()
        due = self._arrivals.due
        wait = None if due is None else max(0.0, due - now)
        if self._batch:
            rest = max(0.0, self._told + _PACE - now)
            wait = rest if wait is None else min(wait, rest)
        try:
            return self._facts.get(timeout=wait)
        except Empty:
            return Facts()

    def _listener(self, session: Session) -> Listener:
        def hear(number: int | None, message: ChatMessage, offset: int) -> None:
            seen = time.time() if self._live else None
            self._batch.append(Arrival(session, offset, number, message, seen))
            self._flush()

        return hear

    def _flush(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if self._batch and (at_once or now - self._told >= _PACE):
            batch, self._batch, self._told = self._batch, [], now
            self._tell(batch)


def _no_note(_session: Session, _sentence: object) -> None:
    """Remarks on files are the browser's own to make."""
