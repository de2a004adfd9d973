"""From an append by another process to the message on the screen."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, session_of
from tests.e2e.terminal import Terminal, earwig
from tests.e2e.writer import writing

MEDIAN_BUDGET = 3.0
WORST_BUDGET = 6.0
COUNT = 40
PACE, JITTER = 0.1, 0.1
"""Seconds between appends, at random, so that they fall on no clock of the program's."""


@benchmark("append")
def run(options: Options) -> Iterator[Result]:
    """An append by another process to the message on the screen, beside `tail -F` in the same terminal."""
    tail = delays(lambda path: ["tail", "-F", str(path)])
    browser = delays(earwig)
    yield Result(
        what=f"append to screen, median of {COUNT}",
        figure=median(browser),
        reference=median(tail),
        reference_name="tail -F",
        budget=MEDIAN_BUDGET,
    )
    yield Result(
        what=f"append to screen, worst of {COUNT}",
        figure=max(browser),
        reference=max(tail),
        reference_name="tail -F",
        budget=WORST_BUDGET,
    )


def delays(command: Callable[[Path], Sequence[str]]) -> list[float]:
    """How many milliseconds each of the appends took to be on the screen of a program."""
    original = session_of(MEGABYTE)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = Path(folder) / original.name
        shutil.copy(original, path)
        with Terminal(command(path)) as terminal:
            terminal.wait_for_bytes(NEWEST.encode())
            text = f"{FILLER}mark-{{}}-end"
            with writing(path, text=text, count=COUNT, pace=PACE, jitter=JITTER) as writer:
                return [
                    (terminal.wait_for_bytes(content.removeprefix(FILLER).encode()) - begun) / 1e6
                    for content, begun in writer.stamps()
                ]
