"""One database file of the bot's, read without a trace, whatever state it is in.

No write, no lock, no handle between two calls, no file made beside it: SQLite's own reader of a database with
a -wal does all of these, also where it is told to only read. So there are three ways:

- no -wal, or an empty one: nobody has written since the last clean end, and SQLite reads the file as one that
  does not change (`immutable=1`); its stamp before and after tells whether that was so;
- else plain reads of the database and its -wal, with SQLite over them (`pages`, `vfs`);
- where apsw is not there for that: a private copy, up to a size, of which `copied` tells.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from earwig.core.stores.sqlite.faults import Changed, State, Unreadable
from earwig.core.stores.sqlite.place import DatabaseLook, look, stamp_of
from earwig.core.stores.sqlite.snapshot import Cancelled, Guard, Snapshot

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.copies import Copied, PrivateCopy
    from earwig.core.stores.sqlite.wal import WalIndex

_T = TypeVar("_T")

COPY_LIMIT = 200_000_000
"""The most bytes of a database and its -wal together that are copied: that takes a quarter of a second."""

_TRIES = 50
"""How often something is read that was changed meanwhile each time."""

_PATIENCE = 5.0
"""Seconds after which no further try of a long query begins."""


class Database:
    """The database at a path. It may come, be replaced and go: each call looks anew. From any thread."""

    def __init__(self, path: Path, *, copy_limit: int = COPY_LIMIT) -> None:
        self.path = path
        self._copy_limit = copy_limit
        self._index: WalIndex | None = None
        """What is known of the -wal: no more than numbers, and each call checks them."""

        self._copying = threading.Lock()
        self._copies: list[PrivateCopy] = []
        self._known: dict[Hashable, Any] = {}
        self._known_of = 0  # the inode number of the file that this is known of
        weakref.finalize(self, _remove, self._copies)

    @property
    def copied(self) -> Copied | None:
        """The copy that was last read from; None where the database itself is read."""
        return next((copy.told for copy in self._copies), None)

    def read(self, work: Callable[[Snapshot], _T], cancelled: Cancelled = bool) -> _T:
        """Return what `work` makes of one state of the database.

        It is given a snapshot, which ends with it, and is run again where a commit came between: then what it
        gave, or raised, may be of two states, and is dropped. So it only reads, and keeps nothing on the way.
        `cancelled` is asked some thousand times a second, in the calling thread. Raises `Unreadable` and
        `faults.Cancelled`.
        """
        began = time.monotonic()
        for attempt in range(_TRIES):
            if attempt > 1 and time.monotonic() - began > _PATIENCE:
                break
            try:
                with self._snapshot(cancelled) as snapshot:
                    found = work(snapshot)
            except Changed:
                continue
            snapshot.known.update(snapshot.noted)
            return found
        raise Unreadable(State.BUSY, "is being written to without a pause")

    def close(self) -> None:
        """Remove a copy, if there was need of one. The database can still be read."""
        with self._copying:
            _remove(self._copies)

    @contextmanager
    def _snapshot(self, cancelled: Cancelled) -> Iterator[Snapshot]:
        """One state. Raises `Changed` at its end where it was none."""
        place = look(self.path)
        if place.header is None:
            way = _of_file("file::memory:", Guard(cancelled))
        elif place.wal is None or not place.wal.size:
            cut = place.missing and has_plain_reads()
            way = self._plain(place, cancelled) if cut else _unchanging(place, cancelled)
        elif has_plain_reads():
            way = self._plain(place, cancelled)
        else:
            way = self._copy_of(place, cancelled)
        with way as snapshot:
            snapshot.known = self._known_of_file(place)
            try:
                yield snapshot
            finally:
                snapshot.end()

    def _known_of_file(self, place: DatabaseLook) -> dict[Hashable, Any]:
        """Return what is known of the file that is there; of another one it is forgotten."""
        if place.stamp.inode != self._known_of:
            self._known, self._known_of = {}, place.stamp.inode
        return self._known

    @contextmanager
    def _plain(self, place: DatabaseLook, cancelled: Cancelled) -> Iterator[Snapshot]:
        # Loaded where the bot is at work: in a database without a -wal, SQLite itself reads.
        from earwig.core.stores.sqlite.by_apsw import of_pages
        from earwig.core.stores.sqlite.pages import open_pages
        from earwig.core.stores.sqlite.wal import WalIndex

        # Without a -shm nobody has it open: what stands in the -wal was left by a crash.
        left_over = stamp_of(f"{place.path}-shm") is None
        with open_pages(place, self._index or WalIndex(), wholly=left_over) as pages:
            self._index = pages.index
            try:
                with of_pages(
                    pages, Guard(cancelled, pages.fit_together), 0 if place.wal else place.missing
                ) as snapshot:
                    yield snapshot
            finally:
                if pages.broken_frame:
                    self._index = pages.index.doubted()
                if not pages.fit_together():
                    raise Changed

    @contextmanager
    def _copy_of(self, place: DatabaseLook, cancelled: Cancelled) -> Iterator[Snapshot]:
        from earwig.core.stores.sqlite.copies import PrivateCopy  # what it needs takes long to import

        with self._copying:
            if not (self._copies and self._copies[0].is_of(place)):
                _remove(self._copies)
                self._copies.append(PrivateCopy(place, self._copy_limit))
            with _of_file(_uri(self._copies[0].path, "mode=rw"), Guard(cancelled)) as snapshot:
                yield snapshot


@contextmanager
def _unchanging(place: DatabaseLook, cancelled: Cancelled) -> Iterator[Snapshot]:
    guard = Guard(cancelled, place.is_unchanged)
    try:
        with _of_file(_uri(place.path, "mode=ro&immutable=1"), guard, place.missing) as snapshot:
            yield snapshot
    finally:
        guard.check()


def _of_file(uri: str, guard: Guard, missing: int = 0) -> AbstractContextManager[Snapshot]:
    if has_plain_reads():
        from earwig.core.stores.sqlite import by_apsw

        return by_apsw.of_file(uri, guard, missing)
    from earwig.core.stores.sqlite import by_sqlite3

    return by_sqlite3.of_file(uri, guard, missing)


def _uri(path: Path | str, options: str) -> str:
    """Return where SQLite is to look; each byte is written as a number, so none means anything else."""
    return f"file:{''.join(f'%{byte:02X}' for byte in os.fsencode(path))}?{options}"


def _remove(copies: list[PrivateCopy]) -> None:
    while copies:
        copies.pop().remove()


@cache
def has_plain_reads() -> bool:
    """Return whether apsw is installed. It is imported only where there is a database."""
    try:
        from earwig.core.stores.sqlite import by_apsw
    except ImportError:
        return False
    return bool(by_apsw.__name__)
