"""From the start of the process to the newest message on the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from statistics import median

from tests.bench.processes import in_terminal
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, NEWEST, session_of
from tests.e2e.terminal import earwig

BUDGET = 1.6
SIZES = {"1 MB": MEGABYTE, "100 MB": 100 * MEGABYTE}
LARGE = {"1 GB": 1000 * MEGABYTE}


@benchmark("open")
def run(options: Options) -> Iterator[Result]:
    """Process start to the newest message of a large session on the screen, beside a bare Textual app."""
    bare = [sys.executable, "-m", "tests.bench.bare_app", NEWEST]
    for name, size in (SIZES | LARGE if options.full else SIZES).items():
        browser = earwig(session_of(size))
        milliseconds_to_show(bare), milliseconds_to_show(browser)  # the files are in memory from here on
        pairs = [(milliseconds_to_show(browser), milliseconds_to_show(bare)) for _ in range(options.rounds)]
        yield Result(
            what=f"{name} session on screen, median of {options.rounds}",
            figure=median(pair[0] for pair in pairs),
            reference=median(pair[1] for pair in pairs),
            reference_name="bare app",
            budget=BUDGET,
        )


def milliseconds_to_show(command: Sequence[str]) -> float:
    """How long a program takes until its terminal has the word."""
    with in_terminal(command) as terminal:
        shown = terminal.wait_for_bytes(NEWEST.encode())
        return (shown - terminal.started_ns) / 1e6
