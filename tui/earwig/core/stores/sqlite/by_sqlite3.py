"""Reads a database through Python's own module, where apsw is missing: a file that does not change, or a
copy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from earwig.core.stores.sqlite.snapshot import LIMITS, STEPS, Guard, Snapshot, told

_ERROR, _TOO_BIG = 1, 18


@contextmanager
def of_file(uri: str, guard: Guard, missing: int) -> Iterator[Snapshot]:
    """Yield a snapshot of what `uri` names, as SQLite opens it."""
    with told(_code, guard):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    with closing(connection):
        yield _snapshot(connection, guard, missing)


def _snapshot(connection: sqlite3.Connection, guard: Guard, missing: int) -> Snapshot:
    connection.text_factory = bytes
    for limit, value in LIMITS:
        connection.setlimit(limit, value)
    connection.set_progress_handler(guard.stops, STEPS)

    def piece(table: str, column: str, row: int, start: int, size: int) -> tuple[bytes, int]:
        with connection.blobopen(table, column, row, readonly=True) as blob:
            length = len(blob)
            blob.seek(min(start, length))
            return blob.read(size), length

    return Snapshot(connection, piece, _code, guard, missing=missing)


def _code(error: Exception) -> int | None:
    if isinstance(error, sqlite3.DataError):
        return _TOO_BIG  # raised without SQLite's number
    return getattr(error, "sqlite_errorcode", _ERROR) if isinstance(error, sqlite3.Error) else None
