"""How many messages of whom, and how their turns ended: counted in steps, and on where a file has grown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from earwig.core.bot_memory.rules import tokens_of
from earwig.core.content.closings import has_failed
from earwig.core.decoding import decode_block
from earwig.core.message import BadLine, ChatMessage
from earwig.core.transcript.transcript import Transcript

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


class SessionCount:
    """Counts one session, step by step; goes on where it was when the file has grown, else begins anew."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._restart()

    def _restart(self) -> None:
        self._generation = self._transcript.generation
        self._settled = Numbers(sessions=1)
        self._waits = False
        """Whether the last word is a user's."""

        self.counted = 0
        """The offset up to which lines are counted, where one begins."""

    @property
    def numbers(self) -> Numbers:
        """What is counted so far; who waits for an answer is unanswered."""
        settled = sum_of([self._settled])
        settled.unanswered += self._waits
        return settled

    def step(self) -> bool:
        """Count some more; True when all is counted. Raises `CannotOpen`."""
        block, stop = self._transcript.read_lines(self.counted, STEP, LONGEST)
        if self._transcript.generation != self._generation:
            self._restart()
            return False
        if stop == self.counted:
            return True
        if not block:
            self._settled.long_lines += 1
        for item in decode_block(block):
            self._take(item)
        self.counted = stop
        return False

    def rest(self) -> None:
        """Count a last line that no newline ends: the bot loads it if it is whole. Raises `CannotOpen`."""
        for entry in self._transcript.after(self.counted, 1).entries:
            if isinstance(entry.item, ChatMessage):
                self._take(entry.item)

    def _take(self, item: ChatMessage | BadLine | None) -> None:
        numbers = self._settled
        if isinstance(item, BadLine):
            numbers.bad_lines += 1
        elif item is not None:
            role, content = item
            numbers.roles[role] += 1
            numbers.tokens += tokens_of(content)
            if role == "user":
                numbers.unanswered += self._waits
                self._waits = True
            elif role == "assistant":
                self._waits = False
                numbers.failed += has_failed(role, content)
