"""Tells what is appended to any session of a store: each message once, whatever happens to the files."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from earwig.core.follow.learning import LEARNT as LEARNT_BYTES
from earwig.core.follow.session_tail import AWAY, Listener, SessionTail
from earwig.core.model.entries import Position
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import NO_SESSION, Session, SessionId
from earwig.core.reading.imports import file_of, place_in_rows
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText

_AWAKE = 64
"""Sessions whose transcripts are kept at hand. Each may remember 64 KiB of its file."""

LEARNT = 2_000
"""Sessions, those of the newest activity, that are read before anything happens in them."""

_LEARNT_BYTES = 64 * 1024 * 1024
"""The most bytes that they hold together: a quarter of a second."""

_SLICE = 0.01
"""Seconds that are read in one go, and that are left between two, so that nobody waits for either."""


class Arrivals:
    """Follows many sessions at once, by the events of their store. For one thread.

    Each message is told once, also when files are rewritten: see `Recovery`. For that, the `LEARNT` sessions
    of the newest activity are read at the start, in the background; each of the others when something is
    first appended to it. Of one that is rewritten before, only the size is known: see `SessionTail`.
    Nothing is new in a file that the bot has put away, whatever is told of it: the same name may hold other
    messages each time that an import begins.
    """

    def __init__(
        self,
        store: Store,
        listen: Callable[[Session], Listener],
        note: Callable[[Session, SafeText], object],
    ) -> None:
        """`listen` gives, for each session, who hears of its messages; `note` gets remarks on one."""
        self._store = store
        self._listen = listen
        self._note = note
        self._tails: dict[SessionId, SessionTail] = {}
        self._known: dict[SessionId, Session] = {}
        self._read_to: dict[SessionId, Position] = {}
        """Up to where those of the known ones were read that were read lightly."""

        self._away: set[SessionId] = set()
        self._awake: OrderedDict[SessionId, None] = OrderedDict()
        self._due: dict[SessionId, float] = {}
        self._unlearnt: deque[SessionId] = deque()
        self._learn_at = 0.0
        self._left = (LEARNT, _LEARNT_BYTES)

    def know(self, sessions: Iterable[Session]) -> None:
        """Take what these sessions hold now, the newest activity first, for known: it is not told.

        The first of them are read soon, the others when something comes. Sessions that were begun with are
        known up to where they were read.
        """
        for session in sessions:
            if session.is_put_away:
                continue
            self._known.setdefault(session.id, session)
            if session.problem is None and self._will_learn(session):
                self._unlearnt.append(session.id)

    def begin(self, session: Session, count: int) -> None:
        """Tell of the newest `count` messages of a session, then of what comes. Raises `CannotOpen`."""
        tail = self._new_tail(session.id) if session.is_put_away else self._tail(session.id)
        tail.begin(count)

    def begin_lightly(self, session: Session, count: int) -> None:
        """Do as `begin`, for one of many that `know` is given afterwards. Raises `CannotOpen`."""
        tail = self._new_tail(session.id)
        tail.begin(count, learns=False)
        if not session.is_put_away:
            self._known[session.id] = session
            self._read_to[session.id] = tail.read_to

    @property
    def due(self) -> float | None:
        """When to look again although nothing happens (monotonic clock, seconds); None: not at all."""
        due = min(self._due.values(), default=None)
        if not self._unlearnt:
            return due
        return self._learn_at if due is None else min(due, self._learn_at)

    def take(self, events: StoreEvents, now: float) -> None:
        """Tell of what came with these events, and in sessions that are due by `now` (monotonic)."""
        # Listed again: while it stood behind another one, nobody told of what came to it.
        back = [it.id for it in events.found if it.id in self._tails or it.id in self._known]
        moved = [it.id for it in (*events.found, *events.appeared) if self._goes_on(it, now)]
        self.know(session for session in events.found if session.id not in (*moved, *back))
        gone = {vanished.id for vanished in events.vanished}
        ids = [*moved, *back, *(it.id for it in (*events.appeared, *events.changed) if not it.is_put_away)]
        ids += [session_id for session_id in gone if session_id in self._tails or session_id in self._known]
        ids += [session_id for session_id, due in self._due.items() if due <= now]
        for session_id in dict.fromkeys(ids):
            if session_id in self._tails or not self._is_as_known(session_id, now):
                self._look(session_id, now)
            if session_id in gone:
                self._due.pop(session_id, None)  # that it is back will be told
        if self._unlearnt and now >= self._learn_at:
            self._learn(now)

    def _goes_on(self, session: Session, now: float) -> bool:
        """Whether what is new in a session that came is told by what is known of a file that it was made of.

        The bot appends to it as soon as the import is done, before anybody has seen it.
        """
        file = session.imported_from or NO_SESSION
        earlier = self._tails.get(file)
        if session.id in self._tails or session.id in self._known:
            return False
        if earlier is not None:
            tail = self._new_tail(session.id)
            if tail.go_on_from(earlier, now):
                self._tails[session.id] = tail
                return True
        if earlier is None and file not in self._known:
            return False
        place = self._place_in_rows(session, file)
        if place is not None:
            self._tails[session.id] = self._new_tail(session.id, known_to=place)
        return place is not None

    def _place_in_rows(self, session: Session, file: SessionId) -> Position | None:
        """Return up to where rows hold what was read of their file; None where that cannot be told."""
        known, earlier = self._known.get(file), self._tails.get(file)
        end = earlier.held_to if earlier is not None else self._read_to.get(file, known.end if known else 0)
        moved = file_of(self._store, session)
        if moved is None:
            return None
        try:
            rows, lines = self._store.open(session), self._store.open(moved)
            rows.refresh()
            lines.refresh()
            return place_in_rows(rows, lines, end)
        except CannotOpen:
            return None

    def _look(self, session_id: SessionId, now: float) -> None:
        due = self._tail(session_id).look(now)
        self._due.pop(session_id, None)
        if due is not None:
            self._due[session_id] = due

    def _is_as_known(self, session_id: SessionId, now: float) -> bool:
        """Return whether one that nobody has read is away, or is back as it was: there may be very many."""
        known = self._known.get(session_id)
        if known is None:
            return False
        session = self._store.look(session_id)
        if session is None:
            self._away.add(session_id)
            self._due[session_id] = now + AWAY
            return True
        self._due.pop(session_id, None)
        if session_id in self._away and _same(known, session):
            self._away.remove(session_id)
            return True
        return False

    def _will_learn(self, session: Session) -> bool:
        sessions, size = self._left
        size -= min(session.extent, LEARNT_BYTES)
        if sessions < 1 or size < 0:
            return False
        self._left = (sessions - 1, size)
        return True

    def _learn(self, now: float) -> None:
        end = time.monotonic() + _SLICE
        while self._unlearnt and time.monotonic() < end:
            session_id = self._unlearnt.popleft()
            known = self._known.get(session_id)
            if known is not None and _same(known, self._store.look(session_id)):
                self._look(session_id, now)  # of one that has changed, the follower will tell
        self._learn_at = time.monotonic() + _SLICE

    def _tail(self, session_id: SessionId) -> SessionTail:
        """Return the tail of a session, which is new if the session is."""
        if session_id not in self._tails:
            self._tails[session_id] = self._new_tail(session_id)
        self._awake[session_id] = None
        self._awake.move_to_end(session_id)
        if len(self._awake) > _AWAKE:
            oldest, _ = self._awake.popitem(last=False)
            self._tails[oldest].rest()
        return self._tails[session_id]

    def _new_tail(self, session_id: SessionId, known_to: Position | None = None) -> SessionTail:
        known = self._known.pop(session_id, None)
        session = self._store.look(session_id) or known or Session(session_id, 0, 0, (0, 0))
        was_away = session_id in self._away
        self._away.discard(session_id)
        read_to = self._read_to.pop(session_id, 0)
        if known_to is None:
            known_to = known.end if known is not None and not read_to else read_to
        return SessionTail(
            lambda: self._store.open(session),
            self._listen(session),
            lambda sentence: self._note(session, sentence),
            known_to=known_to,
            was_away=was_away,
        )


def _same(known: Session, found: Session | None) -> bool:
    """Return whether a file is as it was, as far as a look at it tells; it may have been away meanwhile."""
    return found is not None and (found.extent, found.activity_ns) == (known.extent, known.activity_ns)
