"""A program in tmux: a terminal as people have it, whose screen can be asked for."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.e2e.terminal import ROOT, SECONDS, clean_environment

_SESSION = "bench"


class Tmux:
    """A tmux server of its own, with one program in it."""

    def __init__(self, socket: str) -> None:
        self._command = ["tmux", "-L", socket, "-f", os.devnull]

    def run(self, *arguments: str) -> str:
        """Give tmux a command; what it prints. Raises `CalledProcessError`."""
        done = subprocess.run(
            [*self._command, *arguments], env=clean_environment(), cwd=ROOT, capture_output=True, check=True
        )
        return done.stdout.decode(errors="replace")

    def start(self, command: Sequence[str], rows: int = 36, columns: int = 120) -> None:
        """Start the program."""
        self.run("new-session", "-d", "-s", _SESSION, "-x", str(columns), "-y", str(rows), *command)

    def wait_for(self, text: str) -> int:
        """Ask for the screen until it holds a text; when it did (`time.monotonic_ns`), some ms late.

        Raises `AssertionError`.
        """
        deadline = time.monotonic() + SECONDS
        while text not in (screen := self.run("capture-pane", "-p", "-t", _SESSION)):
            assert time.monotonic() < deadline, f"{text!r} never came:\n{screen}"
        return time.monotonic_ns()


@contextmanager
def in_tmux(command: Sequence[str]) -> Iterator[Tmux]:
    """A program in a tmux of its own, which ends with it."""
    tmux = Tmux(f"earwig-bench-{os.getpid()}")
    tmux.start(command)
    try:
        yield tmux
    finally:
        tmux.run("kill-server")
