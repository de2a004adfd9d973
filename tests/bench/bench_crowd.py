"""From an append to the screen, while all other sessions of the folder change as well."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.load import loading
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, session_of
from tests.bench.tmux import in_tmux
from tests.bench.typist import Typist
from tests.core.bot_writer import line_of
from tests.e2e.terminal import SECONDS, earwig
from tests.e2e.writer import writing

MEDIAN_BUDGET = 3.0
WORST_BUDGET = 6.0
COUNT = 40
PACE, JITTER = 0.1, 0.1
CROWD = 200
RATE = 200
"""Appends a second, by one process, to one session of the crowd after the other: once a second each."""

STORM = 2_000
"""The same, where it is only shown what it comes to."""


WaitFor = Callable[[str], int]
"""Waits for a text, and says when it came (`time.monotonic_ns`)."""

Shown = Callable[[Sequence[str]], AbstractContextManager[WaitFor]]


@benchmark("crowd")
def run(options: Options) -> Iterator[Result]:
    """An append to the screen while 200 other sessions change, beside `tail -F` in the same crowd."""
    if shutil.which("tmux"):
        # As the benchmark of one append: the budgets are for a terminal as people have it.
        yield from compared(_in_tmux, RATE, "on tmux's screen", MEDIAN_BUDGET, WORST_BUDGET)
    else:
        print("  no tmux here: only what the programs send is measured")
    yield from compared(_in_terminal, RATE, "sent to the terminal", None, None)
    yield from compared(_in_terminal, STORM, f"the same, {STORM:,} changes a second", None, None)


def compared(
    shown: Shown, rate: int, where: str, median_budget: float | None, worst_budget: float | None
) -> Iterator[Result]:
    """The browser beside `tail -F`, both in one kind of terminal and the same crowd."""
    tail = delays(shown, rate, lambda path: ["tail", "-F", str(path)])
    browser = delays(shown, rate, lambda path: earwig(path.parent))
    yield Result(f"{where}, median of {COUNT}", median(browser), median(tail), "tail -F", median_budget)
    yield Result(f"{where}, worst of {COUNT}", max(browser), max(tail), "tail -F", worst_budget)


def delays(shown: Shown, rate: int, command: Callable[[Path], Sequence[str]]) -> list[float]:
    """How many milliseconds each append took to be on the screen of a program."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = crowded(Path(folder))
        with shown(command(path)) as wait_for:
            wait_for(NEWEST)
            time.sleep(1.0)
            crowd = ["--skip", path.stem, "--rate", str(rate), "--seconds", str(10 * SECONDS)]
            text = f"{FILLER}mark-{{}}-end"
            with (
                loading("spread", folder, *crowd),
                writing(path, text=text, count=COUNT, pace=PACE, jitter=JITTER) as writer,
            ):
                return [
                    (wait_for(content.removeprefix(FILLER)) - begun) / 1e6
                    for content, begun in writer.stamps()
                ]


def crowded(folder: Path) -> Path:
    """The session that is followed, the newest in a folder of many."""
    for number in range(CROWD):
        other = folder / f"discord_u{number:03}.jsonl"
        other.write_bytes(line_of("user", "Hello?") + b"\n")
        os.utime(other, (0, 0))
    original = session_of(MEGABYTE)
    return Path(shutil.copy(original, folder / original.name))


@contextmanager
def _in_terminal(command: Sequence[str]) -> Iterator[WaitFor]:
    with Typist(command) as terminal:
        yield lambda text: terminal.wait_for_bytes(text.encode())


@contextmanager
def _in_tmux(command: Sequence[str]) -> Iterator[WaitFor]:
    with in_tmux(["env", "-u", "PYTHONDONTWRITEBYTECODE", *command]) as tmux:
        yield tmux.wait_for
