"""Counts in small steps how many entries a filter shows, and how many each of its conditions hides."""

from __future__ import annotations

from earwig.core.model.entries import Position
from earwig.core.reading.filtering import EntryFilter
from earwig.core.reading.fold import Fold
from earwig.core.stores.protocols import SCANNED, Scanned, Transcript


class FilterCounter:
    """Counts a transcript's complete entries from a position on. It begins anew when their past changes."""

    def __init__(self, transcript: Transcript, entry_filter: EntryFilter, start: Position = 0) -> None:
        self.filter = entry_filter
        self._start = start
        self._fold = Fold(transcript, self, transcript.scan, start)
        self._restart()

    def _restart(self) -> None:
        self.messages = 0
        """Entries that are left by all conditions."""

        self.hidden = [0] * len(self.filter.conditions)
        """Entries that each condition, were it alone, would hide."""

    @property
    def counted(self) -> Position:
        """The position up to which entries are counted."""
        return self._fold.at

    def step(self, size: int = SCANNED) -> bool:
        """Count about `size` bytes more; return whether all is counted. Raises `CannotOpen`."""
        return self._fold.step(size)

    def take(self, stretch: Scanned) -> None:
        """As `Taker` has it."""
        items = [item for item in stretch.items if item is not None]
        left = [True] * len(items)
        for at, condition in enumerate(self.filter.conditions):
            holds = list(map(condition.holds, items))
            self.hidden[at] += len(holds) - sum(holds)
            left = [both and one for both, one in zip(left, holds, strict=True)]
        self.messages += sum(left)

    def go_back(self, same: Position) -> Position:
        """Count all anew, also what has changed before the start, as `Taker` has it."""
        self._restart()
        self._start = min(self._start, same)
        return self._start
