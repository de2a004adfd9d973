"""A bot that never rests: what it does, decided by a seed, and what is stored then.

It is a process of its own: appends, changes and removals of the last message, cleared and deleted sessions,
checkpoints of every kind, small limits of its -wal, so that this begins anew all the time, clean ends, and
kills with half a transaction written. So each state that a reader may see is known: those from what the bot
had done before a look to what it has done after it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

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


class StoredMessage(NamedTuple):
    id: int
    key: str
    role: str
    content: str


_State = TypeVar("_State", bound=Hashable)


class Model(Generic[_State]):
    """The states that there are, one after the other, as far as somebody sees them."""

    def __init__(
        self, seed: int, seen: Callable[[Sequence[StoredMessage], Mapping[str, int]], _State]
    ) -> None:
        """`seen` gives what is seen of all messages, and of the counts that are kept of each session."""
        self._operations = operations(seed)
        self._seen = seen
        self._messages: list[StoredMessage] = []
        self._counts: dict[str, int] = {}
        self._last_id = 0
        self.kills = 0
        self._states: list[list[_State]] = [[self._state()]]

    def states(self, first: int, last: int) -> set[_State]:
        """Those that can be seen from when so many operations were done until so many were."""
        while len(self._states) <= last:
            self._states.append([*self._after(next(self._operations)), self._state()])
        return {self._states[first][-1]}.union(*self._states[first + 1 : last + 1])

    def _after(self, operation: Operation) -> Iterator[_State]:
        """Do it; yield what can be seen between two commits of it."""
        what, key, content = operation.what, operation.key, content_of(operation)
        places = [place for place, message in enumerate(self._messages) if message.key == key]
        self.kills += what == "kill"
        if what == "append":
            self._last_id += 1
            self._messages.append(StoredMessage(self._last_id, key, "user", content))
            yield self._state()
            self._counts[key] = self._counts.get(key, 0) + 1
        elif what == "update" and places:
            changed = self._messages[places[-1]]._replace(role="assistant", content=content)
            self._messages[places[-1]] = changed
        elif what == "remove" and places:
            del self._messages[places[-1]]
            yield self._state()
            self._counts[key] = max(0, self._counts.get(key, 0) - 1)
        elif what == "clear" and places:
            self._drop(key)
            yield self._state()
            self._counts[key] = 0
        elif what == "delete" and key in self._counts:
            self._drop(key)
            yield self._state()
            del self._counts[key]

    def _drop(self, key: str) -> None:
        self._messages = [message for message in self._messages if message.key != key]

    def _state(self) -> _State:
        return self._seen(self._messages, self._counts)


# Whoever looks meanwhile.


@dataclass
class Figures:
    """How it went."""

    interleavings: int = 0
    """Looks during which the bot did something."""

    busy: int = 0
    wrong: list[str] = field(default_factory=list)


def look_beside(
    folder: Path, seed: int, look: Callable[[], None], figures: Figures, interleavings: int, seconds: float
) -> None:
    """Look until there were so many interleavings, beside a bot at work; no further than to what is wrong."""
    end = time.monotonic() + seconds
    with at_work(folder, seed):
        while figures.interleavings < interleavings and time.monotonic() < end and not figures.wrong:
            look()


@contextmanager
def at_work(folder: Path, seed: int) -> Iterator[None]:
    """The bot, in a process of its own."""
    command = [sys.executable, "-m", "tests.core.stores.sqlite.restless_bot", str(folder), str(seed)]
    bot = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        bot.kill()
        bot.wait()


def run_from_command_line(run: Callable[[Path, int, int, float], Figures], doc: str | None) -> None:
    """Do it as the arguments say; the status says whether something was wrong."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--interleavings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:  # a child of the bot may live on
        figures = run(Path(name), arguments.interleavings, arguments.seed, arguments.seconds)
    print(figures)
    sys.exit(bool(figures.wrong))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
