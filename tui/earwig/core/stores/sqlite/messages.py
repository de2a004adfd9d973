"""The messages of one key of `sessions.db`, and of all keys."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from earwig.core.model.entries import Oversized
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.conversation import Conversation, RowKinds
from earwig.core.stores.sqlite.faults import DamagedPage, TooLong
from earwig.core.stores.sqlite.rows import (
    HEAD,
    ITEM_LIMIT,
    TIME_LIMIT,
    UNREADABLE_PAGE,
    UNREADABLE_ROWS,
    StoredRow,
    damaged,
    item_of,
    stored_columns,
)
from earwig.core.stores.sqlite.schema import Schema
from earwig.core.stores.sqlite.snapshot import Row, Snapshot
from earwig.core.stores.sqlite.tables import LAST, Damage, TableRows, range_of

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.content_filter import ContentFilter


class SessionKey(NamedTuple):
    """A key as it stands in `session_key`, byte for byte."""

    raw: bytes | None
    """The bytes; None for NULL, which the bot's own tables do not allow."""

    is_text: bool = True
    """Whether SQLite holds it for a text. The bot knows no other keys."""

    def condition(self, column: str = "session_key") -> tuple[str, tuple[object, ...]]:
        """Return SQL for "the row is of this key", and its value."""
        if self.raw is None:
            return f"{column} IS NULL", ()
        return f"{column} = CAST(? AS TEXT)" if self.is_text else f"{column} = ?", (self.raw,)


KEY_KIND = "(typeof({0}) = 'text') + 2 * (typeof({0}) = 'blob')"
"""Of a column of keys: what `key_of` wants to know besides its bytes."""


def key_of(kind: int, raw: bytes | None) -> SessionKey:
    """Return a key, given its `KEY_KIND` and its bytes. Some of SQLite's functions give NULL for no bytes."""
    return SessionKey(b"" if kind and raw is None else raw, kind == 1)


class KeyMessages(Conversation):
    """The messages of one key. A position is a row's `id`."""

    def __init__(self, schema: Schema, key: SessionKey) -> None:
        time = time_column(schema, "sessions")
        condition, values = key.condition()
        self._rows = TableRows("sessions", f"{stored_columns('role', 'content')}, {time}", condition, values)

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        for number, row in self._rows.walk(snapshot, position, ascending=ascending):
            yield stored_row(snapshot, number, row)

    def count(self, snapshot: Snapshot) -> int:
        """Takes a tenth of a second for a million rows."""
        return self._rows.count(snapshot)

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        return self._rows.count(snapshot, after, upto)

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        return self._rows.ahead(snapshot, after, most)

    def kinds(
        self,
        snapshot: Snapshot,
        after: int,
        most: int,
        budget: int,
        limit: int | None,
        parts: Collection[bytes],
    ) -> RowKinds | None:
        from earwig.core.stores.sqlite.row_kinds import kinds_of  # no first frame counts

        return kinds_of(snapshot, self._rows, after, most, budget, limit, parts)

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        return snapshot.piece("sessions", "content", position, start, size)

    def back(self, snapshot: Snapshot, before: int, most: int) -> int:
        return self._rows.back(snapshot, before, most)

    def whole(self, snapshot: Snapshot, row: StoredRow) -> StoredRow:
        if not isinstance(row.item, Oversized):
            return row
        kinds = snapshot.one(
            f"SELECT {stored_columns('role')}, (typeof(content) = 'text') + 2 * (typeof(content) = 'blob') "  # noqa: S608 - all ours
            "FROM sessions WHERE id = ?",
            row.position,
        )
        if kinds is None:
            return row
        role_kind, role, content_kind = kinds
        content = b"".join(self._pieces(snapshot, row))
        return row._replace(item=item_of(role_kind, role, content_kind, content, limit=None))

    def wanted(
        self, snapshot: Snapshot, only: ContentFilter, after: int, upto: int, *, in_table: bool
    ) -> Iterator[StoredRow]:
        """Yield the rows after a number and up to another, but for those whose contents cannot match.

        `in_table`: whether the key has most of the rows between the two.
        """
        at = after
        try:
            added, values = only.condition(snapshot)
            rows = self._rows.narrowed(added, *values)
            for at, *row in rows.each(snapshot, after, upto, in_table=in_table):
                yield stored_row(snapshot, at, tuple(row))
        except (DamagedPage, TooLong):
            yield from takewhile(lambda row: row.position <= upto, self.walk(snapshot, at))

    def ids(self, snapshot: Snapshot, after: int, upto: int) -> array[int]:
        """Return the numbers of all rows after a number and up to another."""
        rows = self._rows.narrowed("id <= ?", upto, columns="1")
        return array("q", (number for number, _ in rows.walk(snapshot, after)))

    def _pieces(self, snapshot: Snapshot, row: StoredRow) -> Iterator[bytes]:
        for start in range(0, row.size, ITEM_LIMIT):
            yield self.raw(snapshot, row.position, start, ITEM_LIMIT)[0]


