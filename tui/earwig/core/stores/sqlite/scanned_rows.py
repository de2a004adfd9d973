"""Goes through neighbouring rows of a conversation together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from earwig.core.model.entries import Entry, Item, Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.known_session import Sight
from earwig.core.stores.sqlite.rows import HEAD, StoredRow
from earwig.core.system.background import somebody_waits

MOST_ROWS = 4096
"""The most rows of one stretch, however short they are."""

_ASKED = 16
"""Rows between two questions whether these are enough."""

_ROW_COST = 256
"""Bytes that a row counts for besides its content: to fetch one takes as long as to read more than these."""


class RowStretch(NamedTuple):
    """Rows that follow one another, in the order in which they were gone through."""

    rows: list[StoredRow]
    at_end: bool
    """Whether there are no more in that direction."""

    size: int


def take(
    rows: Iterator[StoredRow],
    budget: int,
    *,
    row_cost: int = _ROW_COST,
    is_enough: Callable[[], bool] = bool,
) -> RowStretch:
    """Return the next rows of about `budget` bytes in all; one at least, if there is one.

    `is_enough` is asked now and then whether to make do with those that there are.
    """
    taken: list[StoredRow] = []
    size = 0
    for row in rows:
        taken.append(row)
        size += row.size + row_cost
        if size >= budget or len(taken) >= MOST_ROWS or (len(taken) % _ASKED == 0 and is_enough()):
            return RowStretch(taken, False, size)
    return RowStretch(taken, True, size)


class Scan(NamedTuple):
    """Rows from a position on."""

    rows: Sequence[StoredRow]
    stop: int
    """The first position at which the next rows may stand."""

    size: int


def scan_rows(sight: Sight, start: int, budget: int, *, whole: bool = False) -> Scan:
    """Return the rows from a position on, of about `budget` bytes; with `whole`, none is cut."""
    rows, at_end, size = take(sight.rows.walk(sight.snapshot, start - 1), budget, is_enough=somebody_waits)
    if whole:
        rows = [sight.rows.whole(sight.snapshot, row) for row in rows]
    return Scan(rows, max(start, sight.end) if at_end else rows[-1].next, size)


class ScannedRows:
    """As `Scanned` has it."""

    def __init__(self, rows: Sequence[StoredRow], start: int, stop: int, size: int, limit: int) -> None:
        self.start = start
        self.next = stop
        self.size = size
        self._rows = rows
        self.items: Sequence[Item | None] = [item_within(row, limit) for row in rows]

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        return [
            entry_of(self._rows[index], None if number is None else number + index, item)
            for index in indices
            if (item := self.items[index]) is not None
        ]


def entry_of(row: StoredRow, number: int | None, item: Item | None = None) -> Entry:
    """Return the entry that a row is; `item` replaces its own."""
    time = row.time
    return Entry(
        row.position,
        row.next,
        row.size,
        row.item if item is None else item,
        number,
        time=time,
        remark=row.remark(time),
    )


def item_within(row: StoredRow, limit: int | None) -> ChatMessage | BadLine | Oversized:
    """Return what a row holds, if it has no more bytes than `limit`."""
    if limit is None or row.size <= limit or isinstance(row.item, Oversized):
        return row.item
    return Oversized(row.size, bytes_of(row)[:HEAD])


def bytes_of(row: StoredRow) -> bytes:
    """Return what is stored of a row, as far as it was read."""
    item = row.item
    if isinstance(item, ChatMessage):
        return item.content.encode()
    return item.raw if isinstance(item, BadLine) else item.head
