"""Finds out what is wrong in whole sessions, all of a folder's, without anybody waiting for it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.core.system.opening import CannotOpen

if TYPE_CHECKING:
    from earwig.core.catalog.session_counting import SessionCounting
    from earwig.core.statistics.trouble_count import Start

STEP = 0.001
"""Seconds of one step, which a key may have to wait for."""

PACE = 0.25
"""Seconds between two times that results are told, unless somebody looks at the session."""

SAVE_EVERY = 60.0
"""Seconds between two times that results are saved, at least."""

LARGE = 256 * 1024
"""Bytes of a session that takes turns with the others: hundreds of small ones must not wait for it."""


class CountedTroubles(NamedTuple):
    """What is known by now."""

    troubles: Mapping[SessionId, Troubles]
    """What is wrong, by id: in sessions in which something is, or was when it was told last."""

    counted: int
    total: int


class WholeSessions:
    """Counts sessions in the background: on the screen first, then changed ones, then the newest.

    Any thread may ask; `tell` is called in the background.
    """

    def __init__(
        self,
        store: Store,
        session_of: Callable[[SessionId], Session | None],
        background: Background,
        tell: Callable[[CountedTroubles], object],
        state: Callable[[], Path | None] = lambda: None,
    ) -> None:
        """`session_of` returns a session as last seen; `state` the folder to keep what is known in."""
        self._store = store
        self._session_of = session_of
        self._background = background
        self._tell = tell
        self._state = state
        self._asking = threading.Lock()
        self._seen: dict[SessionId, None] = {}
        self._changed: dict[SessionId, None] = {}
        self._order: Sequence[SessionId] = ()
        self._at = 0
        self._ahead: set[SessionId] = set()
        """Those of the order that were counted before their turn."""

        self._missed: dict[SessionId, None] = {}
        """Sessions that could not be opened: they are tried again with the next ones that are asked for."""

        self._running = self._hurried = False
        self._is_put_off = False
        """Whether a step waits until what is known is written down."""

        # What follows is the background's.
        self._working = threading.Lock()
        self._counting: SessionCounting | None = None
        self._large: OrderedDict[SessionId, None] = OrderedDict()
        self._large_is_next = False
        self._mixed: list[Session] = []
        """Sessions that may be counted at once, when all others are."""

        self._together: Iterator[tuple[Session, Start | None] | None] | None = None
        self._left = 0
        """Of those that are being counted at once."""

        self._found: dict[SessionId, Troubles] = {}
        self._troubled: set[SessionId] = set()
        """Of which was told that something is the matter."""

        self._told = (0, 0)
        self._told_at = 0.0
        self._saved_at: float | None = None

    # What is asked.

    def begin(self, order: Sequence[SessionId]) -> None:
        """Count all of these, in this order, and from here on those that `look` names."""
        with self._asking:
            self._order, self._at = order, 0
            self._ahead.clear()
            self._missed.clear()
        self._go_on()

    def look(self, ids: Iterable[SessionId], *, on_screen: bool = False) -> None:
        """Count sessions that are on the screen, or that have changed or gone."""
        with self._asking:
            self._changed.update(self._missed)
            self._missed.clear()
            (self._seen if on_screen else self._changed).update(dict.fromkeys(ids))
            if on_screen:
                for session_id in self._seen.keys() & self._changed.keys():
                    del self._changed[session_id]
        self._go_on()

    def hurry(self, *, wanted: bool) -> None:
        """Count as fast as other idle work is done, because somebody waits; or no longer."""
        self._hurried = wanted

    def save(self) -> None:
        """Save what is known, unless a step takes long."""
        if self._working.acquire(timeout=1.0):
            try:
                if self._counting is not None:
                    self._counting.save()
            finally:
                self._working.release()
            with self._asking:
                put_off, self._is_put_off = self._is_put_off, False
            if put_off:
                self._submit()

    def _go_on(self) -> None:
        with self._asking:
            if self._running or not (self._seen or self._changed or self._at < len(self._order)):
                return
            self._running = True
        self._submit()

    def _submit(self) -> None:
        waited_for = self._seen or self._hurried
        self._background.submit(self._run, Priority.IDLE if waited_for else Priority.SPARE)

    # From here on: in the background thread.

    def _run(self) -> None:
        with self._asking:
            self._is_put_off = True
        if not self._working.acquire(blocking=False):
            return  # it is being written down, and goes on after that
        with self._asking:
            is_mine, self._is_put_off = self._is_put_off, False
        if not is_mine:  # what was written meanwhile has asked for it once more
            self._working.release()
            return
        more = True
        try:
            more = self._step()
        finally:
            self._working.release()
            self._tell_found(done=not more)
            with self._asking:
                self._running = more = more or bool(self._seen or self._changed)
            if more:
                self._submit()

    def _step(self) -> bool:
        """Count for a moment; return whether there is more to do."""
        if self._counting is None:
            # Only now: neither the first frame nor what is on the screen waits for it.
            from earwig.core.catalog.session_counting import SessionCounting

            self._counting = SessionCounting(self._store, self._state())
        counting, end = self._counting, time.monotonic() + STEP
        if self._order:
            counting.load()  # not while a huge folder is listed, which takes the most memory of all
        if self._large and not self._seen:
            self._large_is_next = not self._large_is_next
            if self._large_is_next:
                self._step_large(counting)
                return True
        while (asked := self._next()) is not None:
            self._look_at(counting, *asked)
            if time.monotonic() >= end:
                return True
        if self._large:
            self._step_large(counting)
            return True
        if self._mixed or self._together is not None:
            self._step_together(counting, end)
            return True
        if self._order and not self._missed:
            counting.all_are_counted()
            self._save_now_and_then()
        return False

    def _next(self) -> tuple[SessionId, bool] | None:
        """Return what is to be counted next, and whether it is on the screen."""
        with self._asking:
            for asked in (self._seen, self._changed):
                if asked:
                    session_id = next(iter(asked))
                    del asked[session_id]
                    if self._at < len(self._order):
                        self._ahead.add(session_id)
                    return session_id, asked is self._seen
            while self._at < len(self._order):
                session_id = self._order[self._at]
                self._at += 1
                if session_id not in self._ahead:
                    return session_id, False
                self._ahead.discard(session_id)
        return None

    def _look_at(self, counting: SessionCounting, session_id: SessionId, on_screen: bool) -> None:
        session = self._session_of(session_id)
        if session is not None and not session.was_seen:
            self._miss(session_id)
        elif session is None or session.problem is not None:
            counting.forget(session_id)
            self._learn(session_id, CLEAN)
        elif (known := counting.known(session)) is not None:
            self._learn(session_id, known)
        elif session.extent > LARGE:
            self._large[session_id] = None
            if on_screen:
                self._large.move_to_end(session_id, last=False)
        elif session.is_mixed and not on_screen:
            self._mixed.append(session)
        else:
            self._step_small(counting, session)

    def _step_small(self, counting: SessionCounting, session: Session) -> None:
        while not self._step_one(counting, session):
            pass

    def _step_together(self, counting: SessionCounting, end: float) -> None:
        """Count many at once; those of which that gives nothing, by themselves."""
        if self._together is None:
            from earwig.core.catalog.counted_together import counted_together

            self._together, self._left = counted_together(self._store, self._mixed), len(self._mixed)
            self._mixed = []
        for found in self._together:
            if found is not None:
                self._left -= 1
                session, counted = found
                # One that has changed is asked for again; one that was on the screen is known by now.
                if self._session_of(session.id) == session and counting.known(session) is None:
                    if counted is None:
                        self._step_small(counting, session)
                    else:
                        self._learn(session.id, counting.learn(session, counted))
            if time.monotonic() >= end:
                return
        self._together = None

    def _step_large(self, counting: SessionCounting) -> None:
        session_id = next(iter(self._large))
        session = self._session_of(session_id)
        if session is None or self._step_one(counting, session):
            del self._large[session_id]

    def _step_one(self, counting: SessionCounting, session: Session) -> bool:
        """Count a session further; return whether all of it is counted."""
        try:
            troubles = counting.step(session)
        except CannotOpen as error:
            if error.missing:
                self._miss(session.id)
            return True  # what cannot be read, the list says so of it
        if troubles is None:
            return False
        self._learn(session.id, troubles)
        return True

    def _miss(self, session_id: SessionId) -> None:
        """A session cannot be reached: what was known of it may still be so."""
        with self._asking:
            self._missed[session_id] = None

    def _learn(self, session_id: SessionId, troubles: Troubles) -> None:
        if troubles.any:
            self._troubled.add(session_id)
            self._found[session_id] = troubles
        elif session_id in self._troubled:
            self._troubled.discard(session_id)
            self._found[session_id] = CLEAN

    def _tell_found(self, *, done: bool) -> None:
        now = time.monotonic()
        if not done and now - self._told_at < PACE:
            return
        with self._asking:
            total, asked = len(self._order), len(self._seen) + len(self._changed) + len(self._missed)
            left = total - self._at + len(self._large) + len(self._mixed) + self._left + asked
        counted = max(0, total - left)
        if self._found or (counted, total) != self._told:
            self._told_at, self._told = now, (counted, total)
            found, self._found = self._found, {}
            self._tell(CountedTroubles(found, counted, total))

    def _save_now_and_then(self) -> None:
        """In a thread of its own: what is to be read for the screen does not wait for it."""
        now = time.monotonic()
        if self._saved_at is None or now - self._saved_at > SAVE_EVERY:
            self._saved_at = now
            threading.Thread(target=self.save, name="earwig-counted", daemon=True).start()
