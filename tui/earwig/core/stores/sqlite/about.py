"""Reads what a database says of one session beside its rows."""

from __future__ import annotations

from earwig.core.model.about import About, Plan, plan_of
from earwig.core.stores.sqlite.acp import count_events, events_of
from earwig.core.stores.sqlite.faults import DamagedPage, TooLong
from earwig.core.stores.sqlite.listing import sessions_in
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.schema import Kind, Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import Damage

_PLAN = 256 * 1024
"""The most bytes of a plan that are read; the bot's have some hundreds."""

_EVENTS = 200


def about_of(snapshot: Snapshot, key: SessionKey) -> About:
    """Return what is known of a session; nothing of one that is not described. Raises `Unreadable`."""
    schema = read_schema(snapshot)
    facts = next((it for it in sessions_in(snapshot, schema, key) if not isinstance(it, Damage)), None)
    if facts is None:
        return About()
    about = About(facts.time("created_at"), facts.time("killed_at"), facts.number("token_count"))
    if schema.kind is not Kind.ACP:
        return about
    try:
        events = events_of(snapshot, schema, facts.row, _EVENTS)
        left_out = max(0, count_events(snapshot, schema, facts.row) - len(events))
    except (DamagedPage, TooLong):
        events, left_out = [], 0
    return about._replace(
        plan=_plan(snapshot, schema, facts.row), events=tuple(events), events_left_out=left_out
    )


def _plan(snapshot: Snapshot, schema: Schema, row: int) -> Plan | None:
    if not schema.has("acp_sessions", "plan_json"):
        return None
    try:
        found = snapshot.one(
            "SELECT typeof(plan_json) = 'text', length(CAST(plan_json AS BLOB)), "
            "substr(CAST(plan_json AS BLOB), 1, ?) FROM acp_sessions WHERE id = ?",
            _PLAN,
            row,
        )
    except DamagedPage:
        return Plan((), "cannot be read: its page is damaged")
    except TooLong:
        return Plan((), "is too long to be read")
    if found is None or found[1] is None:
        return None
    is_text, size, stored = found
    if not is_text:
        return Plan((), "is no text", stored or b"")
    if size > _PLAN:
        return Plan((), f"has {size:,} bytes, too many to be read", stored)
    return plan_of(stored or b"") if size else None
