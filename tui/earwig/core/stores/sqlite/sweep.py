"""Which rows of a database may have what is looked for, by one pass along its table, in several processes.

Rows of many sessions lie mixed: to fetch each session's own is several times as long as to read them all.
"""

from __future__ import annotations

import weakref
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, count, islice
from typing import NamedTuple

from earwig.core.model.session import Session, SessionId
from earwig.core.stores.sqlite import faults
from earwig.core.stores.sqlite.content_filter import ContentFilter
from earwig.core.stores.sqlite.database import Database, has_plain_reads
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.ids import id_of
from earwig.core.stores.sqlite.messages import AllMessages, SessionKey
from earwig.core.stores.sqlite.place import NO_STAMP, Stamp, resolved, stamp_of
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.snapshot import Cancelled, Snapshot
from earwig.core.system.forked import ForkedWorkers, can_fork, most_workers

_IDS = 32_768
"""Ids that are looked over in one state of the database: a few milliseconds to some tens."""

_LEAST_IDS = 256
"""The same where rows are very long."""

_BYTES = 32 * 1024 * 1024
"""Bytes that are looked over for that, about, and of contents that SQLite hands over, at most."""

MOST = 8
"""Something may be in one of so many rows: to look up more of them takes longer than to read them all."""

_SOME = 256
"""After so many rows in which there is something is asked whether these are too many."""

_CACHE = 100
"""Pages that SQLite keeps: no page is wanted again, and memory that is new takes longer than to read them."""

_SHARES = 512
"""In so many ranges of ids a table is shared out, at most: some may have far more rows than others."""

_LONG_TO_LIST = 256 * 1024 * 1024
"""Bytes of a database of which the sessions may take so long to list that this is not to be held up."""

_WORTH_A_PROCESS = 16 * 1024 * 1024
"""Bytes of a database from which on copying this process costs less than it saves."""

IdRange = tuple[int, int]
"""The first id, and the last."""


class _Part(NamedTuple):
    """What came of neighbouring ids; nothing of it is of use where these cannot be looked over."""

    found: Mapping[SessionKey, Sequence[int]]
    last: int
    is_whole: bool = True


