"""Watches sessions folders in a thread of its own, and tells what changes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore, is_session_name, look_at
from earwig.core.stores.jsonl.reach import FolderReach
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching.wakeup import Polled
from earwig.core.stores.watching.watch_thread import TICK, WatchThread

_RECONCILE = 2.0
_RECONCILE_SHARE = 400
"""A look at everything may take one part in so many of the time: 0.25 % of a core, however many sessions."""

_POLL = 0.5
_POLL_SHARE = 50
"""The same where looks are all there is to go by: 2 %."""

_SOONEST = 0.05


class Follower(WatchThread):
    """Watches a store's folders and tells, in its own thread, what differs from the last look.

    Notification wakes it. What notification misses (a full queue, a network file system, a folder that was
    made anew) is found by a slow look at everything, which is a quick one where others than this machine may
    write. It opens no session file. What cannot be looked at has not vanished: a folder that cannot be listed
    whole is told once, and tried again and again.
    """

    def __init__(self, store: FolderStore, watch: WatchOptions) -> None:
        self._store = store
        self._tell_of = watch.tell
        self._reach = FolderReach(store, watch.unlisted)
        super().__init__("earwig-follower", self._reach, watch)
        if self._presence.known:
            self._reach.trust()
        self._files = {SessionId(str(path)) for path in store.files}
        self._next_reconcile = 0.0

    def know(self, sessions: Iterable[Session]) -> None:
        super().know(sessions)
        self._reach.trust()

    def _folders(self) -> Iterable[Path]:
        return dict.fromkeys((*self._store.folders, *(path.parent for path in self._store.files)))

    def _owe_look(self) -> None:
        self._next_reconcile = 0.0

    def _pause(self) -> float:
        seconds = _POLL if self._polling else TICK
        due = self._presence.due
        return seconds if due is None else min(seconds, max(_SOONEST, due - time.monotonic()))

    def _has_changed(self) -> bool:
        return any(self._presence.has_changed(location, look_at(location)) for location in self._close)

    @property
    def _polling(self) -> bool:
        return self._shared or isinstance(self._wakeup, Polled)

    def _folders_changed(self, changes: frozenset[str]) -> bool:
        for folder in self._identities:
            if str(folder) in changes:
                self._reach.distrust(folder)
        return super()._folders_changed(changes)

    def _look(self, changes: frozenset[str]) -> None:
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
        late = self._presence.late_in(found)
        turned = self._reach.judge(unlisted, found, self._presence.known)
        outages = [StoreEvents(unlisted=self._reach.unlisted)] if turned else []
        # A listing may leave out a file that is renamed over meanwhile: a second look tells.
        return outages + self._presence.compare_all(found, late, look_at)
