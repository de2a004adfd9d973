"""What a thread is told by others, and how often it tells: for one that goes on until it is let go of."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

_Told = TypeVar("_Told")


class Inbox(Generic[_Told]):
    """Takes from any thread, and gives to one, until it is closed."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Told | None] = SimpleQueue()
        self.is_closed = False

    def put(self, *told: _Told) -> None:
        """Tell the thread something. From any thread."""
        for each in told:
            self._queue.put(each)

    def close(self) -> None:
        """Let the thread end soon, whatever it waits for. From any thread."""
        self.is_closed = True
        self._queue.put(None)

    def get(self, seconds: float | None = None) -> _Told | None:
        """Wait for what is told next, so long at most; None: nothing was, or it is closed."""
        if self.is_closed:
            return None
        try:
            return self._queue.get(timeout=None if seconds is None else max(0.0, seconds))
        except Empty:
            return None

    def gather(self, seconds: float) -> Iterable[_Told]:
        """Wait for what is told next, and return it with all that follows within so long; none if closed."""
        first = self.get()
        end = time.monotonic() + seconds
        told = [] if first is None else [first]
        while told and not self.is_closed and (rest := end - time.monotonic()) > 0:
            more = self.get(rest)
            if more is not None:
                told.append(more)
        return [] if self.is_closed else told


class Pace:
    """Says when something is due that happens so often at most."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = -math.inf

    @property
    def wait(self) -> float:
        """Seconds until it is due."""
        return max(0.0, self._last + self._seconds - time.monotonic())

    def is_due(self) -> bool:
        """Return whether it is due; then it is taken to happen now."""
        if self.wait > 0:
            return False
        self.begin()
        return True

    def begin(self) -> None:
        self._last = time.monotonic()
