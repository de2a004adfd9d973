"""Searches of an open session: for the next of a kind, or for all matches of a text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.reading.match_count import MatchCount
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.reading.walking import Wanted
from earwig.core.stores.protocols import SCANNED

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint
    from earwig.core.find.matcher import Findable

SLOW_STEP = 16 * 1024
"""Bytes in the first step of an expression, of which nobody knows how long it takes."""

MOST = 768 * 1024
"""Bytes in one step where hardly a line is worth a look."""

QUICK, SLOW = 0.0005, 0.002
"""Seconds of a step that may be larger, and of one that should be smaller: a key may have to wait for it."""


@dataclass(eq=False)
class Seek:
    """A search for the next entry of a kind from a place on, or for the next match."""

    wanted: Wanted
    start: int | None
    """Where a line begins: looked at first when going down, last not looked at when going up; None: at the
    end."""

    forward: bool
    match: int | None = None
    """Which match of the entry at `start` was the last, to go on from; None: to begin at `start`."""

    find: Find | None = None
    """The text to look for; None where it is a kind."""

    until: int | None = None
    """The position of the last line that is looked at; None: all in this direction are."""

    def ends_before(self, at: int) -> bool:
        """Return whether all is looked at, given up to (or down to) which position that is so."""
        return self.until is not None and (at > self.until if self.forward else at <= self.until)


@dataclass(eq=False)
class Find:
    """A text that is looked for in a session, and what is known of it."""

    query: Findable
    match_count: MatchCount
    counter: MatchCounter
    hint: Hint
    """Tells a store which entries are worth a look. For the background thread."""

    current: tuple[int, int] | None = None
    """Position of the entry with the match that the reader is at, and which of the entry's matches it is."""

    ordinal: tuple[tuple[int, int] | None, int, int | None] = (None, 0, None)
    """For which match and generation the number of the current match among all was found; the number."""

    step_size: int = SCANNED
    """Bytes to look at in the next step."""

    def __post_init__(self) -> None:
        if self.query.regex:
            self.step_size = SLOW_STEP

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Make the next step larger or smaller by how long this one takes."""
        begun = time.monotonic()
        yield
        took = time.monotonic() - begun
        if took < QUICK:
            self.step_size = min(MOST, 2 * self.step_size)
        elif took > SLOW:
            self.step_size = max(SLOW_STEP, self.step_size // 2)
