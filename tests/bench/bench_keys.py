"""From a key to the frame that shows what it does, in a large session."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, NEWEST, session_of
from tests.bench.typist import Typist, against_limit, percentile
from tests.e2e.terminal import earwig

KEYS = ("home", "end", "pageup", "pagedown", "up", "down", "J", "K", "Z", "go to", "resize")
COUNT = 200
COUNT_EARLY = 100
STARTS = 6
"""A smaller session is indexed in seconds: it is opened so often to press enough keys meanwhile."""

FROM = 1.0
"""Seconds after the process started, from which on keys are pressed."""

INDEXED = 180.0
LINE = 700
"""Bytes of which a session has more than one line for each such part."""

SIZES = ((36, 120), (50, 140), (24, 100), (40, 160))

_COUNTED = re.compile(r"[0-9,]+ messages")

Sample = tuple[str, float]


@benchmark("keys")
def run(options: Options) -> Iterator[Result]:
    """A key to the frame it causes, in a large session, while it is being indexed and afterwards."""
    name, size = ("1 GB", 1000 * MEGABYTE) if options.full else ("100 MB", 100 * MEGABYTE)
    path = session_of(size)
    chance = random.Random(size)
    with Typist(earwig(path)) as typist:  # its modules are compiled from here on
        typist.wait_for_bytes(NEWEST.encode())
    early: list[Sample] = []
    for _ in range(STARTS):
        early += typed_from_the_start(path, chance, COUNT_EARLY - len(early), size // LINE)
    with Typist(earwig(path)) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        typist.until(lambda: indexed(typist), INDEXED)
        late = typed(typist, chance, COUNT, size // LINE, lambda: False)
    yield from shown(f"{name}, being indexed", early)
    yield from shown(f"{name}, indexed", late)


def typed_from_the_start(path: Path, chance: random.Random, count: int, lines: int) -> list[Sample]:
    """Keys from the first second on, until all is counted."""
    if count <= 0:
        return []
    with Typist(earwig(path)) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        time.sleep(max(0.0, FROM - (time.monotonic_ns() - typist.started_ns) / 1e9))
        return typed(typist, chance, count, lines, lambda: indexed(typist))


def indexed(typist: Typist) -> bool:
    """Whether the frame's title gives the count of messages without a sign that there are more."""
    return bool(_COUNTED.search(typist.row(1)))


def typed(
    typist: Typist, chance: random.Random, count: int, lines: int, ended: Callable[[], bool]
) -> list[Sample]:
    """Press so many keys at random, unless something ends first; what each took that changed something."""
    samples: list[Sample] = []
    sizes = 0
    while len(samples) < count and not ended():
        name = chance.choice(KEYS)
        if name == "resize":
            sizes += 1
            delay = typist.resized(*SIZES[sizes % len(SIZES)])
        elif name == "go to":
            typist.key(":", typist.transcript)
            typist.send(str(chance.randrange(1, lines)))
            delay = typist.key("enter", typist.transcript)
        else:
            delay = typist.key(name, typist.transcript)
        if delay is not None:
            samples.append((name, delay.last))
    return samples


def shown(where: str, samples: list[Sample]) -> Iterator[Result]:
    """The figures of some keys, and which keys are slow."""
    if not samples:
        print(f"  {where}: over before a key could be pressed")
        return
    times = [taken for _, taken in samples]
    by_key = {key: [taken for name, taken in samples if name == key] for key in KEYS}
    print("  " + ", ".join(f"{key} {percentile(taken):.0f}" for key, taken in by_key.items() if taken))
    yield against_limit(f"{where}, 95 % of {len(times)} keys within", percentile(times))
    pressed = [taken for name, taken in samples if name != "resize"]
    if pressed:
        yield against_limit(f"{where}, 95 % of {len(pressed)} but for resizes", percentile(pressed), None)
    yield against_limit(f"{where}, worst of {len(times)} keys", max(times), None)
