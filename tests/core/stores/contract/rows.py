"""The least that a session can be: rows of one table, with those of other sessions between them, in memory.

What stands on the stores is tried on it as well: a position is a row's number, so that the next entry need
not stand where one ends, and nothing can be reckoned from sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from earwig.core.find.hint import Hint
from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Page, Position
from earwig.core.model.message import BadLine, ChatMessage, line_of
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.stores.protocols import SCANNED, Change, Ending, LinePlace, Resume, Stored, Tally

_PROVEN = 3


class Row(NamedTuple):
    """One row; `said` is None where the bot's loader would skip it."""

    number: int
    key: str
    said: ChatMessage | None

    @property
    def raw(self) -> bytes:
        """As it is stored."""
        return b"?" if self.said is None else f"{self.said.role}:{self.said.content}".encode()

    @property
    def item(self) -> Item:
        """What it is."""
        return BadLine("has no role", self.raw) if self.said is None else self.said


class Table:
    """Rows of all sessions, and their writer: what is removed leaves its number free for good."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._last = 40

    def of(self, key: str) -> list[Row]:
        """A session's rows."""
        return [row for row in self.rows if row.key == key]

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        """As `Scene` has it."""
        for message in messages:
            self._insert(key, ChatMessage(*message))

    def append_damaged(self, key: str) -> None:
        """As `Scene` has it."""
        self._insert(key, None)

    def remove(self, key: str) -> None:
        """As `Scene` has it."""
        self.rows = [row for row in self.rows if row.key != key]

    def rewrite(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        """As `Scene` has it: the last one is updated, or what differs goes and is inserted."""
        there = [row for row in self.of(key) if row.said is not None]
        pairs = zip(there, messages, strict=False)
        same = [row for row, _ in takewhile(lambda pair: pair[0].said == pair[1], pairs)]
        is_update = len(messages) == len(there) == len(same) + 1
        kept = {row.number for row in (there if is_update else same)}
        self.rows = [row for row in self.rows if row.key != key or row.number in kept]
        if is_update:
            at = self.rows.index(there[-1])
            self.rows[at] = there[-1]._replace(said=ChatMessage(*messages[-1]))
        else:
            self.append(key, *messages[len(same) :])

    def _insert(self, key: str, said: ChatMessage | None) -> None:
        self._last += 1
        self.rows.append(Row(self._last, key, said))

    def open(self, key: str) -> RowsTranscript:
        """A session's transcript."""
        return RowsTranscript(lambda: self.of(key))

    def end(self, key: str) -> Position:
        """Where a listing sees the session end."""
        return self.of(key)[-1].number + 1


class ScannedRows:
    """As `Scanned` has it."""

    def __init__(self, start: Position, stop: Position, rows: Sequence[Row]) -> None:
        self.start, self.next = start, stop
        self.size = sum(len(row.raw) for row in rows) or 1
        self.items: Sequence[Item | None] = [row.item for row in rows]
        self._rows = rows

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        """As `Scanned` has it."""
        return [_entry(self._rows[at], None if number is None else number + at) for at in indices]


class RowsTranscript:
    """As `Transcript` has it."""

    def __init__(self, read: Callable[[], list[Row]]) -> None:
        self._read = read
        self._rows: list[Row] = []
        first = read()[:1]
        self.start: Position = first[0].number - 3 if first else 1
        self.generation = 0
        self.unchanged_to: Position = 0
        self.absent = False
        self.was_put_in_place = False
        self.doubted = False

    @property
    def end(self) -> Position:
        return self._rows[-1].number + 1 if self._rows else self.start

    @property
    def identity(self) -> Hashable:
        return None if self.absent else "table"

    @property
    def indexed(self) -> Position:
        return self.end

    @property
    def lines_counted(self) -> int:
        return len(self._rows)

    @property
    def lines(self) -> int | None:
        return len(self._rows)

    def refresh(self) -> Change:
        known, self._rows = self._rows, self._read()
        self.absent = not self._rows
        if self._rows[: len(known)] == known:
            return Change.GREW if len(self._rows) > len(known) else Change.SAME
        same = list(takewhile(lambda pair: pair[0] == pair[1], zip(known, self._rows, strict=False)))
        self.unchanged_to = known[len(same)].number
        self.generation += 1
        return Change.VANISHED if self.absent else Change.REWRITTEN

    def _now(self) -> list[Row]:
        self.refresh()
        return self._rows

    def _numbered(self) -> list[Entry]:
        return [_entry(row, number) for number, row in enumerate(self._now(), 1)]

    # Pages.

    def tail(self, count: int) -> Page:
        entries = self._numbered()
        return self._page(entries, max(0, len(entries) - count), len(entries), stop=self.end)

    def glance(self, count: int) -> Page:
        return self.tail(count)

    def before(self, position: Position, count: int) -> Page:
        entries = self._numbered()
        behind = _first_from(entries, position)
        return self._page(entries, max(0, behind - count), behind, stop=position)

    def after(self, position: Position, count: int) -> Page:
        entries = self._numbered()
        first = _first_from(entries, position)
        return self._page(entries, first, first + count, start=position)

    def around(self, position: Position, before: int, after: int) -> Page:
        entries = self._numbered()
        here = _first_from(entries, position)
        first = max(0, here - before)
        return self._page(entries, first, here + after, start=position if first == here else None)

    def _page(
        self,
        entries: Sequence[Entry],
        first: int,
        behind: int,
        *,
        start: Position | None = None,
        stop: Position | None = None,
    ) -> Page:
        found, at_end = tuple(entries[first:behind]), behind >= len(entries)
        if start is None:
            edge = self.end if stop is None else stop
            start = self.start if first == 0 else found[0].position if found else edge
        if stop is None:
            stop = found[-1].next if found else max(start, self.end) if at_end else start
        return Page(found, start, stop, first == 0, at_end, self.generation)

    # Numbers.

    def locate(self, number: int) -> LinePlace | None:
        rows = self._now()
        return LinePlace(rows[number - 1].number, certain=True) if 0 < number <= len(rows) else None

    def numbers_of(self, positions: Sequence[Position]) -> list[int | None]:
        entries = self._numbered()
        return [_first_from(entries, position) + 1 for position in positions]

    def lines_between(self, start: Position, stop: Position) -> int:
        return sum(start <= row.number < stop for row in self._now())

    def index_step(self) -> bool:
        self.refresh()
        return True

    def doubt(self) -> None:
        """Nothing can be otherwise unseen."""

    # Passes.

    def entries(self, start: Position = 0) -> Iterator[Entry]:
        return iter([entry for entry in self._numbered() if entry.position >= start])

    def scan(
        self, start: Position, budget: int = SCANNED, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> ScannedRows:
        rows = self._some_from(start, budget)
        return ScannedRows(start, rows[-1].number + 1 if rows else start, rows)

    def _some_from(self, start: Position, budget: int) -> list[Row]:
        rows: list[Row] = []
        for row in self._now():
            if row.number >= start and budget > 0:
                rows.append(row)
                budget -= len(row.raw)
        return rows

    def scan_before(
        self, stop: Position, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> ScannedRows:
        before = [row for row in self._now() if row.number < stop]
        rows = before[-4:]
        start = rows[0].number if len(before) > len(rows) else min(self.start, stop)
        return ScannedRows(start, stop, rows)

    def tally(
        self,
        start: Position,
        budget: int = SCANNED,
        *,
        limit: int | None = None,
        parts: Collection[bytes] = (),
    ) -> Tally:
        scanned = self.scan(start, budget)
        said = [item.content.encode() for item in scanned.items if isinstance(item, ChatMessage)]
        lines, may_hold = len(scanned.items), any(part in text for text in said for part in parts)
        return Tally(start, scanned.next, len(said), lines - len(said), 0, lines, may_hold)

    def stored(self, start: Position, budget: int = SCANNED, *, limit: int = LINE_LIMIT) -> Stored:
        rows = self._some_from(start, budget)
        stop = rows[-1].number + 1 if rows else start
        size = sum(len(row.raw) for row in rows)
        lines = [(row.number, row.raw if row.said is None else line_of(row.said)) for row in rows]
        return Stored(start, stop, size, [(number, line[:limit]) for number, line in lines])

    def raw(self, entry: Entry, limit: int) -> bytes:
        return next((row.raw[:limit] for row in self._now() if row.number == entry.position), b"")

    def row_of(self, position: Position) -> int | None:
        return position

    def position_before(self, position: Position, size: int) -> Position | None:
        rows = self._now()
        if position > self.end:
            return None
        for row in reversed(rows):
            if row.number < position:
                size -= len(row.raw) + 1
                if size <= 0:
                    return row.number
        return self.start

    # What was there once.

    def ending(self) -> Ending:
        return Ending(self.end, self.digest_before(self.end))

    def still_has(self, ending: Ending) -> bool:
        return self.digest_before(ending.position) == ending.proof

    def resume_at(self, end: Position) -> Resume:
        return Resume(end)

    def digest_before(self, position: Position) -> str:
        rows = [row for row in self._now() if row.number < position]
        return str(hash(tuple(rows[-_PROVEN:]))) if rows else ""

    def witnesses(self, position: Position) -> tuple[Witness, ...]:
        rows = [row for row in self._now() if row.number < position]
        places = [position, *(row.number for row in reversed(rows))]
        return tuple(Witness(place, digest) for place in places if (digest := self.digest_before(place)))

    def settled(self, read_to: ReadTo, *, take: bool) -> ReadTo:
        if not self._now():
            return read_to
        holding = [it.position for it in read_to.witnesses if self.digest_before(it.position) == it.digest]
        position = max(holding, default=self.start) if read_to.witnesses else read_to.position
        return ReadTo(position, self.witnesses(position) if take else read_to.witnesses)


def _entry(row: Row, number: int | None) -> Entry:
    return Entry(row.number, row.number + 1, len(row.raw), row.item, number)


def _first_from(entries: Sequence[Entry], position: Position) -> int:
    return sum(entry.position < position for entry in entries)
