"""What commands share that go on until they are interrupted."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType

from earwig.core.following.facts import Facts
from earwig.core.following.follower import Follower
from earwig.core.store import FolderStore, Session

_BREATH = 1.0
"""Seconds between looks at whether anybody still reads what is printed."""

_interrupted = threading.Event()


def end_by_interrupt() -> None:
    """Let SIGINT and SIGTERM raise `KeyboardInterrupt`."""
    raise_by_interrupt()
    signal.signal(signal.SIGTERM, _interrupt)


def raise_by_interrupt() -> None:
    """Let SIGINT raise `KeyboardInterrupt`.

    A shell starts background jobs with interrupts ignored; a command that only they can end needs them. What
    is raised while Python imports a module can be lost in a callback, from which it only prints exceptions:
    `raise_if_interrupted` raises it again.
    """
    forget_interrupt()
    signal.signal(signal.SIGINT, _interrupt)


def raise_if_interrupted() -> None:
    """Raise `KeyboardInterrupt` if an interrupt has come, be it a while ago."""
    if _interrupted.is_set():
        raise KeyboardInterrupt


def forget_interrupt() -> None:
    """What was raised has been heard."""
    _interrupted.clear()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _interrupted.set()
    raise KeyboardInterrupt


@contextmanager
def following(store: FolderStore, known: Sequence[Session]) -> Iterator[tuple[Follower, SimpleQueue[Facts]]]:
    """A running follower of the store, and what it says; nothing of what is `known`."""
    facts: SimpleQueue[Facts] = SimpleQueue()
    follower = Follower(store, facts.put, known=known)
    follower.start()
    try:
        yield follower, facts
    finally:
        follower.stop()
        follower.join(_BREATH)


def next_facts(facts: SimpleQueue[Facts], due: float | None) -> Facts:
    """What happens next; nothing after a while, or when something is due (monotonic clock, seconds).

    Raises `KeyboardInterrupt` if an interrupt has come, be it a while ago.
    """
    raise_if_interrupted()
    wait = _BREATH if due is None else max(0.0, min(_BREATH, due - time.monotonic()))
    try:
        return facts.get(timeout=wait)
    except Empty:
        return Facts()
