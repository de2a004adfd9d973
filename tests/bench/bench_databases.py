"""The bot's databases: many sessions listed, a very long one opened, gone through, followed and searched."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.bench.bench_append import AFTER_SILENCE, AFTER_SILENCE_FULL, COUNT, FRAME, PACE, SILENCE
from tests.bench.bench_open import milliseconds_to_show
from tests.bench.databases import KEY, MIXED_KEY, database_of, database_of_sessions
from tests.bench.folders import NEEDLE
from tests.bench.processes import TICK, environment, handles, in_terminal, processor_seconds, told
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST
from tests.bench.together import PeakMemory
from tests.bench.typist import Typist, against_limit, percentile
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_process import BotProcess
from tests.e2e.terminal import earwig

assert sys.platform != "win32"

MANY = 50_000
ROWS = 1_000_000
SIZE, FULL_SIZE = 100 * MEGABYTE, 1000 * MEGABYTE
MIXED, MIXED_FULL = 1_000, 10_000
"""Sessions of which the rows lie mixed."""

LISTED_BUDGET, OPENED_BUDGET, SEARCH_BUDGET, SMALL_BUDGET = 2.0, 1.4, 1.5, 3000.0
FIRST, MEMORY = 150.0, 100.0
"""Milliseconds to the first hit beyond what the command takes where there is nothing; megabytes."""

IDLE_BUDGET, HANDLES = 10.0, 32
SETTLING, IDLE = 20.0, 10.0
JUMPS = 10


@benchmark("databases")
def run(options: Options) -> Iterator[Result]:
    """The bot's databases: 50,000 sessions, one of 1,000,000 rows, a commit on the screen, a search."""
    size = FULL_SIZE if options.full else SIZE
    large, many = database_of(ROWS, size), database_of_sessions(MANY)
    yield _opened(f"{MANY:,} sessions listed", many, NEWEST, options.rounds, LISTED_BUDGET)
    yield _opened(f"a session of {ROWS:,} rows", large, NEWEST, options.rounds, OPENED_BUDGET)
    yield from _jumps(large)
    yield from _commits(large, AFTER_SILENCE_FULL if options.full else AFTER_SILENCE)
    if told():
        yield from _idle(many)
    mixed = database_of_sessions(MIXED_FULL if options.full else MIXED, size)
    for what, workspace, key in (("one session", large, KEY), ("mixed sessions", mixed, MIXED_KEY)):
        yield from _searched(f"{size // MEGABYTE:,} MB in {what}", workspace, key, options.rounds)
    taken = median(_timed(_search(many)) for _ in range(options.rounds))
    yield Result(f"a text in {MANY:,} small sessions", taken, SMALL_BUDGET, "limit", 1.0)


def _opened(what: str, workspace: Path, word: str, rounds: int, budget: float) -> Result:
    browser, bare = earwig(workspace), [sys.executable, "-m", "tests.bench.bare_app", word]
    milliseconds_to_show(bare, word), milliseconds_to_show(browser, word)
    pairs = [(milliseconds_to_show(browser, word), milliseconds_to_show(bare, word)) for _ in range(rounds)]
    ours, theirs = (median(pair[which] for pair in pairs) for which in (0, 1))
    return Result(f"{what}, median of {rounds}", ours, theirs, "bare app", budget)


