"""Keeps what is known of one session of a database: how much of it is unchanged, and where its rows are."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.protocols import Change
from earwig.core.stores.sqlite.changes import Became, Known, Signature, compare, signature
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.finding import conversation_of, is_described, spread_of
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.row_numbers import RowNumbers
from earwig.core.stores.sqlite.schema import Kind, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.system.opening import MISSING, CannotOpen

_COARSE_NS = 20_000_000
"""Nanoseconds within which the clock that stamps files may give two commits the same time."""

_Found = TypeVar("_Found")


class Sight(NamedTuple):
    """A session in one state of the database."""

    snapshot: Snapshot
    rows: Conversation
    end: int
    """The first position at which the next row may stand."""

    same: int | None
    """The position up to which it is as it was at the look before; None: all of it is."""


class _Look(NamedTuple):
    """What a look at the session found."""

    identity: int | None
    rows: Conversation | None = None
    """None: the session is not there."""

    known: Known = Known()
    end: int = 0
    same: int | None = None


class KnownSession:
    """Follows a key in whatever database stands at a path. Not for two threads at once."""

    def __init__(self, database: Database, key: SessionKey) -> None:
        self.database = database
        self.key = key
        self.absent = False
        self.end = 0
        """Where the next row may stand, as last looked at."""

        self.identity: Hashable = None
        """The inode number of the database; None where the session is not there."""

        self.numbers: RowNumbers | None = None
        """None before it was looked at, and while it is not there."""

        self._unchanged_to: list[int] = []
        self._known: Known | None = None
        self._signature: Signature | None = None
        self._rows: Conversation | None = None

    @property
    def generation(self) -> int:
        """How often the session's past has changed."""
        return len(self._unchanged_to)

    @property
    def unchanged_to(self) -> int:
        """The position up to which everything stayed the same in the last change of the past."""
        return self._unchanged_to[-1] if self._unchanged_to else 0

    def row_of(self, position: int) -> int | None:
        """Return the number of the row at a position; None where the session is not there."""
        return None if self._rows is None else self._rows.row_of(position)

    def unchanged_since(self, generation: int) -> int | None:
        """Return up to where the session is as it was in that generation; None: all of it is."""
        return min(self._unchanged_to[generation:], default=None)

    @property
    def last(self) -> int | None:
        """The position of the newest row; None where there is none."""
        return None if self._known is None else self._known.last

    @property
    def tail(self) -> tuple[tuple[int, bytes], ...]:
        """The position and the digest of each of the newest rows."""
        return () if self._known is None else self._known.tail

    @property
    def is_as_seen(self) -> bool:
        """Return whether nothing has happened since the last look; False where that cannot be told."""
        return self._signature is not None and signature(self.database.path) == self._signature

    def look(self, work: Callable[[Sight], object] = bool) -> Change:
        """Look at the session again; if something has happened, `work` gets that, as of `read`.

        Raises `CannotOpen`, unless it is just not there.
        """
        was_known, generation, end = self._known is not None, self.generation, self.end
        seen = signature(self.database.path)
        if seen != self._signature:
            try:
                self._look(seen, work)
            except CannotOpen as error:
                if not error.missing:
                    raise
        if self.absent:
            return Change.VANISHED if was_known else Change.SAME
        if not was_known:
            return Change.GREW
        if self.generation != generation:
            return Change.REWRITTEN
        return Change.GREW if self.end > end else Change.SAME

    def read(self, work: Callable[[Sight], _Found]) -> _Found:
        """Return what `work` makes of the session as it is now; what has become of it is known then.

        `work` is run again where a commit came between, so it changes nothing. Raises `CannotOpen`.
        """
        rows, seen = self._rows, signature(self.database.path)
        if rows is not None and seen == self._signature:
            found = self._ask(lambda snapshot: work(Sight(snapshot, rows, self.end, None)))
            if signature(self.database.path) == seen:
                return found
        return self._look(seen, work)

    def count_more(self) -> None:
        """Count some more rows. Raises `CannotOpen`."""
        if self.numbers is not None:
            with _told():
                self.numbers.extend()

    def _look(self, seen: Signature, work: Callable[[Sight], _Found]) -> _Found:
        """Look, and work on the same state; `seen`: how the files were before."""
        found: list[_Found] = []

        def both(snapshot: Snapshot) -> _Look:
            found.clear()
            look = self._look_at(snapshot, seen)
            if look.rows is not None:
                found.append(work(Sight(snapshot, look.rows, look.end, look.same)))
            return look

        try:
            look = self._ask(both)
        except CannotOpen as error:
            if error.missing:
                self._is_away(seen)
            raise
        self._accept(look, seen)
        if not found:
            raise CannotOpen(MISSING)
        return found[0]

    def _ask(self, work: Callable[[Snapshot], _Found]) -> _Found:
        with _told():
            return self.database.read(work)

    def _look_at(self, snapshot: Snapshot, seen: Signature) -> _Look:
        identity = None if seen.database is None else seen.database.inode
        schema = read_schema(snapshot)
        if schema.kind is Kind.OTHER:
            raise Unreadable(State.UNKNOWN_FORMAT, "is a database, but none of the bot's")
        rows = conversation_of(snapshot, schema, self.key)
        if rows is None:
            return _Look(identity)
        change = compare(snapshot, rows, self._known or Known())
        if change.now.last is None and not is_described(snapshot, schema, self.key):
            return _Look(identity)
        spread, last = spread_of(schema), change.now.last
        end = 0 if last is None else (last // spread + 1) * spread
        same: int | None = None
        if self._known is not None:
            has_other_positions = self._rows is not None and type(rows) is not type(self._rows)
            if identity != self.identity or has_other_positions:
                same = 0
            elif change.became is not Became.SAME:
                same = _first_behind(self._known, change.unchanged_to)
        return _Look(identity, rows, change.now, end, same)

    def _accept(self, look: _Look, seen: Signature) -> None:
        """Take what was found for what is known."""
        if look.rows is None:
            self._is_away(seen)
            return
        if look.same is not None:
            self._forget(look.same)
        if self.numbers is None:
            self.numbers = RowNumbers(self.database, look.rows)
        self.numbers.conversation = self._rows = look.rows
        self.absent, self.identity = False, look.identity
        self._known, self.end = look.known, look.end
        self._remember(seen)

    def _is_away(self, seen: Signature) -> None:
        if self._known is not None:
            self._forget(0)
        self.absent, self.identity, self.end = True, None, 0
        self._known = self._rows = self.numbers = None
        self._remember(seen)

    def _forget(self, same: int) -> None:
        self._unchanged_to.append(same)
        if self.numbers is not None:
            self.numbers.forget_after(same - 1)

    def _remember(self, seen: Signature) -> None:
        """As long as it stays so, nothing has happened: but a clock may not tell two commits apart."""
        stamps = (seen.database, seen.wal)
        newest = max((stamp.mtime_ns for stamp in stamps if stamp is not None), default=0)
        may_be_two = not seen.shared and abs(time.time_ns() - newest) < _COARSE_NS
        self._signature = None if may_be_two else seen


def _first_behind(known: Known, unchanged_to: int | None) -> int:
    """Return where the first row stood that is not as it was; 0 where nobody knows."""
    if unchanged_to is None:
        return 0
    return next((position for position, _ in known.tail if position > unchanged_to), unchanged_to + 1)


@contextmanager
def _told() -> Iterator[None]:
    """What is the matter with a database, as of a session."""
    try:
        yield
    except Unreadable as error:
        raise CannotOpen(MISSING if error.state is State.MISSING else error.reason) from error
