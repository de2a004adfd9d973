"""Copies of this process that search together: threads of one process would take turns for each small file."""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Share = TypeVar("Share")
Result = TypeVar("Result")

_TOKEN, _HEAD = 4, 8
_WAITING = 1024
"""Shares that are laid out for whoever is free: a pipe has room for more."""


def can_fork() -> bool:
    """Whether this process can be copied as it is: only one without threads can."""
    if not hasattr(os, "fork"):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - a third of a Path's time
    except OSError:  # a system without it
        return threading.active_count() == 1


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
                for handle in (0, 1, 2, reading, self._lay_out, *self._results):
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
            os.write(self._lay_out, b"".join(number.to_bytes(_TOKEN, "little") for number in range(start, stop)))
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
        for number in range(wanted, len(self._shares)):
            yield early.pop(number) if number in early else self._work(self._shares[number])

    def _arriving(self) -> Iterator[tuple[int, Result]]:
        with selectors.DefaultSelector() as selector:
            for pipe in self._results:
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    message = _hear(key.fd)
                    if message is None:
                        selector.unregister(key.fd)
                        continue
                    self._lay_out_more(1)
                    number, result, fault = message
                    if fault is not None:
                        raise fault
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
            try:
                message = (number, self._work(self._shares[number]), None)
            except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
                message = (number, None, fault)
            data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            rest = memoryview(len(data).to_bytes(_HEAD, "little") + data)
            try:
                while rest:
                    rest = rest[os.write(pipe, rest) :]
            except BrokenPipeError:
                return  # nobody waits any more


def _hear(pipe: int) -> tuple[int, object, Exception | None] | None:
    """What a process says; None if it has ended."""
    try:
        size = int.from_bytes(_read(pipe, _HEAD), "little")
        message: tuple[int, object, Exception | None] = pickle.loads(_read(pipe, size))  # noqa: S301 - our own
    except EOFError:
        return None
    return message


def _read(pipe: int, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        piece = os.read(pipe, min(size, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
