"""Watches databases in a thread of its own, and tells what changes."""

from __future__ import annotations

import itertools
import os
import time
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.events import StoreEvents
from earwig.core.model.session import SessionId
from earwig.core.stores.sqlite.changes import Signature, signature
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.ids import id_of, read_id
from earwig.core.stores.sqlite.listing_thread import Listing
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.news import look_for_news, newest_row
from earwig.core.stores.sqlite.place import Stamp, resolved, shared_of, stamp_of
from earwig.core.stores.sqlite.reach import DatabaseReach, database_of
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching.wakeup import Polled
from earwig.core.stores.watching.watch_thread import TICK, WatchThread

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.store import DatabaseStore

_POLL = 0.2
"""Seconds between two looks at the files where that is all there is to go by: one takes some microseconds."""

_SETTLE = 0.02
"""Seconds after a change in which there is another look: a notification comes before its commit is whole."""

_WHOLE, _WHOLE_STEP = 0.01, 0.0003
"""Seconds for which a commit may be written when it is heard of, and between two looks whether it is done."""

_DRAWN = 0.008
"""Seconds left to who draws what has come to a session that is watched closely, before others have a turn."""

_LIST_PAUSE, _LIST_SHARE = 0.1, 50
"""What is listed whole after a change waits for so many seconds, or so many times what it took: 2 %."""

_LIST_STEP = 0.01
"""Seconds between two looks whether all is listed."""

_FRAMES = 0.06
"""Seconds after a change that are left to who draws it: a listing and that would take turns."""

_BUSY = 0.025
"""The same for a listing that is under way: it is to see one state of a database, so not for long."""

_LATE = 0.5
"""Seconds after which it waits no longer for a moment of quiet."""

_AGAIN = 0.5
"""Seconds between two tries to list what cannot be listed."""

_LOOK_SHARE = 3
"""Between two looks for what commits brought there is a pause of so many times what the last took."""

_LONGEST_PAUSE = 0.012
_RECENT = 8
"""The number of sessions that changed last and are looked at after each commit: the bot goes on with
these."""

_NOWHERE = Stamp(0, 0, 0)


