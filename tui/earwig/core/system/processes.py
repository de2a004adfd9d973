"""Copies and groups of processes. Windows has neither: a copy is refused, the rest does what it can."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress


def fork() -> int:
    """Copy this process: return 0 in the copy, its id here. Raises `OSError` where that cannot be done."""
    if sys.platform == "win32":
        raise OSError("this system cannot copy a process")
    else:  # noqa: RET506 - types are checked for each system
        return os.fork()


def kill(process: int) -> None:
    """End a process of ours at once, whatever it does; nothing where it has ended."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            os.kill(process, signal.SIGTERM)  # which cannot be caught there
        else:
            os.kill(process, signal.SIGKILL)


def kill_group(leader: int) -> None:
    """End a process and all that it started in its group at once; nothing where they have ended."""
    if sys.platform == "win32":
        kill(leader)  # it can have started none
    else:
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)


def be_nice(by: int) -> None:
    """Let other processes go first, where the system can do that."""
    if sys.platform != "win32":
        os.nice(by)
