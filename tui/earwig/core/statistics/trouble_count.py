"""Counts what is wrong in a session, in steps, and on where it has grown.

Of most parts of most sessions it is enough to know how many lines they have, and that none says that a turn
failed: a store tells that in a fraction of the time that it takes to decode them.
"""

from __future__ import annotations

from typing import NamedTuple

from earwig.core.content.turn_outcome import PARTS_OF_FAILURES, has_failed
from earwig.core.model.entries import LINE_LIMIT, Entry, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.fold import Fold
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.stores.protocols import Scanned, Tally, Transcript

STEP = 256 * 1024
"""Bytes looked at in one step."""


class Start(NamedTuple):
    """Where an earlier count of a session ended, and what it had found by then."""

    position: Position = 0
    """The position of the beginning of a line."""

    lines: int = 0
    """The number of lines before that."""

    troubles: Troubles = CLEAN


BEGINNING = Start()


class TroubleCount:
    """Counts the troubles of one session, step by step.

    It goes on where it was when the session has grown, else begins anew.
    """

    def __init__(self, transcript: Transcript, start: Start = BEGINNING) -> None:
        """`start`: to go on from there."""
        self._transcript = transcript
        self._fold = Fold(transcript, self, self._read, start.position, take_open=self._take_open)
        self.begun_anew = 0
        """How often it began anew, because what it had counted is not there any more."""

        self._begin(start)

    def _begin(self, start: Start) -> None:
        self._bad_lines, self._failed, self._last_failed, _ = start.troubles
        self._has_failed_now = False
        """Whether the last line, which is not ended, is a whole message of a turn that failed: the bot loads
        it."""

        self._has_rest = False
        self.lines = start.lines
        """Lines up to where they are counted."""

    @property
    def troubles(self) -> Troubles:
        """The troubles so far, without their times."""
        if self._has_failed_now:
            return Troubles(self._bad_lines, self._failed + 1, self.lines + 1)
        return Troubles(self._bad_lines, self._failed, self._last_failed)

    @property
    def end(self) -> Start:
        """Where another count of the session can go on, as long as what is before is unchanged."""
        return Start(self._fold.at, self.lines, Troubles(self._bad_lines, self._failed, self._last_failed))

    @property
    def last_line(self) -> int:
        """The number of the last line that is counted."""
        return self.lines + self._has_rest

    def step(self) -> bool:
        """Count some more; return whether all is counted. Raises `CannotOpen`."""
        return self._fold.step(STEP)

    def _read(self, at: Position, budget: int) -> Tally | Scanned:
        tally = self._transcript.tally(at, budget, limit=LINE_LIMIT, parts=PARTS_OF_FAILURES)
        return self._transcript.scan(at, budget) if tally.may_hold else tally

    def take(self, stretch: Tally | Scanned) -> None:
        if isinstance(stretch, Tally):
            self.lines += stretch.lines
            self._bad_lines += stretch.bad_lines
            return
        for number, item in enumerate(stretch.items, self.lines + 1):
            if isinstance(item, BadLine):
                self._bad_lines += 1
            elif isinstance(item, ChatMessage) and has_failed(*item):
                self._failed += 1
                self._last_failed = number
        self.lines += len(stretch.items)

    def _take_open(self, entry: Entry | None) -> None:
        item = None if entry is None else entry.item
        self._has_rest = isinstance(item, ChatMessage)
        self._has_failed_now = isinstance(item, ChatMessage) and has_failed(*item)

    def go_back(self, same: Position) -> Position:
        """As `Taker` has it: all is counted anew."""
        self.begun_anew += 1
        self._begin(BEGINNING)
        return BEGINNING.position
