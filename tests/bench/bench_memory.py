"""How much memory the browser takes: for a large session, and for one that grows for hours."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.processes import in_terminal, peak_megabytes, resident_megabytes, told
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import FILLER, MEGABYTE, NEWEST, session_of
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, earwig

BUDGET = 2.5
BUDGET_GROWTH = 1.1
PATIENCE = 120.0
"""Seconds that counting a gigabyte may take on a busy machine."""

CHUNKS = (1, 10, 90, 1000, 3000)
"""Messages appended at once: fewer than a page, so that pages join, and so many that the view must jump."""

MARKS = (0.1, 0.5, 1.0)

_WORDS = ("the", "order", "parcel", "depot", "**morning**", "please", "`track`", "überweisung", "漢字", "🙂")


@benchmark("memory")
def run(options: Options) -> Iterator[Result]:
    """Peak memory with a large session counted, beside a bare Textual app; and its growth as one grows."""
    if not told():
        return
    size = (1000 if options.full else 100) * MEGABYTE
    session = session_of(size)
    messages = _messages_in(session)
    peak_with(session, messages), peak_of_bare_app()  # what they compile is on disk from here on
    browser, bare = peak_with(session, messages), peak_of_bare_app()
    yield Result(
        f"peak, {size // MEGABYTE:,} MB session, {messages:,} messages counted",
        browser,
        bare,
        "bare app",
        BUDGET,
        "MB",
    )
    count = 1_000_000 if options.full else 200_000
    sizes = resident_while_following(count)
    begin, *later = MARKS
    for mark in later:
        yield Result(
            f"resident, {mark:.0%} of {count:,} messages appended",
            sizes[mark],
            sizes[begin],
            f"at {begin:.0%}",
            BUDGET_GROWTH,
            "MB",
        )


def peak_with(session: Path, messages: int) -> float:
    """Peak memory of the browser when it has counted the whole session, in megabytes."""
    with in_terminal(earwig(session)) as terminal:
        _wait_for_count(terminal, messages)
        return peak_megabytes(terminal.process.pid)


def peak_of_bare_app() -> float:
    """Peak memory of the least Textual program, in megabytes."""
    with in_terminal([sys.executable, "-m", "tests.bench.bare_app", NEWEST]) as terminal:
        terminal.wait_for_bytes(NEWEST.encode())
        return peak_megabytes(terminal.process.pid)


def resident_while_following(count: int) -> dict[float, float]:
    """Memory in megabytes, by how much of so many messages is appended, as fast as the browser shows them."""
    original = session_of(MEGABYTE)
    chance = random.Random(count)
    sizes: dict[float, float] = {}
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = Path(folder) / original.name
        shutil.copy(original, path)
        already, written = _messages_in(path), 0
        with in_terminal(earwig(path)) as terminal, path.open("ab", buffering=0) as file:
            terminal.wait_for_bytes(NEWEST.encode())
            for mark in MARKS:
                while written < (goal := round(mark * count)):
                    chunk = min(chance.choice(CHUNKS), goal - written)
                    texts = [" ".join(chance.choices(_WORDS, k=chance.randint(1, 60))) for _ in range(chunk)]
                    written += chunk
                    texts[-1] = f"{FILLER}mark-{written}-end"
                    file.write(lines_of(("user", text) for text in texts))
                    terminal.wait_for_bytes(f"mark-{written}-end".encode())
                _wait_for_count(terminal, already + written)
                sizes[mark] = resident_megabytes(terminal.process.pid)
    return sizes


def _wait_for_count(terminal: Terminal, messages: int) -> None:
    """While it still counts, there is a plus behind the number."""
    terminal.wait_for(f"{messages:,} messages", PATIENCE)


def _messages_in(path: Path) -> int:
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(MEGABYTE), b""))
