"""Copies of this process that search together: threads would take turns for each small file."""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import islice
from typing import Generic, NamedTuple, TypeVar, cast

from earwig.core.system.collecting import collect_nothing
from earwig.core.system.ipc import hear, say
from earwig.core.system.processes import fork, has_threads, kill

Task = TypeVar("Task")
Share = TypeVar("Share")
Result = TypeVar("Result")

_TOKEN = 4
_APART = 0.02
"""Seconds between two words of a process: each takes time from the others."""

_WAITING = 1024
"""Shares that are laid out for whoever is free: a pipe has room for more."""

_FRAME = 64 * 1024
"""Bytes of results that are sent together, about."""

_HELD = 4 * 1024 * 1024
"""Bytes of results that are kept here until those of earlier shares are taken; then their processes wait."""


_MOST_WORKERS = 4


def most_workers() -> int:
    """Return how many processes may work together: no more than there are processors."""
    return max(1, min(_MOST_WORKERS, os.cpu_count() or 1))


def can_fork() -> bool:
    """Return whether this process can be copied as it is: only one without threads can."""
    return hasattr(os, "fork") and not has_threads()


class _Failed(NamedTuple):
    fault: Exception


_Told = list[tuple[int, bytes | None]]
"""What a process has come to: numbers of shares, each with a result; with None where a share is done."""


class _Early(NamedTuple):
    """What has come of a share that is not to be taken yet."""

    results: deque[bytes]
    done: bool = False


_NOTHING = _Early(deque())


