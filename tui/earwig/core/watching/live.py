"""Watches all sessions by the rules of the settings, in a thread of its own."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from earwig.core.following.arrivals import Arrivals
from earwig.core.following.facts import Facts
from earwig.core.following.session_tail import Listener
from earwig.core.message import ChatMessage
from earwig.core.safe_text import SafeText
from earwig.core.store import FolderStore, Session
from earwig.core.watching.rules import Firing, Watch, WatchRule


class LiveWatch(threading.Thread):
    """Tells of what fires; `tell` is called from its thread."""

    def __init__(
        self, store: FolderStore, rules: Sequence[WatchRule], tell: Callable[[list[Firing]], object]
    ) -> None:
        """`take` is to be told of all that changes from now on."""
        super().__init__(name="earwig-watch", daemon=True)
        self._store = store
        self._tell = tell
        self._watch = Watch(tuple(rules))
        self._arrivals = Arrivals(store, self._listener, _no_note)
        self._facts: SimpleQueue[Facts | None] = SimpleQueue()
        self._fired: list[Firing] = []

    def take(self, facts: Facts) -> None:
        """Something has happened. From any thread."""
        self._facts.put(facts)

    def stop(self) -> None:
        """End soon. From any thread."""
        self._facts.put(None)

    def run(self) -> None:
        """Watch until stopped."""
        try:
            self._arrivals.know(self._store.sessions())
            while (facts := self._next()) is not None:
                self._arrivals.take(facts, time.monotonic())
                self._fired += self._watch.clock(time.time())
                if self._fired:
                    fired, self._fired = self._fired, []
                    self._tell(fired)
        except Exception:  # noqa: BLE001 - reported as any thread's
            kind, value, trace = sys.exc_info()
            threading.excepthook(threading.ExceptHookArgs((kind or Exception, value, trace, self)))

    def _next(self) -> Facts | None:
        waits = []
        if self._arrivals.due is not None:
            waits.append(self._arrivals.due - time.monotonic())
        if self._watch.due is not None:
            waits.append(self._watch.due - time.time())
        try:
            return self._facts.get(timeout=max(0.0, min(waits)) if waits else None)
        except Empty:
            return Facts()

    def _listener(self, session: Session) -> Listener:
        def hear(number: int | None, message: ChatMessage, _offset: int) -> None:
            self._fired += self._watch.message(session, number, message, time.time())

        return hear


def _no_note(_session: Session, _sentence: SafeText) -> None:
    """Remarks on files are the browser's own to make."""
