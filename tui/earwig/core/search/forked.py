"""Copies of this process that search together: threads would take turns for each small file."""

from __future__ import annotations

import gc
import os
import selectors
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar, cast

from earwig.core.listing_process import has_threads
from earwig.core.search.pipes import hear, say

Share = TypeVar("Share")
Result = TypeVar("Result")

_TOKEN = 4
_WAITING = 1024
"""Shares that are laid out for whoever is free: a pipe has room for more."""


def can_fork() -> bool:
    """Whether this process can be copied as it is: only one without threads can."""
    return hasattr(os, "fork") and not has_threads()


class _Failed(NamedTuple):
    fault: Exception


class ForkedWorkers(Generic[Share, Result]):
    """Processes that each take the next share there is, until there is none.

    What they are to do, and all shares, they have from the copy of the memory; only results are sent.
    """

    def __init__(self, work: Callable[[Share], Result], shares: Sequence[Share], count: int) -> None:
        """Raises `OSError` if the system has no more processes or handles to give."""
        self._work = work
        self._shares = shares
        self._laid_out = 0
        self._children: list[int] = []
        self._results: list[int] = []
        self._tokens, self._lay_out = os.pipe()
        try:
            self._lay_out_more(_WAITING)
            for _ in range(count):
                self._start()
        except OSError:
            self.end()
            raise

    def _start(self) -> None:
        reading, writing = os.pipe()
        try:
            child = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if child == 0:
            try:
                # Where the program has no standard input, the pipes may have its number.
                for handle in {0, 1, 2, reading, self._lay_out, *self._results} - {self._tokens, writing}:
                    with suppress(OSError):
                        os.close(handle)
                self._serve(writing)
            finally:
                os._exit(0)
        os.close(writing)
        self._children.append(child)
        self._results.append(reading)

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
        for number in range(wanted, len(self._shares)):
            yield early.pop(number) if number in early else self._work(self._shares[number])

    def _arriving(self) -> Iterator[tuple[int, Result]]:
        with selectors.DefaultSelector() as selector:
            for pipe in self._results:
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    try:
                        told = hear(key.fd)
                    except EOFError:  # it has ended
                        selector.unregister(key.fd)
                        continue
                    self._lay_out_more(1)
                    if isinstance(told, _Failed):
                        raise told.fault
                    number, result = cast("tuple[int, Result]", told)
                    yield number, result

    def end(self) -> None:
        """Let no process be left, whether or not all is done."""
        for child in self._children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)  # they hold nothing that would have to be put in order
        for child in self._children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        for handle in (self._tokens, self._lay_out, *self._results):
            if handle >= 0:
                os.close(handle)
        self._children, self._results, self._tokens, self._lay_out = [], [], -1, -1

    # In a process of its own.

    def _serve(self, pipe: int) -> None:
        gc.disable()  # a copied page for each object that it would look at
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the one that waits, which then ends this one
        while token := os.read(self._tokens, _TOKEN):
            number = int.from_bytes(token, "little")
            told: tuple[int, Result] | _Failed
            try:
                told = (number, self._work(self._shares[number]))
            except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
                told = _Failed(fault)
            try:
                say(pipe, told)
            except BrokenPipeError:
                return  # nobody waits any more
