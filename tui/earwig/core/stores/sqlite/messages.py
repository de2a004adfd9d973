"""The messages of one key of `sessions.db`, and of all keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.rows import (
    HEAD,
    UNREADABLE_PAGE,
    UNREADABLE_ROWS,
    StoredRow,
    damaged,
    item_of,
    stored_columns,
    time_of,
)
from earwig.core.stores.sqlite.schema import Schema
from earwig.core.stores.sqlite.snapshot import Row, Snapshot
from earwig.core.stores.sqlite.tables import Damage, TableRows
from earwig.core.transcript.entries import Oversized


class SessionKey(NamedTuple):
    """What stands in `session_key`, byte for byte."""

    raw: bytes | None
    """None: NULL, which the bot's own tables do not allow."""

    is_text: bool = True
    """Whether SQLite holds it for a text; the bot knows no other keys."""

    @property
    def condition(self) -> tuple[str, tuple[object, ...]]:
        """SQL for "the row is of this key", and its value."""
        if self.raw is None:
            return "session_key IS NULL", ()
        return "session_key = CAST(? AS TEXT)" if self.is_text else "session_key = ?", (self.raw,)


KEY_KIND = "(typeof({0}) = 'text') + 2 * (typeof({0}) = 'blob')"
"""Of a column of keys: what `key_of` wants to know besides its bytes."""


def key_of(kind: int, raw: bytes | None) -> SessionKey:
    """A key, of `KEY_KIND` and its bytes; some of SQLite's functions give NULL for no bytes."""
    return SessionKey(b"" if kind and raw is None else raw, kind == 1)


class KeyMessages(Conversation):
    """The messages of one key; a position is a row's `id`."""

    def __init__(self, schema: Schema, key: SessionKey) -> None:
        time = "CAST(created_at AS BLOB)" if schema.has("sessions", "created_at") else "NULL"
        condition, values = key.condition
        self._rows = TableRows("sessions", f"{stored_columns('role', 'content')}, {time}", condition, values)

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        """As of every conversation."""
        for number, row in self._rows.walk(snapshot, position, ascending=ascending):
            yield stored_row(snapshot, number, row)

    def count(self, snapshot: Snapshot) -> int:
        """As of every conversation; a tenth of a second for a million rows."""
        return self._rows.count(snapshot)

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        """As of every conversation."""
        return self._rows.count(snapshot, after, upto)

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        """As of every conversation."""
        return self._rows.ahead(snapshot, after, most)

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        """As of every conversation."""
        return snapshot.piece("sessions", "content", position, start, size)


class AllMessages:
    """The messages of all keys, in the order in which the bot stored them: to search in them."""

    def __init__(self, schema: Schema) -> None:
        time = "CAST(created_at AS BLOB)" if schema.has("sessions", "created_at") else "NULL"
        self._rows = TableRows(
            "sessions",
            f"{stored_columns('role', 'content')}, {time}, "
            f"{KEY_KIND.format('session_key')}, CAST(session_key AS BLOB)",
        )

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[tuple[SessionKey | None, StoredRow]]:
        """The rows after or before a position, each with its key; None for a key that cannot be read."""
        for number, row in self._rows.walk(snapshot, position, ascending=ascending):
            key = None if isinstance(row, Damage) else key_of(row[-2], row[-1])
            yield key, stored_row(snapshot, number, row)


def stored_row(snapshot: Snapshot, number: int, row: Row | Damage) -> StoredRow:
    """A row of `sessions`: role, content and time, each as a query gives them."""
    if row is Damage.PAGE:
        return damaged(number, UNREADABLE_PAGE)
    if row is Damage.ROWS:
        return damaged(number, UNREADABLE_ROWS)
    if row is Damage.LONG:
        head, size = snapshot.piece("sessions", "content", number, 0, HEAD)
        return StoredRow(number, Oversized(size, head), None, b"", size)
    role_kind, role, content_kind, content, stored = row[:5]
    time, text = time_of(stored)
    return StoredRow(number, item_of(role_kind, role, content_kind, content), time, text, len(content or b""))
