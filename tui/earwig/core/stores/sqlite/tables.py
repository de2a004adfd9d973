"""Goes through a table by its rows' numbers, around damaged pages and values that are too long."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import islice, takewhile

from earwig.core.stores.sqlite.faults import DamagedPage, TooLong, Unreadable
from earwig.core.stores.sqlite.snapshot import Row, Snapshot

_BATCH = 256
"""Numbers asked for at once, where rows are read one by one."""

FIRST, LAST = -(1 << 63), (1 << 63) - 1
"""The least and the greatest number that a row can have."""

BEFORE_ALL, BEHIND_ALL = FIRST - 1, LAST + 1
"""Numbers that no row can have, nor SQLite hold."""

_GAPS = 1000
"""Gaps after which the rest of a table counts as damaged: random bytes may make up rows without end."""


class Damage(Enum):
    """Why a row is not there, though it is known of."""

    PAGE = "page"
    """The page that it is on is damaged."""

    ROWS = "rows"
    """So is the page that would say which rows there are: one or more, from this number on."""

    LONG = "long"
    """One of its values is longer than is read in one piece."""


Found = tuple[int, Row | Damage]
"""A row's number, and the row without it."""


def range_of(after: int, upto: int) -> tuple[int, int]:
    """Return the first and the last number behind one and up to another, as SQLite can hold them.

    The first is greater than the last where no row can have such a number.
    """
    first, last = max(FIRST, after + 1), min(LAST, upto)
    return (first, last) if first <= last else (LAST, FIRST)


