"""The protocol of a transcript: what a session of any store can do."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Page, Position
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.named_tuple import NamedTuple

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint

SCANNED = 96 * 1024
"""The bytes that one scan looks at, about: a millisecond or two.

Above 128 KiB, C libraries ask the system for the memory of each read anew: that takes longer than to read.
"""


class Change(Enum):
    """What happened to a session between two looks."""

    SAME = "same"
    GREW = "grew"
    REWRITTEN = "rewritten"
    VANISHED = "vanished"


class LinePlace(NamedTuple):
    """Where a line begins."""

    position: Position
    certain: bool
    """Whether the lines before it are counted. If not, the position is a guess, and no line need begin
    there."""


class Ending(NamedTuple):
    """A short proof of how a session ended, to tell later whether that part is still the same."""

    position: Position
    proof: Hashable


class Resume(NamedTuple):
    """Where to go on reading behind what a session held once."""

    position: Position
    early: Entry | None = None
    """The entry at that position, if it was there before, but not yet ended."""


class Stretch(Protocol):
    """A part of a session that was read."""

    @property
    def start(self) -> Position:
        """Where the part begins."""

    @property
    def next(self) -> Position:
        """Where the next part begins; equal to `start` where no complete entry was found."""


class Scanned(Stretch, Protocol):
    """Neighbouring complete entries, decoded together.

    An `Entry` is made only of those that are asked for: most are counted, or looked at, and dropped.
    """

    @property
    def size(self) -> int:
        """The number of bytes looked at."""

    @property
    def items(self) -> Sequence[Item | None]:
        """The decoded items; None for a blank line. Some that cannot match a hint may be missing."""

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        """Return the entries at ascending indices; `number`: that of the line at `start`, if known."""


class Tally(NamedTuple):
    """Counts of the entries of each kind in a part of a session."""

    start: Position
    next: Position
    messages: int
    bad_lines: int
    long_lines: int
    """The number of lines over the limit. Whether the bot would load them is not looked up."""

    lines: int
    """The number of all, also of blank lines."""

    may_hold: bool
    """Whether one of the parts that were asked for may stand in a message."""


class Stored(NamedTuple):
    """Neighbouring entries as lines of a file, blank lines and an unended last line among them."""

    start: Position
    next: Position
    size: int
    """The number of bytes looked at."""

    lines: Sequence[tuple[Position, bytes]]
    """Position and bytes of each line; of a line over the limit, its beginning."""


class Transcript(Protocol):
    """Read-only random access to one session. Nothing of it is open between two calls.

    Each call but `entries` reads a bounded part, and looks at the session first, as `refresh` does. Positions
    belong to one generation, which rises with every change but an append, also where an entry says something
    else in its place. Positions between two entries may be empty; any position may be asked for, and 0 for
    the beginning. Not for two threads at once. Every method may raise `CannotOpen`.
    """

    @property
    def generation(self) -> int:
        """How often the session's past has changed. Positions of an older generation mean nothing."""

    @property
    def unchanged_to(self) -> Position:
        """The position up to which everything stayed the same in the last change of the past."""

    @property
    def absent(self) -> bool:
        """Whether the session was missing when `refresh` last looked for it."""

    @property
    def start(self) -> Position:
        """The first position at which an entry may stand. It never changes."""

    @property
    def end(self) -> Position:
        """The position behind the last entry, as of the last look; `start` where there is none."""

    @property
    def identity(self) -> Hashable:
        """What tells this file from another one under the same name; None where there is none."""

    @property
    def was_put_in_place(self) -> bool:
        """Whether the file was written elsewhere and put here whole."""

    def refresh(self) -> Change:
        """Look at the session again. Everything else answers for what it is at that moment, or later."""

    # Pages.

    def tail(self, count: int) -> Page:
        """Return the newest `count` lines, and what there is of a last line that is not ended."""

    def glance(self, count: int) -> Page:
        """Return what `tail` does, or at once a provisional page where a very long line would hold it up."""

    def before(self, position: Position, count: int) -> Page:
        """Return the `count` lines before a position at which a line may begin; the page stops there."""

    def after(self, position: Position, count: int) -> Page:
        """Return the `count` lines from a position on at which a line may begin; the page starts there."""

    def around(self, position: Position, before: int, after: int) -> Page:
        """Return lines around any position: the line that holds it is the first of the `after` ones."""

    # Numbers.

    def locate(self, number: int) -> LinePlace | None:
        """Return at once where line `number` (from 1) begins, maybe a guess; None if there are fewer."""

    def numbers_of(self, positions: Sequence[Position]) -> list[int | None]:
        """Return the numbers of the lines that begin at `positions`; None for those not counted yet."""

    def lines_between(self, start: Position, stop: Position) -> int:
        """Return how many lines begin at `start`, where one does, or behind it, and before `stop`."""

    def index_step(self) -> bool:
        """Count some more lines; return whether all are counted."""

    @property
    def indexed(self) -> Position:
        """The position up to which lines are counted."""

    @property
    def lines_counted(self) -> int:
        """The number of lines counted so far."""

    @property
    def lines(self) -> int | None:
        """The number of all lines; None while they are not all counted."""

    def doubt(self) -> None:
        """Have the next steps of the index check what is counted, if that is little."""

    @property
    def doubted(self) -> bool:
        """Whether that check is still to be done."""

    # Passes through all of it, or much.

    def entries(self, start: Position = 0) -> Iterator[Entry]:
        """Yield every entry from `start` to the end as of the call, each whole, however long.

        The iteration raises `CannotOpen` also where the past changes meanwhile: what follows would belong to
        another text.
        """

    def scan(
        self, start: Position, budget: int = SCANNED, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> Scanned:
        """Return the complete entries from `start`, where one begins: about `budget` bytes, but at least one.

        `hint` spares the decoding of what cannot match. No entry over `limit` bytes is read. When all is
        scanned, `next` is `end`; or before it, where the last entry is not ended.
        """

    def scan_before(self, stop: Position, *, hint: Hint | None = None, limit: int = LINE_LIMIT) -> Scanned:
        """Return what `scan` does, of a part that ends at `stop`; the first part begins at `start`."""

    def tally(
        self,
        start: Position,
        budget: int = SCANNED,
        *,
        limit: int | None = None,
        parts: Collection[bytes] = (),
    ) -> Tally:
        """Return the counts of what `scan` would return, faster. No `limit` reads each entry whole.

        `parts`: ASCII without a character that JSON has to escape; `may_hold` tells whether a content may
        have any of them.
        """

    def stored(self, start: Position, budget: int = SCANNED, *, limit: int = LINE_LIMIT) -> Stored:
        """Return what `scan` does as lines, rows as the bot would write them; `next` is `end` at last."""

    def raw(self, entry: Entry, limit: int) -> bytes:
        """Return the stored bytes of an entry, at most `limit`; fewer where they are not there any more."""

    def row_of(self, position: Position) -> int | None:
        """Return the number of the database row at a position; None for a file."""

    def position_before(self, position: Position, size: int) -> Position | None:
        """Return where an entry begins about `size` bytes before a position; None behind the end."""

    # What was there once.

    def ending(self) -> Ending:
        """Return a proof of how the session ended at the last look."""

    def still_has(self, ending: Ending) -> bool:
        """Return whether what an ending proves is in its place; False where the session cannot be opened."""

    def resume_at(self, end: Position) -> Resume:
        """Return where to go on reading behind what was there when the session ended at `end`."""

    def digest_before(self, position: Position) -> str:
        """Return a hash of what stands right before a position; empty where nothing does.

        While it stays the same, everything up to the position is taken for unchanged.
        """

    def witnesses(self, position: Position) -> tuple[Witness, ...]:
        """Return what to remember of a session read up to a position; nothing if it is unreadable."""

    def settled(self, read_to: ReadTo, *, take: bool) -> ReadTo:
        """Return how far the session holds what was read of it; `read_to` itself where it cannot be opened.

        The furthest witness that holds decides, even one beyond what was read: a rewrite may have put back
        what it had cut off. With `take`, a position without a witness is given some.
        """
