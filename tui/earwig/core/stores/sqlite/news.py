"""Finds what commits have brought to a database's sessions, in less time than listing them takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from earwig.core.model.session import Session
from earwig.core.stores.sqlite.described import look_for
from earwig.core.stores.sqlite.listing import newer_than
from earwig.core.stores.sqlite.messages import KEY_KIND, SessionKey, key_of
from earwig.core.stores.sqlite.place import Stamp
from earwig.core.stores.sqlite.schema import Kind, Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot

_MOST = 64
"""The most sessions that are looked at one by one. If more have new rows, a listing of all has to tell."""

_TABLES = {Kind.SESSIONS: "sessions", Kind.ACP: "acp_messages", Kind.ACP_FIRST: "acp_messages"}


class News(NamedTuple):
    """The result of a look."""

    looks: dict[SessionKey, Session | None]
    """The sessions that have new rows, and those that were asked for; None for one that is not there."""

    last: int
    """The number of the newest row of all sessions; 0 where there is none."""


def newest_row(snapshot: Snapshot) -> int:
    """Return the number of the newest row of all sessions; 0 where there is none. Raises `Unreadable`."""
    table = _TABLES.get(read_schema(snapshot).kind)
    return 0 if table is None else _newest(snapshot, table)


def look_for_news(
    snapshot: Snapshot, path: Path, stamp: Stamp, last: int, keys: Iterable[SessionKey]
) -> News:
    """Return what is new in sessions with rows behind `last`, and of `keys`. Raises `Unreadable`."""
    schema = read_schema(snapshot)
    table = _TABLES.get(schema.kind)
    if table is None:
        return News(dict.fromkeys(keys), 0)
    newest = _newest(snapshot, table)
    found = newer_than(snapshot, schema, last) if newest > last else {}
    new = [_key_of(snapshot, schema, it) for it in list(found)[:_MOST]]
    looks = {key: look_for(snapshot, path, stamp, key) for key in dict.fromkeys((*new, *keys))}
    return News(looks, newest)


def _newest(snapshot: Snapshot, table: str) -> int:
    row = snapshot.one(f"SELECT max(id) FROM {table}")  # noqa: S608 - all ours
    return row[0] if row and isinstance(row[0], int) else 0


def _key_of(snapshot: Snapshot, schema: Schema, found: SessionKey | int) -> SessionKey:
    """Return the key of a session that rows name by its number."""
    if isinstance(found, SessionKey):
        return found
    named = SessionKey(str(found).encode())
    if schema.kind is not Kind.ACP:
        return named
    row = snapshot.one(
        f"SELECT {KEY_KIND.format('session_uuid')}, CAST(session_uuid AS BLOB) "  # noqa: S608 - all ours
        "FROM acp_sessions WHERE id = ?",
        found,
    )
    return named if row is None else key_of(row[0], row[1])
