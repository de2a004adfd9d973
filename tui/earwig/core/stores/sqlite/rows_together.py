"""All rows of databases in which many sessions lie mixed, in the order in which they lie.

To read 50,000 sessions one by one takes two minutes of a processor, to go once along the table a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from earwig.core.model.entries import Position
from earwig.core.model.session import Session
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.ids import id_of
from earwig.core.stores.sqlite.messages import AllMessages, SessionKey
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.store import Take

_STEP, _STEP_BYTES = 500, 1024 * 1024
"""Rows and bytes of one step: some milliseconds."""

_COST = 300
"""To read a session by itself takes as long as so many rows of others."""

_Read = tuple[SessionKey | None, StoredRow]


def read_together(
    database: Callable[[Path], Database], sessions: Sequence[Session], take: Take
) -> Iterator[None] | None:
    """As `Store.read_together`; `database` gives the one at a path."""
    counts = Counter(session.path for session in sessions)
    paths = [path for path, count in counts.items() if _rows_in(database(path)) < count * _COST]
    return chain.from_iterable(_read(database(path), take) for path in paths) if paths else None


def _rows_in(database: Database) -> int:
    """Return how many rows there are and were; more than any where they cannot be read so."""

    def count(snapshot: Snapshot) -> int:
        if read_schema(snapshot).kind is not Kind.SESSIONS:
            return 1 << 63
        first, last = snapshot.one("SELECT min(id), max(id) FROM sessions") or (None, None)
        if first is not None and first < 0:
            return 1 << 63  # they have other positions
        return 0 if first is None else int(last - first)

    try:
        return database.read(count)
    except Unreadable:
        return 1 << 63


def _read(database: Database, take: Take) -> Iterator[None]:
    name, at = str(database.path), None
    while True:
        try:
            rows, at_end = database.read(lambda it, at=at: _rows_after(it, at))  # type: ignore[misc]  # mypy has no type for a default
        except Unreadable:
            return  # who counts them meets the same, and knows what to say
        for key, row in rows:
            if key is not None:
                take(id_of(name, key), row.next, row.item)
        if at_end:
            return
        at = rows[-1][1].position
        yield


def _rows_after(snapshot: Snapshot, after: Position | None) -> tuple[list[_Read], bool]:
    found: list[_Read] = []
    size = 0
    for key, row in AllMessages(read_schema(snapshot)).walk(snapshot, after):
        found.append((key, row))
        size += row.size
        if len(found) == _STEP or size > _STEP_BYTES:
            return found, False
    return found, True
