"""Reads what a database says of each session, and counts the rows that each really has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.key_index import LAST_OF_KEY, counts_of_few, have_many_rows_each
from earwig.core.stores.sqlite.messages import KEY_KIND, SessionKey, key_of
from earwig.core.stores.sqlite.row_counts import RowTally
from earwig.core.stores.sqlite.rows import TIME_LIMIT, time_of
from earwig.core.stores.sqlite.schema import Kind, Schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import Damage, TableRows

KEY_LIMIT = 65536
"""The most bytes of a key; the bot's are made of names and numbers, and have some dozens."""

_TEXT_LIMIT = 4096
_PLAN_LIMIT = 65536

_TIMES = ("created_at", "last_activity", "turn_started_at", "killed_at")
_TEXTS = (
    *("name", "state", "turn_id", "agent_alias", "channel_id", "room_id", "sender_id"),
    *("workspace_dir", "plan_json"),
)
_COUNTS = ("message_count", "token_count")

_TABLES = {
    Kind.SESSIONS: ("session_metadata", "session_key", "rowid"),
    Kind.ACP: ("acp_sessions", "session_uuid", "id"),
    Kind.ACP_FIRST: ("acp_sessions", "session_id", "rowid"),
}
"""Where sessions are described: the table, its column of keys, that of the rows' numbers."""

MESSAGES = {
    Kind.SESSIONS: ("sessions", "session_key"),
    Kind.ACP: ("acp_messages", "session_id"),
    Kind.ACP_FIRST: ("acp_messages", "session_id"),
}
"""Where their messages are: the table, and its column that says whose a message is."""


class SessionFacts(NamedTuple):
    """What a database says of one session. A tuple of stored values, because there are 50,000."""

    key: SessionKey
    row: int
    """The number of the row that says so. It leads to the messages of an ACP session."""

    values: tuple[bytes | int | None, ...]
    places: Mapping[str, int]
    """The index of each column's value. All sessions share it."""

    def text(self, column: str) -> str:
        """Return a text of the disk, cut to what can be shown; empty where there is none.

        name, state, turn_id, agent_alias, channel_id, room_id, sender_id; of ACP sessions agent_alias,
        workspace_dir, plan_json.
        """
        place = self.places.get(column)
        value = None if place is None else self.values[place]
        if not isinstance(value, bytes):
            return ""  # of most sessions, most: so there is little around it
        limit = _limit_of(column)
        if len(value) <= limit:
            return value.decode("utf-8", "replace")
        return value[:limit].decode("utf-8", "ignore") + "…"

    def time(self, column: str) -> float | None:
        """Return a time (Unix time, seconds); None where none stands there.

        created_at, last_activity, turn_started_at; of ACP sessions created_at, last_activity, killed_at.
        """
        value = self._value(column)
        return time_of(value) if isinstance(value, bytes) else None

    def has(self, column: str) -> bool:
        """Return whether anything but NULL, or what is of no use, stands there."""
        return self._value(column) is not None

    def number(self, column: str) -> int | None:
        """Return a counter (message_count, or token_count of ACP), which may lie; None if it is none."""
        value = self._value(column)
        return value if isinstance(value, int) else None

    def _value(self, column: str) -> bytes | int | None:
        place = self.places.get(column)
        return None if place is None else self.values[place]


class Tallies(NamedTuple):
    """The row counts of all sessions that have rows."""

    found: dict[SessionKey | int, RowTally]
    """The counts by key, or by the number of an ACP session's row."""

    has_long_keys: bool = False
    """Whether some keys are longer than `KEY_LIMIT`. Their rows are not counted."""

    strays: int = 0
    """The number of rows of an ACP database that belong to nothing that could be a session."""


