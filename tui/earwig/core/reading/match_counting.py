"""How many matches a session has, and how many before a place: counted in small steps as it grows."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

from earwig.core.find.line_scan import Scan
from earwig.core.model.entries import LINE_LIMIT, Item
from earwig.core.reading.walking import STEP, Walk
from earwig.core.stores.jsonl.transcript import Transcript

Weigh = Callable[[Item], int]
"""How many matches an item has."""


class MatchCounter:
    """Counts from the file's start; begins anew where the past changes.

    Kept are counts of blocks, 16 bytes each of about 96 KiB, whatever the number of matches: those before a
    place inside a block are found by reading just that block.
    """

    def __init__(
        self,
        transcript: Transcript,
        weigh: Weigh,
        *,
        scan: Scan | None = None,
        limit: int = LINE_LIMIT,
    ) -> None:
        self._transcript = transcript
        self._weigh = weigh
        self._scan = scan
        self._limit = limit
        self._generation = transcript.generation
        self._starts = array("Q")
        self._before = array("Q")
        self._settled = 0
        self._open = 0
        """Matches in the last line, while no newline ends it."""

        self.counted = 0
        """The offset up to which they are counted, where a line begins."""

    @property
    def total(self) -> int:
        """Matches counted so far."""
        return self._settled + self._open

    def step(self, size: int = STEP) -> bool:
        """Count about `size` bytes more; True when all that is there is counted.

        Raises `CannotOpen`, and whatever `weigh` does.
        """
        if self._transcript.generation != self._generation:
            self._look_back()
        start = self.counted
        walk = self._walk(start)
        found = sum(self._weigh(entry.item) for entry in walk.step(size))
        if walk.outdated:
            self._look_back()
            return False
        if walk.done:
            self._open = found
            return True
        self._open = 0
        if not self._starts or walk.at - self._starts[-1] > size:
            self._starts.append(start)
            self._before.append(self._settled)
        self._settled += found
        self.counted = walk.at
        return False

    def before(self, offset: int) -> int | None:
        """How many matches are before the line at `offset`; None where they are not counted.

        Raises as `step` does.
        """
        if offset > self.counted or self._transcript.generation != self._generation:
            return None
        block = bisect_right(self._starts, offset) - 1
        if block < 0:
            return 0
        if offset >= self.counted:
            return self._settled
        walk = self._walk(self._starts[block])
        count = self._before[block]
        while walk.at < offset and not walk.done and not walk.outdated:
            found = walk.step(max(1, offset - walk.at))
            count += sum(self._weigh(entry.item) for entry in found if entry.position < offset)
        return None if walk.outdated else count

    def next_block(self, offset: int) -> int:
        """A place from `offset` on before which, from `offset`, nothing matches for certain."""
        if self._transcript.generation != self._generation:
            return offset
        block = bisect_right(self._starts, offset) - 1
        if block < 0 or offset >= self.counted:
            return offset
        while block < len(self._starts) and self._count_of(block) == 0:
            block += 1
        return max(offset, self._starts[block] if block < len(self._starts) else self.counted)

    def _count_of(self, block: int) -> int:
        after = self._before[block + 1] if block + 1 < len(self._before) else self._settled
        return after - self._before[block]

    def _walk(self, at: int) -> Walk:
        return Walk(
            self._transcript,
            at,
            self._weigh,
            forward=True,
            scan=self._scan,
            limit=self._limit,
            numbered=False,
        )

    def _look_back(self) -> None:
        passed = self._transcript.generation - self._generation
        self._generation = self._transcript.generation
        # How far the past is unchanged is known of the last rewrite only.
        same = self._transcript.unchanged_to if passed == 1 else 0
        self._open = 0
        if same >= self.counted:
            return
        block = max(0, bisect_right(self._starts, same) - 1)
        self.counted = self._starts[block] if self._starts else 0
        self._settled = self._before[block] if self._starts else 0
        del self._starts[block:], self._before[block:]
