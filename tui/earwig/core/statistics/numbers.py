"""Counts messages by role, and how turns ended, in steps, and on where a file has grown.

The panel of numbers and `earwig stats` count by it; the marks of the list by `trouble_count`, in less time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from earwig.core.content.turn_outcome import has_failed
from earwig.core.memory.rules import tokens_of
from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.fold import Fold
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


class SessionCount:
    """Counts one session, step by step; goes on where it was when that has grown, else begins anew."""

    def __init__(self, transcript: Transcript, *, longest: int = LINE_LIMIT) -> None:
        """Lines of more than `longest` bytes are counted apart, and not read."""
        scan = partial(transcript.scan, limit=longest)
        self._fold = Fold(transcript, self, scan, take_open=self._take_open)
        self._begin()

    def _begin(self) -> None:
        self._settled = Numbers(sessions=1)
        self._waits = False
        """Whether the last word is a user's."""

        self._rest: ChatMessage | None = None
        """The last line, if it is not ended but is a whole message: the bot loads it."""

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

    def step(self) -> bool:
        """Count some more; return whether all is counted. Raises `CannotOpen`."""
        return self._fold.step(STEP)

    def take(self, stretch: Scanned) -> None:
        settled = self._settled
        for item in stretch.items:
            if isinstance(item, ChatMessage):
                self._waits = _add(settled, item, waits=self._waits)
            elif isinstance(item, BadLine):
                settled.bad_lines += 1
            elif isinstance(item, Oversized):
                settled.long_lines += 1

    def _take_open(self, entry: Entry | None) -> None:
        item = None if entry is None else entry.item
        self._rest = item if isinstance(item, ChatMessage) else None

    def go_back(self, same: Position) -> Position:
        """As `Taker` has it: all is counted anew."""
        self._begin()
        return 0


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
