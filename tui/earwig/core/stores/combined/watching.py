"""Watches several stores and reports their changes as those of one list."""

from __future__ import annotations

import functools
import threading
from collections.abc import Container, Iterable

from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.combined.as_stored import file_key, undressed
from earwig.core.stores.combined.store import CombinedStore, Part
from earwig.core.stores.store import Store, Watcher, WatchOptions

_LOOK = 1.0
"""Seconds between two looks for a part that was not there."""

_PAUSE = 0.002
"""Seconds between two comparisons of what is in two places. Nobody waits for them."""


class CombinedWatcher:
    """The watchers of a store's parts. What they report is reported as of one list.

    Nothing is told of a session that is the same conversation as a listed one. A session that the bot has put
    away, or that goes on under its key in another store, is told as found: nothing in it is new.
    """

    def __init__(self, store: CombinedStore, watch: WatchOptions) -> None:
        self._store = store
        self._watch = watch._replace(known=(), unlisted=list(watch.unlisted))
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._close: list[SessionId] = []
        self._outages: dict[int, tuple[Unlisted, ...]] = {}
        self._watchers: list[Watcher] = []
        self._dormant: list[Part] = []
        self._list = _Joined(store)
        self._thread = threading.Thread(target=self._look_after, name="earwig-parts", daemon=True)
        self.know(watch.known)

    def know(self, sessions: Iterable[Session]) -> None:
        self._known = [undressed(session) for session in sessions]

    def start(self) -> None:
        merged = self._store.last_merged
        if merged is not None:
            self._known += merged.behind
        self._list.begin(self._known)
        self._dormant = [part for part in self._store.parts if not part.is_there()]
        for part in self._store.parts:
            if part not in self._dormant:
                self._begin_part(part)
        self._known = []
        self._thread.start()

    def _begin_part(self, part: Part) -> None:
        store, number = part.store, len(self._watchers)
        self._outages[number] = ()
        asked = self._watch._replace(
            tell=functools.partial(self._take, number),
            known=[it for it in self._known if part.holds(it)],
            unlisted=[it for it in self._watch.unlisted if it.folder in _names(store)],
        )
        watcher = store.watcher(asked)
        self._watchers.append(watcher)
        watcher.watch_closely(self._close)
        watcher.start()

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        self._close = list(session_ids)
        for watcher in self._watchers:
            watcher.watch_closely(self._close)

    def stop(self) -> None:
        self._ended.set()
        for watcher in self._watchers:
            watcher.stop()

    def join(self, timeout: float | None = None) -> None:
        if self._thread.ident is not None:
            self._thread.join(timeout)
        for watcher in self._watchers:
            watcher.join(timeout)

    def _take(self, number: int, events: StoreEvents) -> None:
        with self._lock:
            told = self._list.take(events)
            if events.unlisted is not None:
                self._outages[number] = events.unlisted
                alone = {it.folder: it for those in self._outages.values() for it in those}
                told = told._replace(unlisted=tuple(alone.values()))
            if told:
                self._watch.tell(told)

    def _look_after(self) -> None:
        """Compare what was only taken for the same; then wait for parts that are not there yet."""
        while not self._ended.wait(_PAUSE) and self._list.unproven:
            with self._lock:
                told = self._list.prove()
                if told:
                    self._watch.tell(told)
        while self._dormant and not self._ended.wait(_LOOK):
            for part in [it for it in self._dormant if it.is_there()]:
                self._dormant.remove(part)
                self._begin_part(part)


