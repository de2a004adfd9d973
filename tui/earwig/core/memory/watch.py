"""The estimate for one session that may be huge and may grow: from its end, and no further than it takes."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter

from earwig.core.memory.limits import BotLimits
from earwig.core.memory.rules import Estimate, Limits, Weight, judge, weights_of
from earwig.core.model.entries import LINE_LIMIT
from earwig.core.stores.jsonl.transcript import Transcript
from earwig.core.text.safe_text import SafeText

STEP = 64 * 1024
"""Bytes read in one step, more only where a line is longer. At the default limits one or two steps do."""

REACH = 16 * 1024 * 1024
"""Bytes from the session's end that are looked through at most: what is not known by then stays unknown."""

HELD = 20_000
"""Messages whose weights are kept at most; likewise."""

_REACHES = (STEP, 8 * STEP, 64 * STEP, LINE_LIMIT + 2)
"""How far back a line's beginning is looked for, until it is found."""

_GROWN = 4 * 1024 * 1024
"""Bytes that are read on to; where more have come, the end is nearer."""


class BotMemory:
    """Estimates again what has changed, in steps. Not for two threads at once."""

    def __init__(self, transcript: Transcript, limits: BotLimits | None = None) -> None:
        self._transcript = transcript
        self._bot_limits = limits or BotLimits()
        self._limits = Limits()
        self.estimate = Estimate(self._limits, certain=False)
        """What the last round of steps came to."""

        self.note: SafeText | None = None
        """Why the bot's own limits are not used, if there are some and they cannot be read."""

        self.generation = -1
        """Of the transcript, to which the estimate's offsets belong."""

        self._done: tuple[int, int, Limits] | None = None
        self._forget()

    def _forget(self) -> None:
        self._held: list[Weight] = []
        self._start = self._stop = -1
        """Offsets between which the lines are read: always where one begins; -1: nothing is yet."""

        self._begun = 0
        """The file's size when its end was looked for: as far as a last line may reach that is not ended."""

        self._blocked = False
        """Whether a line before `_start` is too long to be looked at."""

    def is_due(self) -> bool:
        """Whether the session, as it was last looked at, or the limits are others than those estimated."""
        self._limits, self.note = self._bot_limits.of(self._transcript.path)
        return self._done != self._state()

    def step(self) -> bool:
        """Read a little more; True when the estimate is as good as it gets. Raises `CannotOpen`."""
        transcript = self._transcript
        if self.generation != transcript.generation:
            self.generation = transcript.generation
            self._forget()
        if self._stop < 0 or transcript.size - max(self._stop, self._begun) > _GROWN:
            self._forget()
            return self._begin()
        if self._read_on() or self.generation != transcript.generation:
            return False
        return self._judge()

    def _state(self) -> tuple[int, int, Limits]:
        return self._transcript.generation, self._transcript.size, self._limits

    def _begin(self) -> bool:
        """Find where the last complete line ends; True if that is too far away, and nothing can be known."""
        self._transcript.refresh()
        size = self._begun = self._transcript.size
        for reach in _REACHES:
            low = max(0, size - reach)
            end = self._transcript.read(low, size - low).rfind(b"\n") + 1
            if end or not low:
                self._start = self._stop = low + end
                return False
        if self.generation == self._transcript.generation:
            self._settle(Estimate(self._limits, certain=False), size)
        return self.generation == self._transcript.generation

    def _read_on(self) -> bool:
        """Read lines that have come; False if there are none."""
        data, stop = self._transcript.read_lines(self._stop, STEP, LINE_LIMIT)
        if self.generation != self._transcript.generation or stop == self._stop:
            return False
        skipped = _behind_long_lines(data) if data else stop - self._stop
        if skipped:
            self._held, self._blocked = [], True
            self._start = self._stop + skipped
        self._held += weights_of(data[skipped:], self._stop + skipped)
        self._stop = stop
        return True

    def _judge(self) -> bool:
        """Estimate; False if that is not certain yet."""
        transcript, newest = self._transcript, self._held
        size = transcript.size
        readable = size - self._stop <= LINE_LIMIT
        if readable and size > self._stop:
            # The bot loads a last line that no newline ends, if it is a message.
            rest = transcript.read(self._stop, size - self._stop)
            newest = [*newest, *weights_of(rest, self._stop)]
        whole = self._start == 0 and not self._blocked
        found = (
            judge(newest, self._limits, whole=whole) if readable else Estimate(self._limits, certain=False)
        )
        if not found.certain and readable and self._read_back():
            return False
        if self.generation != transcript.generation:
            return False
        if found.kept is not None:
            self._drop(len(newest) - 2 - max(found.kept, self._limits.messages))
        self._settle(found, size)
        return True

    def _settle(self, found: Estimate, size: int) -> None:
        self.estimate = found
        self._done = self.generation, size, self._limits

    def _read_back(self) -> bool:
        """Read lines before those that are known; False if there are none, or enough was read."""
        if self._start == 0 or self._blocked:
            return False
        if self._stop - self._start > REACH or len(self._held) > HELD:
            far = bisect_left(self._held, self._stop - REACH, key=attrgetter("offset"))
            self._drop(max(far, len(self._held) - HELD) - 1)
            return False
        for reach in _REACHES:
            low = max(0, self._start - reach)
            data = self._transcript.read(low, self._start - low)
            first = data.find(b"\n", 0, -1) + 1 if low else 0
            if first or not low:
                self._held[:0] = weights_of(data[first:], low + first)
                self._start = low + first
                return True
        self._blocked = True
        return True

    def _drop(self, count: int) -> None:
        """Forget the oldest messages: as many more are known as it takes."""
        if count > 0:
            del self._held[:count]
            self._start = self._held[0].offset


def _behind_long_lines(block: bytes) -> int:
    """Where the last line over the limit ends in a block, its newline included; 0 if there is none."""
    if len(block) <= LINE_LIMIT:
        return 0
    behind = at = 0
    for line in block.split(b"\n")[:-1]:
        at += len(line) + 1
        if len(line) > LINE_LIMIT:
            behind = at
    return behind


def estimate(transcript: Transcript, limits: BotLimits | None = None) -> Estimate:
    """The estimate for a session as it is now. Raises `CannotOpen`."""
    memory = BotMemory(transcript, limits)
    transcript.refresh()
    memory.is_due()
    while not memory.step():
        pass
    return memory.estimate
