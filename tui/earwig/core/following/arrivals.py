"""What is appended to any session of a store: each message once, whatever happens to the files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from earwig.core.following.facts import Facts
from earwig.core.following.session_tail import Listener, SessionTail
from earwig.core.safe_text import SafeText
from earwig.core.store import FolderStore, Session, look_at

_AWAKE = 64
"""Sessions whose transcripts are kept at hand; each may remember 64 KiB of its file."""


class Arrivals:
    """Follows many sessions at once, by what a `Follower` says of them; for one thread."""

    def __init__(
        self,
        store: FolderStore,
        listen: Callable[[Session], Listener],
        note: Callable[[Session, SafeText], object],
    ) -> None:
        """`listen` gives, for each session, who hears of its messages; `note` gets remarks on one."""
        self._store = store
        self._listen = listen
        self._note = note
        self._tails: dict[str, SessionTail] = {}
        self._known: dict[str, Session] = {}
        self._awake: OrderedDict[str, None] = OrderedDict()
        self._due: dict[str, float] = {}

    def know(self, sessions: Iterable[Session]) -> None:
        """What these hold now is known, and not told: none of them is opened before something comes."""
        for session in sessions:
            self._known.setdefault(session.location, session)

    def begin(self, session: Session, count: int) -> None:
        """Tell of the newest `count` messages, then of what comes. Raises `CannotOpen`."""
        self._tail(session.location).begin(count)

    @property
    def due(self) -> float | None:
        """When to look again although nothing is heard (monotonic clock, seconds); None: need not be."""
        return min(self._due.values(), default=None)

    def take(self, facts: Facts, now: float) -> None:
        """Tell of what came with these facts, and in sessions that are due by `now`."""
        self.know(facts.found)
        locations = [session.location for session in (*facts.appeared, *facts.changed)]
        locations += [vanished.location for vanished in facts.vanished]
        locations += [location for location, due in self._due.items() if due <= now]
        for location in dict.fromkeys(locations):
            due = self._tail(location).look(now)
            self._due.pop(location, None)
            if due is not None:
                self._due[location] = due

    def _tail(self, location: str) -> SessionTail:
        """The tail of a session, which is new if the session is."""
        if location not in self._tails:
            self._tails[location] = self._new_tail(location)
        self._awake[location] = None
        self._awake.move_to_end(location)
        if len(self._awake) > _AWAKE:
            oldest, _ = self._awake.popitem(last=False)
            self._tails[oldest].rest()
        return self._tails[location]

    def _new_tail(self, location: str) -> SessionTail:
        known = self._known.pop(location, None)
        session = look_at(location) or known or Session(location, 0, 0, (0, 0))
        return SessionTail(
            lambda: self._store.open(session),
            self._listen(session),
            lambda sentence: self._note(session, sentence),
            known_to=0 if known is None else known.size,
        )
