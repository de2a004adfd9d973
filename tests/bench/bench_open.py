"""From the start of the process to the newest message on the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.bench.processes import in_terminal
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, NEWEST, long_line, session_of
from tests.e2e.terminal import earwig

BUDGET = 1.6
SIZES = {"1 MB": MEGABYTE, "100 MB": 100 * MEGABYTE}
LARGE = {"1 GB": 1000 * MEGABYTE}
LONG = {"50 MB": 50 * MEGABYTE}
LONGEST = {"1 GB": 1000 * MEGABYTE}
TOO_LONG = "too long to draw"
"""What stands in the place of such a line."""


@benchmark("open")
def run(options: Options) -> Iterator[Result]:
    """Process start to the newest message of a large session on the screen, beside a bare Textual app."""
    for name, size in (SIZES | LARGE if options.full else SIZES).items():
        yield opened(f"{name} session", session_of(size), NEWEST, options.rounds)
    for name, size in LONG.items():
        path = long_line(size, before=session_of(MEGABYTE))
        yield opened(f"newest line of {name}", path, TOO_LONG, options.rounds)
    for name, size in (LONG | LONGEST if options.full else LONG).items():
        yield opened(f"single line of {name}", long_line(size), TOO_LONG, options.rounds)


def opened(what: str, path: Path, word: str, rounds: int) -> Result:
    """A session's newest line, beside a program that shows one word."""
    browser, bare = earwig(path), [sys.executable, "-m", "tests.bench.bare_app", NEWEST]
    milliseconds_to_show(bare, NEWEST), milliseconds_to_show(browser, word)  # in memory from here on
    pairs = [(milliseconds_to_show(browser, word), milliseconds_to_show(bare, NEWEST)) for _ in range(rounds)]
    return Result(
        what=f"{what} on screen, median of {rounds}",
        figure=median(pair[0] for pair in pairs),
        reference=median(pair[1] for pair in pairs),
        reference_name="bare app",
        budget=BUDGET,
    )


def milliseconds_to_show(command: Sequence[str], word: str) -> float:
    """How long a program takes until its terminal has the word."""
    with in_terminal(command) as terminal:
        shown = terminal.wait_for_bytes(word.encode())
        return (shown - terminal.started_ns) / 1e6
