"""One conversation in a database, whichever tables it is in: rows in order, each with a position."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from itertools import islice

from earwig.core.model.entries import Oversized
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.snapshot import Snapshot

BUDGET = 8 * 1024 * 1024
"""Bytes of contents after which a page ends, however few rows it has."""


class RowPage(NamedTuple):
    """Neighbouring rows, the oldest first."""

    rows: list[StoredRow]
    at_end: bool
    """Whether there are no more rows in the direction that was asked for."""


class RowKinds(NamedTuple):
    """How many of some neighbouring rows are messages. None of them is over the limit."""

    last: int
    """The position of the last of them; the one behind which they were looked for, where there is none."""

    rows: int
    messages: int
    size: int
    """The bytes of the messages."""

    may_hold: bool = False
    """As of a `Tally`."""


class Conversation(ABC):
    """What can be asked of the rows of one conversation, each time within a snapshot.

    Nothing here raises for one damaged row or page; `Unreadable` is of the database as a whole.
    """

    @abstractmethod
    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        """Yield the rows after, or before, a position; None: all, from that end."""

    @abstractmethod
    def count(self, snapshot: Snapshot) -> int:
        """Return how many rows there are."""

    @abstractmethod
    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        """Return how many rows there are behind a position and up to another, that one included."""

    @abstractmethod
    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        """Return how many of the next `most` rows there are, and the position of the last of them."""

    @abstractmethod
    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        """Return stored bytes of a row's content from `start` on, and how many it has.

        Raises `LookupError` where there is no such row, or nothing in it that has bytes.
        """

    def kinds(
        self,
        snapshot: Snapshot,
        after: int,
        most: int,
        budget: int,
        limit: int | None,
        parts: Collection[bytes],
    ) -> RowKinds | None:
        """Count the next `most` rows, without making items of them; `limit` and `parts` as of a `tally`.

        Returns None where they have to be looked at one by one: their texts have more than `budget` bytes
        together, one is over the limit, or something is wrong that is known only so.
        """
        del snapshot, after, most, budget, limit, parts
        return None

    def row_of(self, position: int) -> int:
        """Return the number of the row at a position."""
        return position

    def back(self, snapshot: Snapshot, before: int, most: int) -> int:
        """Return the position `most` rows before another; of the first row, or `before`, if too few."""
        rows = islice(self.walk(snapshot, before, ascending=False), most)
        return min((row.position for row in rows), default=before)

    def whole(self, snapshot: Snapshot, row: StoredRow) -> StoredRow:
        """Return a row with all of its content, also where it was not read for its length."""
        del snapshot
        return row

    def newest(self, snapshot: Snapshot, count: int, budget: int = BUDGET) -> RowPage:
        """Return the last `count` rows; fewer if they have more than `budget` bytes, but one at least."""
        return self.before(snapshot, None, count, budget)

    def before(self, snapshot: Snapshot, position: int | None, count: int, budget: int = BUDGET) -> RowPage:
        """Return the rows before a position, as many as `newest` does."""
        page = _page(self.walk(snapshot, position, ascending=False), count, budget)
        page.rows.reverse()
        return page

    def after(self, snapshot: Snapshot, position: int | None, count: int, budget: int = BUDGET) -> RowPage:
        """Return the rows after a position, as many as `newest` does; None: the first ones."""
        return _page(self.walk(snapshot, position), count, budget)

    def at(self, snapshot: Snapshot, position: int) -> StoredRow | None:
        """Return the row at a position; None where there is none."""
        row = next(self.walk(snapshot, position - 1), None)
        return row if row is not None and row.position == position else None


def _page(rows: Iterator[StoredRow], count: int, budget: int) -> RowPage:
    taken: list[StoredRow] = []
    size = 0
    for row in rows:
        taken.append(row)
        size += len(row.item.head) if isinstance(row.item, Oversized) else row.size
        if len(taken) >= count or size >= budget:
            return RowPage(taken, at_end=next(rows, None) is None)
    return RowPage(taken, at_end=True)
