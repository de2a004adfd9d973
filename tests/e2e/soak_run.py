"""The soak for as long as one likes: `make soak ARGS='--minutes 60 --seed 7'`; Linux only.

Says what the browser has of the system as it goes, and ends with a fault where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import wait_until
from tests.e2e.process_use import KNOWN, MORE_THREADS, Use, growth, held_open, locked, use_of
from tests.e2e.soak import Soak
from tests.e2e.terminal import Terminal, clean_environment, earwig, left_in
from tests.e2e.terminal_bytes import forbidden_controls

ROUND = 15.0
"""Seconds between two looks."""

FLAT = 0.05
"""By what share the memory of the last quarter may be above that of the quarter before."""

ROUNDS_FOR_FLAT = 20
"""With fewer looks, the caches are still filling up."""

_BELL = re.compile(rb"\x07")
"""What Textual sends when a letter is typed where a line's number should be."""


def check_process(process: int, soak: Soak, before: Use) -> Use:
    """Nothing is held open or locked, and there is not more of anything that counts; what there is.

    Raises `AssertionError`, or pytest's own failure.
    """
    wait_until(lambda: not held_open(process, soak.folder), "no session is open")
    wait_until(lambda: use_of(process).handles == before.handles, f"{before.handles} handles, as before")
    assert locked(process) == []
    after = use_of(process)
    assert after.threads <= before.threads + MORE_THREADS
    return after


def leave(terminal: Terminal, home: Path) -> None:
    """Leave the browser: the terminal is as it was, and so is the home. Raises `AssertionError`."""
    terminal.press("q")
    assert terminal.wait() == 0
    assert terminal.left_changed() == []
    assert forbidden_controls(terminal.raw, [_BELL]) == []
    assert left_in(home) == []


def run(soak: Soak, home: Path, minutes: float) -> list[int]:
    """Use the browser for so long; the memory at each look, in KB. Raises `AssertionError`."""
    memory: list[int] = []
    with Terminal(earwig(soak.folder), environ=clean_environment(home)) as terminal:
        terminal.wait_for("following")
        soak.run(terminal, ROUND)
        soak.come_to_rest(terminal)
        before = use_of(terminal.process.pid)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            soak.run(terminal, ROUND)
            soak.come_to_rest(terminal)
            use = check_process(terminal.process.pid, soak, before)
            memory.append(use.kilobytes)
            print(f"{soak.steps} steps, {len(terminal.raw) >> 20} MB drawn: {use}", flush=True)
        soak.check_screen(terminal)
        check_process(terminal.process.pid, soak, before)
        soak.check_files()
        leave(terminal, home)
    return memory


def main() -> None:
    """Take the length and the seed, and run."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2)))
    options = parser.parse_args()
    if not KNOWN:
        sys.exit("the soak needs /proc: this system does not tell what a process has")
    print(f"seed {options.seed}, {options.minutes:g} minutes")
    with tempfile.TemporaryDirectory() as place:
        folder, home = Path(place) / "sessions", Path(place) / "home"
        folder.mkdir()
        home.mkdir()
        memory = run(Soak(folder, options.seed), home, options.minutes)
    print("the screen was right, the files are as the bot left them, the terminal is as it was")
    if len(memory) < ROUNDS_FOR_FLAT:
        print("memory: too short to say whether it is flat")
        return
    more = growth(memory)
    print(f"memory: {more:+.1%} in the last quarter, {FLAT:.0%} may be; {min(memory)} to {max(memory)} KB")
    assert more <= FLAT, memory


if __name__ == "__main__":
    main()
