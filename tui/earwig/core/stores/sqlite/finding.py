"""Finds the rows of a session by its key: each kind of tables has them elsewhere."""

from __future__ import annotations

from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.faults import DamagedPage, TooLong
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.schema import Kind, Schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import BEFORE_ALL, FIRST, LAST, Damage, TableRows


def conversation_of(snapshot: Snapshot, schema: Schema, key: SessionKey) -> Conversation | None:
    """Return the session's rows; None where the database can have no such session. It may have no row of it.

    An ACP session's number is looked for each time: a session that is deleted and made anew gets another.
    """
    rows: Conversation | None = None
    if schema.kind is Kind.SESSIONS:
        rows = KeyMessages(schema, key)
    elif schema.kind in (Kind.ACP, Kind.ACP_FIRST):
        from earwig.core.stores.sqlite.acp import acp_conversation  # few have any

        number = _number_of(snapshot, key) if schema.kind is Kind.ACP else key.raw or b""
        rows = None if number is None else acp_conversation(schema, number)
    shift = 0 if rows is None else shift_of(snapshot, schema)
    if rows is None or not shift:
        return rows
    from earwig.core.stores.sqlite.shifted import Shifted  # no database of the bot's is

    return Shifted(rows, shift)


def shift_of(snapshot: Snapshot, schema: Schema) -> int:
    """Return by how much positions exceed what the rows' numbers make them, so that none is below 0.

    The bot's rows count up from 1, so that it is 0. It is the same for all sessions of a database.
    """
    shift: int | None = snapshot.memo.get("shift")
    if shift is None:
        table = "sessions" if schema.kind is Kind.SESSIONS else "acp_messages"
        is_below = _first_number(snapshot, table) < 0
        shift = snapshot.memo["shift"] = -FIRST * spread_of(schema) if is_below else 0
    return shift


def _first_number(snapshot: Snapshot, table: str) -> int:
    """Return the least number of a row; 0 where there is none."""
    try:
        row = snapshot.one(f"SELECT min(id) FROM {table}")  # noqa: S608 - all ours
        return int(row[0]) if row and row[0] is not None else 0
    except (DamagedPage, TooLong):
        rows = TableRows(table, "1").walk(snapshot, BEFORE_ALL)
        return next((number for number, found in rows if found is not Damage.ROWS), 0)


def is_described(snapshot: Snapshot, schema: Schema, key: SessionKey) -> bool:
    """Return whether the database says something of the session, so that it is there without a row, too."""
    table, column = _DESCRIPTIONS.get(schema.kind, ("", ""))
    if not schema.has(table, column):
        return False
    condition, values = key.condition(column)
    return snapshot.one(f"SELECT 1 FROM {table} WHERE {condition}", *values) is not None  # noqa: S608 - all ours


def spread_of(schema: Schema) -> int:
    """Return how many positions each row has."""
    if schema.kind is Kind.SESSIONS:
        return 1
    from earwig.core.stores.sqlite.acp import SPREAD

    return SPREAD


_DIGITS = len(str(FIRST))

_DESCRIPTIONS = {
    Kind.SESSIONS: ("session_metadata", "session_key"),
    Kind.ACP: ("acp_sessions", "session_uuid"),
    Kind.ACP_FIRST: ("acp_sessions", "session_id"),
}


def _number_of(snapshot: Snapshot, key: SessionKey) -> int | None:
    condition, values = key.condition("session_uuid")
    row = snapshot.one(f"SELECT id FROM acp_sessions WHERE {condition} ORDER BY id DESC", *values)  # noqa: S608 - all ours
    return number_in(key) if row is None else int(row[0])


def number_in(key: SessionKey) -> int | None:
    """Return the number that replaces the key of an ACP session that is not described; None if it is none."""
    raw = key.raw or b""
    if len(raw) > _DIGITS or not raw.removeprefix(b"-").isdigit():
        return None
    number = int(raw)
    return number if FIRST <= number <= LAST and str(number).encode() == raw else None
