"""The memory of a program and of all processes that it has started, as it changes. Linux only."""

from __future__ import annotations

import threading
from pathlib import Path

_PAUSE = 0.02


class PeakMemory:
    """Looks again and again, in a thread, until closed.

    Memory that several processes share is counted once: of each process its proportional part (PSS) is taken.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.megabytes = 0.0
        """The most so far."""

        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(_PAUSE):
            self.megabytes = max(self.megabytes, sum(map(_proportional, _with_children(self._pid))))

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()


def _with_children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _with_children(int(child)))]


def _proportional(pid: int) -> float:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(int(row.split()[1]) * 1024 / 1e6 for row in rows if row.startswith("Pss:"))
