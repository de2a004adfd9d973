"""Copies of this process that search together: threads would take turns for each small file."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, NamedTuple, TypeVar, cast

from earwig.core.listing_process import has_threads
from earwig.core.search.pipes import hear, say

Task = TypeVar("Task")
Share = TypeVar("Share")
Result = TypeVar("Result")

_TOKEN = 4
_APART = 0.02
"""Seconds between two words of a process: each takes time from the others."""

_WAITING = 1024
"""Shares that are laid out for whoever is free: a pipe has room for more."""


def can_fork() -> bool:
    """Whether this process can be copied as it is: only one without threads can."""
    return hasattr(os, "fork") and not has_threads()


class _Failed(NamedTuple):
    fault: Exception


class ForkedWorkers(Generic[Task, Share, Result]):
    """Processes that wait for a task, then each take the next share there is, until there is none.

    All shares they have from the copy of the memory; only the task is sent to them, and results from them.
    """

    def __init__(
        self,
        work_of: Callable[[Task], Callable[[Share], Result]],
        shares: Sequence[Share],
        count: int,
        *,
        is_large: Callable[[Share], bool] = lambda _: False,
        warm_up: Callable[[Sequence[Share]], object] = len,
        apart: Collection[int] = (),
    ) -> None:
        """`work_of` gives what a task does to each share; `apart`: handles that are not for the processes.

        `is_large`: whether a share may take long, so that earlier results are not to wait for it.
        `warm_up`: called with all shares by each process before it waits: it then has its own copy of what
        will be needed, which each page of memory that is written to costs some microseconds.

        Raises `OSError` if the system has no more processes or handles to give.
        """
        self._work_of = work_of
        self._shares = shares
        self._is_large = is_large
        self._warm_up = warm_up
        self._apart = apart
        self._count = count
        self._laid_out = 0
        self._children: list[int] = []
        self._pipes: list[socket.socket] = []
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
                child = os.fork()
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

    def _lay_out_more(self, count: int) -> None:
        start, stop = self._laid_out, min(len(self._shares), self._laid_out + count)
        if self._lay_out >= 0:
            os.write(
                self._lay_out, b"".join(number.to_bytes(_TOKEN, "little") for number in range(start, stop))
            )
            self._laid_out = stop
            if stop == len(self._shares):
                os.close(self._lay_out)
                self._lay_out = -1

    def begin(self, task: Task) -> None:
        """Let them begin; once."""
        self._task = task
        for pipe in self._pipes:
            with suppress(ConnectionError):  # it has died: its shares are worked on all the same
                say(pipe.fileno(), task)

    def results(self) -> Iterator[Result]:
        """One for each share, in their order. A share whose process has died is worked on here."""
        early: dict[int, Result] = {}
        wanted = 0
        for number, result in self._arriving():
            early[number] = result
            while wanted in early:
                yield early.pop(wanted)
                wanted += 1
            if wanted == len(self._shares):
                return  # not after the processes have ended, which takes as long as some shares
        work = self._work_of(self._task)
        for number in range(wanted, len(self._shares)):
            yield early.pop(number) if number in early else work(self._shares[number])

    def _arriving(self) -> Iterator[tuple[int, Result]]:
        with selectors.DefaultSelector() as selector:
            for pipe in self._pipes:
                selector.register(pipe.fileno(), selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    try:
                        told = hear(key.fd)
                    except EOFError:  # it has ended
                        selector.unregister(key.fd)
                        continue
                    if isinstance(told, _Failed):
                        raise told.fault
                    results = cast("list[tuple[int, Result]]", told)
                    self._lay_out_more(len(results))
                    yield from results

    def end(self) -> None:
        """Let no process be left, whether or not all is done."""
        for child in self._children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)  # they hold nothing that would have to be put in order
        for child in self._children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        for pipe in self._pipes:
            pipe.close()
        for handle in (self._tokens, self._lay_out):
            if handle >= 0:
                os.close(handle)
        self._children, self._pipes, self._tokens, self._lay_out = [], [], -1, -1

    # In a process of its own.

    def _serve(self, number: int, pipe: int) -> None:
        gc.disable()  # a copied page for each object that it would look at
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the one that waits, which then ends this one
        self._warm_up(self._shares)
        try:
            with _on_processor(number):
                task = cast("Task", hear(pipe))
        except EOFError:
            return  # there is nothing to do for it
        work = self._work_of(task)
        results: list[tuple[int, Result]] = []
        most = _WAITING // (2 * self._count)  # for what all have not told of, no more is laid out
        begun = told_at = time.monotonic()
        try:
            while token := os.read(self._tokens, _TOKEN):
                at = int.from_bytes(token, "little")
                share = self._shares[at]
                if results and self._is_large(share):
                    say(pipe, results)
                    results = []
                try:
                    results.append((at, work(share)))
                except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
                    say(pipe, _Failed(fault))
                    return
                now = time.monotonic()
                is_due = now - told_at >= min(_APART, told_at - begun)  # the first ones soon
                if is_due or len(results) >= most:
                    say(pipe, results)
                    results, told_at = [], now
            if results:
                say(pipe, results)
        except BrokenPipeError:
            return  # nobody waits any more


@contextmanager
def _on_processor(number: int) -> Iterator[None]:
    """Be on one of the processors, where the system lets one choose.

    Processes that are woken together may find themselves on one, and wait there for one another.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(all_of_them)[number % len(all_of_them)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)
