"""From an append to the screen, while all other sessions of the folder change as well."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.bench.load import loading
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, session_of
from tests.bench.typist import Typist
from tests.core.bot_writer import line_of
from tests.e2e.terminal import SECONDS, earwig
from tests.e2e.writer import writing

MEDIAN_BUDGET = 3.0
WORST_BUDGET = 6.0
COUNT = 40
PACE, JITTER = 0.1, 0.1
CROWD = 200
RATE = 2_000
"""Appends a second, by one process, to one session of the crowd after the other."""


@benchmark("crowd")
def run(options: Options) -> Iterator[Result]:
    """An append to the screen while 200 other sessions change, beside `tail -F` in the same crowd."""
    tail = delays(lambda path: ["tail", "-F", str(path)])
    browser = delays(lambda path: earwig(path.parent))
    what = f"{CROWD} others, {RATE:,} appends a second"
    yield Result(f"{what}, median of {COUNT}", median(browser), median(tail), "tail -F", MEDIAN_BUDGET)
    yield Result(f"{what}, worst of {COUNT}", max(browser), max(tail), "tail -F", WORST_BUDGET)


def delays(command: Callable[[Path], Sequence[str]]) -> list[float]:
    """How many milliseconds each append took to be sent to a program's terminal."""
    original = session_of(MEGABYTE)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = Path(folder) / original.name
        for number in range(CROWD):
            other = Path(folder) / f"discord_u{number:03}.jsonl"
            other.write_bytes(line_of("user", "Hello?") + b"\n")
            os.utime(other, (0, 0))
        shutil.copy(original, path)
        with Typist(command(path)) as typist:
            typist.wait_for_bytes(NEWEST.encode())
            time.sleep(1.0)
            crowd = ["--skip", path.stem, "--rate", str(RATE), "--seconds", str(10 * SECONDS)]
            text = f"{FILLER}mark-{{}}-end"
            with (
                loading("spread", folder, *crowd),
                writing(path, text=text, count=COUNT, pace=PACE, jitter=JITTER) as writer,
            ):
                return [
                    (typist.wait_for_bytes(content.removeprefix(FILLER).encode()) - begun) / 1e6
                    for content, begun in writer.stamps()
                ]
