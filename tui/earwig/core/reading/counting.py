"""How many messages and bad lines a session holds, counted in small steps as it grows."""

from __future__ import annotations

from earwig.core.stores.jsonl.decoding import count_block
from earwig.core.stores.jsonl.transcript import Transcript

BLOCK = 96 * 1024
"""Bytes read and decoded at a time.

Above 128 KiB, C libraries ask the system for the memory of each read anew: that takes longer than to read.
"""

STEP = 12 * BLOCK
"""Bytes of one step, one or two milliseconds of work: what a key may have to wait for."""


class LineCounter:
    """Counts a transcript's complete lines from an offset on; begins anew when their past changes.

    Lines over `limit` bytes are not read, but counted apart; without a limit each is read whole.
    """

    def __init__(self, transcript: Transcript, start: int = 0, *, limit: int | None = None) -> None:
        self._limit = limit
        self._transcript = transcript
        self._generation = transcript.generation
        self._start = start
        self._restart()

    def _restart(self) -> None:
        self.messages = 0
        """Messages in the bytes counted so far."""

        self.bad_lines = 0
        """Bad lines in them; a last line without its newline is not among them."""

        self.long_lines = 0
        """Lines over the limit: nobody has looked whether the bot would load them."""

        self.counted = self._start
        """The offset up to which they are counted; always at a line's start."""

    def step(self, size: int = STEP) -> bool:
        """Count about `size` bytes more; True when all complete lines are counted.

        Raises `CannotOpen`.
        """
        blocks = self._transcript.map_blocks(
            _counts, self.counted, min(size, BLOCK), max(1, size // BLOCK), self._limit
        )
        if self._transcript.generation != self._generation:
            self._look_back()
            return False
        for (messages, bad_lines, long_lines), stop in blocks:
            self.messages += messages
            self.long_lines += long_lines
            self.bad_lines += bad_lines
            self.counted = stop
        return not blocks

    def _look_back(self) -> None:
        passed = self._transcript.generation - self._generation
        self._generation = self._transcript.generation
        # How far the past is unchanged is known of the last rewrite only.
        same = self._transcript.unchanged_to if passed == 1 else 0
        if same < self.counted:
            self._start = min(self._start, same)
            self._restart()


def _counts(block: bytes) -> tuple[int, int, int]:
    """Messages and bad lines; and one line too long to be read, for which no bytes stand."""
    return (*count_block(block), int(not block))