class DatabaseWatcher(WatchThread):
    """Watches a store's databases and tells, in its own thread, what differs from the last look.

    Notification wakes it, and a look at the databases' files by the clock finds what that misses. After each
    commit the sessions with new rows are looked at, those that changed last, and those that are watched
    closely. What else a commit may have done (a name, a state, a removal) is found by listing all, for which
    there is a share of the time. Nothing of a database is open between two looks.
    """

    def __init__(self, store: DatabaseStore, watch: WatchOptions) -> None:
        self._store = store
        self._tell_of, self._at_once = watch.tell, watch.at_once
        self._reach = DatabaseReach(store.databases, watch.unlisted)
        super().__init__("earwig-database-watcher", self._reach, watch)
        self._recent: OrderedDict[SessionId, None] = OrderedDict()
        self._seen: dict[Path, Signature] = {}
        """How the files were when a database was looked at; empty before all are."""

        self._last: dict[Path, int] = {}
        """The number of each database's newest row then."""

        self._owes_listing = True
        self._may_list_at = 0.0
        self._changed_at = 0.0
        """When a change was seen first that no listing has been begun for."""

        self._busy_until = 0.0
        """When those are likely to be done to whom the last change is shown."""

        self._listing: Listing | None = None
        self._looked_at: set[SessionId] = set()
        """What was looked at since a listing was begun."""

        self._settle_at: float | None = None

    def _folders(self) -> Iterable[Path]:
        databases = self._store.databases
        return dict.fromkeys(it for path in databases for it in (path.parent, Path(resolved(path)).parent))

    def _owe_look(self) -> None:
        self._owes_listing, self._may_list_at = True, 0.0

    def _pause(self) -> float:
        now = time.monotonic()
        dues = [now + (_POLL if isinstance(self._wakeup, Polled) else TICK)]
        dues += [due for due in (self._settle_at, self._presence.due) if due is not None]
        if self._listing is not None:
            dues.append(now + _LIST_STEP)
        elif self._owes_listing:
            dues.append(max(self._may_list_at, self._changed_at + _FRAMES))
        return max(0.001, min(dues) - now)

    def _has_changed(self) -> bool:
        """Return whether any database is another than when it was looked at."""
        return any(signature(path) != seen for path, seen in self._seen.items())

    def _look(self, changes: frozenset[str]) -> None:
        del changes  # the signatures of the files tell
        now = time.monotonic()
        changed = [path for path in self._seen if signature(path) != self._seen[path]]
        if changed:
            if not self._owes_listing:
                self._changed_at = now
            self._settle_at, self._owes_listing, self._busy_until = now + _SETTLE, True, now + _BUSY
        elif self._settle_at is not None and now >= self._settle_at:
            # Where there is a -shm, that files are as they were says that nothing has happened.
            self._settle_at, changed = None, [path for path, seen in self._seen.items() if not seen.shared]
        waited = self._let_others_draw(changed)
        for path in changed:
            self._tell(self._look_at(path))
        self._tell(self._look_at_overdue(now))
        # In a flood there is no quiet moment: then there is one that is late.
        late = max(self._may_list_at, self._changed_at) + _LATE
        is_time = (self._settle_at is None and now >= self._changed_at + _FRAMES) or now >= late
        if self._listing is None and self._owes_listing and now >= self._may_list_at and is_time:
            self._listing = self._begin_listing()
            self._owes_listing = False
        if self._listing is not None and self._listing.is_done():
            listing, self._listing = self._listing, None
            if listing.fault is not None:
                raise listing.fault
            self._tell(self._look_at_all(listing))
            pause = _AGAIN if self._reach.unlisted else _LIST_PAUSE
            self._may_list_at = time.monotonic() + max(pause, listing.cost * _LIST_SHARE)
        cost = time.monotonic() - now - waited
        self._ended.wait(min(_LONGEST_PAUSE, _LOOK_SHARE * cost))

    def _let_others_draw(self, changed: Iterable[Path]) -> float:
        """Have what is watched closely looked at and drawn first; return how many seconds were waited for."""
        began = time.monotonic()
        for path in changed:
            self._wait_for_whole_commit(path)
        waited = time.monotonic() - began
        names = set(map(str, changed))
        if any(database_of(it) in names for it in self._close) and self._at_once():
            self._ended.wait(_DRAWN)
            waited += _DRAWN
        return waited

    def _wait_for_whole_commit(self, path: Path) -> None:
        """Wait while a commit is being written: the system tells of its beginning, and not of its end.

        The -shm tells: SQLite writes there last of all. Where there is none, nobody knows.
        """
        seen, end = self._seen[path].shared, time.monotonic() + _WHOLE
        while seen and shared_of(resolved(path)) == seen and time.monotonic() < end:
            self._ended.wait(_WHOLE_STEP)

    def _tell(self, told: Iterable[StoreEvents]) -> None:
        for events in told:
            for session in itertools.islice(itertools.chain(events.appeared, events.changed), _RECENT):
                self._recent[session.id] = None
                self._recent.move_to_end(session.id)
            while len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
            self._tell_of(events)

    def _begin_listing(self) -> Listing:
        """List all, in a thread where commits are looked at meanwhile."""
        is_first = not self._seen
        if is_first:
            self._last = {path: self._newest_in(path) for path in self._store.databases}
            self._seen = {path: signature(path) for path in self._store.databases}
        self._looked_at.clear()
        listing = Listing(self._store, lambda: self._busy_until)
        if is_first:
            listing.run()
        else:
            listing.start()
        return listing

    def _look_at_all(self, listing: Listing) -> list[StoreEvents]:
        """Take in what was listed; that is owed again where not all could be read."""
        found, reach = listing.found, self._reach
        late = self._presence.late_in(found)
        turned = reach.judge(listing.unlisted, self._presence.known)
        # What can be read again need not have changed.
        self._owes_listing |= bool(reach.unlisted)
        outages = [StoreEvents(unlisted=reach.unlisted)] if turned else []
        # What was looked at meanwhile was looked at later.
        return outages + self._presence.compare_all(found, late, lambda _: None, self._looked_at)

    def _look_at(self, path: Path) -> list[StoreEvents]:
        """Look for what commits have brought to a database."""
        seen, keys = signature(path), self._keys_in(path)
        if not self._reach.was_listed(path):
            self._seen[path] = seen
            return []  # what was there before is to be told from what has come since: a listing does
        stamp, last = stamp_of(resolved(path)) or _NOWHERE, self._last.get(path, 0)
        try:
            news = self._store.database(path).read(lambda it: look_for_news(it, path, stamp, last, keys))
        except Unreadable:
            self._seen[path] = seen
            return []  # the listing, which is owed, tells what is the matter
        self._seen[path] = seen
        self._last[path] = news.last
        if self._listing is not None:
            self._looked_at.update(id_of(str(path), key) for key in news.looks)
        looks = {id_of(str(path), key): session for key, session in news.looks.items()}
        if self._store.ids is not None:
            looks = {it: session for it, session in looks.items() if it in self._store.ids}
        known = self._presence.known
        gone_or_other = {
            it: session
            for it, session in looks.items()
            if session != known.get(it) or it in self._presence.missing
        }
        return self._presence.compare(gone_or_other)

    def _keys_in(self, path: Path) -> list[SessionKey]:
        """Return the sessions of a database that are looked at after each commit."""
        wanted = {*self._close, *self._recent}
        return [
            self._key_of(it) for it in wanted if it in self._presence.known and database_of(it) == str(path)
        ]

    def _key_of(self, session_id: SessionId) -> SessionKey:
        named = read_id(session_id)
        key = None if named is None else named.key
        return key or SessionKey(os.fsencode(self._presence.known[session_id].key))

    def _look_at_overdue(self, now: float) -> list[StoreEvents]:
        if self._presence.is_doubtful:
            self._presence.is_doubtful, self._owes_listing, self._may_list_at = False, True, 0.0
        overdue = self._presence.overdue(now)
        return self._presence.compare({it: self._store.look(it) for it in overdue}) if overdue else []

    def _newest_in(self, path: Path) -> int:
        try:
            return self._store.database(path).read(newest_row)
        except Unreadable:
            return 0  # its listing tells what is the matter
