"""All that can be asked of databases, asked once: `python -m tests.core.stores.sqlite.everything PATH`."""

from __future__ import annotations

import sys
from pathlib import Path

from earwig.core.stores.sqlite.acp import acp_conversation, events_of
from earwig.core.stores.sqlite.changes import compare, known_of, signature
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.listing import newer_than, sessions_in, tallies
from earwig.core.stores.sqlite.messages import AllMessages, KeyMessages
from earwig.core.stores.sqlite.row_numbers import RowNumbers
from earwig.core.stores.sqlite.schema import Kind, read_schema


def ask_everything(path: Path) -> int:
    """How many rows were seen."""
    database = Database(path)
    signature(path)
    schema = database.read(read_schema)
    sessions = database.read(lambda snapshot: list(sessions_in(snapshot, schema)))
    database.read(lambda snapshot: (tallies(snapshot, schema), newer_than(snapshot, schema, 0)))
    seen = 0
    for facts in sessions:
        if facts is None:
            continue
        conversation: Conversation
        if schema.kind is Kind.SESSIONS:
            conversation = KeyMessages(schema, facts.key)
        else:
            first = schema.kind is Kind.ACP_FIRST
            conversation = acp_conversation(schema, (facts.key.raw or b"") if first else facts.row)
            database.read(lambda snapshot, row=facts.row: events_of(snapshot, schema, row))  # type: ignore[misc]
        seen += ask_conversation(database, conversation)
    if schema.kind is Kind.SESSIONS:
        everything = AllMessages(schema)
        assert database.read(lambda snapshot: len(list(everything.walk(snapshot)))) >= seen
    database.close()
    return seen


def ask_conversation(database: Database, conversation: Conversation) -> int:
    known = database.read(lambda snapshot: known_of(snapshot, conversation))
    database.read(lambda snapshot: compare(snapshot, conversation, known))
    numbers = RowNumbers(database, conversation)
    numbers.extend()
    numbers.position_of(2)
    rows = database.read(lambda snapshot: conversation.newest(snapshot, 1000)).rows
    for row in rows[:3]:
        database.read(lambda snapshot, at=row.position: conversation.raw(snapshot, at, 0, 10))  # type: ignore[misc]
    return len(rows)


if __name__ == "__main__":
    if "--no-apsw" in sys.argv:
        sys.modules["apsw"] = None  # type: ignore[assignment] # as where it is not installed
    for name in sys.argv[1:]:
        if not name.startswith("-"):
            print(ask_everything(Path(name)))
