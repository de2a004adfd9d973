"""Counts messages by role, and how turns ended, in steps, and on where a file has grown.

This is the one place that says what of a session is a bad line, and what a failed turn: the panel of numbers,
`earwig stats` and the marks of the list count by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from earwig.core.content.turn_outcome import has_failed
from earwig.core.memory.rules import tokens_of
from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.fold import Fold
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.stores.protocols import Scanned, Transcript

STEP = 256 * 1024
"""Bytes decoded in one step."""


@dataclass(slots=True)
class Numbers:
    """The numbers of a session. Those of several can be added up."""

    sessions: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    bad_lines: int = 0
    long_lines: int = 0
    tokens: int = 0
    """Tokens, estimated by the bot's own rule (`estimate_history_tokens`)."""

    failed: int = 0
    """Turns that the bot closed with a failure, a time-out or an interruption."""

    unanswered: int = 0
    """A user's messages that another one, or the end of the session, followed with no answer between."""

    @property
    def messages(self) -> int:
        return self.roles.total()

    def add(self, other: Numbers) -> None:
        self.sessions += other.sessions
        self.roles.update(other.roles)
        self.bad_lines += other.bad_lines
        self.long_lines += other.long_lines
        self.tokens += other.tokens
        self.failed += other.failed
        self.unanswered += other.unanswered


def sum_of(numbers: Iterable[Numbers]) -> Numbers:
    total = Numbers()
    for each in numbers:
        total.add(each)
    return total


class Start(NamedTuple):
    """Where an earlier count of a session ended, and what it had found by then."""

    position: Position = 0
    """The position of the beginning of a line."""

    lines: int = 0
    """The number of lines before that."""

    troubles: Troubles = CLEAN


BEGINNING = Start()


class SessionCount:
    """Counts one session, step by step; goes on where it was when that has grown, else begins anew."""

    def __init__(
        self, transcript: Transcript, start: Start = BEGINNING, *, longest: int = LINE_LIMIT
    ) -> None:
        """`start`: to go on from there; all but the troubles is then counted from there on.

        Lines of more than `longest` bytes are counted apart, and not read.
        """
        scan = partial(transcript.scan, limit=longest)
        self._fold = Fold(transcript, self, scan, start.position, take_open=self._take_open)
        self.begun_anew = 0
        """How often it began anew, because what it had counted is not there any more."""

        self._begin(start)

    def _begin(self, start: Start) -> None:
        bad_lines, failed, self._last_failed, _ = start.troubles
        self._settled = Numbers(sessions=1, bad_lines=bad_lines, failed=failed)
        self._waits = False
        """Whether the last word is a user's."""

        self._rest: ChatMessage | None = None
        """The last line, if it is not ended but is a whole message: the bot loads it."""

        self.lines = start.lines
        """Lines up to where they are counted."""

    @property
    def counted(self) -> Position:
        """The position up to which lines are counted."""
        return self._fold.at

    @property
    def numbers(self) -> Numbers:
        """The numbers so far. A message that waits for an answer is unanswered."""
        numbers = sum_of([self._settled])
        waits = self._waits
        if self._rest is not None:
            waits = _add(numbers, self._rest, waits=waits)
        numbers.unanswered += waits
        return numbers

    @property
    def troubles(self) -> Troubles:
        """The troubles so far, without their times."""
        settled = self._settled
        found = Troubles(settled.bad_lines, settled.failed, self._last_failed)
        if self._rest is not None and has_failed(*self._rest):
            return found._replace(failed=found.failed + 1, last_failed=self.lines + 1)
        return found

    @property
    def end(self) -> Start:
        """Where another count of the session can go on, as long as what is before is unchanged."""
        settled = self._settled
        return Start(self.counted, self.lines, Troubles(settled.bad_lines, settled.failed, self._last_failed))

    @property
    def last_line(self) -> int:
        """The number of the last line that is counted."""
        return self.lines + (self._rest is not None)

    def step(self) -> bool:
        """Count some more; return whether all is counted. Raises `CannotOpen`."""
        return self._fold.step(STEP)

    def take(self, stretch: Scanned) -> None:
        settled = self._settled
        for number, item in enumerate(stretch.items, self.lines + 1):
            if isinstance(item, ChatMessage):
                failed = settled.failed
                self._waits = _add(settled, item, waits=self._waits)
                if settled.failed > failed:
                    self._last_failed = number
            elif isinstance(item, BadLine):
                settled.bad_lines += 1
            elif isinstance(item, Oversized):
                settled.long_lines += 1
        self.lines += len(stretch.items)

    def _take_open(self, entry: Entry | None) -> None:
        item = None if entry is None else entry.item
        self._rest = item if isinstance(item, ChatMessage) else None

    def go_back(self, same: Position) -> Position:
        """As `Taker` has it: all is counted anew."""
        self.begun_anew += 1
        self._begin(BEGINNING)
        return BEGINNING.position


def _add(numbers: Numbers, message: ChatMessage, *, waits: bool) -> bool:
    """Count a message; return whether a user waits for an answer after it; `waits`: one did before."""
    role, content = message
    numbers.roles[role] += 1
    numbers.tokens += tokens_of(content)
    if role == "user":
        numbers.unanswered += waits
        return True
    if role == "assistant":
        numbers.failed += has_failed(role, content)
        return False
    return waits
