"""Keeps what is known of the content of sessions: their newest lines, and what is wrong in all of each."""

from __future__ import annotations

from collections.abc import Iterable

from earwig.core.catalog.restrictions import COUNTED, NOT_OF_CONTENT, Only, kinds_of
from earwig.core.catalog.summary import Health, Summary, health_of
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.troubles import CLEAN, Troubles


class KnownSummaries:
    """The last summary of each session, and which kinds of session it is therefore."""

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self.summaries: dict[SessionId, Summary] = {}
        self.kinds: dict[Only, set[SessionId]] = {only: set() for only in Only}
        # Spelled out, because a folder holds 100,000, most of which have no detail.
        apart = (session for session in sessions if session.detail is not None)
        self.kinds[Only.PUT_AWAY].update(session.id for session in apart if session.is_put_away)
        self.progress: tuple[int, int] | None = None
        """How many of how many sessions are counted whole; None: that has not begun."""

        self._troubles: dict[SessionId, Troubles] = {}
        """Of sessions in which there are any."""

    def troubles(self, session_id: SessionId) -> Troubles | None:
        """Return what is wrong in all of a session; None where nothing is, as far as is known."""
        return self._troubles.get(session_id)

    def health(self, session_id: SessionId) -> Health | None:
        """Return the health of a session; None where nobody has looked."""
        summary = self.summaries.get(session_id)
        return None if summary is None else health_of(summary, self._troubles.get(session_id, CLEAN))

    def sum_up(self, session_id: SessionId, summary: Summary) -> set[Only]:
        """Take in the summary of a session; return the kinds that it has become or ceased to be."""
        self.summaries[session_id] = summary
        return self._sort_out(session_id)

    def count(self, session_id: SessionId, troubles: Troubles) -> set[Only]:
        """Take in what is wrong in all of a session; return the kinds that it has become or ceased to be."""
        if troubles.any:
            self._troubles[session_id] = troubles
        else:
            self._troubles.pop(session_id, None)
        return self._sort_out(session_id)

    def saw(self, session: Session) -> None:
        if session.is_put_away:
            self.kinds[Only.PUT_AWAY].add(session.id)

    def _sort_out(self, session_id: SessionId) -> set[Only]:
        kinds = kinds_of(self.summaries.get(session_id), self._troubles.get(session_id, CLEAN))
        changed: set[Only] = set()
        for only, having in self.kinds.items():
            if only not in NOT_OF_CONTENT and (only in kinds) != (session_id in having):
                (having.add if only in kinds else having.discard)(session_id)
                changed.add(only)
        return changed

    def forget(self, session_id: SessionId) -> None:
        self.summaries.pop(session_id, None)
        self._troubles.pop(session_id, None)
        for kind in self.kinds.values():
            kind.discard(session_id)

    def is_complete(self, only: Only, *, summed_up: bool) -> bool:
        """Return whether all sessions of a kind are known, given whether all are summed up that should be."""
        if only in COUNTED:
            return self.progress is not None and self.progress[0] >= self.progress[1]
        return summed_up or only in NOT_OF_CONTENT
