"""A process of its own that keeps the disk busy: many sessions that change a little, or one that grows fast.

`python -m tests.bench.load spread FOLDER --skip KEY --rate 1000 --seconds 5`
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.core.bot_writer import line_of
from tests.e2e.terminal import ROOT

_PAUSE = 0.001


class Written(NamedTuple):
    """What a writer did."""

    ended_ns: int
    """When its last write was done (`time.monotonic_ns`)."""

    amount: int
    """Appends, or bytes."""

    seconds: float


class Load:
    """The running process, seen from the one that started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    def finish(self) -> Written:
        """Wait for its end."""
        said, _ = self._process.communicate()
        assert self._process.returncode == 0, f"the writer ended with status {self._process.returncode}"
        ended, count, seconds = said.split()
        return Written(int(ended), int(count), float(seconds))


@contextmanager
def loading(*arguments: str | Path) -> Iterator[Load]:
    """Start a writer; it ends with the block."""
    command = [sys.executable, "-m", "tests.bench.load", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Load(process)
        finally:
            process.kill()


def spread(paths: Sequence[Path], rate: float, seconds: float) -> int:
    """Append short messages to one session after the other; how many."""
    begun, count = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        while count < passed * rate:
            _append(paths[count % len(paths)], line_of("user", f"change {count}") + b"\n")
            count += 1
        time.sleep(_PAUSE)
    return count


def flood(path: Path, rate: float, seconds: float, last: str) -> int:
    """Append messages of 200 bytes to 2 kB, each in a write of its own, then the last one; how many bytes."""
    chance = random.Random(rate)
    lines = [line_of("assistant", "flood " * chance.randint(28, 330)) + b"\n" for _ in range(2000)]
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    begun, count, size = time.monotonic(), 0, 0
    while (passed := time.monotonic() - begun) < seconds:
        due = min(passed * rate, size + rate / 50)
        while size < due:
            size += os.write(fd, lines[count % len(lines)])
            count += 1
        time.sleep(_PAUSE)
    os.close(fd)
    _append(path, line_of("user", last) + b"\n")
    return size


def _append(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


def main() -> None:
    """Write, then print when it ended, how much it was, and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["spread", "flood"])
    parser.add_argument("place", type=Path, help="spread: a folder; flood: a session's file")
    parser.add_argument("--skip", default="", help="spread: the key of a session to leave alone")
    parser.add_argument("--rate", type=float, required=True, help="appends a second, or bytes a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--last", default="", help="flood: the last message")
    options = parser.parse_args()
    paths: list[Path] = []
    if options.kind == "spread":
        paths = sorted(path for path in options.place.iterdir() if path.stem != options.skip)
    begun = time.monotonic()
    if options.kind == "spread":
        count = spread(paths, options.rate, options.seconds)
    else:
        count = flood(options.place, options.rate, options.seconds, options.last)
    print(time.monotonic_ns(), count, time.monotonic() - begun)


if __name__ == "__main__":
    main()
