"""What rewrites took out of sessions, kept while the reader is elsewhere."""

from __future__ import annotations

from earwig.core.model.session import SessionId
from earwig.ui.transcript.removed_entries import RemovedEntries

_SESSIONS = 16


class KeptRemovedEntries:
    def __init__(self) -> None:
        self._of: dict[SessionId, RemovedEntries] = {}

    def take(self, session_id: SessionId) -> RemovedEntries:
        """Return those of the session that is open from now on."""
        removed_entries = self._of[session_id] = (
            self._of.pop(session_id) if session_id in self._of else RemovedEntries()
        )
        if len(self._of) > _SESSIONS:
            del self._of[next(iter(self._of))]
        return removed_entries

    def go_on_as(self, was: SessionId, now: SessionId) -> None:
        if was in self._of:
            self._of[now] = self._of.pop(was)
