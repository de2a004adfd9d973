"""Looks through sessions of databases for what a query asks: their rows, as the bot's loader takes them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from earwig.core.find.matcher import TooSlow
from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, START, Counted, Found, Places, Stop, Tally
from earwig.core.query.hits import hit_of, snippet_of, text_of_bad
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.sqlite import faults
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.described import look_for
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.finding import conversation_of
from earwig.core.stores.sqlite.ids import key_in
from earwig.core.stores.sqlite.place import NO_STAMP, resolved, stamp_of
from earwig.core.stores.sqlite.rows import StoredItem, StoredRow
from earwig.core.stores.sqlite.schema import Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot

_BYTES = 4 * 1024 * 1024
"""Bytes of contents that are looked through in one state of a database."""

_ROWS = 20_000
"""Rows of them, at most: what is found is told soon."""

_BEFORE_ALL = -1


class _Place(NamedTuple):
    """How far some sessions are looked through."""

    number: int = 0
    """Of the session, among them."""

    after: int = _BEFORE_ALL
    """The position of the last row that was looked at."""

    rows: int = 0
    """Rows up to it."""

    mark: bytes = b""
    """Its digest."""


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
        self._query, self._matcher = ready.query, ready.matcher
        self._control = control
        self._one_is_enough = one_is_enough
        self._schemas: dict[Path, tuple[object, Schema]] = {}

    def look_through(self, sessions: Sequence[Session], places: Places) -> Generator[Found]:
        """Look through many; nothing comes of one in which there is nothing."""
        del places
        for path, some in groupby(sessions, lambda session: session.path):
            for found in self._look_through(path, list(some)):
                if found.matches or found.slow or found.too_long or found.problem is not None:
                    yield found

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
        place = (
            _Place(0, start.position - 1, start.counted.lines, start.proof) if start.position else _Place()
        )
        yield from self._look_through(path, [now or session], place)

    def _look_through(
        self, path: Path, sessions: Sequence[Session], place: _Place | None = None
    ) -> Iterator[Found]:
        database, at = self._database(path), place or _Place()
        while at.number < len(sessions) and not self._control.is_cancelled():
            begin = at
            try:
                step = partial(self._step, sessions=sessions, place=begin)
                found, at = database.read(step, self._control.is_cancelled)
            except faults.Cancelled:
                return
            except Unreadable as error:
                yield from (Found(it, problem=error.reason) for it in sessions[begin.number :])
                return
            yield from found

    def _step(
        self, snapshot: Snapshot, sessions: Sequence[Session], place: _Place
    ) -> tuple[list[Found], _Place]:
        """Look through some rows; return what is found, and from where to go on."""
        schema = self._schema_of(snapshot, sessions[0].path)
        found: list[Found] = []
        left = _Left()
        while place.number < len(sessions) and left:
            session = sessions[place.number]
            rows = conversation_of(snapshot, schema, key_in(session))
            following = _Place(place.number + 1)
            if rows is None or (place.mark and not _is_there(snapshot, rows, place)):
                found.append(Found(session, problem=None if rows is None else "is another by now"))
                place = following
                continue
            tally = Tally(session, Counted(place.after + 1, place.rows))
            number, last, is_through = place.rows, None, True
            for row in rows.walk(snapshot, place.after):
                number, last = number + 1, row
                whole = rows.whole(snapshot, row)
                self._take(tally, whole, number)
                left.take(whole.size, len(tally.hits))
                if (self._one_is_enough and tally.matches) or not left:
                    is_through = False
                    break
            looked = number - place.rows
            if last is not None:
                place = _Place(place.number, last.position, number, last.digest)
            if is_through:
                stop = Stop(place.after + 1, Counted(place.after + 1, number), place.mark)
                found.append(tally.last(looked, stop=stop))
            elif self._one_is_enough and tally.matches:
                found.append(tally.last(looked))
            else:
                found.append(tally.part(looked))
                continue
            place = following
        return found, place

    def _schema_of(self, snapshot: Snapshot, path: Path) -> Schema:
        """A database's tables, looked at again only once there are others."""
        version = (stamp_of(resolved(path)) or NO_STAMP).inode, snapshot.one("PRAGMA schema_version")
        known = self._schemas.get(path)
        if known is None or known[0] != version:
            known = self._schemas[path] = (version, read_schema(snapshot))
        return known[1]

    def _take(self, tally: Tally, row: StoredRow, number: int) -> None:
        text = self._text_of(tally, row.item)
        if text is None:
            return
        try:
            if self._control.counts_only:
                tally.matches += self._matcher.has(text)
                return
            snippet = snippet_of(text, self._matcher.spans(text))
        except TooSlow:
            tally.slow += 1
            return
        if snippet is not None:
            place = (row.position, row.next, row.size)
            tally.hits.append(
                hit_of(
                    tally.session,
                    place,
                    number,
                    None if isinstance(row.item, Oversized) else row.item,
                    snippet,
                )
            )
            tally.matches += 1

    def _text_of(self, tally: Tally, item: StoredItem) -> str | None:
        """The text to look in; None where nothing is looked for."""
        if isinstance(item, ChatMessage):
            return None if self._query.roles and item.role not in self._query.roles else item.content
        if isinstance(item, BadLine):
            return text_of_bad(item) if self._query.bad_lines else None
        tally.too_long += 1
        return None


class _Left:
    """What may still be looked at in one state of a database."""

    def __init__(self) -> None:
        self._bytes, self._rows, self._hits = _BYTES, _ROWS, MOST_HITS

    def __bool__(self) -> bool:
        return self._bytes > 0 and self._rows > 0 and self._hits > 0

    def take(self, size: int, hits: int) -> None:
        """A row is looked at; `hits`: all of its session."""
        self._bytes -= size
        self._rows -= 1
        self._hits = MOST_HITS - hits


def _is_there(snapshot: Snapshot, rows: Conversation, place: _Place) -> bool:
    """Whether the last row that was looked at is as it was."""
    row = rows.at(snapshot, place.after)
    return row is not None and row.digest == place.mark
