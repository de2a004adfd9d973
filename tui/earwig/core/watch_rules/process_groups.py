"""Ends commands with all that they began: each is the first of a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

_STEP = 0.02
_MOMENT = 1.0
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has none


class ProcessGroups:
    """The commands that run, and those that left others of their group running. From any thread."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._left: set[int] = set()
        self._lock = threading.Lock()

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """Take charge of a process that was just begun in a session of its own."""
        with self._lock:
            self._running[process.pid] = process

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        """Note that a process has ended. What it has left running in its group is remembered."""
        with self._lock:
            self._running.pop(process.pid, None)
            self._left = {group for group in (*self._left, process.pid) if _is_alive(group, None)}

    def end_one(self, process: subprocess.Popen[bytes], grace: float) -> None:
        """Tell a process and its group to end, and kill it `grace` seconds later; wait for its end."""
        _end({process.pid: process}, grace)

    def end(self, grace: float) -> int:
        """End all of them in the same way; return how many commands had not ended by themselves.

        An interrupt has them killed; so has `SystemExit`, which is raised again then.
        """
        with self._lock:
            running = {group: it for group, it in self._running.items() if it.poll() is None}
            every: _Groups = {**dict.fromkeys(self._left), **running}
        try:
            _end(every, grace)
        except KeyboardInterrupt:
            _end(every, 0.0)
        except SystemExit:
            _end(every, 0.0)
            raise
        return len(running)


_Groups = dict[int, subprocess.Popen[bytes] | None]
"""Processes by the id of their group; None where the first of it has ended."""


def _end(groups: Mapping[int, subprocess.Popen[bytes] | None], grace: float) -> None:
    end = time.monotonic() + grace
    alive = _signal(groups, signal.SIGTERM)
    while alive and time.monotonic() < end:
        time.sleep(_STEP)
        alive = {group: process for group, process in alive.items() if _is_alive(group, process)}
    for process in _signal(alive, _KILL).values():
        if process is not None:
            with suppress(subprocess.TimeoutExpired):  # it cannot say no, but a dead disk may hold it
                process.wait(_MOMENT)


def _signal(groups: Mapping[int, subprocess.Popen[bytes] | None], number: int) -> _Groups:
    """Send a signal to all that are alive; which those are."""
    alive = {group: process for group, process in groups.items() if _is_alive(group, process)}
    for group, process in alive.items():
        with suppress(OSError):  # gone meanwhile
            if hasattr(os, "killpg"):
                os.killpg(group, number)
            elif process is not None:
                process.kill()
    return alive


def _is_alive(group: int, process: subprocess.Popen[bytes] | None) -> bool:
    """Return whether anything of a group runs.

    Once its first process has ended, the system gives the id to no other while the group has a process: if
    one has it, the group is another's.
    """
    if process is not None and process.poll() is None:
        return True
    if not hasattr(os, "killpg"):
        return False
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    try:
        os.kill(group, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
