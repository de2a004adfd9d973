"""How many messages of whom, and how their turns ended: counted in steps, and on where a file has grown.

This is the one place that says what of a session is a bad line, and what a failed turn: the panel of numbers,
`earwig stats` and the marks of the list count by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from earwig.core.content.turn_outcome import has_failed
from earwig.core.memory.rules import tokens_of
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.stores.jsonl.decoding import decode_block
from earwig.core.stores.jsonl.transcript import Transcript

STEP = 256 * 1024
"""Bytes decoded in one step."""

LONGEST = 8 * 1024 * 1024
"""Bytes of a line; a longer one is counted apart, and not read."""


@dataclass(slots=True)
class Numbers:
    """What is counted; of several sessions it can be added up."""

    sessions: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    """Messages by role, as it is stored."""

    bad_lines: int = 0
    long_lines: int = 0
    """Lines that are too long to be looked at."""

    tokens: int = 0
    """Estimated by the bot's own rule (`estimate_history_tokens`)."""

    failed: int = 0
    """Turns that the bot closed with a failure, a time-out or an interruption."""

    unanswered: int = 0
    """A user's messages that another one, or the end of the session, followed with no answer between."""

    @property
    def messages(self) -> int:
        """All of them."""
        return self.roles.total()

    def add(self, other: Numbers) -> None:
        """Add another's."""
        self.sessions += other.sessions
        self.roles += other.roles
        self.bad_lines += other.bad_lines
        self.long_lines += other.long_lines
        self.tokens += other.tokens
        self.failed += other.failed
        self.unanswered += other.unanswered


def sum_of(numbers: Iterable[Numbers]) -> Numbers:
    """All added up."""
    total = Numbers()
    for each in numbers:
        total.add(each)
    return total


class Start(NamedTuple):
    """Where an earlier count of a session ended, and what it had found by then."""

    offset: int = 0
    """Where a line begins."""

    lines: int = 0
    """Lines before that."""

    troubles: Troubles = CLEAN


BEGINNING = Start()


class SessionCount:
    """Counts one session, step by step; goes on where it was when the file has grown, else begins anew."""

    def __init__(self, transcript: Transcript, start: Start = BEGINNING) -> None:
        """`start`: to go on from there; all but the troubles is then counted from there on."""
        self._transcript = transcript
        self.begun_anew = 0
        """How often it began anew, because what it had counted is not there any more."""

        self._begin(start)

    def _begin(self, start: Start) -> None:
        self._generation = self._transcript.generation
        bad_lines, failed, self._last_failed, _ = start.troubles
        self._settled = Numbers(sessions=1, bad_lines=bad_lines, failed=failed)
        self._waits = False
        """Whether the last word is a user's."""

        self._rest: ChatMessage | None = None
        """The last line, if no newline ends it but it is a whole message: the bot loads it."""

        self.counted = start.offset
        """The offset up to which lines are counted, where one begins."""

        self.lines = start.lines
        """Lines up to there."""

    @property
    def numbers(self) -> Numbers:
        """What is counted so far; who waits for an answer is unanswered."""
        numbers = sum_of([self._settled])
        waits = self._waits
        if self._rest is not None:
            waits = _add(numbers, self._rest, waits=waits)
        numbers.unanswered += waits
        return numbers

    @property
    def troubles(self) -> Troubles:
        """The same of what is the matter; when that was is not among it."""
        settled = self._settled
        found = Troubles(settled.bad_lines, settled.failed, self._last_failed)
        if self._rest is not None and has_failed(*self._rest):
            return found._replace(failed=found.failed + 1, last_failed=self.lines + 1)
        return found

    @property
    def end(self) -> Start:
        """From where another count of the session can go on, as long as what is before is unchanged."""
        settled = self._settled
        return Start(self.counted, self.lines, Troubles(settled.bad_lines, settled.failed, self._last_failed))

    @property
    def last_line(self) -> int:
        """The number of the last line that is counted."""
        return self.lines + (self._rest is not None)

    def step(self) -> bool:
        """Count some more; True when all is counted. Raises `CannotOpen`."""
        block, stop = self._transcript.read_lines(self.counted, STEP, LONGEST)
        if self._transcript.generation == self._generation and stop == self.counted:
            rest = self._unended()
            if self._transcript.generation == self._generation:
                self._rest = rest
                return True
        if self._transcript.generation != self._generation:
            self.begun_anew += 1
            self._begin(BEGINNING)
            return False
        if not block:
            self._settled.long_lines += 1
            self.lines += 1
        self._take(block)
        self._rest, self.counted = None, stop
        return (
            stop >= self._transcript.size
        )  # a folder holds 100,000: a look more at each would be half of it

    def _unended(self) -> ChatMessage | None:
        if self._transcript.size <= self.counted:
            return None
        entries = self._transcript.after(self.counted, 1).entries
        item = entries[0].item if entries else None
        return item if isinstance(item, ChatMessage) else None

    def _take(self, block: bytes) -> None:
        items = decode_block(block)
        for number, item in enumerate(items, self.lines + 1):
            if isinstance(item, BadLine):
                self._settled.bad_lines += 1
            elif item is not None:
                failed = self._settled.failed
                self._waits = _add(self._settled, item, waits=self._waits)
                if self._settled.failed > failed:
                    self._last_failed = number
        self.lines += len(items)


def _add(numbers: Numbers, message: ChatMessage, *, waits: bool) -> bool:
    """Count a message; whether a user waits for an answer after it, as one did (`waits`) or not before."""
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
