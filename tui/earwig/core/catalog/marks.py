"""Keeps what the reader has read, looked at and pinned, by session."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType

from earwig.core.model.read_to import Earlier, ReadTo, Witness
from earwig.core.model.session import MIGRATED, NO_SESSION, Session, SessionId, key_in_file_name
from earwig.core.named_tuple import NamedTuple

SEEDS = 2_000
"""Sessions that a first start marks as read, the newest ones: those that may grow.

What grows of the others, while earwig does not run, counts as unread from its start.
"""

UNKNOWN = -1
"""In place of a position: nobody has said; what is older than the first start counts as read."""

_LOOK_NS = 10 * 10**9
"""Nanoseconds that a look lasts. Nobody needs to know it to the moment."""

_REWRITE_NS = 10**9
"""Nanoseconds between two writes up to which a file that got shorter is still being written anew."""


NO_SESSIONS: Mapping[SessionId, Session] = MappingProxyType({})


class Mark(NamedTuple):
    """What is remembered of one session. Times are Unix time in nanoseconds; 0: never."""

    read_to: int = UNKNOWN
    """The position up to which it was read."""

    witnesses: tuple[Witness, ...] = ()
    """Proof that this part still is what was read; none where nobody has looked yet."""

    read_ns: int = 0
    """When the reader made `read_to` true; 0: only what was there before it grew counts as read."""

    looked_ns: int = 0
    pinned_ns: int = 0
    """When it was pinned; negative: when it was unpinned."""

    @property
    def touched_ns(self) -> int:
        """When the reader last did something with it."""
        return max(self.read_ns, self.looked_ns, abs(self.pinned_ns))

    def merged(self, other: Mark) -> Mark:
        """Return both this mark and another earwig's of the same session: the newer of each part."""
        read, older = (self, other) if self.read_ns >= other.read_ns else (other, self)
        if not read.witnesses and read.read_to == older.read_to:
            read = read._replace(witnesses=older.witnesses)  # it could not be read when this was written
        pinned = max(self.pinned_ns, other.pinned_ns, key=abs)
        looked = max(self.looked_ns, other.looked_ns)
        return Mark(read.read_to, read.witnesses, read.read_ns, looked, pinned)


class Reading(NamedTuple):
    """What is remembered from one run to the next."""

    since_ns: int
    """Activity before that is read, in sessions without a mark (Unix time, nanoseconds)."""

    here_ns: int
    """When earwig was last run (Unix time, nanoseconds)."""

    marks: Mapping[SessionId, Mark] = MappingProxyType({})