class Sweep:
    """A pass over all rows that a database has as it begins, in the order of their ids; for one thread."""

    def __init__(
        self,
        database: Database,
        only: ContentFilter,
        is_wanted: Callable[[StoredRow], bool],
        cancelled: Cancelled,
        ids: IdRange,
        is_ahead: bool = False,
    ) -> None:
        """Begin, of the ids of `ids_of`; `is_wanted`: what is asked of each row that SQLite hands over.

        `is_ahead`: whether this process has something else to do until the first `advance`.
        """
        self._database, self._cancelled = database, cancelled
        self._stamp = _stamp(database)
        self._first, self._last = ids
        self._found: dict[SessionKey, array[int]] = {}
        self._sessions: set[SessionId] = set()
        self._count = 0
        self.upto = self._first - 1
        """All rows up to this id are looked over."""

        self.is_over = False
        self.is_of_use = True
        """Not where a page is damaged, something is in very many rows, or it is another database by now."""

        at_once = _ids_at_once(ids, self._stamp.size)
        shares = list(_shares(*ids, at_once))
        self._work = _Work(database, only, is_wanted, cancelled, at_once)
        self._is_one_short = is_ahead and self._stamp.size >= _LONG_TO_LIST
        self._crew = self._crew_for(shares)
        self._parts: Iterator[_Part] = chain.from_iterable(map(self._work, shares))
        if self._crew is not None:
            weakref.finalize(self, self._crew.end)
            self._crew.begin(None)
            self._parts = self._crew.results()

    def _crew_for(self, shares: Sequence[IdRange]) -> ForkedWorkers[None, IdRange, _Part] | None:
        """Processes for them; None where they would not help, or there are none to be had."""
        count = min(most_workers(), len(shares))
        if count < 2 or not can_be_shared_out(self._database):
            return None
        work = self._work  # not this object: nothing that ends the processes may hold it
        try:
            return ForkedWorkers(lambda _: work, shares, count - self._is_one_short)
        except OSError:  # the system has no more processes to give
            return None

    def go_on_to(self, last: int) -> None:
        """Look over the rows up to this id as well, which may have come since it was begun."""
        if last > self._last and self.is_of_use:
            self._parts = chain(self._parts, self._work((self._last + 1, last)))
            self._last, self.is_over = last, False

    def is_near(self) -> bool:
        """Return whether processes have looked over all rows already, so that to go on takes no time."""
        return self._crew is not None and self._crew.are_done()

    def advance(self) -> None:
        """Look over some rows more. Raises `faults.Cancelled`."""
        if self._is_one_short and self._crew is not None:
            self._crew.join_in()
        self._is_one_short = False
        part = next(self._parts, None)
        if self._cancelled():
            self.end()
            raise faults.Cancelled
        if part is None:
            self.end()
            return
        self._count += sum(map(len, part.found.values()))
        is_same = _stamp(self._database).inode == self._stamp.inode
        if not part.is_whole or not is_same or _are_many(self._count, part.last - self._first + 1):
            self.is_of_use = False
            self.end()
            return
        for key, ids in part.found.items():
            if key not in self._found:
                self._sessions.add(id_of(str(self._database.path), key))
            self._found.setdefault(key, array("q")).extend(ids)
        self.upto = part.last

    def has(self, session: Session) -> bool:
        """Return whether there is something in a session's rows, of those that are looked over."""
        return session.id in self._sessions

    def of(self, key: SessionKey, after: int) -> Iterator[int]:
        """Return the ids after another of a session's rows in which there is something.

        Of those looked over.
        """
        ids = self._found.get(key, ())
        return islice(ids, bisect_right(ids, after), None)

    def share(self, rows: int, after: int, upto: int) -> int:
        """Return how many of a session's rows are between two ids, if they lie evenly in the table."""
        ids = upto - max(after, self._first - 1)
        return max(0, rows * ids // (self._last - self._first + 1))

    def end(self) -> None:
        self.is_over = True
        if self._crew is not None:
            self._crew.end()
            self._crew = None


def ids_of(snapshot: Snapshot) -> IdRange | None:
    """Return the first id of all rows, and the last; None where there is none. Raises `Unreadable`."""
    if read_schema(snapshot).kind is not Kind.SESSIONS:
        return None
    # Each for itself: together, SQLite would go through all of them.
    first, last = snapshot.one("SELECT (SELECT min(id) FROM sessions), (SELECT max(id) FROM sessions)") or (
        None,
        None,
    )
    return None if first is None else (first, last)


def can_be_shared_out(database: Database) -> bool:
    """Return whether a database is worth processes of its own, and there may be some."""
    # Without plain reads, each would make a copy of its own of the database.
    is_large = _stamp(database).size >= _WORTH_A_PROCESS
    return is_large and most_workers() > 1 and has_plain_reads() and can_fork()


class _Work:
    """Looks over ranges of ids; in a process of its own, if there are some."""

    def __init__(
        self,
        database: Database,
        only: ContentFilter,
        is_wanted: Callable[[StoredRow], bool],
        cancelled: Cancelled,
        at_once: int,
    ) -> None:
        self._database, self._only, self._is_wanted = database, only, is_wanted
        self._cancelled = cancelled
        self._at_once = at_once
        self._ids = self._hits = 0
        """How many are looked over, and in how many of them there is something."""

        self._is_of_use = True

    def __call__(self, share: IdRange) -> Iterator[_Part]:
        """Yield what comes of a range, in parts."""
        at, last = share[0] - 1, share[1]
        while at < last and self._is_of_use:
            work = partial(self._part, after=at, last=last, tries=count())
            try:
                part = self._database.read(work, self._cancelled)
            except faults.Cancelled:
                return
            except Unreadable:
                part = _Part({}, last, is_whole=False)
            self._ids += part.last - at
            self._hits += sum(map(len, part.found.values()))
            self._is_of_use = part.is_whole
            yield part
            at = part.last

    def _part(self, snapshot: Snapshot, after: int, last: int, tries: Iterator[int]) -> _Part:
        """Look over some ids: each time that a commit comes between, fewer of them."""
        schema = read_schema(snapshot)
        if schema.kind is not Kind.SESSIONS:
            return _Part({}, last, is_whole=False)
        snapshot.one(f"PRAGMA cache_size = {_CACHE}")
        messages = AllMessages(schema)
        first = messages.first(snapshot, after)
        if first is None or first > last:
            return _Part({}, last)
        end = min(first + max(1, self._at_once >> next(tries)) - 1, last)
        found: dict[SessionKey, array[int]] = {}
        size = hits = 0
        for key, row in messages.wanted(snapshot, self._only, first - 1, end):
            if self._is_wanted(row):
                found.setdefault(key, array("q")).append(row.position)
                hits += 1
                if not hits % _SOME and _are_many(self._hits + hits, self._ids + row.position - after):
                    return _Part({}, last, is_whole=False)
            size += row.size
            if size >= _BYTES:
                end = row.position
                break
        return _Part(found, end)


def _are_many(hits: int, ids: int) -> bool:
    """Return whether there is something in so many of these ids that a sweep is of no use."""
    return hits * MOST > ids


def _ids_at_once(ids: IdRange, size: int) -> int:
    """Return how many ids to look over in one state of a database of so many bytes."""
    by_size = (ids[1] - ids[0] + 1) * _BYTES // max(1, size)
    return max(min(_LEAST_IDS, _IDS), min(_IDS, by_size))


def _shares(first: int, last: int, at_once: int) -> Iterable[IdRange]:
    step = max(at_once, -(-(last - first + 1) // _SHARES))
    return ((at, min(last, at + step - 1)) for at in range(first, last + 1, step))


def _stamp(database: Database) -> Stamp:
    return stamp_of(resolved(database.path)) or NO_STAMP
