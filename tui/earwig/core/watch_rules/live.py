"""Watches all sessions by the rules of the settings, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from earwig.core.follow.arrival_thread import ArrivalThread
from earwig.core.follow.session_tail import Heard, Listener
from earwig.core.model.session import Session
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import SafeText
from earwig.core.watch_rules.rules import Firing, Watch, Watched, WatchRules

_TURN = 0.001
"""Seconds for others, now and then, while rules are read: somebody may be waiting for what a key does."""


class LiveWatch(ArrivalThread):
    """Tells of the messages that rules fire for. `tell` and `complain` are called from its thread."""

    def __init__(
        self,
        store: Store,
        watched: Sequence[Watched],
        tell: Callable[[list[Firing]], object],
        complain: Callable[[Sequence[SafeText]], object],
    ) -> None:
        """`complain` gets sentences on rules that cannot be used, once they are read."""
        super().__init__("earwig-watch", store)
        self._watched = watched
        self._tell = tell
        self._complain = complain
        self._watch = Watch(())
        self._fired: list[Firing] = []
        self.has_begun = False
        """Whether it knows what was there: all that comes after it is looked at."""

    def run(self) -> None:
        """Watch until stopped. What comes before the rules are read waits until then."""
        self._arrivals.know(self._list())
        self.has_begun = True
        self._read()
        while self._take_next(None if self._watch.due is None else self._watch.due - time.time()):
            self._fired += self._watch.clock(time.time())
            if self._fired:
                fired, self._fired = self._fired, []
                self._tell(fired)

    def _read(self) -> None:
        watched = self._watched
        if isinstance(watched, WatchRules):
            read = watched.get(lambda: time.sleep(_TURN))
            if read.problems:
                self._complain(read.problems)
        self._watch = Watch(tuple(each.rule for each in watched))

    def _listener(self, session: Session) -> Listener:
        def hear(heard: Heard) -> None:
            self._fired += self._watch.message(session, heard.number, heard.message, time.time(), heard.time)

        return hear
