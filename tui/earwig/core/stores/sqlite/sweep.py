"""Which small sessions of a database have anything of what is looked for, by one pass along its table.

Rows of many sessions lie mixed: to fetch each session's own is several times as long as to read them all.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from earwig.core.stores.sqlite.content_filter import ContentFilter
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.messages import AllMessages, SessionKey
from earwig.core.stores.sqlite.place import NO_STAMP, resolved, stamp_of
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.snapshot import Cancelled, Snapshot
from earwig.core.stores.sqlite.tables import BEFORE_ALL

_IDS = 65_536
"""Ids that are looked over in one state of the database."""

_BYTES = 32 * 1024 * 1024
"""Bytes of contents that SQLite hands over for that, at most."""

_MOST = 8
"""Something may be in one of so many rows: to look up more of them takes longer than to read them all."""

Rows = Mapping[SessionKey, Sequence[int]]
"""By key, the ids of the rows in which something is found."""


class _Part(NamedTuple):
    found: list[tuple[SessionKey, int]]
    looked: int
    """Ids that were looked over."""

    last: int
    at_end: bool


def sweep(
    database: Database,
    only: ContentFilter,
    is_wanted: Callable[[StoredRow], bool],
    cancelled: Cancelled,
) -> Rows | None:
    """Look over all rows of a database; None where they are to be read session by session all the same.

    Because something is in very many of them, a page is damaged, or another database came in its place.
    Raises `faults.Cancelled`, `Unreadable`.
    """
    inode, at, at_end = _inode(database), BEFORE_ALL, False
    rows: dict[SessionKey, array[int]] = {}
    looked = found = 0
    while not at_end:
        try:
            part = database.read(lambda it, at=at: _part(it, only, is_wanted, at), cancelled)  # type: ignore[misc]
        except Unreadable:
            return None
        looked, found, at, at_end = looked + part.looked, found + len(part.found), part.last, part.at_end
        if found * _MOST > looked or _inode(database) != inode:
            return None
        for key, number in part.found:
            rows.setdefault(key, array("q")).append(number)
    return rows


def _inode(database: Database) -> int:
    return (stamp_of(resolved(database.path)) or NO_STAMP).inode


def _part(
    snapshot: Snapshot, only: ContentFilter, is_wanted: Callable[[StoredRow], bool], after: int
) -> _Part:
    schema = read_schema(snapshot)
    messages = AllMessages(schema)
    ids = messages.ids(snapshot, after) if schema.kind is Kind.SESSIONS else None
    if ids is None:
        return _Part([], 1, after, at_end=True)
    first, last = ids
    end = min(first + _IDS, last)
    found: list[tuple[SessionKey, int]] = []
    size = 0
    for key, row in messages.wanted(snapshot, only, first - 1, end):
        if is_wanted(row):
            found.append((key, row.position))
        size += row.size
        if size >= _BYTES:
            end = row.position
            break
    return _Part(found, end - first + 1, end, end == last)
