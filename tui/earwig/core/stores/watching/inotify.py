"""Waits for Linux to tell that something happened in a folder, without looking again and again.

`watchfiles` tells what changed, but can only be asked for it: what waits for it either asks often, which
costs a core's time in silence, or learns of a change late. A thread that sleeps in `select` does neither.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path

_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO = 0x2, 0x4, 0x40, 0x80
_CREATE, _DELETE, _DELETE_SELF, _MOVE_SELF = 0x100, 0x200, 0x400, 0x800
_EVENTS = _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF
"""The events waited for (inotify(7), `linux/inotify.h`); not that a file was opened, read or closed."""

_MOST_READ = 65_536
"""The most bytes of events taken at once. What they say is not looked at."""


class ChangeSignal:
    """Wakes its thread when something changes in one of some folders. It does not tell what.

    It holds one handle of the system's, and none on the folders: they can be unmounted and deleted.
    """

    def __init__(self, fd: int) -> None:
        """Take over `fd`, an inotify instance that watches the folders."""
        self._fd = fd

    @classmethod
    def of(cls, folders: Sequence[Path]) -> ChangeSignal | None:
        """Return a signal for these folders; None where the system has none to give."""
        fd = _watching(folders)
        return cls(fd) if fd >= 0 else None

    def wait(self, seconds: float) -> bool:
        """Sleep at most `seconds`, or until something changes; return whether something did."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, seconds))
        if ready:
            with contextlib.suppress(BlockingIOError):
                while len(os.read(self._fd, _MOST_READ)) > _MOST_READ // 2:
                    pass
        return bool(ready)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1


def _watching(folders: Sequence[Path]) -> int:
    """Return an inotify instance that watches the folders; -1 where there is none."""
    fd = -1
    if sys.platform == "linux":
        import ctypes  # takes some milliseconds, which the first frame does not wait for

        with contextlib.suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None, use_errno=True)
            fd = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
            for folder in folders:
                if fd >= 0 and libc.inotify_add_watch(fd, os.fsencode(folder), _EVENTS) < 0:
                    os.close(fd)
                    fd = -1
    return fd
