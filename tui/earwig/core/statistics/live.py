"""Counts the numbers of all sessions in a thread, and keeps them right as sessions grow."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from earwig.core.model.session import NO_SESSION, Session, SessionId
from earwig.core.statistics.numbers import Numbers, SessionCount
from earwig.core.stores.store import Store
from earwig.core.system.inbox import Inbox, Pace
from earwig.core.system.opening import CannotOpen

_PACE = 0.25
"""Seconds between two pictures."""

_AT_HAND = 64
"""Sessions that are counted on from where they were. Another one that grows is counted anew."""

_ALL = NO_SESSION
"""In place of an id: all of them."""


class Picture(NamedTuple):
    """The numbers counted so far."""

    counted: dict[Session, Numbers]
    share: float
    """The part of all bytes that is counted, from 0 to 1."""


class LiveStatistics(threading.Thread):
    """Counts the newest sessions first; `tell` is called from its thread."""

    def __init__(self, store: Store, tell: Callable[[Picture], object]) -> None:
        super().__init__(name="earwig-statistics", daemon=True)
        self._store = store
        self._tell = tell
        self._changed: Inbox[SessionId] = Inbox()
        self._counts: OrderedDict[SessionId, SessionCount] = OrderedDict()
        self._numbers: dict[SessionId, tuple[Session, Numbers]] = {}

    def stop(self) -> None:
        """End soon. From any thread."""
        self._changed.close()

    def look_again(self, ids: Iterable[SessionId]) -> None:
        """Count sessions that have changed. From any thread."""
        self._changed.put(*ids)

    def look_at_all(self) -> None:
        """Count sessions that could not be listed before. From any thread."""
        self._changed.put(_ALL)

    def run(self) -> None:
        """Count until stopped."""
        self._count_all()
        while changed := set(self._changed.gather(_PACE)):
            self._count_changed(changed)

    def _count_all(self) -> None:
        sessions = self._store.sessions()
        size = sum(session.extent for session in sessions) or 1
        counted, pace = 0, Pace(_PACE)
        for session in sessions:
            if self._changed.is_closed:
                return
            self._count(session)
            counted += session.extent
            if pace.is_due():
                self._picture(counted / size)
        self._picture(1.0)

    def _count_changed(self, changed: set[SessionId]) -> None:
        if _ALL in changed:
            self._count_all()
        for session_id in changed - {_ALL}:
            session = self._store.look(session_id)
            if session is None:
                self._numbers.pop(session_id, None)
            else:
                self._count(session)
        self._picture(1.0)

    def _count(self, session: Session) -> None:
        count = self._counts.pop(session.id, None) or SessionCount(self._store.open(session))
        try:
            while not self._changed.is_closed and not count.step():
                pass
        except CannotOpen:
            self._numbers.pop(session.id, None)
            return
        self._numbers[session.id] = (session, count.numbers)
        self._counts[session.id] = count
        if len(self._counts) > _AT_HAND:
            self._counts.popitem(last=False)

    def _picture(self, share: float) -> None:
        if not self._changed.is_closed:
            self._tell(Picture(dict(self._numbers.values()), min(1.0, share)))