class ForkedWorkers(Generic[Task, Share, Result]):
    """Processes that wait for a task, then each take the next share there is, until there is none.

    All shares they have from the copy of the memory; only the task is sent to them, and results from them,
    any number of each share. As results are taken in order, a process that is ahead of the others waits once
    enough of its results are kept; and all do if none are taken.
    """

    def __init__(
        self,
        work_of: Callable[[Task], Callable[[Share], Iterable[Result]]],
        shares: Sequence[Share],
        count: int,
        *,
        is_large: Callable[[Share], bool] = lambda _: False,
        warm_up: Callable[[Sequence[Share]], object] = len,
        apart: Collection[int] = (),
        is_own: Callable[[Share], bool] = lambda _: False,
    ) -> None:
        """`work_of` gives what a task does to each share; `apart`: handles that are not for the processes.

        `is_large`: whether a share may take long, so that earlier results are not to wait for it.
        `warm_up`: called with all shares by each process before it waits: it then has its own copy of what
        will be needed, which each page of memory that is written to costs some microseconds.
        `is_own`: whether a share is not for them, but done by the process that takes the results.

        Raises `OSError` if the system has no more processes or handles to give.
        """
        self._work_of = work_of
        self._shares = shares
        self._is_own = is_own
        self._shared_out = [number for number, share in enumerate(shares) if not is_own(share)]
        self._is_large = is_large
        self._warm_up = warm_up
        self._apart = apart
        self._count = count
        self._laid_out = 0
        self._children: list[int] = []
        self._pipes: list[socket.socket] = []
        self._reached: dict[int, int] = {}
        """By pipe, the last share that its process told of."""

        self._early: dict[int, _Early] = {}
        self._held = 0
        """Bytes of all results that are kept."""

        self._done: set[int] = set()

        self._tokens, self._lay_out = os.pipe()
        try:
            self._lay_out_more(_WAITING)
            for _ in range(count):
                self._start()
        except OSError:
            self.end()
            raise

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                child = fork()
            except OSError:
                ours.close()
                raise
            if child == 0:
                try:
                    # Where the program has no standard input, the pipes may have its number.
                    others = {0, 1, 2, self._lay_out, ours.fileno(), *self._apart}
                    others.update(pipe.fileno() for pipe in self._pipes)
                    for handle in others - {self._tokens, theirs.fileno()}:
                        with suppress(OSError):
                            os.close(handle)
                    self._serve(len(self._children), theirs.fileno())
                finally:
                    os._exit(0)
        self._children.append(child)
        self._pipes.append(ours)
        self._reached[ours.fileno()] = -1

    def _lay_out_more(self, count: int) -> None:
        numbers = self._shared_out[self._laid_out : self._laid_out + count]
        if self._lay_out >= 0:
            os.write(self._lay_out, b"".join(number.to_bytes(_TOKEN, "little") for number in numbers))
            self._laid_out += len(numbers)
            if self._laid_out == len(self._shared_out):
                os.close(self._lay_out)
                self._lay_out = -1

    def begin(self, task: Task) -> None:
        """Let them begin; once."""
        self._task = task
        for pipe in self._pipes:
            with suppress(ConnectionError):  # it has died: its shares are worked on all the same
                say(pipe.fileno(), task)

    def join_in(self) -> None:
        """Let one process more work on what is left, if there is one to be had, and work for it."""
        if self.are_done():
            return
        with suppress(OSError):
            self._start()
            with suppress(ConnectionError):
                say(self._pipes[-1].fileno(), self._task)

    def are_done(self) -> bool:
        """Return whether all shares are done; waits for nothing."""
        while self._held < _HELD and self._listen([*self._reached], 0):
            pass
        return len(self._done) == len(self._shared_out)

    def results(self) -> Iterator[Result]:
        """Yield those of each share, in order, as they come. What a process that dies leaves is done here."""
        own_work = cache(lambda: self._work_of(self._task))
        for number, share in enumerate(self._shares):
            if self._is_own(share):
                yield from own_work()(share)
                continue
            told = 0
            for result in self._results_of(number):
                yield cast("Result", pickle.loads(result))  # noqa: S301 - our own process wrote it
                told += 1
            if not self._early.pop(number, _NOTHING).done:
                yield from islice(own_work()(share), told, None)

    def _results_of(self, number: int) -> Iterator[bytes]:
        """As they come; ends when all are there, or nobody is left who has the share."""
        while True:
            early = self._early.get(number, _NOTHING)
            while early.results:
                result = early.results.popleft()
                self._held -= len(result)
                yield result
            if early.done or not self._hear(number):
                return

    def _hear(self, number: int) -> bool:
        """Wait for what comes next, and keep it; False if nobody is left who may have that share.

        Each process takes shares in their order: one that told of a later one has not got this one.
        """
        may_have_it = [pipe for pipe, reached in self._reached.items() if reached <= number]
        if not may_have_it:
            return False
        self._listen([*self._reached] if self._held < _HELD else may_have_it, None)
        return True

    def _listen(self, pipes: Sequence[int], patience: float | None) -> bool:
        """Keep what comes from some within a time, in seconds; return whether anything has."""
        ready = select.select(pipes, [], [], patience)[0]
        for pipe in ready:
            try:
                told = hear(pipe)
            except EOFError:  # it has ended
                del self._reached[pipe]
                continue
            if isinstance(told, _Failed):
                raise told.fault
            self._keep(pipe, cast("_Told", told))
        return bool(ready)

    def _keep(self, pipe: int, told: _Told) -> None:
        for number, result in told:
            early = self._early.setdefault(number, _Early(deque()))
            if result is None:
                self._early[number] = early._replace(done=True)
                self._done.add(number)
                self._lay_out_more(1)
            else:
                early.results.append(result)
                self._held += len(result)
            self._reached[pipe] = number

    def end(self) -> None:
        """Let no process be left, whether or not all is done."""
        for child in self._children:
            kill(child)  # they hold nothing that would have to be put in order
        for child in self._children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        for pipe in self._pipes:
            pipe.close()
        for handle in (self._tokens, self._lay_out):
            if handle >= 0:
                os.close(handle)
        self._children, self._pipes, self._tokens, self._lay_out = [], [], -1, -1
        self._reached, self._early = {}, {}

    # In a process of its own.

    def _serve(self, number: int, pipe: int) -> None:
        collect_nothing()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the one that waits, which then ends this one
        self._warm_up(self._shares)
        try:
            with _on_processor(number):
                task = cast("Task", hear(pipe))
        except EOFError:
            return  # there is nothing to do for it
        work = self._work_of(task)
        told: _Told = []
        size = 0
        most = _WAITING // (2 * self._count)  # for what all have not told of, no more is laid out
        begun = told_at = time.monotonic()
        try:
            while token := os.read(self._tokens, _TOKEN):
                at = int.from_bytes(token, "little")
                share = self._shares[at]
                if told and self._is_large(share):
                    say(pipe, told)
                    told, size = [], 0
                for result in self._pickled(work, share):
                    told.append((at, result))
                    size += len(result or b"")
                    now = time.monotonic()
                    is_due = now - told_at >= min(_APART, told_at - begun)  # the first ones soon
                    if is_due or size >= _FRAME or len(told) >= most:
                        say(pipe, told)
                        told, size, told_at = [], 0, now
            if told:
                say(pipe, told)
        except BrokenPipeError:
            return  # nobody waits any more
        except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
            with suppress(BrokenPipeError):
                say(pipe, told, _Failed(fault))

    @staticmethod
    def _pickled(work: Callable[[Share], Iterable[Result]], share: Share) -> Iterator[bytes | None]:
        for result in work(share):
            yield pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        yield None


@contextmanager
def _on_processor(number: int) -> Iterator[None]:
    """Be on one of the processors, where the system lets one choose.

    Processes that are woken together may find themselves on one, and wait there for one another.
    """
    if sys.platform == "linux" and hasattr(os, "sched_setaffinity"):
        all_of_them = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {sorted(all_of_them)[number % len(all_of_them)]})
        try:
            yield
        finally:
            os.sched_setaffinity(0, all_of_them)
    else:
        yield
