"""`earwig demo` on a terminal: the browser opens on the made-up workspace, and all is gone afterwards."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.this_system import needs_process_list, needs_unix

needs_unix("pseudo-terminals of this kind")
assert sys.platform != "win32"


class Terminal:
    """A demo that runs on a pseudo-terminal of 40 rows."""

    def __init__(self, folder: Path) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.demo = subprocess.Popen(
            [sys.executable, "-m", "earwig", "demo"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TMPDIR": str(folder), "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(theirs)
        self._seen = b""

    def type(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def wait_for(self, words: bytes) -> None:
        deadline = time.monotonic() + 30
        while words not in self._seen:
            assert time.monotonic() < deadline, f"never showed {words!r}: {self._seen[-500:]!r}"
            self._read(0.2)

    def wait(self) -> int:
        deadline = time.monotonic() + 30
        while self.demo.poll() is None:
            assert time.monotonic() < deadline, "does not end"
            self._read(0.05)
        return self.demo.returncode

    def close(self) -> None:
        self.demo.kill()
        self.demo.wait()
        os.close(self._ours)

    def _read(self, seconds: float) -> None:
        if select.select([self._ours], [], [], seconds)[0]:
            try:
                self._seen += os.read(self._ours, 65_536)
            except OSError:  # nobody holds the other end any more
                time.sleep(seconds)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


def talkers(folder: Path) -> int:
    needs_process_list()
    count = 0
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            count += os.fsencode(folder) in process.read_bytes()
        except OSError:
            continue  # it ended while we looked
    return count


def test_the_browser_shows_it_live_until_one_leaves(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for(b"alice_k")
    terminal.wait_for(b"Jasmine pearls it is")  # the end of the newest conversation
    terminal.wait_for(b"Quick question")  # what is said after the start

    terminal.type(b"q")

    assert terminal.wait() == 0
    assert list(tmp_path.iterdir()) == []
    assert talkers(tmp_path) == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_and_leaves_nothing(terminal: Terminal, tmp_path: Path, name: str) -> None:
    number: int = getattr(signal, name)
    terminal.wait_for(b"alice_k")

    terminal.demo.send_signal(number)

    assert terminal.wait() == 128 + number
    assert list(tmp_path.iterdir()) == []
    assert talkers(tmp_path) == 0
