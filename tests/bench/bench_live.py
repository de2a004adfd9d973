"""The live view of all sessions, while a thousand messages a second come."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bench_crowd import crowded
from tests.bench.load import loading
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.typist import Typist, against_limit, percentile
from tests.e2e.terminal import KEYS, earwig

RATE = 1_000
COUNT = 60
STEPS = (("up", "held"), ("end", "following"), ("home", "held"), ("end", "following"))
"""A key, and the word in the frame by which its effect is known: all else changes by itself."""

SECONDS = 20.0


@benchmark("live")
def run(options: Options) -> Iterator[Result]:
    """A key to its frame in the live view, while 1,000 messages a second come in 200 sessions."""
    with tempfile.TemporaryDirectory(dir=DATA) as made:
        path = crowded(Path(made))
        with Typist(earwig(path.parent)) as typist:
            typist.until(lambda: " messages" in typist.row(1), SECONDS)
            time.sleep(1.0)
            typist.send("a")
            typist.until(lambda: "all sessions" in typist.row(1), SECONDS)
            time.sleep(1.0)
            with loading("spread", path.parent, "--rate", str(RATE), "--seconds", "60"):
                typist.until(lambda: "a second" in typist.row(1), SECONDS)
                samples = [timed(typist, *STEPS[at % len(STEPS)]) for at in range(COUNT)]
                print("  " + typist.row(1).strip("╭─╮ "))
    yield against_limit(f"95 % of {len(samples)} keys within", percentile(samples))


def timed(typist: Typist, key: str, word: str) -> float:
    """Milliseconds from a key to the frame that says what it did."""
    begun = time.monotonic_ns()
    typist.send(KEYS[key])
    return (typist.until(lambda: word in typist.row(1), SECONDS) - begun) / 1e6
