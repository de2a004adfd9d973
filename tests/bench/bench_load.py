"""Reading every line of a session: what the decoding adds to a loop that only parses."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from earwig.core import SessionStore
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import MEGABYTE
from tests.core.bot_writer import line_of

BUDGET = 0.9
LENGTHS = (100, 600)
"""Bytes a line: what is typed on a telephone, and what a bot answers."""

_ASCII = (
    "the order parcel depot morning please check refund address number today van courier invoice paid yes no "
    'thanks "express" customer account delivery window between left at we will send again sorry for '
    "**delay** `track` and with from what when where\n and\n\n"
)
WORDS = {
    "ASCII": _ASCII.split(" "),
    "mixed": (_ASCII + " überweisung größe 漢字 заказ 🙂 配達 déjà посылка").split(" "),
}
"""Line breaks and quotes are among the words: their escapes are what slows a parser down."""

_WORKSPACE = DATA / "load"

Reader = Callable[[str], None]
"""Reads the session with this key to its end."""


@benchmark("load")
def run(options: Options) -> Iterator[Result]:
    """All lines of a session, beside a loop that parses each of them with orjson."""
    size = (100 if options.full else 10) * MEGABYTE
    readers: dict[str, Reader] = {"load": load, "count": count, "entries": entries}
    for script in WORDS:
        for length in LENGTHS:
            key = lines_on_disk(script, length, size)
            best = best_seconds([plain_loop, kept, *readers.values()], key, options.rounds)
            megabytes = _path(key).stat().st_size / MEGABYTE
            lines = f"{script} lines of {length} bytes, best of {options.rounds}"
            yield from (
                Result(
                    what=f"{name}, {lines}",
                    figure=megabytes / best[readers[name]],
                    reference=megabytes / best[loop],
                    reference_name=reference,
                    budget=budget,
                    unit="MB/s",
                    at_least=True,
                )
                for name, loop, reference, budget in COMPARED
            )


def plain_loop(key: str) -> None:
    """What anybody would write, and what no reader can be much faster than line by line."""
    with _path(key).open("rb") as file:
        for line in file:
            orjson.loads(line)


def kept(key: str) -> None:
    """The same loop for who wants the messages: most of its time goes into objects that stay."""
    with _path(key).open("rb") as file:
        assert [orjson.loads(line) for line in file]


def load(key: str) -> None:
    """As the bot loads: all messages in a list."""
    assert SessionStore(_WORKSPACE).load(key)


def count(key: str) -> None:
    """As the browser counts."""
    counter = LineCounter(FileTranscript(_path(key)))
    while not counter.step():
        pass
    assert counter.messages


def entries(key: str) -> None:
    """As the command line reads: one line at a time, with its place."""
    for _ in FileTranscript(_path(key)).entries():
        pass


def best_seconds(readers: list[Reader], key: str, rounds: int) -> dict[Reader, float]:
    """The least processor time of each, in rounds of all: another program's load is in none of it."""
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(rounds):
        for reader in readers:
            begun = time.process_time()
            reader(key)
            best[reader] = min(best[reader], time.process_time() - begun)
    return best


COMPARED: tuple[tuple[str, Reader, str, float | None], ...] = (
    # What makes a list of all messages is held against a loop that makes a list, what keeps nothing against
    # one that keeps nothing. Entries are messages with their places: no loop of one line makes those.
    ("load", kept, "the loop, kept in a list", BUDGET),
    ("count", plain_loop, "orjson in a loop", BUDGET),
    ("load", plain_loop, "orjson in a loop", None),
    ("entries", kept, "the loop, kept in a list", None),
)


def lines_on_disk(script: str, length: int, size: int) -> str:
    """The key of a session of such lines, about so many bytes in all."""
    key = f"{script}-{length}-{size}"
    path = _path(key)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        chance = random.Random(key)
        pool = [_line(WORDS[script], length, chance) for _ in range(2000)]
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            for _ in range(size // (length * 1000)):
                file.write(b"".join(chance.choices(pool, k=1000)))
        part.rename(path)
    return key


def _line(words: list[str], length: int, chance: random.Random) -> bytes:
    """A line as the bot writes it, of about that length with its newline."""
    role, content = chance.choice(("user", "assistant")), ""
    while len(line := line_of(role, content) + b"\n") < length:
        content = f"{content} {chance.choice(words)}" if content else chance.choice(words)
    return line


def _path(key: str) -> Path:
    return _WORKSPACE / "sessions" / f"{key}.jsonl"