class AllMessages:
    """The messages of all keys in the order in which the bot stored them, to be searched."""

    def __init__(self, schema: Schema) -> None:
        time = time_column(schema, "sessions")
        self._rows = TableRows(
            "sessions",
            f"{stored_columns('role', 'content')}, {time}, "
            f"{KEY_KIND.format('session_key')}, CAST(session_key AS BLOB)",
        )

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[tuple[SessionKey | None, StoredRow]]:
        """Yield the rows after or before a position, each with its key; None for one that cannot be read."""
        for number, row in self._rows.walk(snapshot, position, ascending=ascending):
            key = None if isinstance(row, Damage) else key_of(row[-2], row[-1])
            yield key, stored_row(snapshot, number, row)

    def wanted(
        self, snapshot: Snapshot, only: ContentFilter, after: int, upto: int
    ) -> Iterator[tuple[SessionKey, StoredRow]]:
        """Yield rows that may match in a range, with their keys. Raises `DamagedPage`, `TooLong`."""
        condition, values = only.condition(snapshot)
        rows = self._rows.narrowed(condition, *values)
        for number, *row in rows.each(snapshot, after, upto, in_table=True):
            yield key_of(row[-2], row[-1]), stored_row(snapshot, number, tuple(row))

    def first(self, snapshot: Snapshot, after: int) -> int | None:
        """Return the first id behind another; None where there is none. Raises `DamagedPage`."""
        (first,) = snapshot.one(
            "SELECT min(id) FROM sessions WHERE id BETWEEN ? AND ?", *range_of(after, LAST)
        ) or (None,)
        return None if first is None else int(first)


def time_column(schema: Schema, table: str) -> str:
    """Return the column of when a row was stored, cut to a time's length; NULL where the table has none."""
    if not schema.has(table, "created_at"):
        return "NULL"
    return f"coalesce(nullif(substr(CAST(created_at AS BLOB), 1, {TIME_LIMIT + 1}), x''), x'00')"


def long_row(snapshot: Snapshot, table: str, column: str, number: int) -> StoredRow:
    """Return a row of which one value is too long for a query, known by the beginning of a column."""
    try:
        head, size = snapshot.piece(table, column, number, 0, HEAD)
    except LookupError:
        return damaged(number, "has a value that is too long")
    except DamagedPage:
        return damaged(number, UNREADABLE_PAGE)
    return StoredRow(number, Oversized(size, head), b"", size)


def stored_row(
    snapshot: Snapshot, number: int, row: Row | Damage, *, limit: int | None = ITEM_LIMIT
) -> StoredRow:
    """Return a row of `sessions`, given role, content and time as queried; `limit` as in `item_of`."""
    if row is Damage.PAGE:
        return damaged(number, UNREADABLE_PAGE)
    if row is Damage.ROWS:
        return damaged(number, UNREADABLE_ROWS)
    if row is Damage.LONG:
        return long_row(snapshot, "sessions", "content", number)
    role_kind, role, content_kind, content, stored = row[:5]
    item = item_of(role_kind, role, content_kind, content, limit=limit)
    return StoredRow(number, item, stored or b"", len(content or b""))
