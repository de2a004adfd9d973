"""The browser while another process rewrites what it shows: the screen must say what the file does.

`python -m tests.e2e.rewrites --bursts 2000 --seed 1`
"""

from __future__ import annotations

import argparse
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.core.bot_writer import BotWriter, lines_of
from tests.e2e.terminal import ROOT, SECONDS, Terminal, clean_environment, earwig

ROWS, COLUMNS = 110, 130
TEXT = re.compile(r"[mk][0-9]{3}\.[0-9]{5}[^│┃]*")
_AFTER = 0.4
"""Seconds in which what is right must stay right."""


class Shown(NamedTuple):
    """What the transcript shows, from above."""

    live: list[str]
    removed: list[str]


class Driver:
    """One browser, one writer, and the checks."""

    def __init__(self, folder: Path, seed: int, *, keep: int, long_stalls: bool) -> None:
        sessions = folder / "sessions"
        sessions.mkdir()
        self.path = sessions / "telegram_alice.jsonl"
        kept = [("user" if at % 2 else "assistant", f"k000.{at:05}") for at in range(keep)]
        self.path.write_bytes(lines_of([*kept, *(("user", f"m999.{at:05}") for at in range(3))]))
        command = [sys.executable, "-m", "tests.e2e.rewriter", str(self.path), "--seed", str(seed)]
        command += ["--keep", str(keep), *([] if long_stalls else ["--no-long-stalls"])]
        self._writer = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._terminal = Terminal(
            earwig(folder), rows=ROWS, columns=COLUMNS, environ=clean_environment(folder / "home")
        )
        self._terminal.wait_for("m999.00002")

    def press(self, *keys: str) -> None:
        """Press keys in the browser."""
        self._terminal.press(*keys)

    def burst(self) -> str:
        """Let the writer do a few things; what it did."""
        assert self._writer.stdin is not None
        assert self._writer.stdout is not None
        self._writer.stdin.write("\n")
        self._writer.stdin.flush()
        while not select.select([self._writer.stdout], [], [], 0.05)[0]:
            self._terminal.screen()  # which takes longer than to send it: not all of it at the end
        return self._writer.stdout.readline().strip()

    def close(self) -> None:
        """End both."""
        self._writer.kill()
        self._writer.communicate()
        self._terminal.close()

    def settle(self, *, following: bool, seconds: float = SECONDS) -> str | None:
        """Wait until the screen is right, and stays so; what is wrong if it never is."""
        self._terminal.screen()
        end = time.monotonic() + seconds
        right_since = None
        while True:
            wrong = self.wrong(following=following)
            now = time.monotonic()
            right_since = None if wrong is not None else right_since or now
            if right_since is not None and now - right_since >= _AFTER:
                return None
            if (now > end and wrong is not None) or self._terminal.process.poll() is not None:
                return f"{wrong}\n{self._terminal.picture()}"
            time.sleep(0.03)

    def wrong(self, *, following: bool) -> str | None:
        """What is wrong with the screen, if anything."""
        if self._terminal.process.poll() is not None:
            return "the browser has ended"
        there = [content for _, content in BotWriter(self.path).messages()]
        shown = self.shown()
        both = set(shown.removed) & {*there, *shown.live}
        if both:
            return f"removed, and there: {sorted(both)}"
        if following:
            expected = there[len(there) - len(shown.live) :] if shown.live else []
            if shown.live != expected:
                return f"live: {shown.live}; there: {there[-40:]}"
            if there and not shown.live and len(shown.removed) < ROWS // 3 - 4:
                return f"nothing live of {there[-40:]}"
        else:
            first = there.index(shown.live[0]) if shown.live and shown.live[0] in there else 0
            if shown.live != there[first : first + len(shown.live)]:
                return f"live: {shown.live}; there: {there[-40:]}"
        previews = [row[1:39].strip() for row in self._terminal.screen() if TEXT.search(row[:40])]
        if there and previews and not any(there[-1][:10] in preview for preview in previews):
            return f"the list says {previews}; there: {there[-1]}"
        return None

    def shown(self) -> Shown:
        """The texts on the screen."""
        rows, struck = self._terminal.screen(), self._terminal.struck()
        live: list[str] = []
        removed: list[str] = []
        for row, gone in zip(rows, struck, strict=True):
            found = TEXT.search(row[41:])
            if found is not None:
                (removed if found[0].strip() in gone else live).append(found[0].strip())
        return Shown(live, removed)


@contextmanager
def driving(seed: int, *, keep: int = 0, long_stalls: bool = True) -> Iterator[Driver]:
    """A browser on a session that a writer of its own changes by a seed."""
    with tempfile.TemporaryDirectory(prefix="earwig-rewrites-") as folder:
        driver = Driver(Path(folder), seed, keep=keep, long_stalls=long_stalls)
        try:
            yield driver
        finally:
            driver.close()


WAYS: dict[str, list[str]] = {
    "following": [],
    "held": ["up", "up"],
    "found": ["/", "m", "enter"],
    "filtered": ["l", "m", "enter"],
}
"""How the reader looks at the session, and the keys for it."""


def main() -> None:
    """Many bursts, a new browser after some of them; a line for each that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=200)
    parser.add_argument("--each", type=int, default=60, help="bursts of one browser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, nargs="+", default=[0, 0, 100, 1500], help="lines that stay")
    parser.add_argument("--no-long-stalls", action="store_true")
    options = parser.parse_args()
    begun, done, wrong, seed = time.monotonic(), 0, 0, options.seed
    while done < options.bursts:
        way = list(WAYS)[seed % len(WAYS)]
        keep = options.keep[seed // len(WAYS) % len(options.keep)]
        with driving(seed, keep=keep, long_stalls=not options.no_long_stalls) as driver:
            driver.press(*WAYS[way])
            for _ in range(options.each):
                did = driver.burst()
                done += 1
                problem = driver.settle(following=way == "following", seconds=15)
                if problem is not None:
                    wrong += 1
                    print(f"seed {seed} {way} keep {keep} burst {done}: {did}\n{problem}", flush=True)
                    break
        seed += 1
        print(f"{done} bursts, {wrong} wrong, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
