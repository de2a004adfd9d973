"""The sessions that come first in a list of a large database, known without a look at all of its rows."""

from __future__ import annotations

from pathlib import Path

from earwig.core.model.session import Session, in_order
from earwig.core.stores.sqlite.described import glances
from earwig.core.stores.sqlite.key_index import STORED_KEYS, has_key_index
from earwig.core.stores.sqlite.listing import KEY_LIMIT
from earwig.core.stores.sqlite.messages import KEY_KIND, key_of
from earwig.core.stores.sqlite.place import Stamp
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot

_COUNT = 50
"""Sessions that are told of, at most."""

_ROWS = 8192
"""Rows of them together, at most: to look through more takes longer than to list all sessions."""

# As the bot writes times: in UTC, so that they come in the order of their texts.
_IS_TIME = """(
    typeof(last_activity) = 'text' AND length(CAST(last_activity AS BLOB)) = length(last_activity)
    AND last_activity BETWEEN '1970' AND '9999-12-31' AND last_activity GLOB '????-??-??T??:??:??*+00:00'
    AND date(substr(last_activity, 1, 10)) = substr(last_activity, 1, 10)
    AND time(substr(last_activity, 12, 8)) = substr(last_activity, 12, 8)
    AND (length(last_activity) = 25 OR (
        substr(last_activity, 20, 1) = '.' AND length(last_activity) BETWEEN 27 AND 35
        AND ltrim(substr(last_activity, 21, length(last_activity) - 26), '0123456789') = ''
    ))
)"""

_ARE_ALL_DESCRIBED = f"""
{STORED_KEYS}
SELECT NOT EXISTS (
    SELECT 1 FROM stored WHERE own IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM session_metadata WHERE session_key = own)
)
"""  # noqa: S608 - all ours


def foremost(snapshot: Snapshot, path: Path, stamp: Stamp) -> list[Session]:
    """Return the first of the sessions that `describe` has, in order; none where that is not sure.

    How many rows a long one has is not sure either. Raises `Unreadable`.
    """
    schema = read_schema(snapshot)
    if schema.kind is not Kind.SESSIONS or not schema.has("session_metadata", "last_activity"):
        return []
    if snapshot.one(f"SELECT 1 FROM session_metadata WHERE {_IS_TIME} IS NOT 1") is not None:  # noqa: S608 - all ours
        return []
    if not has_key_index(snapshot) or snapshot.one(_ARE_ALL_DESCRIBED) != (1,):
        return []
    found: list[Session] = []
    rows = 0
    for kind, raw in snapshot.rows(
        f"SELECT {KEY_KIND.format('session_key')}, CAST(session_key AS BLOB) FROM session_metadata "  # noqa: S608
        "ORDER BY last_activity DESC LIMIT ?",
        _COUNT + 1,
    ):
        if len(raw or b"") <= KEY_LIMIT:
            [session] = glances(snapshot, path, stamp, [key_of(kind, raw)])
            found.append(session)
            rows += session.extent
            if rows > _ROWS:
                break
    # Which of those at the same time comes first, is not sure without all of them.
    last = found[-1].activity_ns if found else 0
    return in_order(it for it in found if it.activity_ns > last)
