"""From a key to the frame that shows what it does, beside messages made to keep the program busy."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median_low

from tests.bench.registry import Options, Result, benchmark
from tests.bench.typist import SIDEBAR, Typist, against_limit
from tests.data.bombs import BOMBS
from tests.data.hostile_sessions import line
from tests.e2e.terminal import earwig

LIMIT = 100.0
"""Milliseconds that every key must keep, not most: one message is enough to make a program seem dead."""

CALM = "the-last-word"
KEYS = ("home", "pagedown", "v", "end", "K", "end")
ROUNDS = 3
SECONDS = 30.0

Sample = tuple[float, str]
"""Milliseconds, and the key."""


@benchmark("hostile")
def run(options: Options) -> Iterator[Result]:
    """A key to the frame it causes, beside each message that is made to keep the program busy."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for age, name in enumerate(sorted(BOMBS)):
            path = folder / f"{name}.jsonl"
            path.write_bytes(line("user", "calm") + line(*BOMBS[name]()) + line("user", f"{CALM} {name}"))
            os.utime(path, (time.time() - 60 - age,) * 2)
        rounds = [one_round(folder) for _ in range(min(options.rounds, ROUNDS))]
    # Each key draws anew in each round: what is slow by nature is so in all of them.
    middle = {name: median_low([each[name] for each in rounds]) for name in sorted(BOMBS)}
    for name, (slowest, key) in middle.items():
        yield against_limit(f"{name}, slowest key ({key})", slowest, LIMIT)
    yield against_limit(f"worst of {len(middle)} messages", max(middle.values())[0], LIMIT)


def one_round(folder: Path) -> dict[str, Sample]:
    """The slowest key beside each message, in a browser of its own."""
    found = {}
    with Typist(earwig(folder), settled=0.05) as typist:
        for place, name in enumerate(sorted(BOMBS)):
            found[name] = max(typed(typist, name, first=not place))
    return found


def typed(typist: Typist, name: str, *, first: bool) -> Iterator[Sample]:
    """What each key took that changed something: to go to the session, and in it."""
    if not first:
        for key in ("tab", "tab"):
            typist.key(key, SIDEBAR)
        delay = typist.key("down", SIDEBAR)
        if delay is not None:
            yield delay.first, "to it"
        typist.key("escape", SIDEBAR)
    typist.until(lambda: f" {name} " in typist.row(1) and is_shown(typist, name), SECONDS)
    for key in KEYS:
        delay = typist.key(key, typist.transcript)
        if delay is not None:
            yield delay.first, key


def is_shown(typist: Typist, name: str) -> bool:
    return any(f"▌ {CALM} {name}" in typist.row(number) for number in range(2, typist.rows))
