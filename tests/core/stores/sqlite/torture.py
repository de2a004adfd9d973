"""A bot that never rests, and a reader and a follower whose every answer is compared with what was stored.

    python -m tests.core.stores.sqlite.torture --interleavings 10000 --seed 1

The bot is a process of its own. What it does is decided by a seed: appends, changes and removals of the
last message, cleared and deleted sessions, checkpoints of every kind, small limits of its -wal, so that this
begins anew all the time, clean ends, and kills with half a transaction written. So each state that a reader
may see is known: those from what the bot had done before a look to what it has done after it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from earwig.core.stores.sqlite.changes import Known, RowsChange, compare
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.system.processes import fork, kill
from tests.core.stores.sqlite.bot_database import BotDatabase

KEYS = ("k0", "k1", "k2", "k3")
ROOT = Path(__file__).parents[4]


class Operation(NamedTuple):
    what: str
    key: str = ""
    number: int = 0
    size: int = 0


def operations(seed: int) -> Iterator[Operation]:
    """What the bot does, without end."""
    dice = random.Random(seed)
    kinds = {
        "append": 60,
        "update": 15,
        "remove": 10,
        "clear": 2,
        "delete": 2,
        "checkpoint": 4,
        "limit": 2,
        "stop": 0.5,
        "kill": 0.2,
        "rest": 4,
    }
    number = 0
    while True:
        number += 1
        what = dice.choices(list(kinds), weights=list(kinds.values()))[0]
        yield Operation(what, dice.choice(KEYS), number, dice.choice((10, 100, 3000, 12_000)))


def content_of(operation: Operation) -> str:
    return f"{operation.number} " + chr(97 + operation.number % 26) * operation.size


# The bot.


def write(folder: Path, seed: int) -> None:
    """Do it all, life after life; how much is done stands in a file."""
    every = enumerate(operations(seed), 1)
    done = 0
    while True:
        child = fork()
        if not child:
            _live(folder, every)
            os._exit(0)
        os.waitpid(child, 0)
        time.sleep(0.01)  # what a crash leaves can be seen
        while done < done_in(folder):
            done, _ = next(every)


def _live(folder: Path, every: Iterator[tuple[int, Operation]]) -> None:
    """Until it is killed, by itself or because nobody wants it any more."""
    parent = os.getppid()
    progress = os.open(folder / "progress", os.O_WRONLY | os.O_CREAT)
    bot = _begun(folder)
    for done, operation in every:
        if os.getppid() != parent:
            return
        if operation.what == "stop":
            bot.close()
            time.sleep(operation.size / 3e6)
            bot = _begun(folder)
        elif operation.what == "kill":
            bot.con.execute("PRAGMA cache_size = 1")
            bot.con.execute("BEGIN")
            for _ in range(operation.number % 20):
                bot.append_row(operation.key, "user", "not committed" * 300)
            _note(progress, done)
            kill(os.getpid())
        else:
            _do(bot, operation)
        _note(progress, done)


def _note(progress: int, done: int) -> None:
    if sys.platform != "win32":  # where nothing is copied, and nobody comes here
        os.pwrite(progress, done.to_bytes(8, "big"), 0)


def done_in(folder: Path) -> int:
    """How many operations are done for certain."""
    try:
        return int.from_bytes((folder / "progress").read_bytes(), "big")
    except FileNotFoundError:
        return 0


def _begun(folder: Path) -> BotDatabase:
    bot = BotDatabase(folder)
    # What the disk has matters after a loss of power alone; not to wait for it lets the bot do much more.
    bot.con.execute("PRAGMA synchronous = OFF")
    return bot


def _do(bot: BotDatabase, operation: Operation) -> None:
    what, key, _, size = operation
    if what == "append":
        bot.append(key, "user", content_of(operation))
    elif what == "update":
        bot.update_last(key, "assistant", content_of(operation))
    elif what == "remove":
        bot.remove_last(key)
    elif what == "clear":
        bot.clear(key)
    elif what == "delete":
        bot.delete_session(key)
    elif what == "checkpoint":
        bot.checkpoint({10: "PASSIVE", 100: "FULL", 3000: "RESTART", 12_000: "TRUNCATE"}[size])
    elif what == "limit":
        bot.limit_wal({10: 5, 100: 20, 3000: 60, 12_000: 1000}[size])
    else:
        time.sleep(size / 3e6)


# What it has stored.

Stored = tuple[int, bytes, bytes, bytes]


class Model:
    """The states that there are, one after the other."""

    def __init__(self, seed: int) -> None:
        self._operations = operations(seed)
        self._rows: list[Stored] = []
        self._counts: dict[bytes, int] = {}
        self._last_id = 0
        self.kills = 0
        self._states: list[list[int]] = [[self._state()]]

    def states(self, first: int, last: int) -> set[int]:
        """Those that can be seen from when so many operations were done until so many were."""
        while len(self._states) <= last:
            operation = next(self._operations)
            self.kills += operation.what == "kill"
            self._states.append(self._after(operation))
        return {
            self._states[first][-1],
            *(s for states in self._states[first + 1 : last + 1] for s in states),
        }

    def _after(self, operation: Operation) -> list[int]:
        what, key = operation.what, operation.key.encode()
        content = content_of(operation).encode()
        places = [place for place, row in enumerate(self._rows) if row[1] == key]
        if what == "append":
            self._last_id += 1
            self._rows.append((self._last_id, key, b"user", content))
            return [self._state(), self._counted(key, self._counts.get(key, 0) + 1)]
        if what == "update" and places:
            self._rows[places[-1]] = (self._rows[places[-1]][0], key, b"assistant", content)
        elif what == "remove" and places:
            del self._rows[places[-1]]
            return [self._state(), self._counted(key, max(0, self._counts.get(key, 0) - 1))]
        elif what == "clear" and places:
            self._rows = [row for row in self._rows if row[1] != key]
            return [self._state(), self._counted(key, 0)]
        elif what == "delete" and key in self._counts:
            self._rows = [row for row in self._rows if row[1] != key]
            half = self._state()
            del self._counts[key]
            return [half, self._state()]
        return [self._state()]

    def _counted(self, key: bytes, count: int) -> int:
        self._counts[key] = count
        return self._state()

    def _state(self) -> int:
        return state_of(self._rows, self._counts)


def state_of(rows: list[Stored], counts: dict[bytes, int]) -> int:
    return hash((tuple(rows), tuple(sorted(counts.items()))))


# Who looks.


@dataclass
class Figures:
    """How it went."""

    reads: int = 0
    tries: int = 0
    interleavings: int = 0
    """Reads during which the bot did something."""

    busy: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)


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
        self._model = Model(seed)
        self._known = Known()
        self._done = 0
        self._have: list[tuple[int, bytes]] = []
        self.figures = Figures()

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
        counts: dict[bytes, int] = dict(
            snapshot.rows("SELECT CAST(session_key AS BLOB), message_count FROM session_metadata")
        )
        conversation = KeyMessages(schema, SessionKey(KEYS[0].encode()))
        change = compare(snapshot, conversation, self._known)
        new = [(row.position, row.digest) for row in conversation.walk(snapshot, change.unchanged_to)]
        rows = snapshot.rows(
            "SELECT id, CAST(session_key AS BLOB), CAST(role AS BLOB), CAST(content AS BLOB) FROM sessions "
            "ORDER BY id"
        )
        really = [(row.position, row.digest) for row in conversation.walk(snapshot)]
        sound = self.figures.reads % 20 or snapshot.rows("PRAGMA integrity_check") in ([("ok",)], [(b"ok",)])
        return Seen(state_of(rows, counts), change, new, really, bool(sound))


def run(folder: Path, interleavings: int, seed: int, seconds: float = 600) -> Figures:
    """So many reads beside a bot at work."""
    reader = Reader(folder, seed)
    figures = reader.figures
    end = time.monotonic() + seconds
    with at_work(folder, seed):
        while figures.interleavings < interleavings and time.monotonic() < end and not figures.wrong:
            reader.look()
    return figures


@contextmanager
def at_work(folder: Path, seed: int) -> Iterator[None]:
    """The bot, in a process of its own."""
    command = [sys.executable, "-m", "tests.core.stores.sqlite.torture", "--write", str(folder)]
    bot = subprocess.Popen([*command, "--seed", str(seed)], cwd=ROOT)
    try:
        yield
    finally:
        bot.kill()
        bot.wait()


def main() -> None:
    """From the command line: the bot, or the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interleavings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.write, arguments.seed)
        return
    with tempfile.TemporaryDirectory() as name:
        figures = run(Path(name), arguments.interleavings, arguments.seed, arguments.seconds)
    print(figures)
    sys.exit(bool(figures.wrong))


if __name__ == "__main__":
    main()
