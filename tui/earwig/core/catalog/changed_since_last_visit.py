"""Tells what changed while nobody looked, in the order in which it is best looked at."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from earwig.core.catalog.restrictions import Only, kinds_of
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import SessionId
from earwig.core.text.safe_text import SafeText, own_text


class ChangedSessions(NamedTuple):
    """The sessions that changed since the reader last looked at them."""

    ids: Sequence[SessionId]
    """Failed sessions first, then those that wait for an answer, then the others; the newest first in
    each."""

    failed: int
    waiting: int
    """The number that wait for an answer, as far as is known: sessions are summed up when they are seen,
    never all at once."""

    def words(self) -> SafeText:
        """Return `4 sessions changed, 2 wait for an answer, 1 failed`."""
        count = len(self.ids)
        said = own_text("1 session changed") if count == 1 else own_text("{:,} sessions changed", count)
        if self.waiting:
            waits = own_text("waits") if self.waiting == 1 else own_text("wait")
            said = own_text("{}, {:,} {} for an answer", said, self.waiting, waits)
        return own_text("{}, {:,} failed", said, self.failed) if self.failed else said


def changed_since_last_visit(
    catalog: SessionCatalog,
    *,
    since_ns: int = 0,
    but: SessionId | None = None,
    among: Container[SessionId] | None = None,
) -> ChangedSessions:
    """Return the listed sessions (those in `among`, but for `but`) changed after `since_ns` (Unix time)."""
    sessions = {
        session_id: catalog[session_id]
        for session_id in catalog.shown
        if among is None or session_id in among
    }
    changed = catalog.marks.changed_since(sessions)
    found = [it for it in sessions if it in changed and it != but and sessions[it].activity_ns > since_ns]
    found.sort(key=lambda it: -sessions[it].activity_ns)
    summaries = {session_id: catalog.summary(session_id) for session_id in found}
    kinds = {
        session_id: kinds_of(summary) for session_id, summary in summaries.items() if summary is not None
    }
    failed = [it for it in found if Only.FAILED in kinds.get(it, ())]
    waiting = [it for it in found if Only.WAITING in kinds.get(it, ()) and it not in failed]
    others = [it for it in found if it not in failed and it not in waiting]
    return ChangedSessions([*failed, *waiting, *others], len(failed), len(waiting))
