"""A followed session that grows far faster than anybody reads."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.load import loading
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, NEWEST, session_of
from tests.bench.typist import Typist, against_limit, percentile
from tests.e2e.terminal import SECONDS, earwig

RATE, FLOODING = 50 * MEGABYTE, 5.0
"""Bytes a second, and for how many seconds."""

LAST = "the-true-last-message"
CAUGHT_UP_LIMIT = 1_000.0
PACE = 0.15

_PEAK = re.compile(r"VmHWM:\s+([0-9]+) kB")


@benchmark("flood")
def run(options: Options) -> Iterator[Result]:
    """A followed session that grows by 50 MB a second: keys, memory, and when its end is on the screen."""
    original = session_of(MEGABYTE)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        path = Path(folder) / original.name
        shutil.copy(original, path)
        with Typist(earwig(path)) as typist:
            typist.wait_for_bytes(NEWEST.encode())
            typist.until(lambda: "following" in typist.row(1) and "+" not in typist.row(1), SECONDS)
            time.sleep(1.0)
            before = peak_megabytes(typist.process.pid)
            command = ["flood", path, "--rate", RATE, "--seconds", FLOODING, "--last", LAST]
            with loading(*map(str, command)) as load:
                times = held_and_followed(typist, lambda: load.running)
                written = load.finish()
            shown = typist.wait_for_bytes(LAST.encode(), SECONDS * 2)
            peak = peak_megabytes(typist.process.pid)
    print(f"  {written.amount / MEGABYTE:.0f} MB in {written.seconds:.1f} s")
    yield against_limit(f"flood, 95 % of {len(times)} keys within", percentile(times))
    yield against_limit(f"flood, worst of {len(times)} keys", max(times), None)
    late = max(0.1, (shown - written.ended_ns) / 1e6)
    yield against_limit("flood, true last message after its end", late, CAUGHT_UP_LIMIT)
    if before is not None and peak is not None:
        yield Result("flood, peak memory", peak, before, "before it", None, "MB")


def held_and_followed(typist: Typist, going_on: Callable[[], bool]) -> list[float]:
    """Hold and follow in turn, until it is over and follows; milliseconds until the frame's title says so."""
    times: list[float] = []
    while going_on():
        for key, word in (("k", "held"), ("end", "following")):
            time.sleep(PACE)
            begun = time.monotonic_ns()
            typist.press(key)
            times.append((typist.until(partial(_title_has, typist, word), SECONDS) - begun) / 1e6)
    return times


def _title_has(typist: Typist, word: str) -> bool:
    return word in typist.row(1)


def peak_megabytes(process: int) -> float | None:
    """The most memory that a process has had; None where the system does not tell."""
    try:
        found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    except FileNotFoundError:
        return None
    return int(found[1]) / 1000 if found else None
