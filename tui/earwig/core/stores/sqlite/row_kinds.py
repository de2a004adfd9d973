"""Counts rows by their kind in SQLite: to make an item of each takes several times as long.

And that would be Python's work: here, other threads run for most of the time.
"""

from __future__ import annotations

from collections.abc import Collection

from earwig.core.stores.sqlite.conversation import RowKinds
from earwig.core.stores.sqlite.faults import DamagedPage, TooLong
from earwig.core.stores.sqlite.rows import ITEM_LIMIT, ROLE_LIMIT
from earwig.core.stores.sqlite.sizes import size_of
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import LAST, TableRows, range_of

_MOST = 4 * 1024 * 1024
"""The most bytes of texts that are in memory together."""


def kinds_of(
    snapshot: Snapshot,
    rows: TableRows,
    after: int,
    most: int,
    budget: int,
    limit: int | None,
    parts: Collection[bytes],
) -> RowKinds | None:
    """Return what `Conversation.kinds` does, of rows of `sessions`."""
    try:
        found, longest = _count(snapshot, rows, after, most)
        if longest > min(ITEM_LIMIT, ITEM_LIMIT if limit is None else limit):
            return None
        if found.size > min(budget, _MOST):
            return None
        texts = _texts(snapshot, rows, after, found)
        texts.decode("utf-8")
        if len(texts) == found.size + 2 * found.messages - bool(found.messages):
            return found._replace(may_hold=any(part in texts for part in parts))
    except (DamagedPage, TooLong, UnicodeDecodeError):
        pass  # it is known of a single row what that means
    return None


def _count(snapshot: Snapshot, rows: TableRows, after: int, most: int) -> tuple[RowKinds, int]:
    """Count rows, and as messages those that are, if their texts are UTF-8; and the bytes of the longest."""
    # SQLite reads no long text for its size, nor for its type; it would, outside of the inner query.
    row = snapshot.one(
        "SELECT max(id), count(*), total(is_text), total(is_text * (size + role_size)), max(size) FROM ("  # noqa: S608 - all ours
        f"SELECT id, {size_of(snapshot, 'content')} AS size, {size_of(snapshot, 'role')} AS role_size, "
        f"{_are_text(snapshot)} AS is_text FROM sessions "
        f"WHERE {rows.condition} AND id BETWEEN ? AND ? ORDER BY id LIMIT ?)",
        *rows.values,
        *range_of(after, LAST),
        most,
    )
    last, count, texts, size, longest = row or (None, 0, 0, 0, 0)
    return RowKinds(after if last is None else last, count, int(texts), int(size)), longest or 0


def _texts(snapshot: Snapshot, rows: TableRows, after: int, found: RowKinds) -> bytes:
    """Return all texts of messages, a space between any two, so that no two make a character together."""
    if not found.messages:
        return b""
    row = snapshot.one(
        "SELECT CAST(group_concat(role || ' ' || content, ' ') AS BLOB) FROM sessions "  # noqa: S608 - all ours
        f"WHERE {rows.condition} AND id BETWEEN ? AND ? AND {_are_text(snapshot)}",
        *rows.values,
        *range_of(after, found.last),
    )
    texts: bytes = (row and row[0]) or b""
    return texts


def _are_text(snapshot: Snapshot) -> str:
    """SQL for a row of two texts, as `item_of` has them."""
    role_size = size_of(snapshot, "role")
    return f"(typeof(role) = 'text' AND typeof(content) = 'text' AND {role_size} <= {ROLE_LIMIT})"
