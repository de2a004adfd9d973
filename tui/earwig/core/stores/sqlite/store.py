"""The bot's databases as a store: any number of files, each of which may come, be replaced and go."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, SessionId, in_order
from earwig.core.model.unlisted import Unlisted
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.changes import Signature, signature
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.described import Described, describe, look_for, newest
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.ids import SEPARATOR, Named, id_of, key_in, read_id, rest_of
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.place import NO_STAMP, Stamp, resolved, stamp_of
from earwig.core.stores.sqlite.snapshot import Cancelled
from earwig.core.stores.store import (
    Additions,
    Listings,
    Recipe,
    Searcher,
    Store,
    Take,
    Watcher,
    WatchOptions,
)
from earwig.core.system.opening import MISSING, CannotOpen

if TYPE_CHECKING:
    from earwig.core.model.about import About
    from earwig.core.query.control import SearchControl
    from earwig.core.query.ready_query import ReadyQuery
    from earwig.core.stores.protocols import Transcript

KIND = "sqlite"


_IMPORTED_INTO = "sessions.db"
"""The database that the bot makes of a folder's files."""

_LARGE = 8 * 1024 * 1024
"""Bytes of a database from which on listing it may take longer than somebody waits for."""

_HUGE = 256 * 1024 * 1024
"""The same for a search, which tells of nothing before it knows the order of the sessions."""

_NEWEST = 64
"""The number of sessions listed first: more than a screen has room for. Each takes three queries."""


class _Listed(NamedTuple):
    """A listing of one database, and how its files were then."""

    signature: Signature
    described: Described


