"""A process of its own that appends to a session as the bot does: the JSON, then the newline, in two writes.

`python -m tests.e2e.writer FILE --count 50 --pace 0.02`
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.core.bot_writer import line_of

ROOT = Path(__file__).parent.parent.parent


def append(path: Path, role: str, content: str) -> int:
    """Append a message; when the first of the two writes began (`time.monotonic_ns`)."""
    line = line_of(role, content)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        begun = time.monotonic_ns()
        os.write(fd, line)
        os.write(fd, b"\n")
    finally:
        os.close(fd)
    return begun


class Writer:
    """The running process, seen from the one that started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def stamps(self) -> Iterator[tuple[str, int]]:
        """Each content written, and when its write began (`time.monotonic_ns`), as they come."""
        assert self._process.stdout is not None
        for row in self._process.stdout:
            stamp, content = row.rstrip("\n").split(" ", 1)
            yield content, int(stamp)

    def finish(self) -> list[tuple[str, int]]:
        """Wait for its end; what it wrote."""
        written = list(self.stamps())
        status = self._process.wait()
        assert status == 0, f"the writer ended with status {status}"
        return written


@contextmanager
def writing(
    path: Path, *, text: str, count: int = 1, pace: float = 0.0, jitter: float = 0.0
) -> Iterator[Writer]:
    """Start a writer; what it appends is `text` with `{}` replaced by the number, from 0."""
    command = [sys.executable, "-m", "tests.e2e.writer", os.fspath(path), "--text", text]
    command += ["--count", str(count), "--pace", str(pace), "--jitter", str(jitter)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield Writer(process)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Append, and print a line for each: when it began, and the content."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--text", default="message {}", help="content; {} is the number, from 0")
    parser.add_argument("--role", default="user")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two appends")
    parser.add_argument("--jitter", type=float, default=0.0, help="up to so many seconds more, at random")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    for number in range(options.count):
        if number:
            time.sleep(options.pace + chance.uniform(0, options.jitter))
        content = options.text.replace("{}", str(number))
        begun = append(options.file, options.role, content)
        print(begun, content, flush=True)


if __name__ == "__main__":
    main()
