"""How the program ends when it is told to by a signal: in good order, for certain, and by that signal.

Python ends at once, without cleaning up, at every signal but SIGINT. Here a signal ends the program as an
exit does, so that terminal, temporary files and child processes are put in order; at the very end it dies by
the same signal, as whoever started it expects. What no program can catch (SIGKILL), and what says that the
process itself is broken (SIGSEGV and its like, which can only be caught by code that is not Python), ends it
as ever.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

USUAL = ("SIGTERM", "SIGHUP", "SIGINT")
"""By these a program is told to end. The others end one that does not expect them."""

_OTHERWISE = (
    # Uncatchable; stopped or ignored by default; ignored by Python.
    *("SIGKILL", "SIGSTOP", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU"),
    *("SIGCHLD", "SIGCLD", "SIGURG", "SIGWINCH", "SIGINFO", "SIGPIPE", "SIGXFSZ"),
    # The process is broken: a handler in Python would never be called, and the fault come again for ever.
    *("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGEMT"),
)

LAST_RESORT = 5.0
"""Seconds from a signal to the end of a command, in good order or not."""

_PIECES = 20
"""Into so many pieces a time is cut that others are left: while the machine stands still, they have none."""

_dying_by: int | None = None


def ending_signals() -> list[int]:
    """Return the numbers of all signals that end a process and can be caught; none on Windows."""
    if os.name != "posix":
        return []
    otherwise = {getattr(signal, name, None) for name in _OTHERWISE}
    return [int(number) for number in signal.valid_signals() if number not in otherwise]


def end_by_signals() -> None:
    """Let every signal that ends a process, but SIGINT, end this one by `SystemExit`, and then by itself.

    To be called before anything registers with `atexit`. What is ignored stays so: `nohup` started us. A copy
    of the process (`os.fork`) ends at once, as a process does by default.
    """
    atexit.register(_die)
    numbers = [
        number
        for number in ending_signals()
        if number != signal.SIGINT and signal.getsignal(number) == signal.SIG_DFL
    ]
    for number in numbers:
        signal.signal(number, _end)
    if sys.platform != "win32" and numbers:
        os.register_at_fork(after_in_child=lambda: _forget(numbers))


def die_at_exit(number: int) -> None:
    """End this process by a signal, once it has put all in order."""
    global _dying_by  # noqa: PLW0603 - the process's own, as its end is
    _dying_by = number


def is_dying() -> bool:
    """Return whether a signal is ending this process, or is about to."""
    return _dying_by is not None


def end_within(seconds: float, status: int, *, first: Callable[[], object] | None = None) -> None:
    """End the process with `status` when the time is up, if it has not ended in good order by then.

    `first` is called before, in a thread. For a program that was told to end and is stuck, or whose terminal
    is gone: what writes to it may wait for ever. May be called by a signal's handler.
    """

    def end() -> None:
        try:
            if first is not None:
                first()
        finally:
            os._exit(status)

    do_later(seconds, end)


def do_later(seconds: float, do: Callable[[], object]) -> None:
    """Call `do` in a thread when the time is up. May be called by a signal's handler.

    Time for which the process gets no turn at all counts little.
    """

    def wait() -> None:
        for piece in _pieces(seconds):
            time.sleep(piece)
        do()

    # Not by `threading`, whose locks the handler of a signal may have interrupted.
    _thread.start_new_thread(wait, ())


def join_within(thread: threading.Thread, seconds: float) -> None:
    """Wait for the end of a thread that must not keep the process from ending, as long as in `do_later`."""
    for piece in _pieces(seconds):
        thread.join(piece)


def _pieces(seconds: float) -> list[float]:
    """Return a time as pieces: what the machine stands still counts as the one in which it happens."""
    return [seconds / _PIECES] * _PIECES


@contextmanager
def told_of_signals(tell: Callable[[int], object]) -> Iterator[None]:
    """In the block, call `tell` with the number of each signal that would end the process.

    In the main thread, between any two steps of whatever runs. Signals that are ignored stay so, but for the
    usual ones.
    """

    def on_signal(number: int, _frame: FrameType | None) -> None:
        tell(number)

    usual = {getattr(signal, name, None) for name in USUAL}
    before: dict[int, Any] = {}
    try:
        for number in ending_signals():
            was = signal.getsignal(number)
            if number in usual or was != signal.SIG_IGN:
                before[number] = signal.SIG_DFL if was is None else was
                signal.signal(number, on_signal)
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def is_usual(number: int) -> bool:
    """Whether a program expects to be ended by this signal, and then exits with a status of its own."""
    return number in {getattr(signal, name, None) for name in USUAL}


def _end(number: int, _frame: FrameType | None) -> None:
    if _dying_by is None:  # else it is about to end, and does so once
        die_at_exit(number)
        end_within(LAST_RESORT, 128 + number)
        raise SystemExit(128 + number)


def _forget(numbers: list[int]) -> None:
    """In a copy of the process."""
    atexit.unregister(_die)
    for number in numbers:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


def _die() -> None:
    """The last that is done."""
    if _dying_by is not None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # nobody reads it; or there is none
                stream.flush()
        signal.signal(_dying_by, signal.SIG_DFL)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [_dying_by])
        os.kill(os.getpid(), _dying_by)
