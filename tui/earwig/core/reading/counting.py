"""Counts the messages and bad lines of a session in small steps, as it grows."""

from __future__ import annotations

from functools import partial

from earwig.core.model.entries import Position
from earwig.core.reading.fold import Fold
from earwig.core.stores.protocols import SCANNED, Tally, Transcript

STEP = 12 * SCANNED
"""Bytes of one step: one or two milliseconds of work, which a key may have to wait for."""


class LineCounter:
    """Counts a transcript's complete entries from a position on. It begins anew when their past changes.

    Lines over `limit` bytes are not read, but counted apart; without a limit each is read whole.
    """

    def __init__(self, transcript: Transcript, start: Position = 0, *, limit: int | None = None) -> None:
        self._start = start
        self._fold = Fold(transcript, self, partial(transcript.tally, limit=limit), start)
        self._restart()

    def _restart(self) -> None:
        self.messages = 0
        """Messages counted so far."""

        self.bad_lines = 0
        """Bad lines; a last line without its newline is not among them."""

        self.long_lines = 0
        """Lines over the limit: nobody has looked whether the bot would load them."""

    @property
    def counted(self) -> Position:
        """The position up to which entries are counted."""
        return self._fold.at

    def step(self, size: int = STEP) -> bool:
        """Count about `size` bytes more; return whether all is counted. Raises `CannotOpen`."""
        return self._fold.step(size)

    def take(self, stretch: Tally) -> None:
        """As `Taker` has it."""
        self.messages += stretch.messages
        self.bad_lines += stretch.bad_lines
        self.long_lines += stretch.long_lines

    def go_back(self, same: Position) -> Position:
        """Count all anew, also what has changed before the start, as `Taker` has it."""
        self._restart()
        self._start = min(self._start, same)
        return self._start