class _Joined:
    """Sessions of several stores as one list has them; says what changes in it."""

    def __init__(self, store: CombinedStore) -> None:
        self._store = store
        self._sessions: dict[SessionId, Session] = {}
        self._keys: dict[str, set[SessionId]] = {}
        self._shown: dict[str, dict[SessionId, Session]] = {}
        """By key, of those with several sessions: what is listed."""

        self._is_merging = False
        self.unproven: list[str] = []
        """Keys of which some sessions were taken for the same without a comparison."""

    def begin(self, sessions: Iterable[Session]) -> None:
        """Take these for what is known, listed as they were."""
        self._sessions = {session.id: session for session in sessions}
        if any(session.detail is not None for session in self._sessions.values()):
            self._begin_to_merge()

    def _begin_to_merge(self) -> None:
        self._is_merging = True
        for session in self._sessions.values():
            self._keys.setdefault(file_key(session), set()).add(session.id)
        for key, ids in self._keys.items():
            if len(ids) > 1:
                self._shown[key], unproven = self._listed(key, trusting=True)
                self.unproven += [key] * unproven

    def take(self, events: StoreEvents) -> StoreEvents:
        """Take in what a part tells; return what there is to tell of the list."""
        if not self._is_merging and any(session.detail is not None for session in events.there):
            self._begin_to_merge()
        for session in events.there:
            self._sessions[session.id] = session
        if not self._is_merging:
            for it in events.vanished:
                self._sessions.pop(it.id, None)
            return events
        appeared = {session.id for session in events.appeared}
        new = appeared.union(session.id for session in events.found)
        reasons = {it.id: it for it in events.vanished}
        keys: dict[str, None] = {}
        gone: list[Session] = []
        for session in events.there:
            key = file_key(session)
            keys[key] = None
            self._keys.setdefault(key, set()).add(session.id)
        for it in events.vanished:
            session_gone = self._sessions.get(it.id)
            if session_gone is not None:
                gone.append(session_gone)
                keys[file_key(session_gone)] = None
        found = _Told()
        changed = {session.id for session in events.changed}
        for key in keys:
            before = self._before(key, new)
            for session in gone:
                if file_key(session) == key:
                    self._sessions.pop(session.id, None)
                    self._keys[key].discard(session.id)
            now, _ = self._listed(key)
            found.compare(before, now, appeared, changed, reasons)
            self._keep(key, now)
        return found.events()

    def prove(self) -> StoreEvents:
        """Compare the sessions of one key that was taken on trust."""
        key = self.unproven.pop()
        before = self._before(key, ())
        now, _ = self._listed(key)
        found = _Told()
        found.compare(before, now, (), (), {})
        self._keep(key, now)
        return found.events()

    def _before(self, key: str, new: Container[SessionId]) -> dict[SessionId, Session]:
        shown = self._shown.get(key)
        if shown is not None:
            return shown
        return {it: self._sessions[it] for it in self._keys.get(key, ()) if it not in new}

    def _keep(self, key: str, now: dict[SessionId, Session]) -> None:
        if len(self._keys.get(key, ())) > 1:
            self._shown[key] = now
        else:
            self._shown.pop(key, None)
            if not self._keys.get(key):
                self._keys.pop(key, None)

    def _listed(self, key: str, *, trusting: bool = False) -> tuple[dict[SessionId, Session], bool]:
        sessions = [self._sessions[it] for it in sorted(self._keys.get(key, ()))]
        if len(sessions) < 2:
            return {session.id: session for session in sessions}, False
        merged = self._store.compare(sessions, trusting=trusting)
        return {session.id: session for session in merged.listed(sessions)}, bool(merged.unproven)


class _Told:
    """What is to be told of a list, key by key."""

    def __init__(self) -> None:
        self._appeared: list[Session] = []
        self._changed: list[Session] = []
        self._found: list[Session] = []
        self._vanished: list[Vanished] = []

    def compare(
        self,
        before: dict[SessionId, Session],
        now: dict[SessionId, Session],
        appeared: Container[SessionId],
        changed: Container[SessionId],
        reasons: dict[SessionId, Vanished],
    ) -> None:
        """Add what differs between what was listed of a key and what is."""
        for session_id, session in now.items():
            if session_id not in before:
                is_new = session_id in appeared and not session.is_put_away and not before
                (self._appeared if is_new else self._found).append(session)
            elif session != before[session_id] or session_id in changed:
                self._changed.append(session)
        for session_id in before.keys() - now.keys():
            moved = Vanished(session_id, RemovalReason.MIGRATED)
            self._vanished.append(reasons.get(session_id, moved))

    def events(self) -> StoreEvents:
        return StoreEvents(
            tuple(self._appeared), tuple(self._changed), tuple(self._vanished), tuple(self._found)
        )


def _names(store: Store) -> set[str]:
    return {*map(str, store.places), *map(str, store.bots_folders)}
