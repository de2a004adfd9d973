"""Counts what is wrong in one session after the other, and reads no more of them than it must."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from earwig.core.catalog.counted import WORTH_RESUMING, CountedSessions, Record, is_settled, seen_of
from earwig.core.catalog.counted_state import NAME, CountedState
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.trouble_count import Start, TroubleCount
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen

AT_HAND = 16
"""Sessions that can be counted on from where they were, without a look at what is before."""


class _Count(NamedTuple):
    """A session that is being counted, or can be counted on."""

    transcript: Transcript
    session: TroubleCount
    goes_on: bool
    """Whether it goes on where an earlier one ended."""


class SessionCounting:
    """Knows what it has counted, and what earlier runs have. For one thread at a time."""

    def __init__(self, store: Store, folder: Path | None) -> None:
        """`folder`: where to keep what is known from run to run; None: nowhere."""
        self._store = store
        self._state = CountedState(None if folder is None else folder / NAME)
        self._is_loaded = False
        self._earlier = CountedSessions()
        """Of earlier runs, as far as this one has not looked at it."""

        self._now = CountedSessions()
        self._counts: OrderedDict[SessionId, _Count] = OrderedDict()
        self._is_saved = True

    def load(self) -> None:
        """Take in what earlier runs knew, once. Until then nothing is saved."""
        if not self._is_loaded:
            self._is_loaded = True
            self._earlier = self._state.load(self._store.groups)

    def known(self, session: Session) -> Troubles | None:
        """Return what is wrong in a session; None if it is not known of it as it is now."""
        known = self._now.troubles(session)
        if known is None:
            known = self._earlier.troubles(session)
            if known is not None:
                self._now.take(session, self._earlier)
        return known

    def step(self, session: Session) -> Troubles | None:
        """Count some more; return what is wrong once all is counted, else None. Raises `CannotOpen`."""
        session_id = session.id
        counted, record = self._counts.get(session_id), self._record(session_id)
        is_done = counted is not None and counted.goes_on and record is not None
        if is_done and record is not None and not _may_have_grown(record, session):
            counted = None
        try:
            if counted is None:
                counted = self._counts[session_id] = self._begun(session)
            self._counts.move_to_end(session_id)
            if not counted.session.step():
                return None
            troubles = self._finish(session, counted)
        except CannotOpen:
            self._counts.pop(session_id, None)
            raise
        if session.extent < WORTH_RESUMING:
            del self._counts[session_id]
        elif len(self._counts) > AT_HAND:
            self._counts.popitem(last=False)
        return troubles

    def learn(self, session: Session, end: Start) -> Troubles:
        """Take what was found in all of a session; return what is wrong in it."""
        troubles, witness = end.troubles, ""
        if troubles.any:
            with suppress(CannotOpen):
                witness = self._store.open(session).digest_before(end.position)
        if troubles.failed:
            at_end = troubles.last_failed == end.lines
            troubles = troubles._replace(failed_ns=session.activity_ns if at_end else 0)
        inode = session.version[0]
        self._now.put(session, Record(seen_of(session), is_settled(session), inode, end, witness, troubles))
        self._is_saved = False
        return troubles

    def forget(self, session_id: SessionId) -> None:
        self._counts.pop(session_id, None)
        for counted in (self._now, self._earlier):
            self._is_saved &= counted.record(session_id) is None
            counted.forget(session_id)

    def all_are_counted(self) -> None:
        """Forget what earlier runs knew of sessions that nobody asked for: they are gone."""
        self._earlier = CountedSessions()

    def save(self) -> None:
        """Write what is known, if that is more than before."""
        if self._is_saved or not self._is_loaded:
            return
        if self._earlier.is_empty:
            self._state.save(self._now)
        else:
            known = CountedSessions()
            known.add(self._now)
            known.add(self._earlier)
            self._state.save(known)
        self._is_saved = True

    def _begun(self, session: Session) -> _Count:
        """Return a count that goes on where one has ended, if what that has counted is still there."""
        transcript = self._store.open(session)
        record = self._record(session.id)
        same_file = record is not None and record.inode == session.version[0]
        if record is not None and same_file and _may_have_grown(record, session):
            there = transcript.digest_before(record.end.position)
            if there and there == record.witness:
                return _Count(transcript, TroubleCount(transcript, record.end), goes_on=True)
        return _Count(transcript, TroubleCount(transcript), goes_on=False)

    def _record(self, session_id: SessionId) -> Record | None:
        return self._now.record(session_id) or self._earlier.record(session_id)

    def _finish(self, session: Session, counted: _Count) -> Troubles:
        transcript, count, _ = counted
        end, witness = count.end, ""
        if count.troubles.any or session.extent >= WORTH_RESUMING:
            witness = transcript.digest_before(end.position)
        there = self._store.look(session.id)
        same = there == session and transcript.end == session.end
        troubles = count.troubles
        if troubles.failed:
            troubles = troubles._replace(failed_ns=self._failed_ns(session, counted))
        settled = same and is_settled(session)
        inode = session.version[0] if there is not None and there.version[0] == session.version[0] else 0
        self._now.put(session, Record(seen_of(session), settled, inode, end, witness, troubles))
        self._is_saved = False
        if not counted.goes_on or count.begun_anew:
            count.begun_anew = 0
            self._counts[session.id] = counted._replace(goes_on=True)
        return troubles

    def _failed_ns(self, session: Session, counted: _Count) -> int:
        """Return when the last failed turn was: its time is known as long as it is the last line.

        What was written to since was written to by others, as long as it is the same text.
        """
        count, before = counted.session, self._record(session.id)
        goes_on = counted.goes_on and not count.begun_anew
        if goes_on and before is not None and before.troubles.last_failed == count.troubles.last_failed:
            return before.troubles.failed_ns
        return session.activity_ns if count.troubles.last_failed == count.last_line else 0


def _may_have_grown(record: Record, session: Session) -> bool:
    """Whether a session can be what was counted and more: one that changed and did not grow is another."""
    return session.extent > record.seen.size or seen_of(session) == record.seen
