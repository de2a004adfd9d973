"""Copies, groups and jobs of processes. Windows has none: a copy is refused, the rest does what it can."""

from __future__ import annotations

import os
import signal
import sys
import threading
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


def has_threads() -> bool:
    """Whether there is more than one thread, also of those that Python's `threading` knows nothing of."""
    try:
        return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208 - a third of a Path's time
    except OSError:  # a system without it
        return threading.active_count() > 1


def is_in_foreground(terminal: int) -> bool:
    """Whether the terminal of this handle is for this program now, and not for another job of its shell."""
    if sys.platform != "win32":
        with suppress(OSError):  # not the controlling terminal: nobody else's job either
            return os.tcgetpgrp(terminal) == os.getpgrp()
    return True


def stop() -> None:
    """Stop this process until it is continued; nothing on Windows, where no process is."""
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGSTOP)
