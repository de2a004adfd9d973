"""The thread that every watcher of files is: it waits for changes, and begins anew after a fault."""

from __future__ import annotations

import abc
import logging
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from earwig.core.model.session import Session, SessionId
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching.filesystems import is_shared
from earwig.core.stores.watching.presence import Presence
from earwig.core.stores.watching.reach import Reach
from earwig.core.stores.watching.wakeup import Notified, Polled, Wakeup

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without one, Python writes warnings over the browser

TICK = 1.0
"""Seconds between two looks at what is watched closely, also without a notification."""

_RETRY = 5.0


class WatchThread(threading.Thread, abc.ABC):
    """Waits in its own thread until a folder may have changed, and then looks.

    Notification wakes it; where there is none, the clock. After a fault, which goes to
    `threading.excepthook`, it begins anew.
    """

    def __init__(self, name: str, reach: Reach, watch: WatchOptions) -> None:
        super().__init__(name=name, daemon=True)
        self._presence = Presence(reach, watch.known, watch.grace)
        self._ended = threading.Event()
        self._close: frozenset[SessionId] = frozenset()
        self._identities: dict[Path, tuple[int, int] | None] = {}
        """The folders that are watched, as they were when that began; None for one that was not there."""

        self._poll = watch.poll
        self._shared = False
        """Whether others than this machine may write there, of which no notification tells."""

        self._wakeup: Wakeup = Polled(self._ended)
        self._retry_at = 0.0

    @abc.abstractmethod
    def _folders(self) -> Iterable[Path]:
        """Return the folders to be watched, each once."""

    @abc.abstractmethod
    def _owe_look(self) -> None:
        """Have the next look be one at everything."""

    @abc.abstractmethod
    def _look(self, changes: frozenset[str]) -> None:
        """Look at what may have changed, and tell of it; `changes` are the places that were notified."""

    @abc.abstractmethod
    def _pause(self) -> float:
        """Return the seconds until the next look, if nothing is notified before."""

    @abc.abstractmethod
    def _has_changed(self) -> bool:
        """Return whether there is something to look at, notified or not. It is asked often."""

    def know(self, sessions: Iterable[Session]) -> None:
        """Take these sessions for known, before the thread starts."""
        self._presence.known = {session.id: session for session in sessions}

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        self._close = frozenset(session_ids)

    def stop(self) -> None:
        self._ended.set()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
            except Exception:  # noqa: BLE001 - reported as any thread's, but the thread goes on
                kind, value, trace = sys.exc_info()
                threading.excepthook(threading.ExceptHookArgs((kind or Exception, value, trace, self)))
                self._ended.wait(_RETRY)
        self._wakeup.close()

    def _follow(self) -> None:
        self._listen()
        changes: frozenset[str] = frozenset()
        while not self._ended.is_set():
            self._look(changes)
            changes = self._wait(self._pause())
            retry = self._retry_at and time.monotonic() >= self._retry_at
            if not self._ended.is_set() and (retry or self._folders_changed(changes)):
                self._listen()

    def _listen(self) -> None:
        """Start to be notified of what is there to be watched; then everything is looked at once."""
        self._wakeup.close()
        self._identities = {folder: identity_of(folder) for folder in self._folders()}
        there = [folder for folder, identity in self._identities.items() if identity is not None]
        self._retry_at = 0.0
        # What this machine writes there is notified, what others write is not: it is polled besides.
        self._shared = any(map(is_shared, there))
        if self._poll or not there:
            self._wakeup = Polled(self._ended)
        else:
            self._wakeup = Notified(there, self._ended, silent=self._shared)
            self._wait(0.0)  # the watch stands from here on: what comes before it, the look below finds
        self._owe_look()

    def _wait(self, seconds: float) -> frozenset[str]:
        try:
            return self._wakeup.wait(seconds, self._has_changed)
        except (OSError, RuntimeError, ValueError) as error:
            # A name that is not UTF-8 ends the watcher; a full system has no watch left to give.
            log.warning(
                "file notification ended (%s); polling until it can be tried again", type(error).__name__
            )
            self._wakeup.close()
            self._wakeup = Polled(self._ended)
            self._retry_at = time.monotonic() + _RETRY
            self._owe_look()
            return frozenset()

    def _folders_changed(self, changes: frozenset[str]) -> bool:
        # A folder that was deleted and made again may have the old inode number; then only its own
        # deletion, of which the watcher tells, says that the watch is dead.
        return any(
            str(folder) in changes or identity_of(folder) != known
            for folder, known in self._identities.items()
        )


def identity_of(folder: str | Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one of its name; None where it cannot be looked at."""
    try:
        status = os.stat(folder)  # noqa: PTH116 - as the folder is named, however that is
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
