"""A text in ten thousand sessions, beside ripgrep."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import Portion
from earwig.core.search.server import SearchServer
from earwig.core.stores.jsonl.folder import FolderStore
from tests.bench.folders import NEEDLE, large_folder
from tests.bench.processes import environment
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE
from tests.e2e.terminal import earwig

SESSIONS, SIZE = 10_000, 1000 * MEGABYTE
EXPRESSION = r"zinnober\s+\w+ \d+-\d+"
BUDGETS = {NEEDLE: 1.0, EXPRESSION: 2.0}
MOMENT = 0.3
"""Seconds from opening the search to the first letter."""

FIRST = 150.0
"""Milliseconds to the first hits."""


@benchmark("search")
def run(options: Options) -> Iterator[Result]:
    """A literal and an expression in 1 GB over 10,000 sessions, beside ripgrep."""
    ripgrep = shutil.which("rg")
    if ripgrep is None:
        print("  not measured: there is no `rg` to compare with")
        return
    folder = large_folder(SESSIONS, SIZE)
    with closing(SearchServer()) as server:
        yield from _measured(server, folder, ripgrep, options.rounds)


def _measured(server: SearchServer, folder: Path, ripgrep: str, rounds: int) -> Iterator[Result]:
    for text, budget in BUDGETS.items():
        query = SearchQuery(text, regex=text is EXPRESSION)
        beside = [ripgrep, "-i", "-c", text, str(folder)]
        hits, _ = in_browser(server, folder, query)
        lines = subprocess.run(beside, capture_output=True, text=True, check=True).stdout.count("\n")
        assert hits == lines, f"{hits} hits, and {lines} of ripgrep's"
        command = [*earwig("search", "-i", "-c", text), str(folder)]
        beside_it, commands, first, further = [], [], [], []
        for _ in range(rounds):
            beside_it.append(timed(beside))
            commands.append(timed(command))
            first.append(first_letter(folder, query)[1])
            further.append(in_browser(server, folder, query)[1])
        reference = median(beside_it)
        what = "an expression" if query.regex else "a text"
        yield Result(
            what=f"{what}, the command, median of {rounds}",
            figure=median(commands),
            reference=reference,
            reference_name="rg -i -c",
            budget=None,
        )
        for letter, taken in (("the first letter", first), ("a further letter", further)):
            yield Result(
                what=f"{what}, in the browser, {letter}, each hit verified",
                figure=median(to_end for _, to_end in taken),
                reference=reference,
                reference_name="rg -i -c",
                budget=budget,
            )
        yield Result(
            what=f"{what}, to the first hit of the first letter",
            figure=median(to_first for to_first, _ in first),
            reference=FIRST,
            reference_name="limit",
            budget=1.0,
        )


def first_letter(folder: Path, query: SearchQuery) -> tuple[int, tuple[float, float]]:
    """As `in_browser`, with a process of its own; typed a moment after the search was opened."""
    with closing(SearchServer()) as server:
        server.get_ready(FolderStore([folder]))
        time.sleep(MOMENT)
        return in_browser(server, folder, query)


def in_browser(server: SearchServer, folder: Path, query: SearchQuery) -> tuple[int, tuple[float, float]]:
    """How many hits there are; milliseconds from what is typed to the first, and to the end.

    By the process that searches for the browser, which is there when one types.
    """
    begun = time.perf_counter()
    hits, first = 0, 0.0
    for told in server.search(FolderStore([folder]), query):
        if isinstance(told, Portion):
            hits += sum(found.matches for found in told.found)
        if hits and not first:
            first = (time.perf_counter() - begun) * 1000
    return hits, (first, (time.perf_counter() - begun) * 1000)


def timed(command: Sequence[str]) -> float:
    """Milliseconds that a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000
