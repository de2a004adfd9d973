"""One thread that reads the disk for everybody, so that nothing else waits for it."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from queue import Empty, PriorityQueue

_PAUSE = 0.01
"""Seconds after an urgent job in which no idle one begins: the screen is drawn from what was read, and Python
runs one thread at a time."""

_SHARE = 3
"""Of a spare job's time, how many times as long no other begins: a machine is there for others too."""

_WAY = 0.06
_FEW = 0.04
"""Seconds after a key, in which so much time is between two idle jobs: with none, nothing would get done
while a key is held."""


_TURN = 0.01
"""Seconds that idle work is given to end early."""

_here = threading.local()


class Priority(IntEnum):
    """Which job comes first; equal ones keep their order."""

    NOW = 0
    """Something on the screen waits for it."""

    SOON = 1
    """A part of the screen is less than it could be."""

    IDLE = 2
    """Long work, given in small steps."""

    SPARE = 3
    """The same for which nobody waits: done when nothing else is, and for a small part of the time."""


class Background(threading.Thread):
    """Runs jobs one after the other, the most urgent first.

    A daemon: a read that never returns (a dead network file system) must not keep the program from ending.
    A job handles its own errors; one that escapes goes to `threading.excepthook`, and the next job runs.
    """

    def __init__(self) -> None:
        super().__init__(name="earwig-reader", daemon=True)
        self._order = itertools.count()
        self._jobs: PriorityQueue[tuple[int, int, Callable[[], object] | None]] = PriorityQueue()
        self._idle: deque[Callable[[], object]] = deque()
        self._spare: deque[Callable[[], object]] = deque()
        self._spare_at = 0.0
        self._at_work = threading.Lock()
        self._is_idle = self._is_awaited = False
        """Whether what is being done is idle, and whether another thread waits for its end."""

        self._pause_until = 0.0
        self._way_until = 0.0
        self._idle_at = 0.0

    def submit(self, job: Callable[[], object], priority: Priority = Priority.NOW) -> None:
        """Run `job` in the thread when its turn comes."""
        if priority in (Priority.IDLE, Priority.SPARE):
            (self._idle if priority is Priority.IDLE else self._spare).append(job)
            job = _nothing  # only wakes the thread
        self._jobs.put((priority, next(self._order), job))

    def run_here(self, job: Callable[[], object]) -> bool:
        """Run `job` at once here if nothing else waits, else when its turn comes; return whether here."""
        if self._take_turn():
            try:
                self._do(job)
            finally:
                self._pause_until = time.monotonic() + _PAUSE
                self._at_work.release()
            return True
        self.submit(job)
        return False

    def _take_turn(self) -> bool:
        if self._urgent_waits():
            return False
        if self._at_work.acquire(blocking=False):
            return True
        if not self._is_idle:
            return False
        self._pause_until = time.monotonic() + _PAUSE
        self._is_awaited = True
        try:
            return self._at_work.acquire(timeout=_TURN)
        finally:
            self._is_awaited = False

    def _urgent_waits(self) -> bool:
        with self._jobs.mutex:
            return bool(self._jobs.queue) and self._jobs.queue[0][0] < Priority.IDLE

    def keeps_waiting(self) -> bool:
        """Return whether idle work is being done that keeps what is urgent waiting."""
        return self._is_idle and (self._is_awaited or self._urgent_waits())

    def make_way(self) -> None:
        """Do little that is idle for a moment: somebody waits for what a key does. From any thread."""
        self._way_until = time.monotonic() + _WAY

    def stop(self) -> None:
        """End after the job at hand; those that wait are dropped."""
        self._jobs.put((-1, next(self._order), None))

    def run(self) -> None:
        _here.background = self
        while True:
            job = self._next()
            if job is None:
                return
            with self._at_work:
                self._do(job)
            self._is_idle = False

    def _do(self, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # noqa: BLE001 - reported as any thread's, but the thread goes on
            kind, value, trace = sys.exc_info()
            threading.excepthook(threading.ExceptHookArgs((kind or Exception, value, trace, self)))

    def idle_in(self, now: float) -> float:
        """Seconds until an idle job may begin, if nothing else is to be done."""
        return max(0.0, self._pause_until - now, min(self._way_until, self._idle_at + _FEW) - now)

    def _next(self) -> Callable[[], object] | None:
        while True:
            try:
                priority, _, job = self._jobs.get(timeout=self._pause())
            except Empty:
                if self._pause():
                    continue  # something urgent was done elsewhere meanwhile
                self._idle_at = time.monotonic()
                self._is_idle = True
                return self._idle.popleft() if self._idle else partial(self._do_spare, self._spare.popleft())
            if priority == Priority.NOW:
                self._pause_until = time.monotonic() + _PAUSE
            return job

    def _pause(self) -> float | None:
        """Seconds until the next idle or spare job may begin; None if there is none."""
        now = time.monotonic()
        if self._idle:
            return self.idle_in(now)
        return max(self.idle_in(now), self._spare_at - now) if self._spare else None

    def _do_spare(self, job: Callable[[], object]) -> None:
        begun = time.monotonic()
        try:
            job()
        finally:
            now = time.monotonic()
            self._spare_at = now + _SHARE * (now - begun)


def somebody_waits() -> bool:
    """Return whether the step of an idle job is to end early, with what it has by then.

    Something urgent waits for its end: it is a key's, or a message's, and Python runs one thread at a time.
    """
    background: Background | None = getattr(_here, "background", None)
    return background is not None and background.keeps_waiting()


def _nothing() -> None:
    """Do nothing."""
