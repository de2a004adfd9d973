"""Watches sessions folders in a thread of its own, and tells what changes."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore, identity_of, is_session_name, look_at
from earwig.core.stores.jsonl.reach import Reach
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching.filesystems import is_shared
from earwig.core.stores.watching.presence import Presence
from earwig.core.stores.watching.wakeup import Notified, Polled, Wakeup

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without one, Python writes warnings over the browser

TICK = 1.0
"""Seconds between two looks at the folders themselves, and at the sessions that are watched closely."""

_RECONCILE = 2.0
_RECONCILE_SHARE = 400
"""A look at everything may take one part in so many of the time: 0.25 % of a core, however many sessions."""

_POLL = 0.5
_POLL_SHARE = 50
"""The same where looks are all there is to go by: 2 %."""

_RETRY = 5.0
_SOONEST = 0.05


class Follower(threading.Thread):
    """Watches a store's folders and tells, in its own thread, what differs from the last look.

    Notification wakes it. What notification misses (a full queue, a network file system, a folder that was
    made anew) is found by a slow look at everything, which is a quick one where others than this machine may
    write. It opens no session file. After a fault, which goes to `threading.excepthook`, it begins anew. What
    cannot be looked at has not vanished: a folder that cannot be listed whole is told once, and tried again
    and again.
    """

    def __init__(self, store: FolderStore, watch: WatchOptions) -> None:
        super().__init__(name="earwig-follower", daemon=True)
        self._store = store
        self._tell_of = watch.tell
        self._reach = Reach(store, watch.unlisted)
        self._presence = Presence(self._reach, watch.known, watch.grace)
        if self._presence.known:
            self._reach.trust()
        self._poll = watch.poll
        self._shared = False
        self._ended = threading.Event()
        self._close: frozenset[SessionId] = frozenset()
        self._files = {SessionId(str(path)) for path in store.files}
        self._folders = tuple(dict.fromkeys((*store.folders, *(path.parent for path in store.files))))
        self._wakeup: Wakeup = Polled(self._ended)
        self._identities: dict[Path, tuple[int, int] | None] = {}
        self._next_reconcile = 0.0
        self._retry_at = 0.0

    def know(self, sessions: Iterable[Session]) -> None:
        """Take these sessions for known, before the thread starts."""
        self._presence.known = {session.id: session for session in sessions}
        self._reach.trust()

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        """Look at these sessions every `TICK`, also without a notification."""
        self._close = frozenset(session_ids)

    def stop(self) -> None:
        """Tell the thread to end. Does not wait for it, because a dead network file system may hold it."""
        self._ended.set()

    def run(self) -> None:
        """Watch until stopped."""
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
            self._tell(changes)
            changes = self._wait()
            if not self._ended.is_set() and (self._retry_is_due() or self._folders_changed(changes)):
                self._listen()

    def _listen(self) -> None:
        """Start to be notified of what is there to be watched; then look at everything once."""
        self._wakeup.close()
        self._identities = {folder: _identity(folder) for folder in self._folders}
        there = [folder for folder, identity in self._identities.items() if identity is not None]
        self._retry_at = 0.0
        # What this machine writes there is notified, what others write is not: it is polled besides.
        self._shared = any(is_shared(folder) for folder in there)
        if self._poll or not there:
            self._wakeup = Polled(self._ended)
        else:
            self._wakeup = Notified(there, self._ended, silent=self._shared)
            self._wait(0.0)  # the watch stands from here on: what comes before it, the look below finds
        self._next_reconcile = 0.0

    def _wait(self, seconds: float | None = None) -> frozenset[str]:
        if seconds is None:
            seconds = _POLL if self._polling else TICK
            due = self._presence.due
            if due is not None:
                seconds = min(seconds, max(_SOONEST, due - time.monotonic()))
        try:
            return self._wakeup.wait(seconds, self._close_ones_changed)
        except (OSError, RuntimeError, ValueError) as error:
            # A name that is not UTF-8 ends the watcher; a full system has no watch left to give.
            log.warning(
                "file notification ended (%s); polling until it can be tried again", type(error).__name__
            )
            self._wakeup.close()
            self._wakeup = Polled(self._ended)
            self._retry_at = time.monotonic() + _RETRY
            self._next_reconcile = 0.0
            return frozenset()

    def _close_ones_changed(self) -> bool:
        """Return whether any of the sessions that are watched closely is another than it was."""
        return any(self._presence.has_changed(location, look_at(location)) for location in self._close)

    @property
    def _polling(self) -> bool:
        return self._shared or isinstance(self._wakeup, Polled)

    def _retry_is_due(self) -> bool:
        return bool(self._retry_at) and time.monotonic() >= self._retry_at

    def _folders_changed(self, changes: frozenset[str]) -> bool:
        # A folder that was deleted and made again may have the old inode number; then only its own
        # deletion, of which the watcher tells, says that the watch is dead.
        for folder in self._identities:
            if str(folder) in changes:
                self._reach.distrust(folder)
        return any(
            str(folder) in changes or _identity(folder) != known for folder, known in self._identities.items()
        )

    def _tell(self, changes: Iterable[str]) -> None:
        now = time.monotonic()
        if now >= self._next_reconcile:
            told = self._look_at_all()
            cost = time.monotonic() - now
            quick = self._polling or self._reach.unlisted
            pause, share = (_POLL, _POLL_SHARE) if quick else (_RECONCILE, _RECONCILE_SHARE)
            self._next_reconcile = now + max(pause, cost * share)
        else:
            places = self._sessions_of(changes) | self._close | self._presence.overdue(now)
            told = self._presence.compare({location: look_at(location) for location in places})
        if self._presence.is_doubtful:
            self._presence.is_doubtful = False
            self._next_reconcile = 0.0
        for events in told:
            self._tell_of(events)

    def _sessions_of(self, changes: Iterable[str]) -> set[SessionId]:
        """Return the changed places as the store names them: some systems notify with links resolved."""
        names = {os.path.basename(location) for location in changes}  # noqa: PTH119
        places = {
            SessionId(os.path.join(folder, name))  # noqa: PTH118 - as a listing gives it
            for name in names
            if is_session_name(name)
            for folder in self._store.folders
        }
        return places | self._files

    def _look_at_all(self) -> list[StoreEvents]:
        unlisted: list[Unlisted] = []
        found = {session.id: session for session in self._store.in_any_order(unlisted)}
        presence, reach = self._presence, self._reach
        known = presence.known
        late = {it for it in found.keys() - known.keys() if reach.is_late(it)}
        turned = reach.judge(unlisted, found, known)
        looks: dict[SessionId, Session | None] = {
            location: session for location, session in found.items() if known.get(location) != session
        }
        looks |= {location: found[location] for location in presence.missing if location in found}
        # A listing may leave out a file that is renamed over meanwhile: a second look tells.
        looks |= {it: look_at(it) for it in known.keys() - found.keys() if not reach.is_out(it)}
        outages = [StoreEvents(unlisted=reach.unlisted)] if turned else []
        return outages + presence.compare(looks, late)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        return identity_of(folder)
    except OSError:
        return None