class Marks:
    """The marks of a run. Until it is known what earlier runs left, all that is there counts as read."""

    def __init__(self) -> None:
        self._marks: dict[SessionId, Mark] = {}
        self._changed: set[SessionId] = set()
        self._since_ns: int | None = None
        self._first = False
        self._quiet_to_ns: int | None = None
        """At a first start: when it was."""

        self._gone: dict[SessionId, Session] = {}
        """Sessions that went in this run, as they were."""

        self._settled_ns: dict[SessionId, int] = {}
        """When sessions were last written to before it was seen that they hold what was read of them."""

        self._shorter: dict[SessionId, int] = {}
        """Up to where those were read that are shorter now: a rewrite in place may only be under way."""

        self._files: set[str] = set()
        """The keys of the files that earlier runs have left marks of."""

        self._imported: dict[SessionId, Earlier] = {}
        """By the ids of what imports have made in this run: what was read of the files."""

        self.written: Mapping[SessionId, Mark] = MappingProxyType({})
        """What was written down in this run, with the hashes that were taken for that."""

        self.here_ns = time.time_ns()
        """When earwig was last run; at a first start, now."""

        self.pinned: set[SessionId] = set()

    def remember(self, reading: Reading | None, sessions: Mapping[SessionId, Session] = NO_SESSIONS) -> None:
        """Take in what earlier runs left; None: this is the first. `sessions` are those that are there."""
        if reading is None:
            self._first = True
            self._quiet_to_ns = self.here_ns
            return
        self._since_ns, self.here_ns = reading.since_ns, reading.here_ns
        for session_id, mark in reading.marks.items():
            now = self._marks.get(session_id)
            # What only grew since the start was read no further than an earlier run says.
            self._marks[session_id] = mark if now is None else mark.merged(now)
        self.pinned = {session_id for session_id, mark in self._marks.items() if mark.pinned_ns > 0}
        self._files = {key for it in self._marks if (key := key_in_file_name(it)) is not None}
        self._take_over(sessions)

    def read_to(self, session: Session) -> ReadTo:
        """Return how far a session was read. Without proof, a session that got shorter is another text.

        What the bot has put away counts as read: nothing comes to it any more. For what an import has made,
        that is still to be found out (`earlier`).
        """
        if session.is_put_away:
            return ReadTo(session.end)
        mark = self._marks.get(session.id)
        if mark is not None and mark.read_to != UNKNOWN:
            if mark.read_to > session.end and not mark.witnesses:
                return ReadTo(0)
            return ReadTo(min(mark.read_to, session.end), mark.witnesses)
        if session.id in self._imported:
            return ReadTo(0, earlier=self._imported[session.id])
        if self._since_ns is None or session.activity_ns <= self._since_ns:
            return ReadTo(session.end)
        return ReadTo(0, earlier=self._earlier(session))

    def _earlier(self, session: Session) -> Earlier | None:
        """Return what earlier runs know of the file that a session was imported from; None without one."""
        detail = session.detail
        if detail is None or session.is_file:
            return None
        if detail.key in self._files:
            mark = self._marks.get(session.imported_from or NO_SESSION)
            if mark is not None and mark.read_to != UNKNOWN:
                return Earlier(mark.read_to, mark.witnesses)
        is_imported = MIGRATED in detail.also_in or any(it.store == MIGRATED for it in detail.beside)
        return Earlier(None, (), self._since_ns or 0) if is_imported else None

    def looked_ns(self, session_id: SessionId) -> int:
        """Return when a session was last looked at; for one that never was, when earwig was last run."""
        mark = self._marks.get(session_id)
        return self.here_ns if mark is None or not mark.looked_ns else mark.looked_ns

    def may_be_unread(self, sessions: Mapping[SessionId, Session]) -> set[SessionId]:
        """Return the sessions that may hold something unread, faster than by asking for each one's mark."""
        since = self._since_ns
        found = self._marks.keys() & sessions.keys()
        if since is not None:
            found |= {session_id for session_id, session in sessions.items() if session.activity_ns > since}
        return {it for it in found if self.is_in_question(sessions[it])}

    def is_in_question(self, session: Session) -> bool:
        """Return whether the unread messages of a session must be counted; if not, there are none."""
        read_to = self.read_to(session)
        if read_to.position < session.end:
            return True
        mark = self._marks.get(session.id)
        # As long as it was, but written to since: it may be another text.
        if mark is None or not read_to.witnesses:
            return False
        settled_ns = self._settled_ns.get(session.id, 0)
        # What has no witness of its own was cut when an earlier run saw it last.
        seen_ns = max(mark.read_ns, settled_ns, self.here_ns if read_to.is_witnessed else 0)
        return session.activity_ns > seen_ns

    def changed_since(self, sessions: Mapping[SessionId, Session]) -> set[SessionId]:
        """Return the sessions that changed after they were last looked at."""
        found = {session_id for session_id, session in sessions.items() if session.activity_ns > self.here_ns}
        found |= self._marks.keys() & sessions.keys()
        changed = {it for it in found if sessions[it].activity_ns > self.looked_ns(it)}
        return {it for it in changed if not sessions[it].is_put_away}

    def grown(self, before: Session | None, session: Session, earlier: Session | None = None) -> None:
        """Take in a session that changed, or appeared (`before` is None), and of which nobody has read that.

        A session that went and is back with what it held, and maybe more, is read as far as it was. `earlier`
        is the session from which one that appeared was imported, if that is still listed.
        """
        session_id = session.id
        if not session.was_seen:
            return
        gone = self._gone.pop(session_id, None)
        if gone is not None:
            before = gone if session.goes_on_from(gone) else None
        if before is None or not before.was_seen:
            earlier = earlier or self._gone.get(session.imported_from or NO_SESSION)
            if earlier is not None and gone is None:
                self._go_on(earlier, session)
            else:
                self._keep(session_id, self._came(session, is_another=gone is not None))
            return
        if (before.extent, before.activity_ns) == (session.extent, session.activity_ns):
            return  # it was moved, and maybe back: not written to
        mark = self._witnessed(session_id)
        if mark.read_to == UNKNOWN:
            read_to = self.read_to(before)
            if read_to.earlier is not None:
                return  # what was read of it is still to be found out
            mark = mark._replace(read_to=read_to.position)
        if gone is None:
            mark = self._through_rewrite(before, session, mark)
        self._keep(session_id, mark._replace(read_to=min(mark.read_to, session.end)))

    def _go_on(self, earlier: Session, session: Session) -> None:
        """Take what the reader has done with a session for done with what an import has made of it."""
        read_to, mark = self.read_to(earlier), self._witnessed(earlier.id)
        self._imported[session.id] = read_to.earlier or Earlier(read_to.position, mark.witnesses)
        self._take_from(earlier.id, session.id)

    def _take_over(self, sessions: Mapping[SessionId, Session]) -> None:
        """Do so with what imports have made while earwig did not run."""
        left = self._marks.keys() - sessions.keys()
        if not self._files or not left:
            return
        for session in sessions.values():
            if session.detail is not None and session.detail.key in self._files:
                earlier = session.imported_from
                if earlier in left:
                    self._take_from(earlier, session.id)

    def _take_from(self, earlier: SessionId, session_id: SessionId) -> None:
        """Take over the pin, and when it was looked at; what was read is found out where it is wanted."""
        mark, own = self._marks.get(earlier, Mark()), self._marks.get(session_id, Mark())
        pinned_ns = mark.pinned_ns if mark.pinned_ns > 0 and not own.pinned_ns else own.pinned_ns
        taken = own._replace(looked_ns=max(own.looked_ns, mark.looked_ns), pinned_ns=pinned_ns)
        if taken != own:
            self._keep(session_id, taken)
        if pinned_ns > 0:
            self.pinned.add(session_id)

    def _through_rewrite(self, before: Session, session: Session, mark: Mark) -> Mark:
        """The mark of one that may be written anew in place: what was read of it comes again bit by bit."""
        session_id = session.id
        read_to = self._shorter.pop(session_id, UNKNOWN)
        if read_to > mark.read_to and session.activity_ns - before.activity_ns <= _REWRITE_NS:
            mark = mark._replace(read_to=read_to)
        if session.end < mark.read_to:
            self._shorter[session_id] = mark.read_to
        return mark

    def _came(self, session: Session, *, is_another: bool) -> Mark:
        """Return the mark of one that was not there; `is_another`: one of its name was, with another text."""
        mark = self._witnessed(session.id)
        if mark.read_to == UNKNOWN:
            since = self._since_ns if self._since_ns is not None else self._quiet_to_ns
            old = since is not None and session.activity_ns <= since and not is_another
            return mark._replace(read_to=session.end if old else 0)
        if not mark.witnesses and (is_another or session.end < mark.read_to):
            return mark._replace(read_to=0)
        return mark._replace(read_to=min(mark.read_to, session.end))

    def _witnessed(self, session_id: SessionId) -> Mark:
        """Return a mark with what was found for it when it was written down."""
        mark, written = self._marks.get(session_id, Mark()), self.written.get(session_id)
        if written is not None and written.read_to == mark.read_to and not mark.witnesses:
            mark = mark._replace(witnesses=written.witnesses)
        return mark

    def read(self, session: Session) -> None:
        """Mark all of a session as read."""
        mark = self._marks.get(session.id, Mark())
        if session.was_seen and (mark.read_to != session.end or not mark.read_ns):
            now = time.time_ns()
            self._keep(session.id, mark._replace(read_to=session.end, witnesses=(), read_ns=now))

    def looked(self, session: Session) -> None:
        mark = self._marks.get(session.id, Mark())
        now = max(time.time_ns(), session.activity_ns)
        if mark.looked_ns < session.activity_ns or now - mark.looked_ns > _LOOK_NS:
            self._keep(session.id, mark._replace(looked_ns=now))

    def pin(self, session_id: SessionId) -> bool:
        """Pin a session, or unpin it; return whether it is pinned now."""
        pinned = session_id not in self.pinned
        (self.pinned.add if pinned else self.pinned.discard)(session_id)
        now = time.time_ns()
        mark = self._marks.get(session_id, Mark())
        self._keep(session_id, mark._replace(pinned_ns=now if pinned else -now))
        return pinned

    def settle(self, session: Session, asked: ReadTo, found: ReadTo) -> None:
        """Take in how far a session holds what was read of it, unless something came since that was asked."""
        if self.read_to(session) != asked:
            return
        session_id = session.id
        self._settled_ns[session_id] = session.activity_ns
        mark = self._marks.get(session_id, Mark())._replace(read_to=found.position, witnesses=found.witnesses)
        if found.position != asked.position:
            self._keep(session_id, mark)
        else:
            self._marks[session_id] = mark  # not worth writing down: it is found again where it is wanted

    def forget(self, session: Session) -> None:
        """Forget a session that is gone. Its mark stays for when it is back."""
        self._gone[session.id] = session

    def take_changed(self, sessions: Iterable[Session]) -> dict[SessionId, Mark]:
        """Return the marks that changed since the last call; `sessions` are all, newest first."""
        if self._first:
            self._first = False
            for session in islice(sessions, SEEDS):
                mark = self._marks.get(session.id, Mark())
                if session.was_seen and session.id not in self._imported:
                    read_to = session.end if mark.read_to == UNKNOWN else mark.read_to
                    self._keep(session.id, mark._replace(read_to=read_to))
        changed = {session_id: self._marks[session_id] for session_id in self._changed}
        self._changed = set()
        return changed

    @property
    def any_changed(self) -> bool:
        return self._first or bool(self._changed)

    def _keep(self, session_id: SessionId, mark: Mark) -> None:
        self._marks[session_id] = mark
        self._changed.add(session_id)
