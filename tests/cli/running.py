"""Runs earwig as a person or a script does: as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import earwig
from tests.this_system import needs_signals

SOURCE = Path(earwig.__file__).parent.parent
SECONDS = 30.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """The test's own, without a bot in it; in a plain C locale, because output is UTF-8 all the same."""
    bare = ("ZEROCLAW_", "XDG_", "PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(bare)}
    return kept | {"PYTHONPATH": str(SOURCE), "HOME": str(home), "LC_ALL": "C", "TZ": "Asia/Tokyo"} | more


def message(role: str, content: str) -> bytes:
    """A line as the bot writes it, without its newline."""
    return json.dumps({"role": role, "content": content}, ensure_ascii=False, separators=(",", ":")).encode()


def lines(*contents: str, role: str = "user") -> bytes:
    """Whole lines, one a message."""
    return b"".join(message(role, content) + b"\n" for content in contents)


class Program:
    """The program, in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(
        self, *arguments: str | bytes, cwd: Path | None = None, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self._command(arguments),
            env=environment(self.home, **(environ or {})),
            cwd=cwd or self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS * 2,
            check=False,
        )

    def records(self, *arguments: str | bytes, environ: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Run it, and read its JSON."""
        result = self(*arguments, environ=environ)
        assert result.stderr == ""
        return [json.loads(line) for line in result.stdout.splitlines()]

    def start(self, *arguments: str | bytes) -> Running:
        """Start it, to be watched."""
        return Running(
            subprocess.Popen(
                self._command(arguments),
                env=environment(self.home),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
        )

    @staticmethod
    def _command(arguments: Sequence[str | bytes]) -> list[str | bytes]:
        return [sys.executable, "-m", "earwig", *arguments]


class Running:
    """A program that is running, what it prints collected as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._collect, args=(process.stdout, self.lines), daemon=True),
            threading.Thread(target=self._collect, args=(process.stderr, self.errors), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _collect(stream: Any, into: list[str]) -> None:
        for line in stream:
            into.append(line.rstrip("\n"))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for what must come; fails with what came instead."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, (self.lines, self.errors)
            time.sleep(0.01)

    def wait_for(self, content: str) -> None:
        """Wait until a message with this content is printed."""
        self.wait_until(lambda: content in self.contents())

    def records(self) -> list[dict[str, Any]]:
        """What was printed so far, read as JSON."""
        return [json.loads(line) for line in list(self.lines)]

    def contents(self) -> list[str]:
        """The contents printed so far."""
        return [record["content"] for record in self.records()]

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """End it by a signal; its status."""
        needs_signals()
        self.process.send_signal(by)
        return self.end()

    def end(self) -> int:
        """Wait for its end; its status."""
        status = self.process.wait(SECONDS)
        for reader in self._readers:
            reader.join(SECONDS)
        return status
