"""What the system knows of a running program: its time, its memory, its handles. Linux only."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.terminal import Terminal, clean_environment

if sys.platform == "win32":
    TICK = 1.0  # nothing is told there
else:
    TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds; the unit in which the system tells a program's processor time."""

_USER_TIME, _SYSTEM_TIME = 13, 14
"""Fields of `/proc/PID/stat`, from 0 (proc_pid_stat(5)); those of all threads together."""


def told() -> bool:
    """Whether the system tells; prints a line if not."""
    there = Path("/proc/self/status").exists()
    if not there:
        print("  not measured: only Linux's /proc tells what a program takes")
    return there


def environment() -> dict[str, str]:
    """A user's environment: one in which Python keeps what it compiled."""
    return {name: value for name, value in clean_environment().items() if name != "PYTHONDONTWRITEBYTECODE"}


def in_terminal(command: Sequence[str]) -> Terminal:
    """A program in a terminal, in a user's environment."""
    return Terminal(command, environ=environment())


def processor_seconds(pid: int) -> float:
    """Time that the program and all its threads have computed for."""
    # The name before the fields is in brackets, and may hold brackets and blanks.
    fields = f"0 0 {_read(pid, 'stat').rpartition(') ')[2]}".split()
    return (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])) * TICK


def peak_megabytes(pid: int) -> float:
    """The most memory that the program has had so far."""
    return _megabytes(pid, "VmHWM")


def resident_megabytes(pid: int) -> float:
    """The memory that the program has."""
    return _megabytes(pid, "VmRSS")


def handles(pid: int) -> int:
    """Files, sockets, pipes and watches that the program has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _megabytes(pid: int, name: str) -> float:
    row = next(row for row in _read(pid, "status").splitlines() if row.startswith(f"{name}:"))
    return int(row.split()[1]) * 1024 / 1e6


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()
