"""Keeps what is known of the sessions that are there, and tells what a look adds to it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from pathlib import Path

from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.watching.reach import Reach

_SLACK_NS = 2 * 10**9
"""Nanoseconds by which the clock of a file system may be late: FAT's goes by steps of two seconds."""


class Presence:
    """Turns looks at sessions into events: each difference once.

    What cannot be looked at has not vanished. What is not there has vanished once it has been away for a
    grace period, from a folder that can be listed: an import, or a backup, moves a file and may put it back.
    """

    def __init__(
        self, reach: Reach, known: Iterable[Session], grace: float, *, begun_ns: int | None = None
    ) -> None:
        """Begin with sessions of which nothing is to be told, listed at `begun_ns` (None: now).

        `grace`: seconds that a session may be away before it is told to have vanished.
        """
        self.known = {session.id: session for session in known}
        self.is_doubtful = False
        """Whether a folder is not the one that was listed: it is to be listed again."""

        self._reach = reach
        self._grace = grace
        self._missing: dict[SessionId, float] = {}
        """Known sessions that cannot be seen, and since when (monotonic clock): the longest first."""

        self._begun_ns = (time.time_ns() if begun_ns is None else begun_ns) - _SLACK_NS

    @property
    def missing(self) -> Collection[SessionId]:
        """The known sessions that were not there at the last look."""
        return self._missing.keys()

    @property
    def due(self) -> float | None:
        """When the first missing session is overdue (monotonic clock, seconds); None without any."""
        return next((since + self._grace for since in self._missing.values()), None)

    def overdue(self, now: float) -> set[SessionId]:
        """Return the sessions that have been missing for long at `now` (monotonic clock, seconds)."""
        late = itertools.takewhile(lambda it: it[1] + self._grace <= now, self._missing.items())
        return {session_id for session_id, _ in late}

    def has_changed(self, session_id: SessionId, look: Session | None) -> bool:
        """Return whether a look at a session adds anything to what is known."""
        known = self.known.get(session_id)
        if known is None or (look is not None and look.was_seen):
            return look != known or session_id in self._missing
        news = look is None or look.problem != known.problem
        return news and session_id not in self._missing and not self._reach.is_out(session_id)

    def compare(
        self, looks: Mapping[SessionId, Session | None], late: Container[SessionId] = ()
    ) -> list[StoreEvents]:
        """Take in looks (None: nothing is there); return events. `late`: could not be listed before."""
        appeared: list[Session] = []
        changed: list[Session] = []
        found: list[Session] = []
        replaced: list[Vanished] = []
        vanished: list[Vanished] = []
        for session_id, look in looks.items():
            known = self.known.get(session_id)
            session = look
            if known is not None and (look is None or not look.was_seen):
                if look is not None and look.problem == known.problem:
                    self._missing.pop(session_id, None)
                    continue
                if not self._is_away_for_long(session_id):
                    continue
                if look is None:
                    del self.known[session_id]
                    vanished.append(Vanished(session_id, removal_reason_of(known)))
                    continue
                session = known._replace(problem=look.problem)  # nothing else of it is known to have changed
            was_missing = self._missing.pop(session_id, None) is not None
            if session is None or session == known:
                continue
            self.known[session_id] = session
            if known is None:
                (found if session_id in late and self._is_old(session) else appeared).append(session)
            elif not session.goes_on_from(known) and (
                was_missing or self._reach.may_have_been_out(session_id)
            ):
                # Deleted and begun anew: nothing of the one is the other's.
                replaced.append(Vanished(session_id, RemovalReason.DELETED))
                appeared.append(session)
            else:
                changed.append(session)
        events = StoreEvents(tuple(appeared), tuple(changed), tuple(vanished), tuple(found))
        return [each for each in (StoreEvents(vanished=tuple(replaced)), events) if each]

    def late_in(self, found: Mapping[SessionId, Session]) -> set[SessionId]:
        """Return the new ones in a listing that may have been there before their place could be listed."""
        return {it for it in found.keys() - self.known.keys() if self._reach.is_late(it)}

    def compare_all(
        self,
        found: Mapping[SessionId, Session],
        late: Container[SessionId],
        look: Callable[[SessionId], Session | None],
        leave: Iterable[SessionId] = (),
    ) -> list[StoreEvents]:
        """Take in a listing that `Reach` has judged; `look` at what it lacks, and `leave` some as is."""
        known, reach = self.known, self._reach
        looks: dict[SessionId, Session | None] = {
            session_id: session for session_id, session in found.items() if known.get(session_id) != session
        }
        looks |= {it: found[it] for it in self._missing if it in found}
        looks |= {it: look(it) for it in known.keys() - found.keys() if not reach.is_out(it)}
        for session_id in leave:
            looks.pop(session_id, None)
        return self.compare(looks, late)

    def _is_old(self, session: Session) -> bool:
        """Return whether nothing was written to a session since anybody looked."""
        # What tells versions of rows apart is no time.
        changed_ns = session.activity_ns if _is_of_rows(session) else session.version[1]
        return session.was_seen and changed_ns < self._begun_ns

    def _is_away_for_long(self, session_id: SessionId) -> bool:
        """Return whether it is time to tell that a session cannot be seen, in a folder that can be listed."""
        if self._reach.is_out(session_id):
            self._missing.pop(session_id, None)
            return False
        now = time.monotonic()
        if now < self._missing.setdefault(session_id, now) + self._grace:
            return False
        del self._missing[session_id]
        if self._reach.can_list(session_id):
            return True
        self._missing[session_id] = now
        self.is_doubtful = True
        return False


_IMPORTING = ".importing"


def removal_reason_of(session: Session) -> RemovalReason:
    """Return what became of a session, by what has come to stand beside its place since it was last seen.

    The import into a database renames the file: to `jsonl.importing`, from which `jsonl.migrated` is made
    before it goes (the bot's `session_sqlite.rs`). Its memory hygiene moves old files into `archive/` and
    counts up the names that are taken (`hygiene.rs`).
    """
    if _is_of_rows(session):
        return RemovalReason.DELETED  # rows of a database, which is there
    path = session.path
    name = path.name.removesuffix(_IMPORTING)
    for suffix in (_IMPORTING, ".migrated"):
        if _came_since(session, path.with_name(name + suffix)):
            return RemovalReason.MIGRATED
    archive = path.parent / "archive"
    names = (f"{path.stem}_{number}{path.suffix}" for number in itertools.count(1))
    came = (_came_since(session, archive / name) for name in itertools.chain([path.name], names))
    return (
        RemovalReason.ARCHIVED
        if any(itertools.takewhile(lambda it: it is not None, came))
        else RemovalReason.DELETED
    )


def _is_of_rows(session: Session) -> bool:
    """Return whether a session is rows of a database, of which the file's own state tells nothing."""
    return session.detail is not None and session.detail.end is not None


def _came_since(session: Session, path: Path) -> bool | None:
    """Whether what is at `path` was put there since the session was last seen; None if nothing is there.

    A file left from an earlier time, when the key was migrated or archived before, is no answer.
    """
    try:
        changed = path.lstat().st_ctime_ns
    except OSError:
        return None  # also a name too long to take a suffix: nothing can be there
    return changed >= session.version[1]