class TableRows:
    """The rows of a table that a condition holds for. All text in it is ours, none of the disk."""

    def __init__(
        self,
        table: str,
        columns: str,
        condition: str = "1",
        values: tuple[object, ...] = (),
        number: str = "id",
    ) -> None:
        """`number` is the column that is a row's number."""
        self.table = table
        self.columns = columns
        self.condition = condition
        self.values = values
        self.number = number

    def narrowed(self, condition: str, *values: object, columns: str | None = None) -> TableRows:
        """Return those rows for which another condition holds as well; `columns` in place of these."""
        return TableRows(
            self.table,
            self.columns if columns is None else columns,
            f"{condition} AND {self.condition}",
            (*values, *self.values),
            self.number,
        )

    def walk(
        self, snapshot: Snapshot, start: int | None = None, *, ascending: bool = True
    ) -> Iterator[Found]:
        """Yield the rows after the number `start`, or before it if not `ascending`; None: from the end.

        Never raises for one row or page: these come as `Damage`.
        """
        at = start if start is not None else (BEFORE_ALL if ascending else BEHIND_ALL)
        try:
            for row in self._ask(snapshot, f"{self.number}, {self.columns}", at, ascending):
                at = row[0]
                yield at, row[1:]
        except (DamagedPage, TooLong):
            yield from self._one_by_one(snapshot, at, ascending)

    def each(
        self, snapshot: Snapshot, start: int, upto: int = LAST, *, in_table: bool = False
    ) -> Iterator[Row]:
        """Yield the rows after a number and up to another, each with its own first.

        `in_table`: along the table itself, not by an index of the condition: for rows that are most of it.
        Raises `DamagedPage`, `TooLong`: then `walk`.
        """
        # One range, not two conditions: SQLite would go on to the end of the first that it takes.
        return snapshot.each(
            f"SELECT {self.number}, {self.columns} FROM {self.table} {'NOT INDEXED' if in_table else ''} "  # noqa: S608 - all ours
            f"WHERE {self.condition} AND {self.number} BETWEEN ? AND ? ORDER BY {self.number}",
            *self.values,
            *range_of(start, upto),
        )

    def get(self, snapshot: Snapshot, number: int) -> Row | Damage | None:
        """Return one row by its number; None where there is none that fulfils the condition."""
        try:
            return snapshot.one(
                f"SELECT {self.columns} FROM {self.table} WHERE {self.number} = ? AND {self.condition}",  # noqa: S608 - all ours
                number,
                *self.values,
            )
        except DamagedPage:
            return Damage.PAGE
        except TooLong:
            return Damage.LONG

    def count(self, snapshot: Snapshot, after: int = BEFORE_ALL, upto: int = LAST) -> int:
        """Return how many rows there are behind a number and up to another, that one included."""
        try:
            return self._count(snapshot, after, upto)
        except DamagedPage:
            numbers = (number for number, _ in self.walk(snapshot, after))
            return sum(1 for _ in takewhile(lambda number: number <= upto, numbers))

    def _count(self, snapshot: Snapshot, after: int, upto: int) -> int:
        row = snapshot.one(
            f"SELECT count(*) FROM {self.table} "  # noqa: S608 - all ours
            f"WHERE {self.condition} AND {self.number} BETWEEN ? AND ?",
            *self.values,
            *range_of(after, upto),
        )
        return int(row[0]) if row else 0

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        """Return how many of the next `most` rows there are, and the number of the last of them."""
        try:
            return self._ahead(snapshot, after, most)
        except DamagedPage:
            numbers = [number for number, _ in islice(self.walk(snapshot, after), most)]
            return len(numbers), numbers[-1] if numbers else after

    def _ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        row = snapshot.one(
            f"SELECT count(*), max({self.number}) FROM (SELECT {self.number} FROM {self.table} "  # noqa: S608 - all ours
            f"WHERE {self.condition} AND {self.number} BETWEEN ? AND ? ORDER BY {self.number} LIMIT ?)",
            *self.values,
            *range_of(after, LAST),
            most,
        )
        count, last = row or (0, None)
        return count, after if last is None else last

    def back(self, snapshot: Snapshot, before: int, most: int) -> int:
        """Return the number of the row `most` rows before another; `before` itself where there is none."""
        try:
            row = snapshot.one(
                f"SELECT min({self.number}) FROM (SELECT {self.number} FROM {self.table} "  # noqa: S608 - all ours
                f"WHERE {self.condition} AND {self.number} BETWEEN ? AND ? "
                f"ORDER BY {self.number} DESC LIMIT ?)",
                *self.values,
                *range_of(BEFORE_ALL, before - 1),
                most,
            )
        except DamagedPage:
            numbers = [number for number, _ in islice(self.walk(snapshot, before, ascending=False), most)]
            return numbers[-1] if numbers else before
        return before if row is None or row[0] is None else int(row[0])

    def _ask(
        self, snapshot: Snapshot, columns: str, at: int, ascending: bool, *, index: str = "", most: int = -1
    ) -> Iterator[Row]:
        return snapshot.each(
            f"SELECT {columns} FROM {self.table} {index} "  # noqa: S608 - all ours
            f"WHERE {self.condition} AND {self.number} BETWEEN ? AND ? "
            f"ORDER BY {self.number} {'ASC' if ascending else 'DESC'} LIMIT ?",
            *self.values,
            *_range_from(at, ascending),
            most,
        )

    def _one_by_one(self, snapshot: Snapshot, at: int, ascending: bool) -> Iterator[Found]:
        """As `walk`, a row at a time: which there are is asked for apart, mostly of an index."""
        while True:
            try:
                numbers = [row[0] for row in self._ask(snapshot, self.number, at, ascending, most=_BATCH)]
            except DamagedPage:
                yield from self._around(snapshot, at, ascending)
                return
            for number in numbers:
                row = self.get(snapshot, number)
                yield number, Damage.PAGE if row is None else row
            if len(numbers) < _BATCH:
                return
            at = numbers[-1]

    def _around(self, snapshot: Snapshot, at: int, ascending: bool) -> Iterator[Found]:
        """As `walk`, along the table itself, past what of it is damaged."""
        step, least = 1 if ascending else -1, 1
        for _ in range(_GAPS):
            try:
                for (number,) in self._ask(snapshot, self.number, at, ascending, index="NOT INDEXED"):
                    at, least = number, 1
                    row = self.get(snapshot, number)
                    yield number, Damage.PAGE if row is None else row
            except DamagedPage:
                if not FIRST <= at <= LAST:
                    at = 0 if ascending else self._above_all(snapshot)
                beyond = self._readable(snapshot, at, step, least)
                yield at + step, Damage.ROWS
                if beyond is None:
                    return
                at, least = beyond, least * 2
            else:
                return

    def _readable(self, snapshot: Snapshot, at: int, step: int, least: int) -> int | None:
        """Return the number nearest to `at`, `least` away, behind which rows can be read again.

        None without one.
        """
        bad, good = least - 1, least
        while FIRST < at + step * good < LAST and not self._can_read(snapshot, at + step * good, step):
            bad, good = good, good * 2
        if not FIRST < at + step * good < LAST:
            return None
        while good - bad > 1:
            middle = (good + bad) // 2
            if self._can_read(snapshot, at + step * middle, step):
                good = middle
            else:
                bad = middle
        return at + step * good

    def _above_all(self, snapshot: Snapshot) -> int:
        """A number that no row has, not far from the greatest that one has: SQLite notes that in a table."""
        try:
            row = snapshot.one("SELECT seq + 1 FROM sqlite_sequence WHERE name = ?", self.table)
        except Unreadable:
            row = None
        return row[0] if row and isinstance(row[0], int) else LAST

    def _can_read(self, snapshot: Snapshot, at: int, step: int) -> bool:
        try:
            snapshot.one(
                f"SELECT {self.number} FROM {self.table} NOT INDEXED "  # noqa: S608 - all ours
                f"WHERE {self.number} BETWEEN ? AND ? "
                f"ORDER BY {self.number} {'ASC' if step > 0 else 'DESC'} LIMIT 1",
                *_range_from(at, step > 0),
            )
        except DamagedPage:
            return False
        return True


def _range_from(at: int, ascending: bool) -> tuple[int, int]:
    return range_of(at, LAST) if ascending else range_of(BEFORE_ALL, at - 1)
