"""One state of a database, as queries see it: the same through apsw and through Python's own module."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from earwig.core.stores.sqlite import faults
from earwig.core.stores.sqlite.faults import Changed, DamagedPage, State, TooLong, Unreadable

LONGEST = 64 * 1024 * 1024
"""The most bytes of a value that a query may handle. Longer ones are read in slices."""

STEPS = 5000
"""Steps of SQLite's machine between two questions whether to go on."""

PRAGMAS = (
    "query_only = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",
    "cache_size = -8000",
)
LIMITS = ((0, LONGEST), (1, 100_000), (3, 200), (7, 0), (11, 0))
"""SQLITE_LIMIT_LENGTH, _SQL_LENGTH, _EXPR_DEPTH, _ATTACHED, _WORKER_THREADS: numbers that stay."""

_BETWEEN = 0.1
"""Seconds of a long query between two looks whether the database still is what it was."""

_CORRUPT, _TOO_BIG, _INTERRUPT, _NOT_A_DATABASE, _IO_ERROR = 11, 18, 9, 26, 10
_PRIMARY = 0xFF

Row = tuple[Any, ...]


class Connection(Protocol):
    """What both libraries have in common, and all that is used of them."""

    def execute(self, statement: str, bindings: tuple[object, ...] = (), /) -> Any:
        """Run a statement; return its rows, one after the other."""


Cancelled = Callable[[], bool]
"""A function that returns whether nobody wants the answer any more."""

Piece = Callable[[str, str, int, int, int], tuple[bytes, int]]
Code = Callable[[Exception], int | None]
"""A function that returns SQLite's number for an error; None for an error that is not its own."""


class Guard:
    """Whether it is worth going on: for who wants the answer, and because the database is what it was."""

    def __init__(self, cancelled: Cancelled = lambda: False, fits: Callable[[], bool] = lambda: True) -> None:
        self._cancelled, self._fits = cancelled, fits
        self._due = time.monotonic() + _BETWEEN

    def stops(self) -> bool:
        """Return whether a query is to be stopped. SQLite asks that now and then."""
        if self._cancelled():
            return True
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + _BETWEEN
        return not self._fits()

    def ask(self) -> None:
        """Raises `Cancelled` where nobody wants the answer any more."""
        if self._cancelled():
            raise faults.Cancelled

    def check(self) -> None:
        """Raises `Changed` where what was read may be of two states: what seems damage is none then."""
        if not self._fits():
            raise Changed


class Snapshot:
    """Queries of one state. Of use only while it is given: afterwards, each raises `RuntimeError`.

    A text is selected as `CAST(x AS BLOB)`: what is stored need not be UTF-8.
    """

    def __init__(
        self, connection: Connection, piece: Piece, code: Code, guard: Guard, *, missing: int = 0
    ) -> None:
        self._connection: Connection | None = connection
        self._piece, self._code, self._guard = piece, code, guard
        with told(code, guard):
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").close()
        self.missing = missing
        """Bytes that the file lacks at its end; what stood there is damaged."""

        self.memo: dict[str, Any] = {}
        """What was made of this state, and may be wanted of it again."""

        self.known: dict[Hashable, Any] = {}
        """What was noted of earlier states of the same file."""

        self.noted: dict[Hashable, Any] = {}
        """What is noted of this one: it counts once it is known to be one state."""

    def each(self, sql: str, *values: object) -> Iterator[Row]:
        """Yield the rows, one after the other, so that whoever has enough can stop.

        Raises `DamagedPage`, `TooLong`, `Cancelled`, `Unreadable`; and `Changed`, which is not to be caught.
        """
        connection = self._open()
        with told(self._code, self._guard):
            yield from connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return all rows of a query that has few. Raises as `each` does."""
        return list(self.each(sql, *values))

    def one(self, sql: str, *values: object) -> Row | None:
        """Return the first row; None where there is none. Raises as `each` does."""
        return next(self.each(sql, *values), None)

    def piece(self, table: str, column: str, row: int, start: int, size: int) -> tuple[bytes, int]:
        """Return bytes of a text or a blob from `start` on, and how many it has, without reading all of it.

        Raises `LookupError` where there is no such row, or a number or NULL in it; else as `each` does.
        """
        self._open()
        with told(self._code, self._guard, missing_row=True):
            return self._piece(table, column, row, start, size)

    def note(self, name: Hashable, value: object) -> None:
        """Keep something for readers of a later state of the same file, for which it may not be true."""
        self.noted[name] = value

    def recall(self, name: Hashable) -> Any:
        """Return what was noted of this state, or else of an earlier one; None where nothing was."""
        return self.noted[name] if name in self.noted else self.known.get(name)

    def end(self) -> None:
        """End the snapshot: each further query raises `RuntimeError`."""
        self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("this state of the database is not being read any more")
        self._guard.ask()
        return self._connection


@contextmanager
def told(code_of: Code, guard: Guard, *, missing_row: bool = False) -> Iterator[None]:
    """A library's errors in this package's words."""
    try:
        yield
    except Exception as error:
        code = code_of(error)
        if code is not None or isinstance(error, Unreadable):  # the latter is of our own reads
            guard.check()
        if code is None:
            raise
        raise _meant(code & _PRIMARY, missing_row=missing_row) from error


def _meant(code: int, *, missing_row: bool) -> Exception:
    if code in (_CORRUPT, _IO_ERROR):
        return DamagedPage()
    if code == _NOT_A_DATABASE:
        return Unreadable(State.NOT_A_DATABASE, "is not a SQLite database")
    if code == _TOO_BIG:
        return TooLong()
    if code == _INTERRUPT:
        return faults.Cancelled()
    if missing_row and code == 1:
        return LookupError("no text or blob stands there")
    return Unreadable(State.DAMAGED, f"cannot be queried: SQLite's error {code}")
