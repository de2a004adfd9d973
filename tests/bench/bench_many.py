"""A folder of very many sessions: on the screen, filtered, and changing."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.bench.load import loading
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.typist import SIDEBAR, Delay, Typist, against_limit, percentile
from tests.core.bot_writer import line_of, lines_of
from tests.e2e.terminal import SECONDS, earwig

MANY, FEWER = 100_000, 20_000
OPEN_BUDGET = 2.0
NEWEST = "the-newest-session"
NEWEST_KEY = f"telegram_{NEWEST}"
LONG_AGO = 1_700_000_000
"""When the other sessions last changed: so long ago that no age on the screen changes by itself."""

FILTERS = 16
CHANGES, CHANGING = 1_000, 5.0
"""Changes a second, and for how many seconds."""

UNSEEN_LIMIT = 2_000.0
STEPS = ("up", "up", "down", "K", "up", "J", "pageup", "pagedown")

_NAME = re.compile(r"u[0-9]{6}")


@benchmark("many")
def run(options: Options) -> Iterator[Result]:
    """A folder of very many sessions on the screen, filtered, and changing a thousand times a second."""
    count = MANY if options.full else FEWER
    folder = folder_of(count)
    yield opened(folder, count, options.rounds)
    with Typist(earwig(folder)) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        time.sleep(2.0)
        letters = filtered(typist, count)
        yield against_limit(
            f"filter {count:,}, 95 % of {len(letters)} letters within", percentile([d.first for d in letters])
        )
        yield against_limit(
            f"filter {count:,}, worst of {len(letters)} letters", max(d.first for d in letters), None
        )
        yield against_limit(
            f"filter {count:,}, 95 % with all previews", percentile([d.last for d in letters]), None
        )
        typist.send("\x1b")
        time.sleep(1.0)
        for what, delay in arranged(typist):
            yield against_limit(f"{what} {count:,}", delay.first, None)
    with Typist(earwig(folder), settled=0.1) as typist:
        typist.wait_for_bytes(NEWEST.encode())
        time.sleep(2.0)
        yield from changing(typist, folder)


def folder_of(count: int) -> Path:
    """A folder of so many sessions, as it was when it was made; one is newer and longer than the others."""
    folder = DATA / f"many-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count - 1):
        path = folder / f"telegram_u{number:06}.jsonl"
        seconds = LONG_AGO + number
        try:
            if path.stat().st_mtime == seconds:
                continue
        except FileNotFoundError:
            pass
        path.write_bytes(lines_of([("user", f"Where is order {number}?"), ("assistant", "On its way.")]))
        os.utime(path, (seconds, seconds))
    newest = folder / f"{NEWEST_KEY}.jsonl"
    newest.write_bytes(b"".join(line_of("user", f"{number}: and then?") + b"\n" for number in range(2000)))
    return folder


def opened(folder: Path, count: int, rounds: int) -> Result:
    """Process start to the newest session's title, beside a program that shows nothing else."""
    browser, bare = earwig(folder), [sys.executable, "-m", "tests.bench.bare_app", NEWEST]
    milliseconds_to_show(bare), milliseconds_to_show(browser)
    pairs = [(milliseconds_to_show(browser), milliseconds_to_show(bare)) for _ in range(rounds)]
    figure, reference = (median(pair[which] for pair in pairs) for which in (0, 1))
    return Result(f"{count:,} sessions on screen, median", figure, reference, "bare app", OPEN_BUDGET)


def milliseconds_to_show(command: Sequence[str]) -> float:
    """How long a program takes until its terminal has the newest session's name."""
    with Typist(command) as typist:
        return (typist.wait_for_bytes(NEWEST.encode()) - typist.started_ns) / 1e6


def filtered(typist: Typist, count: int) -> list[Delay]:
    """Type names into the filter and delete them; what each letter took that changed the list."""
    chance = random.Random(count)
    delays: list[Delay | None] = []
    typist.send("\x0f")  # Ctrl+O
    for _ in range(FILTERS):
        typed = f"{chance.randrange(count):06}"[chance.randint(0, 2) :]
        delays += [typist.key(letter, SIDEBAR) for letter in typed]
        delays += [typist.key("backspace", SIDEBAR) for _ in typed]
    return [delay for delay in delays if delay is not None]


def arranged(typist: Typist) -> Iterator[tuple[str, Delay]]:
    """Each order, the groups and a restriction, once and again: the first time, names are made."""
    keys = [(f"order {number}", "o") for number in range(1, 6)]
    for what, key in [*keys, *keys, ("group", "c"), ("group again", "c"), ("only failed", "f"), ("all", "f")]:
        delay = typist.key(key, SIDEBAR)
        if delay is not None:
            yield what, delay


def changing(typist: Typist, folder: Path) -> Iterator[Result]:
    """Keys in the transcript while the other sessions change; then whether the list has it all."""
    delays: list[Delay] = []
    options = ["--skip", NEWEST_KEY, "--rate", str(CHANGES), "--seconds", str(CHANGING)]
    with loading("spread", folder, *options) as load:
        time.sleep(0.5)
        while load.running:
            for name in STEPS:
                delay = typist.key(name, typist.transcript)
                if delay is not None:
                    delays.append(delay)
        written = load.finish()
    print(f"  {written.amount:,} changes in {written.seconds:.1f} s")
    times = [delay.last for delay in delays]
    what = f"{CHANGES:,} changes a second"
    yield against_limit(f"{what}, 95 % of {len(times)} keys within", percentile(times))
    yield against_limit(f"{what}, worst of {len(times)} keys", max(times), None)
    expected = newest_names(folder)

    def complete() -> bool:
        names = names_shown(typist)
        return len(names) > 5 and names == expected[: len(names)]

    shown = typist.until(complete, SECONDS)
    late = max(0.1, (shown - written.ended_ns) / 1e6)
    yield against_limit(f"{what}, the list complete after the last", late, UNSEEN_LIMIT)


def newest_names(folder: Path) -> list[str]:
    """The names as the sidebar must have them."""
    with os.scandir(folder) as listing:
        order = sorted((-item.stat().st_mtime_ns, item.name) for item in listing)
    return [found[0] for _, name in order[:100] if (found := _NAME.findall(name))]


def names_shown(typist: Typist) -> list[str]:
    """The names in the sidebar, from the top."""
    return [
        found[0]
        for row in range(3, typist.rows)
        if (found := _NAME.findall(typist.row(row)[: SIDEBAR.right]))
    ]
