"""Counts the matches of a session, and those before a place, in small steps as it grows."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from functools import partial

from earwig.core.find.hint import Hint
from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Position
from earwig.core.model.positions import Positions
from earwig.core.reading.fold import Fold
from earwig.core.stores.protocols import SCANNED, Scanned, Transcript

MatchesOf = Callable[[Item], int]
"""A function that returns how many matches an item has."""


class MatchCounter:
    """Counts matches from the session's start, and goes back where the past changes.

    It keeps the counts of blocks, 16 bytes for each of about 96 KiB, whatever the number of matches: those
    before a place inside a block are found by reading just that block.
    """

    def __init__(
        self,
        transcript: Transcript,
        matches_of: MatchesOf,
        *,
        hint: Hint | None = None,
        limit: int = LINE_LIMIT,
    ) -> None:
        self._transcript = transcript
        self._matches_of = matches_of
        self._scan = partial(transcript.scan, hint=hint, limit=limit)
        self._fold = Fold(transcript, self, self._scan, take_open=self._take_open)
        self._starts = Positions()
        self._before = array("Q")
        self._block_size = 0
        """Bytes of the last block."""

        self._settled = 0
        self._open = 0
        """Matches in the last entry, while it is not ended."""

    @property
    def counted(self) -> Position:
        """The position up to which matches are counted."""
        return self._fold.at

    @property
    def total(self) -> int:
        """The number of matches counted so far."""
        return self._settled + self._open

    def step(self, size: int = SCANNED) -> bool:
        """Count about `size` bytes more; return whether all is. Raises also what `matches_of` does."""
        return self._fold.step(size)

    def take(self, stretch: Scanned) -> None:
        """As `Taker` has it."""
        found = sum(self._matches_of(item) for item in stretch.items if item is not None)
        if not self._starts or self._block_size >= SCANNED:
            self._starts.append(stretch.start)
            self._before.append(self._settled)
            self._block_size = 0
        self._block_size += stretch.size
        self._settled += found

    def _take_open(self, entry: Entry | None) -> None:
        self._open = 0 if entry is None else self._matches_of(entry.item)

    def go_back(self, same: Position) -> Position:
        """Go back to the beginning of the block that holds the place, as `Taker` has it."""
        if not self._starts:
            return 0
        block = max(0, bisect_right(self._starts, same) - 1)
        at, self._settled = self._starts[block], self._before[block]
        self._starts.cut(block)
        del self._before[block:]
        self._block_size = SCANNED
        return at

    def before(self, position: Position) -> int | None:
        """Return the matches before an entry's position; None: not counted. Raises as `step` does."""
        if position > self.counted or self._fold.is_outdated():
            return None
        block = bisect_right(self._starts, position) - 1
        if block < 0:
            return 0
        if position >= self.counted:
            return self._settled
        at, count = self._starts[block], self._before[block]
        while at < position:
            scanned = self._scan(at)
            if self._fold.is_outdated():
                return None
            if scanned.next == at:
                break
            weights = {
                index: match_count
                for index, item in enumerate(scanned.items)
                if item is not None and (match_count := self._matches_of(item))
            }
            found = zip(scanned.entries(weights), weights.values(), strict=True)
            count += sum(match_count for entry, match_count in found if entry.position < position)
            at = scanned.next
        return count

    def next_block(self, position: Position) -> Position:
        """Return a position such that nothing matches, for certain, from `position` on and before it."""
        if self._fold.is_outdated():
            return position
        block = bisect_right(self._starts, position) - 1
        if block < 0 or position >= self.counted:
            return position
        while block < len(self._starts) and self._count_of(block) == 0:
            block += 1
        return max(position, self._starts[block] if block < len(self._starts) else self.counted)

    def _count_of(self, block: int) -> int:
        after = self._before[block + 1] if block + 1 < len(self._before) else self._settled
        return after - self._before[block]
