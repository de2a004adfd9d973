"""A thread that is told each message that comes in any session, for the live view and the watch rules."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod

from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.store import Store
from earwig.core.system.inbox import Inbox
from earwig.core.text.safe_text import SafeText


class ArrivalThread(threading.Thread, ABC):
    """Takes events from any thread, and turns them into messages in its own. A fault of its own ends it."""

    def __init__(self, name: str, store: Store) -> None:
        """`take` is to be told of all that changes from now on."""
        super().__init__(name=name, daemon=True)
        self._store = store
        self._arrivals = Arrivals(store, self._listener, _no_note)
        self._unlisted: list[Unlisted] = []
        self._events: Inbox[StoreEvents] = Inbox()

    def take(self, events: StoreEvents) -> None:
        """Take in events. From any thread."""
        self._events.put(events)

    def stop(self) -> None:
        """End soon. From any thread."""
        self._events.close()

    @abstractmethod
    def _listener(self, session: Session) -> Listener:
        """Who hears of a session's messages."""

    def _list(self) -> list[Session]:
        """Return all sessions, newest activity first; those that cannot be listed are known later."""
        self._unlisted = []
        return self._store.sessions(self._unlisted)

    def _take_next(self, wait: float | None) -> bool:
        """Hear of what happens next, in `wait` seconds at most; False: nothing more is wanted."""
        due = self._arrivals.due
        if due is not None:
            left = due - time.monotonic()
            wait = left if wait is None else min(wait, left)
        events = self._events.get(wait) or StoreEvents()
        if self._events.is_closed:
            return False
        if events.unlisted is not None and self._unlisted:
            self._arrivals.know(self._list())
        self._arrivals.take(events, time.monotonic())
        return True


def _no_note(_session: Session, _sentence: SafeText) -> None:
    """Remarks on files are the browser's own to make."""
