"""What the browser takes of the machine while nothing happens."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from tests.bench.folders import folder_of
from tests.bench.processes import TICK, handles, in_terminal, processor_seconds, told
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import NEWEST
from tests.e2e.terminal import earwig

SESSIONS = 15_000
SETTLING, SECONDS, LONG = 20.0, 10.0, 60.0
"""First, all sessions are counted once. The long one has several of the follower's looks at everything in it,
the short one may have none."""

BUDGET_SHARE = 10.0
"""Milliseconds a second: 1 % of a core."""

BUDGET_HANDLES = 32


@benchmark("idle")
def run(options: Options) -> Iterator[Result]:
    """Processor time and open handles while nothing happens, with 15,000 sessions in the folder."""
    if not told():
        return
    seconds = LONG if options.full else SECONDS
    bare = [sys.executable, "-m", "tests.bench.bare_app", NEWEST]
    with in_terminal(earwig(folder_of(SESSIONS))) as browser, in_terminal(bare) as bare_app:
        terminals = (browser, bare_app)
        for terminal in terminals:
            terminal.wait_for_bytes(NEWEST.encode())
        time.sleep(SETTLING)
        begun, before = time.monotonic(), [processor_seconds(terminal.process.pid) for terminal in terminals]
        time.sleep(seconds)
        after, passed = [processor_seconds(it.process.pid) for it in terminals], time.monotonic() - begun
        share, bare_share = ((end - start) * 1000 / passed for start, end in zip(before, after, strict=True))
        held, bare_held = (handles(terminal.process.pid) for terminal in terminals)
    what = f"processor time, {SESSIONS:,} sessions, over {seconds:.0f} s"
    yield Result(what, share, BUDGET_SHARE, "1 % of a core", 1.0, "ms/s")
    # What is less than a tick in the whole time is told as none.
    yield Result(what, share, max(bare_share, TICK * 1000 / passed), "bare app", None, "ms/s")
    yield Result("open", held, BUDGET_HANDLES, "allowed", 1.0, "handles")
    yield Result("open", held, bare_held, "bare app", None, "handles")
