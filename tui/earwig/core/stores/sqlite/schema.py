"""Tells what a database is: the bot's sessions, of which era, or somebody else's tables."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.snapshot import Snapshot

_TABLES = 200
"""The most tables looked at; the bot has no more than a dozen."""

_NAME = 200
"""The most bytes kept of a name."""


class Kind(Enum):
    """Whose tables they are."""

    SESSIONS = "sessions"
    """`sessions.db`: conversations of channels and of the gateway, since v0.5.0."""

    ACP = "acp"
    """`acp-sessions.db`: conversations of editors, since v0.8.0-beta-2."""

    ACP_FIRST = "acp-first"
    """The same as v0.8.0-beta-1 wrote it: other tables, which later releases leave as they are."""

    EMPTY = "empty"
    """No table at all, as of a file of no bytes."""

    OTHER = "other"
    """Not the bot's."""


_NEEDED: tuple[tuple[Kind, Mapping[str, frozenset[str]]], ...] = (
    (Kind.SESSIONS, {"sessions": frozenset({"id", "session_key", "role", "content"})}),
    (
        Kind.ACP,
        {
            "acp_sessions": frozenset({"id", "session_uuid"}),
            "acp_messages": frozenset({"id", "session_id", "role", "content"}),
        },
    ),
    (
        Kind.ACP_FIRST,
        {
            "acp_sessions": frozenset({"session_id"}),
            "acp_messages": frozenset({"id", "session_id", "message_json"}),
        },
    ),
)
_COUNTED = ("sessions", "acp_messages")
"""Where `id` must be the number by which SQLite itself finds a row."""

# What a release brought, the newest first: a table, a column of it, since when.
_ERAS = (
    ("jsonl_import_receipts", "source_name", "after v0.8.4"),
    ("session_metadata", "agent_alias", "v0.8.0"),
    ("session_metadata", "state", "v0.6.5"),
    ("session_metadata", "name", "v0.5.9"),
    ("sessions", "id", "v0.5.0"),
    ("acp_sessions", "plan_json", "v0.8.3"),
    ("acp_sessions", "killed_at", "v0.8.0"),
    ("acp_sessions", "session_uuid", "v0.8.0-beta-2"),
    ("acp_sessions", "session_id", "v0.8.0-beta-1"),
)


class Schema(NamedTuple):
    """The tables of one database, as far as they are of use."""

    kind: Kind
    columns: Mapping[str, frozenset[str]]
    """The columns by table; real tables only: no view, nothing that SQLite computes."""

    since: str = ""
    """The release from which on the bot writes such a file; empty for others' files."""

    holds: tuple[str, ...] = ()
    """Names of tables, in order, to be shown where they are not the bot's. Text from the disk."""

    def has(self, table: str, column: str) -> bool:
        return column in self.columns.get(table, ())


def read_schema(snapshot: Snapshot) -> Schema:
    """Return the tables of a database: looked at again only once there are others. Raises `Unreadable`."""
    schema: Schema | None = snapshot.memo.get("schema")
    if schema is None:
        # Its number alone would not do: another database may be copied over the file.
        tables = snapshot.one("SELECT count(*), total(length(sql)), total(rootpage) FROM sqlite_master")
        name = Schema, snapshot.one("PRAGMA schema_version"), tables
        schema = snapshot.recall(name) or _read_schema(snapshot)
        snapshot.memo["schema"] = schema
        snapshot.note(name, schema)
    return schema


def _read_schema(snapshot: Snapshot) -> Schema:
    names = [
        bytes(name)
        for (name,) in snapshot.each(
            "SELECT substr(CAST(name AS BLOB), 1, ?) FROM sqlite_master "
            "WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "ORDER BY name LIMIT ?",
            _NAME,
            _TABLES,
        )
    ]
    if not names:
        return Schema(Kind.EMPTY, {})
    lower = {name.lower() for name in names}
    columns = {name: _columns(snapshot, name) for name in {n for _, needed in _NEEDED for n in needed}}
    columns |= {name: _columns(snapshot, name) for name, _, _ in _ERAS}
    columns |= {name: _columns(snapshot, name) for name in ("acp_tool_calls", "acp_session_events")}
    columns = {name: found for name, found in columns.items() if found and name.encode() in lower}
    kind = next((kind for kind, needed in _NEEDED if _fits(columns, needed)), Kind.OTHER)
    if kind is Kind.OTHER or not _is_utf8(snapshot):
        holds = tuple(name.decode("utf-8", "replace") for name in names)
        return Schema(Kind.OTHER, columns, holds=holds)
    since = next((since for table, column, since in _ERAS if column in columns.get(table, ())), "")
    return Schema(kind, columns, since)


def _fits(columns: Mapping[str, frozenset[str]], needed: Mapping[str, frozenset[str]]) -> bool:
    return all(names <= columns.get(table, frozenset()) for table, names in needed.items())


def _columns(snapshot: Snapshot, table: str) -> frozenset[str]:
    found = snapshot.rows(
        "SELECT CAST(name AS BLOB), CAST(upper(type) AS BLOB), pk FROM pragma_table_info(?)", table
    )
    names = {bytes(name).decode("utf-8", "replace").lower() for name, _, _ in found}
    counted = any(name.lower() == b"id" and kind == b"INTEGER" and key == 1 for name, kind, key in found)
    if table in _COUNTED and not (counted and _has_row_numbers(snapshot, table)):
        names.discard("id")
    return frozenset(names)


def _has_row_numbers(snapshot: Snapshot, table: str) -> bool:
    """Return whether it is no table WITHOUT ROWID: those have no number for each row."""
    (options,) = snapshot.one(
        "SELECT instr(upper(coalesce(max(sql), '')), 'WITHOUT ROWID') "
        "FROM sqlite_master WHERE lower(name) = ?",
        table,
    ) or (0,)
    return not options


def _is_utf8(snapshot: Snapshot) -> bool:
    return snapshot.one("SELECT CAST(encoding AS BLOB) FROM pragma_encoding") == (b"UTF-8",)
