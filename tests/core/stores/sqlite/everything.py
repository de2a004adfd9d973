"""All that can be asked of databases, asked once: `python -m tests.core.stores.sqlite.everything PATH`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from earwig.core.model.read_to import ReadTo
from earwig.core.stores.sqlite.about import about_of
from earwig.core.stores.sqlite.acp import acp_conversation, events_of
from earwig.core.stores.sqlite.changes import compare, known_of, signature
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.listing import newer_than, sessions_in, tallies
from earwig.core.stores.sqlite.messages import AllMessages, KeyMessages
from earwig.core.stores.sqlite.row_numbers import RowNumbers
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.tables import Damage
from earwig.core.stores.sqlite.transcript import DatabaseTranscript
from earwig.core.stores.sqlite.watcher import DatabaseWatcher
from earwig.core.stores.store import WatchOptions
from tests.core.stores.sqlite.numbering import position_of
from tests.core.stores.sqlite.watched import is_quiet


def ask_everything(path: Path) -> int:
    """How many rows were seen."""
    database = Database(path)
    signature(path)
    schema = database.read(read_schema)
    sessions = database.read(lambda snapshot: list(sessions_in(snapshot, schema)))
    database.read(lambda snapshot: (tallies(snapshot, schema), newer_than(snapshot, schema, 0)))
    seen = 0
    for facts in sessions:
        if isinstance(facts, Damage):
            continue
        conversation: Conversation
        if schema.kind is Kind.SESSIONS:
            conversation = KeyMessages(schema, facts.key)
        else:
            first = schema.kind is Kind.ACP_FIRST
            conversation = acp_conversation(schema, (facts.key.raw or b"") if first else facts.row)
            database.read(lambda snapshot, row=facts.row: events_of(snapshot, schema, row))  # type: ignore[misc]
        database.read(lambda snapshot, key=facts.key: about_of(snapshot, key))  # type: ignore[misc]
        seen += ask_conversation(database, conversation)
    if schema.kind is Kind.SESSIONS:
        everything = AllMessages(schema)
        assert database.read(lambda snapshot: len(list(everything.walk(snapshot)))) >= seen
    for facts in sessions:
        if not isinstance(facts, Damage):
            ask_transcript(DatabaseTranscript(database, facts.key))
    database.close()
    watch(path)
    return seen


def ask_transcript(transcript: DatabaseTranscript) -> None:
    """All that stands on one."""
    transcript.refresh()
    page = transcript.tail(5)
    while not transcript.index_step():
        pass
    transcript.locate(1)
    for entry in transcript.entries():
        transcript.raw(entry, 10)
    transcript.scan_before(page.start)
    transcript.stored(0)
    transcript.settled(ReadTo(transcript.end), take=True)
    assert transcript.still_has(transcript.ending())


def watch(path: Path) -> None:
    """Until all was looked at."""
    watcher = DatabaseWatcher(DatabaseStore([path]), WatchOptions(lambda _: None))
    watcher.start()
    while not is_quiet(watcher):
        time.sleep(0.001)
    watcher.stop()
    watcher.join()


def ask_conversation(database: Database, conversation: Conversation) -> int:
    known = database.read(lambda snapshot: known_of(snapshot, conversation))
    database.read(lambda snapshot: compare(snapshot, conversation, known))
    numbers = RowNumbers(database, conversation)
    numbers.extend()
    position_of(numbers, 2)
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
