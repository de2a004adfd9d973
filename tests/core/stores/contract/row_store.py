"""The least that a store can be: sessions in a table in memory, with ids that are no paths."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from earwig.core.model.about import About
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Detail, Session, SessionId, grouped, in_order
from earwig.core.model.unlisted import Unlisted
from earwig.core.query.control import SearchControl
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Recipe, Store, Take, WatchOptions
from tests.core.stores.contract.rows import Table
from tests.core.stores.contract.scan_search import ScanSearcher

KIND = "rows"
_TICK = 0.02


class RowBase:
    """A table, and what a listing of it tells besides."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self.path = path
        self.table = Table()
        self.versions: dict[str, tuple[int, int]] = {}
        """Of each key: how often it was changed, and when last (Unix time, nanoseconds)."""

        self.is_away = False


class RowStore:
    """As `Store` has it."""

    def __init__(self, base: RowBase, ids: Sequence[SessionId] | None = None) -> None:
        """`ids`: the only ones that it has."""
        self._base = base
        self._ids = ids
        self.places: Sequence[Path] = [base.path]
        self.bots_folders: Sequence[Path] = [base.path.parent]
        self.recipe = Recipe(KIND, (str(base.path),), tuple(ids or ()))
        self.groups = frozenset({grouped(self._id_of("any"))[0]})

    def _id_of(self, key: str) -> SessionId:
        return SessionId(f"{self._base.path}#{key.encode('utf-8', 'surrogatepass').hex()}")

    def _session(self, key: str) -> Session:
        base, rows = self._base, self._base.table.of(key)
        changes, at = base.versions[key]
        end = rows[-1].number + 1
        return Session(
            self._id_of(key), len(rows), at, (1, changes), detail=Detail(KIND, key, base.path, end)
        )

    def sessions(self, unlisted: list[Unlisted] | None = None) -> list[Session]:
        return in_order(self.in_any_order(unlisted))

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        if self._base.is_away:
            if unlisted is not None:
                unlisted.append(Unlisted(str(self._base.path), "it is away"))
            return
        for key in tuple(self._base.versions):
            if self._ids is None or self._id_of(key) in self._ids:
                yield self._session(key)

    def look(self, session_id: SessionId) -> Session | None:
        return next((it for it in self.in_any_order() if it.id == session_id), None)

    def find(self, name: str) -> Sequence[Session]:
        return [it for it in self.in_any_order() if name in (it.id, it.key)]

    def about(self, session: Session) -> About:
        return About()

    def elsewhere(self, session: Session) -> Sequence[Session]:
        return ()

    def open(self, session: Session) -> Transcript:
        return self._base.table.open(session.key)

    def remarks(self, session: Session) -> Sequence[str]:
        del session
        return ()

    def only(self, sessions: Iterable[Session]) -> RowStore:
        return RowStore(self._base, [session.id for session in sessions])

    def watcher(self, watch: WatchOptions) -> RowWatcher:
        return RowWatcher(self, watch)

    def additions(self) -> RowAdditions:
        return RowAdditions(self)

    def searcher(
        self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False
    ) -> ScanSearcher:
        return ScanSearcher(self.look, self.open, ready, control, one_is_enough=one_is_enough)

    def read_together(self, sessions: Sequence[Session], take: Take) -> None:
        pass

    def foremost(self) -> Sequence[Session]:
        return ()

    def listing(self) -> None:
        return None


class RowAdditions:
    """As `Additions` has it."""

    def __init__(self, store: RowStore) -> None:
        self._store = store
        self._known: frozenset[SessionId] = frozenset()

    def begin(self, known: Iterable[SessionId]) -> None:
        self._known = frozenset(known)

    def ids(self) -> Iterable[SessionId]:
        return [it.id for it in self._store.in_any_order() if it.id not in self._known]


class RowWatcher(threading.Thread):
    """As `Watcher` has it."""

    def __init__(self, store: RowStore, watch: WatchOptions) -> None:
        super().__init__(daemon=True)
        self._store = store
        self._tell = watch.tell
        self._ended = threading.Event()
        self._was_away = False
        self.know(watch.known)

    def know(self, sessions: Iterable[Session]) -> None:
        self._known: Mapping[SessionId, Session] = {session.id: session for session in sessions}

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        """All are."""

    def stop(self) -> None:
        self._ended.set()

    def run(self) -> None:
        while not self._ended.wait(_TICK):
            unlisted: list[Unlisted] = []
            there = {session.id: session for session in self._store.in_any_order(unlisted)}
            turned, self._was_away = self._was_away != bool(unlisted), bool(unlisted)
            if turned:
                self._tell(StoreEvents(unlisted=tuple(unlisted)))
            if not unlisted and (events := self._differences(there)):
                self._tell(events)

    def _differences(self, there: Mapping[SessionId, Session]) -> StoreEvents:
        known, self._known = self._known, there
        return StoreEvents(
            tuple(it for it in there.values() if it.id not in known),
            tuple(it for it in there.values() if known.get(it.id, it) != it),
            tuple(Vanished(it, RemovalReason.DELETED) for it in known if it not in there),
        )


class RowsInTable:
    """As `Scene` has it."""

    def __init__(self, path: Path) -> None:
        self._base = RowBase(path / "table.db")
        self.store: Store = RowStore(self._base)

    def make(self, recipe: Recipe) -> RowStore:
        assert recipe.kind == KIND
        return RowStore(self._base, [SessionId(it) for it in recipe.files] or None)

    def append(self, key: str, *messages: tuple[str, str]) -> None:
        self._base.table.append(key, *messages)
        self._note(key)

    def rewrite(self, key: str, messages: Sequence[tuple[str, str]]) -> None:
        self._base.table.rewrite(key, messages)
        self._note(key)

    def append_damaged(self, key: str) -> None:
        self._base.table.append_damaged(key)
        self._note(key)

    def remove(self, key: str) -> None:
        del self._base.versions[key]
        self._base.table.remove(key)

    def take_away(self) -> None:
        self._base.is_away = True

    def put_back(self) -> None:
        self._base.is_away = False

    def _note(self, key: str) -> None:
        changes, _ = self._base.versions.get(key, (0, 0))
        self._base.versions[key] = (changes + 1, time.time_ns())
