"""Estimates the bot's memory of one session that may be huge and may grow: from its end, and no further than
needed.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from earwig.core.memory.limits import BotLimits
from earwig.core.memory.rules import Estimate, Limits, Weight, judge, weight_of
from earwig.core.model.entries import Entry, Oversized, Position
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.reading.fold import Fold
from earwig.core.stores.protocols import Scanned, Transcript
from earwig.core.text.safe_text import SafeText

STEP = 64 * 1024
"""Bytes read in one step, more only where a message is longer. At the default limits one or two steps do."""

REACH = 16 * 1024 * 1024
"""The most bytes from the session's end that are read. What is not known by then stays unknown."""

HELD = 20_000
"""The most messages whose weights are kept."""

_STEPS_ON = 64
"""Steps in which what has come is read on to; where more has come, the end is nearer."""


class BotMemory:
    """Estimates again what has changed, in steps. Not for two threads at once."""

    def __init__(
        self, transcript: Transcript, session: Session | None, limits: BotLimits | None = None
    ) -> None:
        """`session`: whose bot's limits count; None: the defaults do."""
        self._transcript = transcript
        self._session = session
        self._bot_limits = limits or BotLimits()
        self._limits = Limits()
        self.estimate = Estimate(self._limits, certain=False)
        """What the last round of steps came to."""

        self.note: SafeText | None = None
        """Why the bot's own limits are not used, if there are some and they cannot be read."""

        self.generation = -1
        """Of the transcript, to which the estimate's positions belong."""

        self._done: tuple[int, Position, Limits] | None = None
        self._forget()

    def _forget(self) -> None:
        self._fold: Fold[Scanned] | None = None
        """Takes what comes behind where the session ended when its end was looked for."""

        self._steps_on = 0
        """Steps since it last had taken all."""

        self._held: list[Weight] = []
        self._start: Position = -1
        """From where on all is held."""

        self._read = 0
        """Bytes that were read for what is held."""

        self._open: Entry | None = None
        self._blocked = False
        """Whether what is before `_start` is too long to be looked at."""

    def is_due(self) -> bool:
        """Return whether the session, as of the last look, or the limits differ from what was estimated."""
        if self._session is not None:
            self._limits, self.note = self._bot_limits.of(self._session)
        return self._done != self._state()

    def step(self) -> bool:
        """Read a little more; return whether the estimate is as good as it gets. Raises `CannotOpen`."""
        transcript = self._transcript
        if self.generation != transcript.generation:
            self.generation = transcript.generation
            self._forget()
        if self._fold is None:
            return self._begin()
        is_whole = self._fold.step(STEP)
        if self.generation != transcript.generation:
            return False
        if not is_whole:
            self._steps_on += 1
            if self._steps_on > _STEPS_ON:
                self._forget()
            return False
        self._steps_on = 0
        return self._judge()

    def _state(self) -> tuple[int, Position, Limits]:
        return self._transcript.generation, self._transcript.end, self._limits

    def _begin(self) -> bool:
        """Find where the last complete entry ends; True if that is too far away, and nothing can be known."""
        transcript = self._transcript
        transcript.refresh()
        page = transcript.glance(0)
        if self.generation != transcript.generation:
            return False
        if page.provisional:
            self._settle(Estimate(self._limits, certain=False))
            return True
        self._start = page.stop
        self._fold = Fold(transcript, self, transcript.scan, page.stop, take_open=self._take_open)
        return False

    def take(self, stretch: Scanned) -> None:
        weights, start = _weights_of(stretch)
        if start is not None:
            self._held, self._blocked, self._start = [], True, start
        self._held += weights
        self._read += stretch.size

    def _take_open(self, entry: Entry | None) -> None:
        self._open = entry

    def go_back(self, same: Position) -> Position:
        """As `Taker` has it; the next step looks for the end again."""
        self._forget()
        return same

    def _judge(self) -> bool:
        """Estimate; False if that is not certain yet."""
        transcript, newest, rest = self._transcript, self._held, self._open
        is_readable = rest is None or not isinstance(rest.item, Oversized)
        if rest is not None and isinstance(rest.item, ChatMessage):
            # The bot loads a last line that no newline ends, if it is a message.
            newest = [*newest, weight_of(rest.position, rest.item)]
        whole = self._start == transcript.start and not self._blocked
        found = Estimate(self._limits, certain=False)
        if is_readable:
            found = judge(newest, self._limits, whole=whole)
        if not found.certain and is_readable and self._read_back():
            return False
        if self.generation != transcript.generation:
            return False
        if found.kept is not None:
            self._drop(len(newest) - 2 - max(found.kept, self._limits.messages))
        self._settle(found)
        return True

    def _settle(self, found: Estimate) -> None:
        self.estimate = found
        self._done = self._state()

    def _read_back(self) -> bool:
        """Read what is before that which is known; False if there is nothing, or enough was read."""
        if self._start == self._transcript.start or self._blocked:
            return False
        if self._fold is not None and (self._read > REACH or len(self._held) > HELD):
            reach = self._transcript.position_before(self._fold.at, REACH)
            far = 0 if reach is None else bisect_right(self._held, reach, key=attrgetter("position"))
            self._drop(max(far, len(self._held) - HELD) - 1)
            return False
        scanned = self._transcript.scan_before(self._start)
        weights, start = _weights_of(scanned)
        self._held[:0] = weights
        self._read += scanned.size
        self._blocked = start is not None or scanned.start == self._start
        self._start = scanned.start if start is None else start
        return True

    def _drop(self, count: int) -> None:
        """Forget the oldest messages: as many more are known as it takes."""
        if count > 0:
            del self._held[:count]
            self._start = self._held[0].position
            self._read = sum(weight.tokens for weight in self._held) * 4


def _weights_of(scanned: Scanned) -> tuple[list[Weight], Position | None]:
    """Return the messages behind the last entry too long to be read, and where that ends, if one is."""
    items = scanned.items
    last = max((at for at, item in enumerate(items) if isinstance(item, Oversized)), default=-1)
    behind = None if last < 0 else scanned.entries([last])[0].next
    wanted = [at for at in range(last + 1, len(items)) if isinstance(items[at], ChatMessage)]
    entries = scanned.entries(wanted)
    return [weight_of(it.position, it.item) for it in entries if isinstance(it.item, ChatMessage)], behind


def estimate(transcript: Transcript, session: Session | None, limits: BotLimits | None = None) -> Estimate:
    """Return the estimate for a session as it is now. Raises `CannotOpen`."""
    memory = BotMemory(transcript, session, limits)
    transcript.refresh()
    memory.is_due()
    while not memory.step():
        pass
    return memory.estimate
