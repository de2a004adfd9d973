"""Watches all sessions by the rules of the settings, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from earwig.core.following.arrival_thread import ArrivalThread
from earwig.core.following.session_tail import Listener
from earwig.core.message import ChatMessage
from earwig.core.store import FolderStore, Session
from earwig.core.watching.rules import Firing, Watch, WatchRule


class LiveWatch(ArrivalThread):
    """Tells of what fires; `tell` is called from its thread."""

    def __init__(
        self, store: FolderStore, rules: Sequence[WatchRule], tell: Callable[[list[Firing]], object]
    ) -> None:
        super().__init__("earwig-watch", store)
        self._tell = tell
        self._watch = Watch(tuple(rules))
        self._fired: list[Firing] = []

    def run(self) -> None:
        """Watch until stopped."""
        self._arrivals.know(self._list())
        while self._take_next(None if self._watch.due is None else self._watch.due - time.time()):
            self._fired += self._watch.clock(time.time())
            if self._fired:
                fired, self._fired = self._fired, []
                self._tell(fired)

    def _listener(self, session: Session) -> Listener:
        def hear(number: int | None, message: ChatMessage, _offset: int) -> None:
            self._fired += self._watch.message(session, number, message, time.time())

        return hear