def _jumps(workspace: Path) -> Iterator[Result]:
    with Typist(earwig(workspace)) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        time.sleep(2.0)
        typist.key("tab", typist.transcript)
        taken: dict[str, list[float]] = {"Home": [], f":{ROWS // 2}": []}
        for number in range(JUMPS):
            home = typist.key("home", typist.transcript)
            typist.key(":", typist.transcript)
            typist.send(str(ROWS // 2 + number))
            line = typist.key("enter", typist.transcript)
            for times, delay in zip(taken.values(), (home, line), strict=True):
                times.extend([] if delay is None else [delay.last])
            typist.key("end", typist.transcript)
        for what, times in taken.items():
            yield against_limit(f"{what} of {ROWS:,} rows, 95 % of {len(times)} within", percentile(times))


def _commits(original: Path, count: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        workspace = Path(folder) / "bot"
        shutil.copytree(original, workspace)
        with BotProcess(workspace) as bot, in_terminal(earwig(workspace)) as terminal:
            terminal.wait_for_bytes(NEWEST.encode())

            def delay(number: int, pause: float) -> float:
                time.sleep(pause)
                begun = time.monotonic_ns()
                bot.do("append", KEY, "user", f"{FILLER}mark-{number}-end")
                return (terminal.wait_for_bytes(f"mark-{number}-end".encode()) - begun) / 1e6

            delay(-1, SETTLING)  # until then, what is long is counted
            close = [delay(number, PACE * (1 + number % 7 / 7)) for number in range(COUNT)]
            first = [delay(COUNT + number, SILENCE) for number in range(count)]
    yield against_limit(f"a commit sent to the terminal, 95 % of {COUNT}", percentile(close), FRAME)
    yield Result(f"a commit, median of {COUNT}", median(close), FRAME, "limit", None)
    yield against_limit(f"a commit after {SILENCE:.0f} s of silence, worst of {count}", max(first), FRAME)


def _idle(workspace: Path) -> Iterator[Result]:
    with in_terminal(earwig(workspace)) as browser:
        browser.wait_for_bytes(NEWEST.encode())
        time.sleep(SETTLING)
        begun, before = time.monotonic(), processor_seconds(browser.process.pid)
        time.sleep(IDLE)
        passed, used = time.monotonic() - begun, processor_seconds(browser.process.pid) - before
        share = max(used, TICK) * 1000 / passed
        yield Result(f"idle, {MANY:,} sessions", share, IDLE_BUDGET, "1 % of a core", 1.0, "ms/s")
        yield Result("idle, open", handles(browser.process.pid), HANDLES, "allowed", 1.0, "handles")


def _searched(what: str, workspace: Path, key: str, rounds: int) -> Iterator[Result]:
    """A rare text beside LIKE; a letter that is everywhere: the first hit, and the memory."""
    path = workspace / "sessions" / "sessions.db"
    _end(workspace)
    assert _matches(workspace) == _like(path)[1]
    nothing = DATA / "nothing"
    nothing.mkdir(parents=True, exist_ok=True)
    command = [*earwig("search", "e"), str(nothing)]
    bare, bare_used = median(_timed(command) for _ in range(rounds)), median(_used(command, rounds))
    found = f"a text in {what}, without the program's start"
    yield from _beside_like(found, workspace, rounds, bare, bare_used, "immutable=1")
    with BotProcess(workspace) as bot:
        for name in ("", "in use"):  # what is as it was, SQLite does not write
            bot.do("set_name", key, name)
        assert path.with_name(f"{path.name}-wal").stat().st_size
        yield from _beside_like(f"{found}, with a -wal", workspace, rounds, bare, bare_used, "mode=rw")
    _end(workspace)
    for text in ("e", NEEDLE):
        yield from _first(f"`{text}` in {what}", [*earwig("search", "-i", text), str(workspace)], bare)


def _end(workspace: Path) -> None:
    """Have a bot end there as it should: a database without a -wal is left."""
    BotDatabase(workspace).close()


def _beside_like(
    name: str, workspace: Path, rounds: int, bare: float, bare_used: float, options: str
) -> Iterator[Result]:
    path, command = workspace / "sessions" / "sessions.db", _search(workspace)
    pairs = [(_timed(command), _like(path, options)[0]) for _ in range(rounds)]
    ours, theirs = (median(pair[which] for pair in pairs) for which in (0, 1))
    yield Result(name, ours - bare, theirs, "sqlite3's LIKE", SEARCH_BUDGET)
    used = median(_used(command, rounds)) - bare_used
    yield Result(f"{name}, time of all processors", used, theirs, "sqlite3's LIKE", None)


def _first(what: str, command: Sequence[str], bare: float) -> Iterator[Result]:
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with closing(PeakMemory(process.pid)) as memory:
            process.stdout.readline()
            first = (time.perf_counter() - begun) * 1000
            while process.stdout.read(MEGABYTE):
                pass
    limit = "150 ms more than in an empty folder"
    yield Result(f"{what}, to the first line", first, bare + FIRST, limit, 1.0)
    yield Result(f"{what}, memory of all processes", memory.megabytes, MEMORY, "limit", 1.0, "MB")


def _search(workspace: Path) -> list[str]:
    return [*earwig("search", "-i", "-c", NEEDLE), str(workspace)]


def _matches(workspace: Path) -> int:
    done = subprocess.run(_search(workspace), env=environment(), capture_output=True, text=True, check=True)
    return sum(int(line.rpartition(":")[2]) for line in done.stdout.splitlines())


def _like(path: Path, options: str = "immutable=1") -> tuple[float, int]:
    """Milliseconds that SQLite's own comparison takes over all contents, and how many it finds."""
    with closing(sqlite3.connect(f"file:{path}?{options}", uri=True)) as connection:
        begun = time.perf_counter()
        query = "SELECT count(*) FROM sessions WHERE content LIKE ?"
        (count,) = connection.execute(query, (f"%{NEEDLE}%",)).fetchone()
        return (time.perf_counter() - begun) * 1000, count


def _used(command: Sequence[str], rounds: int) -> Iterator[float]:
    """Milliseconds that all processors together work for a command, each time."""
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _timed(command)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def _timed(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=False)  # 1: nothing found
    return (time.perf_counter() - begun) * 1000