def sessions_in(
    snapshot: Snapshot, schema: Schema, only: SessionKey | None = None
) -> Iterator[SessionFacts | Damage]:
    """Yield the sessions that the database describes; for a description that cannot be read, why.

    For a key that is longer than `KEY_LIMIT`, it yields `Damage.LONG`. A session that has rows and no
    description is not among them (`tallies`), and one that has no rows is. With `only`, just what is said of
    that one.
    """
    if schema.kind not in _TABLES:
        return
    table, key, number = _TABLES[schema.kind]
    if not schema.has(table, key):
        return
    names = [name for name in (*_TIMES, *_TEXTS, *_COUNTS) if schema.has(table, name)]
    places = {name: place for place, name in enumerate(names)}
    columns = ", ".join(
        (f"{KEY_KIND.format(key)}, substr(CAST({key} AS BLOB), 1, {KEY_LIMIT + 1})", *map(_column, names))
    )
    condition, bound = ("1", ()) if only is None else only.condition(key)
    for row, values in TableRows(table, columns, condition, bound, number).walk(snapshot):
        if isinstance(values, Damage) or len(values[1] or b"") > KEY_LIMIT:
            yield values if isinstance(values, Damage) else Damage.LONG
            continue
        yield SessionFacts(key_of(values[0], values[1]), row, values[2:], places)


def tallies(snapshot: Snapshot, schema: Schema) -> Tallies:
    """Return how many rows there are of each session that has any.

    Rows of the oldest ACP tables are counted by key too. Goes through an index of all rows, unless there are
    few sessions: a tenth of a second for a million.
    """
    if schema.kind is Kind.ACP:
        found = snapshot.each("SELECT session_id, count(*), max(id) FROM acp_messages GROUP BY session_id")
        numbered: dict[SessionKey | int, RowTally] = {}
        strays = 0
        for session, count, last in found:
            if isinstance(session, int):
                numbered[session] = RowTally(count, last)
            else:
                strays += count
        return Tallies(numbered, strays=strays)
    if schema.kind not in _TABLES:
        return Tallies({})
    if schema.kind is Kind.SESSIONS and (few := counts_of_few(snapshot, KEY_LIMIT)) is not None:
        return Tallies({it.key: RowTally(it.rows, it.last) for it in few})
    table, key = MESSAGES[schema.kind]
    also, newest = ", max(id) AS last", "last"
    if schema.kind is Kind.SESSIONS and have_many_rows_each(snapshot, schema):
        also, newest = "", LAST_OF_KEY  # to look it up takes less time than to compare all numbers
    rows = snapshot.each(
        f"SELECT {KEY_KIND.format('own')}, substr(CAST(own AS BLOB), 1, ?), many, {newest} "  # noqa: S608 - all ours
        f"FROM (SELECT {key} AS own, count(*) AS many{also} FROM {table} GROUP BY {key})",
        KEY_LIMIT + 1,
    )
    counted: dict[SessionKey | int, RowTally] = {}
    has_long_keys = False
    for kind, raw, count, last in rows:
        if len(raw or b"") > KEY_LIMIT:
            has_long_keys = True
        else:
            counted[key_of(kind, raw)] = RowTally(count, last)
    return Tallies(counted, has_long_keys)


def newer_than(snapshot: Snapshot, schema: Schema, row: int) -> dict[SessionKey | int, RowTally]:
    """Return how many rows each session has behind the number `row`. What commits changed is not there."""
    if schema.kind not in _TABLES:
        return {}
    table, key = MESSAGES[schema.kind]
    rows = snapshot.each(
        f"SELECT {KEY_KIND.format(key)}, CASE typeof({key}) WHEN 'integer' THEN {key} "  # noqa: S608 - all ours
        f"ELSE substr(CAST({key} AS BLOB), 1, ?) END, count(*), max(id) FROM {table} NOT INDEXED "
        f"WHERE id > ? GROUP BY {key}",
        KEY_LIMIT + 1,
        row,
    )
    return {
        raw if isinstance(raw, int) else key_of(kind, raw): RowTally(count, last)
        for kind, raw, count, last in rows
        if isinstance(raw, int) or len(raw or b"") <= KEY_LIMIT
    }


def _column(name: str) -> str:
    if name in _COUNTS:
        return f"CASE typeof({name}) WHEN 'integer' THEN {name} END"
    return f"substr(CAST({name} AS BLOB), 1, {_limit_of(name) + 1})"


def _limit_of(name: str) -> int:
    """Return how many bytes of a column's value are of use."""
    return TIME_LIMIT if name in _TIMES else _PLAN_LIMIT if name == "plan_json" else _TEXT_LIMIT
