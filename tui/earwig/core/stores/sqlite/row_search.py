"""Looks through sessions of databases for what a query asks: their rows, as the bot's loader takes them.

SQLite leaves out most rows in which nothing can be (`content_filter`); what it hands over is matched as ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from earwig.core.model.session import Session
from earwig.core.query.control import SearchControl
from earwig.core.query.found import START, Counted, Found, Places, Stop, Tally
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.sqlite import faults
from earwig.core.stores.sqlite.content_filter import ContentFilter
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.described import look_for
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.finding import conversation_of
from earwig.core.stores.sqlite.ids import key_in
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.place import NO_STAMP, resolved, stamp_of
from earwig.core.stores.sqlite.row_matcher import Left, RowMatcher, in_parts
from earwig.core.stores.sqlite.schema import Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.sweep import Rows, sweep
from earwig.core.stores.sqlite.tables import BEFORE_ALL

_SMALL = 4096
"""Rows of a session up to which it is looked for among others."""

_PARTS = 64
"""Once so much of a database was looked through session by session, all of it is looked over: one of so many
parts, so that the first hits come at once and little is read twice."""

_LEAST = 512
"""Rows that are looked through before that in any case."""

_PER_SESSION = 4
"""Rows that a session counts for besides its own."""

_DENSE = 3
"""If one of so many rows is a session's, it is read along the table: by an index that takes longer."""


_FEW = 8
"""Numbers that are counted one by one; for more, ids are listed, which takes a hundred times as long."""


class _Place(NamedTuple):
    """How far some sessions are looked through."""

    number: int = 0
    """Of the session, among them."""

    after: int = -1
    """The position of the last row that was looked at."""

    counted: Counted = START.counted
    """Up to where its rows are counted."""

    mark: bytes = b""
    """The digest of that last row."""

    step: int = 0
    """How often rows of it were looked at."""


class _Looked(NamedTuple):
    """What came of a look at some rows of one session."""

    last: int
    """The position of the last of them."""

    rows: int
    at_end: bool