class DatabaseStore(Store):
    """Sessions in databases."""

    def __init__(self, databases: Iterable[Path], ids: Iterable[SessionId] | None = None) -> None:
        """`ids`: those that are listed; None for all."""
        self.databases = tuple(dict.fromkeys(map(_absolute, databases)))
        self.ids = None if ids is None else frozenset(ids)
        self._lock = threading.Lock()
        self._opened: dict[Path, Database] = {}
        self._listed: dict[Path, _Listed] = {}

    @classmethod
    def made(cls, recipe: Recipe) -> DatabaseStore:
        return cls(map(Path, recipe.places), map(SessionId, recipe.files) if recipe.files else None)

    @property
    def recipe(self) -> Recipe:
        return Recipe(KIND, tuple(map(str, self.databases)), tuple(sorted(self.ids or ())))

    @property
    def places(self) -> Sequence[Path]:
        return self.databases

    @property
    def bots_folders(self) -> Sequence[Path]:
        return [*dict.fromkeys(path.parent for path in self.databases)]

    def database(self, path: Path) -> Database:
        """Return the database at a path: one object for all who read it."""
        with self._lock:
            return self._opened.setdefault(path, Database(path))

    def in_any_order(
        self, unlisted: list[Unlisted] | None = None, cancelled: Cancelled = bool
    ) -> Iterator[Session]:
        """`cancelled` is asked as in `Database.read`."""
        told = [] if unlisted is None else unlisted
        for path in self.databases:
            try:
                described = self._describe(path, cancelled)
            except Unreadable as error:
                why = _why(path, error)
                if why is not None and why not in told:
                    told.append(why)
                continue
            if described.problem is not None:
                some = bool(described.sessions)
                told.append(Unlisted(str(path), described.problem, partial=some, is_clause=True))
            yield from described.sessions

    def _describe(self, path: Path, cancelled: Cancelled = bool) -> Described:
        """Return what a list shows of a database. Raises `Unreadable`."""
        now = signature(path)
        known = self._listed.get(path)
        if known is not None and known.signature == now:
            return known.described
        described = self.database(path).read(lambda it: describe(it, path, _stamp(path), self.ids), cancelled)
        if signature(path) == now:
            self._listed[path] = _Listed(now, described)
        return described

    def look(self, session_id: SessionId) -> Session | None:
        """Return a session as it is now; None if it is not there. It may be of a database not listed here."""
        named = read_id(session_id)
        return None if named is None else self._look(named)

    def _look(self, named: Named) -> Session | None:
        path, key = named.database, named.key
        if key is not None:
            # Where a page is damaged on the way to it, a listing may still find it.
            with suppress(Unreadable):
                return self.database(path).read(partial(look_for, path=path, stamp=_stamp(path), key=key))
        with suppress(Unreadable):
            sessions = self._describe(path).sessions
            return next((it for it in sessions if it.id.rpartition(SEPARATOR)[2] == named.rest), None)
        return None

    def find(self, name: str) -> Sequence[Session]:
        """Return the session with this id, of a database listed here or not; then those with this key."""
        named = read_id(name)
        by_id = None if named is None else self._look(named)
        found = [] if by_id is None else [by_id]
        with suppress(UnicodeEncodeError):
            key = SessionKey(os.fsencode(name))
            with_key = (self._look(Named(path, rest_of(key))) for path in self.databases)
            found += [it for it in with_key if it is not None and (self.ids is None or it.id in self.ids)]
        return found

    def about(self, session: Session) -> About:
        from earwig.core.stores.sqlite.about import about_of

        try:
            return self.database(session.path).read(lambda snapshot: about_of(snapshot, key_in(session)))
        except Unreadable as error:
            raise CannotOpen(MISSING if error.state is State.MISSING else error.reason) from error

    def open(self, session: Session) -> Transcript:
        from earwig.core.stores.sqlite.transcript import DatabaseTranscript

        return DatabaseTranscript(self.database(session.path), key_in(session))

    def searcher(self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False) -> Searcher:
        from earwig.core.stores.sqlite.row_search import RowSearch

        all_of = self.databases if self.ids is None else ()
        return RowSearch(self.database, ready, control, all_of=all_of, one_is_enough=one_is_enough)

    def read_together(self, sessions: Sequence[Session], take: Take) -> Iterator[None] | None:
        """Go through the databases in which there are many of these, as the rows lie."""
        from earwig.core.stores.sqlite.rows_together import read_together

        return read_together(self.database, sessions, take)

    def remarks(self, session: Session) -> Sequence[str]:
        """Return remarks on which two looks agree, because the bot writes a row and its count apart."""
        from earwig.core.stores.sqlite.remarks import remarks_on

        look = partial(remarks_on, key=key_in(session))
        with suppress(Unreadable):
            database = self.database(session.path)
            found = database.read(look)
            again = frozenset(database.read(look)) if found else ()
            return [remark for remark in found if remark in again]
        return ()

    def only(self, sessions: Iterable[Session]) -> Store:
        sessions = list(sessions)
        store = DatabaseStore((it.path for it in sessions), (it.id for it in sessions))
        store._opened = self._opened
        return store

    def watcher(self, watch: WatchOptions) -> Watcher:
        from earwig.core.stores.sqlite.watcher import DatabaseWatcher

        return DatabaseWatcher(self, watch)

    def additions(self) -> Additions:
        return _NewSessions(self)

    def foremost(self) -> Sequence[Session]:
        """As `Store`: of one large database, whose times are the bot's."""
        there = [path for path in self.databases if stamp_of(str(path)) is not None]
        if len(there) == 1 and self.ids is None and _stamp(there[0]).size > _HUGE:
            from earwig.core.stores.sqlite.foremost import foremost

            (path,) = there
            with suppress(Unreadable):  # the listing of all tells of it
                return self.database(path).read(partial(foremost, path=path, stamp=_stamp(path)))
        return ()

    def listing(self) -> Listings | None:
        """Return what lists the newest sessions of a large database first; None where all are listed soon."""
        large = [path for path in self.databases if _stamp(path).size > _LARGE]
        return self._newest_first(large) if large and self.ids is None else None

    def _newest_first(self, large: Sequence[Path]) -> Listings:
        found = DatabaseStore(path for path in self.databases if path not in large).sessions()
        for path in large:
            with suppress(Unreadable):  # the listing of all tells of it
                database = self.database(path)
                found += database.read(partial(newest, path=path, stamp=_stamp(path), count=_NEWEST))
        yield in_order(found), True
        yield self.sessions(), True


class _NewSessions:
    """Tells which sessions have come since; where a database is as it was, it is not read."""

    def __init__(self, store: DatabaseStore) -> None:
        self._store = store
        self._as_listed = self._now()
        self._known: frozenset[SessionId] = frozenset()

    def begin(self, known: Iterable[SessionId]) -> None:
        self._known = frozenset(known)

    def ids(self) -> Iterable[SessionId]:
        if self._now() == self._as_listed:
            return []
        return [it.id for it in self._store.in_any_order() if it.id not in self._known]

    def _now(self) -> list[Signature]:
        return [signature(path) for path in self._store.databases]


def imported_id(recipe: Recipe, file: Session) -> SessionId | None:
    """Return the id under which the bot's import keeps a file in one of the databases; None without one."""
    if not recipe.files:
        place = str(file.path.parent / _IMPORTED_INTO)
        if place in recipe.places:
            return id_of(place, SessionKey(os.fsencode(file.key)))
    return None


def _stamp(path: Path) -> Stamp:
    return stamp_of(resolved(path)) or NO_STAMP


def _why(path: Path, error: Unreadable) -> Unlisted | None:
    """Say why a database is not listed; None where there is none, in a folder that is there."""
    if error.state is not State.MISSING:
        return Unlisted(str(path), f"{error.reason}; {error.advice}", is_clause=True)
    try:
        os.stat(path.parent)  # noqa: PTH116 - a Path's own answer may hide the reason
    except OSError as why:
        return Unlisted.because(path.parent, why)
    return None


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links
