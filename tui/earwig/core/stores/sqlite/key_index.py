"""The bot's index of rows by their sessions: from key to key, with no look at the rows between."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.messages import KEY_KIND, SessionKey, key_of
from earwig.core.stores.sqlite.schema import Schema
from earwig.core.stores.sqlite.snapshot import Snapshot

INDEXED = "INDEXED BY idx_sessions_key"
"""Has SQLite take it; an error where it cannot."""

STORED_KEYS = f"""
WITH RECURSIVE stored(own) AS (
    SELECT min(session_key) FROM sessions {INDEXED}
    UNION ALL
    SELECT (SELECT min(session_key) FROM sessions {INDEXED} WHERE session_key > own)
    FROM stored WHERE own IS NOT NULL
)
"""  # noqa: S608 - all ours
"""A table of all keys but NULL, and behind them a NULL; each is found in some microseconds."""

LAST_OF_KEY = f"(SELECT max(id) FROM sessions {INDEXED} WHERE session_key = own)"  # noqa: S608 - all ours
"""The number of the newest row of the key in `own`."""

_IS_INDEXED = """
SELECT 1 FROM pragma_index_xinfo('idx_sessions_key')
WHERE seqno = 0 AND name = 'session_key' AND coll = 'BINARY'
"""

_FEW = 16
"""Sessions of which rows are counted one by one; of more, all together take less time."""

_ROWS_EACH = 32
"""Rows of a session that SQLite goes through in the time in which it finds one."""

_MANY_ROWS = 4096
"""Rows of a session from which on to count them takes a while."""


class CountedKey(NamedTuple):
    """How many rows a key has."""

    key: SessionKey
    rows: int
    last: int


def has_key_index(snapshot: Snapshot) -> bool:
    """Return whether the index is there, and each row of `sessions` has a key by which it is found."""
    if snapshot.one(_IS_INDEXED) is None:
        return False
    return snapshot.one(f"SELECT 1 FROM sessions {INDEXED} WHERE session_key IS NULL") is None  # noqa: S608


def have_many_rows_each(snapshot: Snapshot, schema: Schema) -> bool:
    """Whether sessions seem to have so many rows that to find one takes less time than to go through all."""
    if not (schema.has("session_metadata", "session_key") and has_key_index(snapshot)):
        return False
    (rows,) = snapshot.one("SELECT max(id) FROM sessions") or (None,)
    (described,) = snapshot.one("SELECT count(*) FROM session_metadata") or (0,)
    return bool(rows and rows > _ROWS_EACH * described)


def counts_of_few(snapshot: Snapshot, longest: int) -> list[CountedKey] | None:
    """Return how many rows each key has; None where there are many, a number, or one longer than `longest`.

    The rows of the last one with many are those that no other has: SQLite counts all of a table in a tenth
    of the time that it takes to count those of a key. Raises `Unreadable`.
    """
    if not has_key_index(snapshot):
        return None
    keys = snapshot.rows(
        f"{STORED_KEYS} SELECT {KEY_KIND.format('own')}, substr(CAST(own AS BLOB), 1, ?) "  # noqa: S608 - all ours
        "FROM stored WHERE own IS NOT NULL LIMIT ?",
        longest + 1,
        _FEW + 1,
    )
    if len(keys) > _FEW or any(not kind or len(raw or b"") > longest for kind, raw in keys):
        return None
    found = [_glance(snapshot, key_of(kind, raw)) for kind, raw in keys]
    long_ones = [place for place, it in enumerate(found) if it.rows == _MANY_ROWS]
    for place in long_ones[:-1]:
        found[place] = found[place]._replace(rows=_count(snapshot, *found[place].key.condition()))
    for place in long_ones[-1:]:
        others = sum(it.rows for it in found) - found[place].rows
        found[place] = found[place]._replace(rows=_count(snapshot) - others)
    return found


def _glance(snapshot: Snapshot, key: SessionKey) -> CountedKey:
    """Count no more than `_MANY_ROWS`."""
    condition, values = key.condition()
    count, last = snapshot.one(
        f"SELECT (SELECT count(*) FROM (SELECT 1 FROM sessions {INDEXED} WHERE {condition} LIMIT ?)), "  # noqa: S608
        f"(SELECT max(id) FROM sessions {INDEXED} WHERE {condition})",
        *values,
        _MANY_ROWS,
        *values,
    ) or (0, 0)
    return CountedKey(key, count, last)


def _count(snapshot: Snapshot, condition: str = "", values: tuple[object, ...] = ()) -> int:
    where = f"{INDEXED} WHERE {condition}" if condition else ""
    (count,) = snapshot.one(f"SELECT count(*) FROM sessions {where}", *values) or (0,)  # noqa: S608 - all ours
    return int(count)