class RowSearch:
    """Looks through sessions, one at a time; for one thread. Nothing is open while something is told."""

    def __init__(
        self,
        database: Callable[[Path], Database],
        ready: ReadyQuery,
        control: SearchControl,
        *,
        one_is_enough: bool = False,
    ) -> None:
        """`database` gives the one at a path. `one_is_enough`: a session is left once something is found."""
        self._database = database
        self._control = control
        self._matcher = RowMatcher(ready, control)
        self._one_is_enough = one_is_enough
        # What is damaged is no text for SQLite, or one that only Python knows not to be UTF-8.
        self._only = None if ready.query.bad_lines else ContentFilter(ready.required)
        self._schemas: dict[Path, tuple[object, Schema]] = {}
        self._spent: Counter[Path] = Counter()
        self._counts: dict[Path, int] = {}
        self._swept: dict[Path, Rows | None] = {}

    def look_through(self, sessions: Sequence[Session], places: Places) -> Generator[Found]:
        """Look through many; nothing comes of one in which there is nothing."""
        del places
        for path, some in groupby(sessions, lambda session: session.path):
            wanted = list(some)
            rows = self._rows_of(path)
            if rows is not None:
                wanted = [it for it in wanted if it.extent > _SMALL or it.problem or key_in(it) in rows]
            for found in self._look_through(path, wanted, swept=rows):
                is_large = found.stop or found.size > _SMALL  # then also told where nothing is found
                if found.matches or found.slow or found.too_long or found.problem is not None or is_large:
                    yield found
            self._spent[path] += sum(it.extent + _PER_SESSION for it in wanted if it.extent <= _SMALL)

    def _rows_of(self, path: Path) -> Rows | None:
        """Which rows of the small sessions have anything; None where that is not known."""
        if path in self._swept or self._only is None or self._spent[path] < _LEAST:
            return self._swept.get(path)
        database, stops = self._database(path), self._control.is_cancelled
        try:
            if path not in self._counts:
                self._counts[path] = database.read(_row_count, stops)
            if self._spent[path] * _PARTS < self._counts[path]:
                return None
            found = sweep(database, self._only, self._matcher.may_want, stops)
        except (faults.Cancelled, Unreadable):
            found = None
        self._swept[path] = found
        return found

    def look(self, session: Session, start: Stop = START) -> Iterator[Found]:
        """Look through one from `start` on; it may have changed since."""
        path, key = session.path, key_in(session)
        try:
            database = self._database(path)
            stamp = stamp_of(resolved(path)) or NO_STAMP
            now = database.read(lambda snapshot: look_for(snapshot, path, stamp, key))
        except Unreadable as error:
            yield Found(session, problem=error.reason)
            return
        place = _Place(0, start.position - 1, start.counted, start.proof) if start.position else _Place()
        yield from self._look_through(path, [now or session], place, stops=True)

    def _look_through(
        self,
        path: Path,
        sessions: Sequence[Session],
        place: _Place | None = None,
        *,
        swept: Rows | None = None,
        stops: bool = False,
    ) -> Iterator[Found]:
        database, at = self._database(path), place or _Place()
        while at.number < len(sessions) and not self._control.is_cancelled():
            begin = at
            try:
                step = partial(self._step, sessions=sessions, place=begin, swept=swept, stops=stops)
                found, at = database.read(step, self._control.is_cancelled)
            except faults.Cancelled:
                return
            except Unreadable as error:
                yield from (Found(it, problem=error.reason) for it in sessions[begin.number :])
                return
            for each in found:
                yield from in_parts(each)

    def _step(
        self,
        snapshot: Snapshot,
        sessions: Sequence[Session],
        place: _Place,
        swept: Rows | None,
        *,
        stops: bool,
    ) -> tuple[list[Found], _Place]:
        """Look through some rows; return what is found, and from where to go on.

        `stops`: whether also of a small session in which nothing is found is told where it stops.
        """
        schema = self._schema_of(snapshot, sessions[0].path)
        found: list[Found] = []
        left = Left(place.step)
        while place.number < len(sessions) and left:
            session = sessions[place.number]
            key, following = key_in(session), _Place(place.number + 1)
            rows = conversation_of(snapshot, schema, key)
            if rows is None or (place.mark and not _is_there(snapshot, rows, place)):
                found.append(Found(session, problem=None if rows is None else "is another by now"))
                place = following
                continue
            tally = Tally(session, place.counted)
            if swept is not None and session.extent <= _SMALL and isinstance(rows, KeyMessages):
                self._look_at(snapshot, rows, tally, swept, key)
                found.append(tally.last())
                place = following
                continue
            if self._only is not None and isinstance(rows, KeyMessages):
                looked = self._looked_for(snapshot, rows, self._only, tally, left, place)
            else:
                looked = self._walked(snapshot, rows, tally, left, place)
            if self._one_is_enough and tally.matches:
                found.append(tally.last(looked.rows))
                place = following
                continue
            if stops or not looked.at_end or tally.matches or looked.rows + place.counted.lines > _SMALL:
                last = rows.at(snapshot, looked.last) if looked.rows else None
                place = place._replace(
                    after=looked.last,
                    counted=tally.counted,
                    mark=place.mark if last is None else last.digest,
                    step=place.step + 1,
                )
            if not looked.at_end:
                found.append(tally.part(looked.rows))
                continue
            stop = Stop(place.after + 1, place.counted, place.mark) if stops or place.mark else None
            found.append(tally.last(looked.rows, stop=stop))
            place = following
        return found, place

    def _walked(
        self, snapshot: Snapshot, rows: Conversation, tally: Tally, left: Left, place: _Place
    ) -> _Looked:
        """Look at each row."""
        number, at, at_end = place.counted.lines, place.after, True
        for row in rows.walk(snapshot, place.after):
            number, at = number + 1, row.position
            whole = rows.whole(snapshot, row)
            left.take(whole.size, self._matcher.take(tally, whole, partial(_known, number)))
            if (self._one_is_enough and tally.matches) or not left:
                at_end = False
                break
        looked = number - place.counted.lines
        left.pass_over(looked)
        tally.counted = Counted(at + 1, number)
        return _Looked(at, looked, at_end)

    def _looked_for(
        self,
        snapshot: Snapshot,
        rows: KeyMessages,
        only: ContentFilter,
        tally: Tally,
        left: Left,
        place: _Place,
    ) -> _Looked:
        """Look at the rows that SQLite cannot leave out."""
        count, upto = rows.ahead(snapshot, place.after, left.rows)
        in_table = count * _DENSE >= upto - place.after
        last, is_through = upto, count < left.rows
        number_of = _Numbers(snapshot, rows, place, upto, has_gaps=count < upto - place.after)
        for row in rows.wanted(snapshot, only, place.after, upto, in_table=in_table):
            hits = self._matcher.take(tally, rows.whole(snapshot, row), number_of)
            left.take(row.size, hits)
            if (self._one_is_enough and tally.matches) or not left:
                last, is_through = row.position, False
                break
        if last != upto:
            count = rows.between(snapshot, place.after, last)
        left.pass_over(count)
        tally.counted = Counted(last + 1, place.counted.lines + count)
        return _Looked(last, count, is_through)

    def _look_at(
        self, snapshot: Snapshot, rows: KeyMessages, tally: Tally, swept: Rows, key: SessionKey
    ) -> None:
        """Look at the rows in which something was found."""
        for position in swept.get(key, ()):
            row = rows.at(snapshot, position)
            if row is not None:
                self._matcher.take(
                    tally, rows.whole(snapshot, row), partial(rows.between, snapshot, BEFORE_ALL)
                )

    def _schema_of(self, snapshot: Snapshot, path: Path) -> Schema:
        """A database's tables, looked at again only once there are others."""
        version = (stamp_of(resolved(path)) or NO_STAMP).inode, snapshot.one("PRAGMA schema_version")
        known = self._schemas.get(path)
        if known is None or known[0] != version:
            known = self._schemas[path] = (version, read_schema(snapshot))
        return known[1]


class _Numbers:
    """Which of a session's rows has an id: of some neighbouring ones, as something is found in them."""

    def __init__(
        self, snapshot: Snapshot, rows: KeyMessages, place: _Place, upto: int, *, has_gaps: bool
    ) -> None:
        """The rows are those behind a place; `has_gaps`: whether an id among theirs is no row's."""
        self._snapshot, self._rows = snapshot, rows
        self._after, self._upto, self._before = place.after, upto, place.counted.lines
        self._has_gaps = has_gaps
        self._asked = 0
        self._ids: Sequence[int] = ()

    def __call__(self, position: int) -> int:
        if not self._has_gaps:
            return self._before + position - self._after
        self._asked += 1
        if self._asked < _FEW:
            return self._before + self._rows.between(self._snapshot, self._after, position)
        if not self._ids:
            self._ids = self._rows.ids(self._snapshot, self._after, self._upto)
        return self._before + bisect_right(self._ids, position)


def _known(number: int, _position: int) -> int:
    return number


def _row_count(snapshot: Snapshot) -> int:
    """How many rows there are, and were once: at once."""
    row = snapshot.one("SELECT max(id) - min(id) FROM sessions")
    return int(row[0] or 0) if row else 0


def _is_there(snapshot: Snapshot, rows: Conversation, place: _Place) -> bool:
    """Whether the last row that was looked at is as it was."""
    row = rows.at(snapshot, place.after)
    return row is not None and row.digest == place.mark
