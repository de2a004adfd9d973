"""Followers at work, for tests: real threads, and waiting for what they say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from earwig.core.model.events import StoreEvents, Vanished
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.jsonl.follower import Follower
from earwig.core.stores.store import GRACE, WatchOptions

LATER = 30.0
"""Seconds within which all that must be noticed is, on a busy machine.

That it was noticed by a notification is shown by a test in which nothing else would tell: `no_reconcile`.
"""


def wait_for(condition: Callable[[], object], seconds: float) -> None:
    """Until the condition holds; a failure after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so within {seconds} s"
        time.sleep(0.002)


class Deaf:
    """A watch that never tells of anything, as a network file system's: for `watch_thread.Notified`."""

    def __init__(self, folders: Sequence[Path], stop: threading.Event, *, silent: bool = False) -> None:
        self._stop = stop

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        self._stop.wait(seconds)
        return frozenset()

    def close(self) -> None:
        pass


class Log:
    """All that a follower said so far."""

    def __init__(self) -> None:
        self.events: list[StoreEvents] = []

    def __call__(self, events: StoreEvents) -> None:
        """What the follower calls."""
        self.events.append(events)

    @property
    def appeared(self) -> list[Session]:
        """New sessions, in the order of the facts."""
        return [session for events in tuple(self.events) for session in events.appeared]

    @property
    def changed(self) -> list[Session]:
        """Changed sessions, each as often as it was said."""
        return [session for events in tuple(self.events) for session in events.changed]

    @property
    def found(self) -> list[Session]:
        """Sessions in which nothing is new."""
        return [session for events in tuple(self.events) for session in events.found]

    @property
    def vanished(self) -> list[Vanished]:
        """Sessions that are gone."""
        return [vanished for events in tuple(self.events) for vanished in events.vanished]

    @property
    def unlisted(self) -> tuple[Unlisted, ...]:
        """The folders that are out of reach, by what was said last."""
        told = (events.unlisted for events in reversed(tuple(self.events)) if events.unlisted is not None)
        return next(told, ())


@contextmanager
def following(
    store: FolderStore, *, known: Iterable[Session] | None = None, poll: bool = False, grace: float = GRACE
) -> Iterator[tuple[Log, Follower]]:
    """A running follower that knows what is there, or what it is told to know."""
    log = Log()
    known = store.sessions() if known is None else known
    follower = Follower(store, WatchOptions(log, known=known, poll=poll, grace=grace))
    follower.start()
    try:
        yield log, follower
    finally:
        follower.stop()
        follower.join(LATER)
    assert not follower.is_alive()


@contextmanager
def listening(*folders: Path, poll: bool = False) -> Iterator[Log]:
    """What a follower says of these folders once its watch stands: a first file was noticed in each."""
    with following(FolderStore(folders), poll=poll) as (log, _):
        for folder in folders:
            be_noticed(log, folder)
        yield log


def be_noticed(log: Log, folder: Path) -> None:
    """Wait until a new file in the folder is noticed; then forget all that was said."""
    probe = folder / "probe.jsonl"
    probe.touch()
    wait_for(lambda: str(probe) in {session.id for session in log.appeared}, LATER)
    probe.unlink()
    wait_for(lambda: str(probe) in {vanished.id for vanished in log.vanished}, LATER)
    log.events.clear()
