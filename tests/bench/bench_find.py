"""How long a find takes to count all matches, and what a key takes meanwhile."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.bench_keys import LINE, typed
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, NEWEST, session_of
from tests.bench.typist import Typist, against_limit, percentile
from tests.e2e.terminal import earwig

COMMON, RARE = "invoice", "nowhere at all"
EXPRESSION = "invoice paid [a-m]+ zzz"
"""Of which no byte of the file tells beforehand that it is not there."""

KEYS, ROUNDS = 100, 12
"""So many keys, in so many searches at most: one is soon over."""

COUNTED = 600.0
_COUNTING = re.compile(r"[0-9] %|…")
_AT_LEAST = re.compile(r"[0-9]\+")
_DONE = re.compile(r"[0-9,]+ of [0-9,]+ |[0-9,]+ matches |no match ")


@benchmark("find")
def run(options: Options) -> Iterator[Result]:
    """A key to the frame it causes while a session is searched; all matches counted, against grep and rg."""
    name, size = ("1 GB", 1000 * MEGABYTE) if options.full else ("100 MB", 100 * MEGABYTE)
    path = session_of(size)
    yield from keys_meanwhile(name, path, size)
    for what in (COMMON, RARE):
        taken = median(counted(path, what) for _ in range(2))
        for command in (["grep", "-c", "-i", what], ["rg", "--count-matches", "-i", what]):
            if shutil.which(command[0]) is not None:
                reference = median(run_time([*command, str(path)]) for _ in range(3))
                yield Result(
                    f"{name}, all of “{what}” counted", taken, reference, " ".join(command[:2]), None
                )


def keys_meanwhile(name: str, path: Path, size: int) -> Iterator[Result]:
    """Keys at random, from the first letter of a find on."""
    delays: list[float] = []
    chance = random.Random(size)
    for _ in range(ROUNDS):
        with Typist(earwig(path)) as typist:
            typist.wait_for_bytes(NEWEST.encode())
            typist.send("/\x12" + EXPRESSION)
            typist.until(lambda: bool(_COUNTING.search(bottom(typist))), COUNTED)
            typist.key("enter", typist.transcript)
            more = typed(typist, chance, KEYS - len(delays), size // LINE, lambda: is_counted(typist))
            delays += [taken for key, taken in more if key != "resize"]
        if len(delays) >= KEYS:
            break
    if delays:
        yield against_limit(f"{name}, being searched, 95 % of {len(delays)} keys within", percentile(delays))
        yield against_limit(f"{name}, being searched, worst of {len(delays)} keys", max(delays), None)


def counted(path: Path, what: str) -> float:
    """Milliseconds from the last letter until the number of matches is certain, in a session just opened."""
    with Typist(earwig(path)) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        typist.until(lambda: "+ messages" not in typist.row(1), COUNTED)
        begun = time.monotonic_ns()
        typist.send("/" + what)
        done = typist.until(lambda: is_counted(typist), COUNTED)
        return (done - begun) / 1e6


def bottom(typist: Typist) -> str:
    """The bar's row and the frame's last."""
    return "".join(typist.row(number) for number in range(typist.rows - 3, typist.rows + 1))


def is_counted(typist: Typist) -> bool:
    """Whether the number of matches is shown without a sign that there may be more."""
    shown = bottom(typist) + " "
    return bool(_DONE.search(shown)) and not _AT_LEAST.search(shown)


def run_time(command: list[str]) -> float:
    """Milliseconds that a command takes; grep's status 1 says that there is nothing."""
    begun = time.monotonic_ns()
    subprocess.run(command, capture_output=True, check=False)  # grep reads no further where nobody reads it
    return (time.monotonic_ns() - begun) / 1e6
