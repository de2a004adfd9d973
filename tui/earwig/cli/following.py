"""What commands share that go on until they are interrupted."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType

from earwig.cli.output import Output
from earwig.cli.sessions import complain, no_sessions
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Outages, Unlisted
from earwig.core.stores.store import Store, Watcher, WatchOptions
from earwig.core.system.ending import is_dying
from earwig.core.text.safe_text import own_text, safe_name

_BREATH = 1.0
"""Seconds between looks at whether anybody still reads what is printed."""

_interrupted = threading.Event()


def end_by_interrupt() -> None:
    """Let SIGINT, SIGTERM and SIGHUP raise `KeyboardInterrupt`; not the last one under `nohup`."""
    raise_by_interrupt()
    signal.signal(signal.SIGTERM, _interrupt)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


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
    if is_dying():
        return  # what ends the process for good is on its way, and must not be lost for this
    _interrupted.set()
    raise KeyboardInterrupt


class HeardEvents:
    """What a watcher says, for another thread; which says what it hears of folders that cannot be listed."""

    def __init__(self, err: Output) -> None:
        self._events: SimpleQueue[StoreEvents] = SimpleQueue()
        self._outages = Outages(lambda sentence: complain(err, sentence))
        self.put = self._events.put
        """Takes events, from any thread."""

    def get(self, timeout: float) -> StoreEvents:
        """Return the next events. Raises `Empty` if none come within `timeout` seconds."""
        events = self._events.get(timeout=timeout)
        self._outages.take(events.unlisted)
        return events


@contextmanager
def following(store: Store, err: Output) -> Iterator[tuple[Watcher, HeardEvents, list[Session]]]:
    """List the sessions, and run a watcher; yield it, what it says that is new, and the sessions."""
    unlisted: list[Unlisted] = []
    known = store.sessions(unlisted)
    if not known and all(it.missing for it in unlisted):
        complain(err, own_text("{}; waiting for one", no_sessions(store)))
    events = HeardEvents(err)
    for it in unlisted:
        if it.missing and known:
            complain(err, own_text("{}; waiting until it can be", it.words(safe_name(it.folder))))
    watcher = store.watcher(WatchOptions(events.put, known=known, unlisted=unlisted))
    watcher.start()
    try:
        yield watcher, events, known
    finally:
        watcher.stop()
        watcher.join(_BREATH)


def next_events(events: HeardEvents, due: float | None) -> StoreEvents:
    """Return what is next; nothing after a while, or once `due`. Raises `KeyboardInterrupt`, if late."""
    raise_if_interrupted()
    wait = _BREATH if due is None else max(0.0, min(_BREATH, due - time.monotonic()))
    try:
        return events.get(timeout=wait)
    except Empty:
        return StoreEvents()
