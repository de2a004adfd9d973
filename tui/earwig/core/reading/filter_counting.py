"""How many entries a filter shows, and how many each of its conditions hides, counted in small steps."""

from __future__ import annotations

from earwig.core.model.entries import LINE_LIMIT
from earwig.core.reading.filtering import EntryFilter
from earwig.core.reading.walking import STEP
from earwig.core.stores.jsonl.decoding import decode_block
from earwig.core.stores.jsonl.transcript import Transcript


class FilterCounter:
    """Counts a transcript's complete lines from an offset on; begins anew when their past changes."""

    def __init__(self, transcript: Transcript, limit: EntryFilter, start: int = 0) -> None:
        self._transcript = transcript
        self.limit = limit
        """The filter that it counts for."""

        self._start = start
        self._generation = transcript.generation
        self._restart()

    def _restart(self) -> None:
        self.counted = self._start
        """The offset up to which they are counted, where a line begins."""

        self.messages = 0
        """Entries that are left by all conditions."""

        self.hidden = [0] * len(self.limit.conditions)
        """Entries that each condition, were it alone, would hide."""

    def step(self, size: int = STEP) -> bool:
        """Count about `size` bytes more; True when all complete lines are counted. Raises `CannotOpen`."""
        block, stop = self._transcript.read_lines(self.counted, size, max(size, LINE_LIMIT))
        if self._transcript.generation != self._generation:
            passed = self._transcript.generation - self._generation
            self._generation = self._transcript.generation
            same = self._transcript.unchanged_to if passed == 1 else 0
            if same < self.counted:
                self._start = min(self._start, same)
                self._restart()
            return False
        if stop == self.counted:
            return True
        items = [item for item in decode_block(block) if item is not None]
        left = [True] * len(items)
        for at, condition in enumerate(self.limit.conditions):
            holds = list(map(condition.holds, items))
            self.hidden[at] += len(holds) - sum(holds)
            left = [both and one for both, one in zip(left, holds, strict=True)]
        self.messages += sum(left)
        self.counted = stop
        return False
