"""A reader and a follower whose every answer is compared with what a bot that never rests has stored.

python -m tests.core.stores.sqlite.torture --interleavings 10000 --seed 1
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from earwig.core.stores.sqlite.changes import Known, RowsChange, compare
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from tests.core.stores.sqlite.restless_bot import (
    KEYS,
    Figures,
    Model,
    StoredMessage,
    done_in,
    look_beside,
    run_from_command_line,
)


def state_of(messages: Sequence[StoredMessage], counts: Mapping[str, int]) -> int:
    """All there is, as one number: there are very many states."""
    return hash((tuple(messages), tuple(sorted(counts.items()))))


@dataclass
class ReadFigures(Figures):
    """How it went."""

    reads: int = 0
    tries: int = 0
    kills: int = 0


class Seen(NamedTuple):
    """One look."""

    state: int
    change: RowsChange
    new: list[tuple[int, bytes]]
    really: list[tuple[int, bytes]]
    is_sound: bool


class Reader:
    """Looks again and again: at all there is, and at what has become of one session."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._database = Database(folder / "sessions" / "sessions.db")
        self._model = Model(seed, state_of)
        self._known = Known()
        self._done = 0
        self._have: list[tuple[int, bytes]] = []
        self.figures = ReadFigures()

    def look(self) -> None:
        """Once, and compare."""
        before = self._awaited()
        tries = self.figures.tries
        try:
            seen = self._database.read(self._work)
        except Unreadable as error:
            if error.state is State.BUSY:
                self.figures.busy += 1
            else:
                self.figures.wrong.append(f"after {before}: {error}")
            return
        after = done_in(self._folder)
        self.figures.reads += 1
        self.figures.interleavings += after > before or self.figures.tries > tries + 1
        self.figures.kills = self._model.kills
        if seen.state not in self._model.states(before, after + 1):
            self.figures.wrong.append(f"no state of {before} to {after}")
        if not seen.is_sound:
            self.figures.wrong.append(f"after {before}: SQLite finds it damaged")
        unchanged_to = seen.change.unchanged_to
        self._have = [
            row for row in self._have if unchanged_to is not None and row[0] <= unchanged_to
        ] + seen.new
        if self._have != seen.really:
            self.figures.wrong.append(
                f"after {before}: the follower has other rows after {seen.change.became}"
            )
            self._have = seen.really
        self._known = seen.change.now

    def _awaited(self) -> int:
        """How much the bot has done for certain: more than at the last look, unless it rests or is dead."""
        end = time.monotonic() + 0.02
        while not (done := done_in(self._folder)) or (done == self._done and time.monotonic() < end):
            time.sleep(0.0003)
        self._done = done
        return done

    def _work(self, snapshot: Snapshot) -> Seen:
        self.figures.tries += 1
        schema = read_schema(snapshot)
        counts = {
            _text(key): count
            for key, count in snapshot.rows(
                "SELECT CAST(session_key AS BLOB), message_count FROM session_metadata"
            )
        }
        conversation = KeyMessages(schema, SessionKey(KEYS[0].encode()))
        change = compare(snapshot, conversation, self._known)
        new = [(row.position, row.digest) for row in conversation.walk(snapshot, change.unchanged_to)]
        rows = snapshot.rows(
            "SELECT id, CAST(session_key AS BLOB), CAST(role AS BLOB), CAST(content AS BLOB) FROM sessions "
            "ORDER BY id"
        )
        really = [(row.position, row.digest) for row in conversation.walk(snapshot)]
        sound = self.figures.reads % 20 or snapshot.rows("PRAGMA integrity_check") in ([("ok",)], [(b"ok",)])
        messages = [StoredMessage(number, *map(_text, texts)) for number, *texts in rows]
        return Seen(state_of(messages, counts), change, new, really, bool(sound))


def _text(value: bytes) -> str:
    return value.decode()


def run(folder: Path, interleavings: int, seed: int, seconds: float = 600) -> ReadFigures:
    """So many reads beside a bot at work."""
    reader = Reader(folder, seed)
    look_beside(folder, seed, reader.look, reader.figures, interleavings, seconds)
    return reader.figures


if __name__ == "__main__":
    run_from_command_line(run, __doc__)
