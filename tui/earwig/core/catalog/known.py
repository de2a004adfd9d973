"""What is known of the content of sessions: their newest lines, and what is the matter in all of each."""

from __future__ import annotations

from earwig.core.catalog.restrictions import COUNTED, Only, kinds_of
from earwig.core.catalog.summary import Health, Summary, health_of
from earwig.core.statistics.troubles import CLEAN, Troubles


class Known:
    """Of each session, what was found out last; and which kinds of sessions that makes it one of."""

    def __init__(self) -> None:
        self.summaries: dict[str, Summary] = {}
        self.kinds: dict[Only, set[str]] = {only: set() for only in Only}
        self.progress: tuple[int, int] | None = None
        """How many of how many sessions are counted whole; None: that has not begun."""

        self._troubles: dict[str, Troubles] = {}
        """Of sessions in which there are any."""

    def troubles(self, location: str) -> Troubles | None:
        """What is the matter in all of a session; None: nothing, as far as it is known."""
        return self._troubles.get(location)

    def health(self, location: str) -> Health | None:
        """How a session stands; None: nobody has looked."""
        summary = self.summaries.get(location)
        return None if summary is None else health_of(summary, self._troubles.get(location, CLEAN))

    def sum_up(self, location: str, summary: Summary) -> set[Only]:
        """Take in what its newest lines say; returns the kinds that it is one of now and was not, or was."""
        self.summaries[location] = summary
        return self._sort_out(location)

    def count(self, location: str, troubles: Troubles) -> set[Only]:
        """Take in what is the matter in all of it; returns the kinds as `sum_up` does."""
        if troubles.any:
            self._troubles[location] = troubles
        else:
            self._troubles.pop(location, None)
        return self._sort_out(location)

    def _sort_out(self, location: str) -> set[Only]:
        kinds = kinds_of(self.summaries.get(location), self._troubles.get(location, CLEAN))
        changed: set[Only] = set()
        for only, having in self.kinds.items():
            if only is not Only.CHANGED and (only in kinds) != (location in having):
                (having.add if only in kinds else having.discard)(location)
                changed.add(only)
        return changed

    def forget(self, location: str) -> None:
        """A session is gone."""
        self.summaries.pop(location, None)
        self._troubles.pop(location, None)
        for kind in self.kinds.values():
            kind.discard(location)

    def is_complete(self, only: Only, *, summed_up: bool) -> bool:
        """Whether all sessions of a kind are known; `summed_up`: whether all are of which that was asked."""
        if only in COUNTED:
            return self.progress is not None and self.progress[0] >= self.progress[1]
        return summed_up or only is Only.CHANGED
