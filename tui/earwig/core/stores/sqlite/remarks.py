"""What is wrong with what a database says of a session, though the bot goes on with it."""

from __future__ import annotations

from earwig.core.stores.sqlite.described import counted_in, facts_of
from earwig.core.stores.sqlite.listing import SessionFacts
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.schema import Kind, Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot

_TIMES = ("created_at", "last_activity", "turn_started_at", "killed_at")
_NEVER_NULL = frozenset({"created_at", "last_activity"})


def remarks_on(snapshot: Snapshot, key: SessionKey) -> tuple[str, ...]:
    """Return clauses to follow a session's key; none where all fits together."""
    schema = read_schema(snapshot)
    if schema.kind in (Kind.EMPTY, Kind.OTHER):
        return ()
    facts = facts_of(snapshot, schema, key)
    remarks = [] if key.is_text else ["has a key that is no text: the bot does not find it"]
    if facts is None:
        return (*remarks, "is not described: the bot's own list leaves it out")
    count = counted_in(snapshot, schema, key, facts).rows
    remarks += _on_counts(schema, facts, count)
    for column in _TIMES:
        is_said = column in _NEVER_NULL or facts.has(column)
        if column in facts.places and is_said and facts.time(column) is None:
            remarks.append(f"has a {column} that is no time")
    return tuple(remarks)


def _on_counts(schema: Schema, facts: SessionFacts, count: int) -> list[str]:
    remarks = []
    if "message_count" in facts.places:
        said = facts.number("message_count")
        if said is None:
            remarks.append("has a message_count that is no number")
        elif said != count:
            remarks.append(f"has a message_count of {said:,}, and {count:,} rows")
    if not count and schema.kind is Kind.SESSIONS:
        remarks.append("is described, and has no messages")
    return remarks
