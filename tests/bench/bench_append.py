"""From an append by another process to the message on the screen, in talk and after a silence."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.processes import in_terminal
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, session_of
from tests.bench.tmux import in_tmux
from tests.bench.typist import against_limit
from tests.e2e.terminal import earwig
from tests.e2e.writer import writing

MEDIAN_BUDGET = 3.0
WORST_BUDGET = 6.0
COUNT = 40
PACE, JITTER = 0.1, 0.1
"""Seconds between appends, at random, so that they fall on no clock of the program's."""

SILENCE = 12.0
"""Seconds after which nothing is expected any more, and less is done to hear of it."""

AFTER_SILENCE, AFTER_SILENCE_FULL = 3, 20
FRAME = 16.7
"""Milliseconds: one frame of 60 Hz."""

WaitFor = Callable[[str], int]
"""Waits for a text, and says when it came (`time.monotonic_ns`)."""


@benchmark("append")
def run(options: Options) -> Iterator[Result]:
    """An append by another process to the message on the screen, beside `tail -F` in the same terminal."""
    if shutil.which("tmux"):
        # The budgets are for a terminal as people have it. Asking tmux for its screen takes some
        # milliseconds, which is in both figures.
        yield from compared(_in_tmux, "on tmux's screen", MEDIAN_BUDGET, WORST_BUDGET)
    else:
        print("  no tmux here: only what the programs send is measured")
    yield from compared(_in_terminal, "sent to the terminal", None, None)
    yield from after_silence(AFTER_SILENCE_FULL if options.full else AFTER_SILENCE)


def after_silence(count: int) -> Iterator[Result]:
    """The first append after a pause, in bytes sent to the terminal, beside those that follow closely."""
    what = f"after {SILENCE:.0f} s of silence, worst of {count}"
    _, *first = delays(_in_terminal, earwig, count=count + 1, pace=SILENCE)
    yield against_limit(what, max(first), FRAME)
    yield Result(what.replace("worst", "median"), median(first), FRAME, "limit", None)


def compared(
    shown: Callable[[Sequence[str]], AbstractContextManager[WaitFor]],
    where: str,
    median_budget: float | None,
    worst_budget: float | None,
) -> Iterator[Result]:
    """The browser beside `tail -F`, both in one kind of terminal."""
    tail = delays(shown, lambda path: ["tail", "-F", str(path)])
    browser = delays(shown, earwig)
    name = "tail -F"
    yield Result(f"{where}, median of {COUNT}", median(browser), median(tail), name, median_budget)
    yield Result(f"{where}, worst of {COUNT}", max(browser), max(tail), name, worst_budget)


def delays(
    shown: Callable[[Sequence[str]], AbstractContextManager[WaitFor]],
    command: Callable[[Path], Sequence[str]],
    *,
    count: int = COUNT,
    pace: float = PACE,
) -> list[float]:
    """How many milliseconds each of the appends took to be on the screen of a program."""
    original = session_of(MEGABYTE)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = Path(folder) / original.name
        shutil.copy(original, path)
        with shown(command(path)) as wait_for:
            wait_for(NEWEST)
            text = f"{FILLER}mark-{{}}-end"
            with writing(path, text=text, count=count, pace=pace, jitter=JITTER) as writer:
                return [
                    (wait_for(content.removeprefix(FILLER)) - begun) / 1e6
                    for content, begun in writer.stamps()
                ]


@contextmanager
def _in_terminal(command: Sequence[str]) -> Iterator[WaitFor]:
    with in_terminal(command) as terminal:
        yield lambda text: terminal.wait_for_bytes(text.encode())


@contextmanager
def _in_tmux(command: Sequence[str]) -> Iterator[WaitFor]:
    with in_tmux(command) as tmux:
        yield tmux.wait_for
