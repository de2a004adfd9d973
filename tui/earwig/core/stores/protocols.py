"""What a session of any store can do: all that the rest of earwig knows of how one is kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Page, Position
from earwig.core.model.read_to import ReadTo, Witness

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint

SCANNED = 96 * 1024
"""Bytes that one scan looks at, about: a millisecond or two.

Above 128 KiB, C libraries ask the system for the memory of each read anew: that takes longer than to read.
"""


class Change(Enum):
    """What happened to a session since it was last looked at."""

    SAME = "same"
    GREW = "grew"
    REWRITTEN = "rewritten"
    VANISHED = "vanished"


class LinePlace(NamedTuple):
    """Where a line starts."""

    position: Position
    certain: bool
    """Whether the lines before it are counted; if not, the position is a guess at which none need start."""


class Ending(NamedTuple):
    """How a session ended once, in few bytes: to tell later whether what was there then still is."""

    position: Position
    proof: Hashable


class Resume(NamedTuple):
    """From where to read on behind what a session held once."""

    position: Position
    early: Entry | None = None
    """The entry at that position, where all of it was there then, though not yet ended."""


class Stretch(Protocol):
    """A part of a session of which something was read."""

    @property
    def start(self) -> Position:
        """Where it begins."""

    @property
    def next(self) -> Position:
        """Where the next part begins: `start` where there is no complete entry (yet)."""


class Scanned(Stretch, Protocol):
    """Neighbouring complete entries, decoded together.

    An `Entry` is made of one only where it is asked for: most are counted, or looked at, and let go.
    """

    @property
    def size(self) -> int:
        """Bytes that were looked at."""

    @property
    def items(self) -> Sequence[Item | None]:
        """What stands there, in order; None for what is nothing: a blank line, which has a number.

        With a hint, those may be missing that cannot match. What is longer than the limit is `Oversized`.
        """

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        """Return the entries of items that are not None, by their indices in ascending order.

        `number`: of the line at `start`, if the entries are to have numbers.
        """


class Tally(NamedTuple):
    """How many entries of a kind there are in a stretch."""

    start: Position
    next: Position
    messages: int
    bad_lines: int
    long_lines: int
    """Those over the limit: nobody has looked whether the bot would load them."""


class Stored(NamedTuple):
    """Neighbouring entries as lines of a file, also blank lines; an unended last one is among them."""

    start: Position
    next: Position
    size: int
    """Bytes that were looked at."""

    lines: Sequence[tuple[Position, bytes]]
    """Of one over the limit, its beginning."""


class Transcript(Protocol):
    """Read-only random access to one session; nothing of it is open between two calls.

    Each call but `entries` reads a bounded part, and looks at the session first, as `refresh` does.
    Positions are of one generation: it rises with all that is not just appended, also where an entry says
    something else in its place. Nothing may stand at the positions between two entries; any position may be
    asked for, and 0 for the beginning. Not for two threads at once. Every method may raise `CannotOpen`.
    """

    @property
    def generation(self) -> int:
        """How often the session's past has changed: positions of an older generation mean nothing."""

    @property
    def unchanged_to(self) -> Position:
        """After the last change of the past: what ended at or before this position is still as it was."""

    @property
    def absent(self) -> bool:
        """Whether the session was not there when `refresh` last looked for it."""

    @property
    def start(self) -> Position:
        """Where its first entry may stand; a walk upwards ends there. It does not change."""

    @property
    def end(self) -> Position:
        """Where its last entry ends, as last looked at: where the next one may stand; `start` without any."""

    @property
    def identity(self) -> Hashable:
        """What differs where another file stands under the session's name; None where there is none."""

    @property
    def was_put_in_place(self) -> bool:
        """Whether what stands there was written elsewhere, and put there whole."""

    def refresh(self) -> Change:
        """Look at the session again; everything else answers for it as it was then, or later."""

    # Pages.

    def tail(self, count: int) -> Page:
        """The newest `count` lines, and what of the last line is there if it is not ended yet."""

    def glance(self, count: int) -> Page:
        """As `tail`, but not looking for the beginning of a very long line: then the page is provisional."""

    def before(self, position: Position, count: int) -> Page:
        """The `count` lines before a position where one may start; the page stops at that position."""

    def after(self, position: Position, count: int) -> Page:
        """The `count` lines from a position on, where one may start; the page starts at that position."""

    def around(self, position: Position, before: int, after: int) -> Page:
        """Lines on both sides of any position; what holds it is the first of the `after` ones."""

    # Numbers.

    def locate(self, number: int) -> LinePlace | None:
        """Where line `number` (from 1) starts, at once: by a guess where those before it are not counted.

        None where all are counted and there are fewer.
        """

    def numbers_of(self, positions: Sequence[Position]) -> list[int | None]:
        """The numbers of the lines that start at `positions`; None where they are not counted yet."""

    def lines_between(self, start: Position, stop: Position) -> int:
        """How many lines start from `start` on, where one does, and before `stop`."""

    def index_step(self) -> bool:
        """Count some more lines; True when all that is there is counted."""

    @property
    def indexed(self) -> Position:
        """Up to where lines are counted."""

    @property
    def lines_counted(self) -> int:
        """How many are counted."""

    @property
    def lines(self) -> int | None:
        """How many there are; None while they are not all counted."""

    def doubt(self) -> None:
        """Let the next steps of the index see whether what is counted is as it was, if that is little."""

    @property
    def doubted(self) -> bool:
        """Whether that is still to be seen."""

    # Passes through all of it, or much.

    def entries(self, start: Position = 0) -> Iterator[Entry]:
        """Every entry from `start` on, each whole however long; what is appended after the call is not in it.

        The iteration raises `CannotOpen` also where the past changes meanwhile: what comes after would be of
        another text.
        """

    def scan(
        self, start: Position, budget: int = SCANNED, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> Scanned:
        """The complete entries from `start` on, where one does: about `budget` bytes, more for a long one.

        `hint` spares the decoding of what cannot match. Nothing over `limit` bytes is read. When all is
        scanned, `next` is `end`; or before it, where the last entry is not ended.
        """

    def scan_before(self, stop: Position, *, hint: Hint | None = None, limit: int = LINE_LIMIT) -> Scanned:
        """As `scan`, of a bounded part that ends at `stop`; the first one of all starts at `start`."""

    def tally(self, start: Position, budget: int = SCANNED, *, limit: int | None = None) -> Tally:
        """As `scan`, and only counted, in less time; without a limit each entry is read whole."""

    def stored(self, start: Position, budget: int = SCANNED, *, limit: int = LINE_LIMIT) -> Stored:
        """As `scan`, and each entry as a line: a file's own, or that which the bot would write for a row.

        Nothing is left when `next` is `end`.
        """

    def raw(self, entry: Entry, limit: int) -> bytes:
        """The stored bytes of an entry, at most `limit`; fewer where they are not there any more."""

    def row_of(self, position: Position) -> int | None:
        """The number of the row of a database at a position; None of a file: there, it is an offset."""

    def position_before(self, position: Position, size: int) -> Position | None:
        """Where an entry starts about `size` bytes before a position; where the first does, if that is less.

        None where the session ends before that.
        """

    # What was there once.

    def ending(self) -> Ending:
        """How the session ends, as last looked at."""

    def still_has(self, ending: Ending) -> bool:
        """Whether what it ended with once is still in its place; False where it cannot be opened."""

    def resume_at(self, end: Position) -> Resume:
        """From where to read on behind what was there when it ended at `end`."""

    def digest_before(self, position: Position) -> str:
        """A hash of what stands right before a position; empty where that is not there.

        As long as it is the same, what was read up to there is taken for unchanged.
        """

    def witnesses(self, position: Position) -> tuple[Witness, ...]:
        """What to remember of a session that was read up to a position; nothing where it cannot be read."""

    def settled(self, read_to: ReadTo, *, take: bool) -> ReadTo:
        """Up to where the session holds what was read of it; `read_to` itself if it cannot be opened.

        The furthest witness that holds decides, even one beyond what was read: a rewrite may have put back
        what it had cut off. With `take`, a position that has no witness is given some.
        """
