"""Looks through sessions of databases for what a query asks: their rows, as the bot's loader takes them.

SQLite leaves out most rows in which nothing can be (`content_filter`); what it hands over is matched as ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import count, groupby
from pathlib import Path
from typing import NamedTuple

from earwig.core.model.session import Session
from earwig.core.query.control import SearchControl
from earwig.core.query.found import START, FlatSessions, Found, FoundTally, LineCount, Stop
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.sqlite import faults
from earwig.core.stores.sqlite.content_filter import ContentFilter
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.described import look_for
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.finding import conversation_of
from earwig.core.stores.sqlite.ids import key_in
from earwig.core.stores.sqlite.messages import KeyMessages
from earwig.core.stores.sqlite.place import NO_STAMP, resolved, stamp_of
from earwig.core.stores.sqlite.row_matcher import Left, RowMatcher, in_parts
from earwig.core.stores.sqlite.row_steps import Looked, NumbersById, RowPlace
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.sweep import IdRange, Sweep, can_be_shared_out, ids_of
from earwig.core.stores.sqlite.turns import DENSE, SMALL, Turns

_PER_SESSION = 4
"""Rows that a session counts for besides its own."""


class _Step(NamedTuple):
    """What came of a look in one state of a database."""

    found: list[Found]
    place: RowPlace
    """From where to go on."""

    rows: int
    """How many were looked at session by session."""


class RowSearch:
    """Looks through sessions, one at a time; for one thread. Nothing is open while something is told."""

    def __init__(
        self,
        database: Callable[[Path], Database],
        ready: ReadyQuery,
        control: SearchControl,
        *,
        all_of: Iterable[Path] = (),
        one_is_enough: bool = False,
    ) -> None:
        """`database` gives the one at a path. `one_is_enough`: a session is left once something is found.

        `all_of`: the paths of the databases of which all sessions may be looked through.
        """
        self._database = database
        self._all_of = all_of
        self._control = control
        self._matcher = RowMatcher(ready, control)
        self._one_is_enough = one_is_enough
        # What is damaged is no text for SQLite, or one that only Python knows not to be UTF-8.
        self._only = None if ready.query.bad_lines else ContentFilter(ready.required)
        self._turns: dict[Path, Turns] = {}

    def begin(self) -> None:
        """As `Searcher`: with large databases, if there are processes for them."""
        for path in self._all_of:
            if can_be_shared_out(self._database(path)):
                self._turns_of(path).begin_ahead()

    def look_through(self, sessions: Sequence[Session], flat: FlatSessions) -> Generator[Found]:
        del flat
        try:
            for path, some in groupby(sessions, lambda session: session.path):
                turns = self._turns_of(path)
                if turns.is_ahead:
                    turns.go_on_to(self._ids_in(path))
                for found in self._look_through(path, list(some), turns=turns):
                    is_large = found.stop or found.session.extent > SMALL  # told also with nothing in it
                    if found.matches or found.slow or found.too_long or found.problem is not None or is_large:
                        yield found
        except GeneratorExit:
            for turns in self._turns.values():
                turns.end()
            raise

    def _turns_of(self, path: Path) -> Turns:
        if path not in self._turns:
            begin = partial(
                Sweep,
                self._database(path),
                self._only or ContentFilter(None),
                self._matcher.may_want,
                self._control.is_cancelled,
            )
            self._turns[path] = Turns(begin, self._ids_in(path))
        return self._turns[path]

    def _ids_in(self, path: Path) -> IdRange | None:
        """Return the ids of a database's rows; None where they are not looked over all at once."""
        if self._only is not None:
            with suppress(faults.Cancelled, Unreadable):
                return self._database(path).read(ids_of, self._control.is_cancelled)
        return None

    def look(self, session: Session, start: Stop = START) -> Iterator[Found]:
        path, key = session.path, key_in(session)
        try:
            database = self._database(path)
            stamp = stamp_of(resolved(path)) or NO_STAMP
            now = database.read(lambda snapshot: look_for(snapshot, path, stamp, key))
        except Unreadable as error:
            yield Found(session, problem=error.reason)
            return
        place = RowPlace(0, start.position - 1, start.counted, start.proof) if start.position else RowPlace()
        yield from self._look_through(path, [now or session], place, stops=True)

    def _look_through(
        self,
        path: Path,
        sessions: Sequence[Session],
        place: RowPlace | None = None,
        *,
        turns: Turns | None = None,
        stops: bool = False,
    ) -> Iterator[Found]:
        database, at = self._database(path), place or RowPlace()
        sweep, own = None, True
        while at.number < len(sessions) and not self._control.is_cancelled():
            session, begun = sessions[at.number], time.monotonic()
            try:
                if turns is not None:
                    own, sweep = turns.take(session.extent, at.through), turns.sweep
                if sweep is not None and (passed := _passed(session, at, sweep, own=own)) is not None:
                    found, at = passed
                    yield from found
                    continue
                step = partial(
                    self._step, sessions=sessions, place=at, sweep=sweep, own=own, stops=stops, tries=count()
                )
                done = database.read(step, self._control.is_cancelled)
            except faults.Cancelled:
                return
            except Unreadable as error:
                yield from (Found(it, problem=error.reason) for it in sessions[at.number :])
                return
            at = done.place
            if turns is not None and done.rows:
                matches = sum(found.matches for found in done.found)
                turns.note(done.rows, matches, time.monotonic() - begun)
            for each in done.found:
                yield from in_parts(each)

    def _step(
        self,
        snapshot: Snapshot,
        sessions: Sequence[Session],
        place: RowPlace,
        sweep: Sweep | None,
        *,
        own: bool,
        stops: bool,
        tries: Iterator[int],
    ) -> _Step:
        """Look through some rows; `own`: also such as the sweep has not come to.

        `stops`: whether also of a small session in which nothing is found is told where it stops.
        """
        schema = read_schema(snapshot)
        found: list[Found] = []
        left, taken = Left(place.step, next(tries)), 0
        while place.number < len(sessions) and left:
            session = sessions[place.number]
            if sweep is not None and sweep.is_over and _passed(session, place, sweep, own=own) is not None:
                place = RowPlace(place.number + 1)
                continue
            key, following = key_in(session), RowPlace(place.number + 1)
            rows = conversation_of(snapshot, schema, key)
            if rows is None or (place.mark and not _is_there(snapshot, rows, place)):
                found.append(Found(session, problem=None if rows is None else "is another by now"))
                place = following
                continue
            tally = FoundTally(session, place.counted)
            looked = self._look_at(snapshot, rows, tally, left, place, sweep, own=own)
            taken += looked.rows + _PER_SESSION
            if self._one_is_enough and tally.matches:
                found.append(tally.last(looked.rows))
                place = following
                continue
            if stops or not looked.at_end or tally.matches or session.extent > SMALL:
                last = rows.at(snapshot, looked.last) if looked.last != place.after else None
                place = place._replace(
                    after=looked.last,
                    counted=tally.counted,
                    mark=place.mark if last is None else last.digest,
                    step=place.step + 1,
                    swept=looked.swept,
                )
            if not looked.at_end:
                found.append(tally.part(looked.rows))
                break
            stop = Stop(place.after + 1, place.counted, place.mark) if stops or place.mark else None
            found.append(tally.last(looked.rows, stop=stop))
            place = following
            if sweep is not None and not own:
                break
        return _Step(found, place, taken if own else 0)

    def _look_at(
        self,
        snapshot: Snapshot,
        rows: Conversation,
        tally: FoundTally,
        left: Left,
        place: RowPlace,
        sweep: Sweep | None,
        *,
        own: bool,
    ) -> Looked:
        """Look at rows of one session, in the way that is the fastest."""
        if self._only is None or not isinstance(rows, KeyMessages):
            return self._walked(snapshot, rows, tally, left, place)
        if sweep is None:
            return self._looked_for(snapshot, rows, self._only, tally, left, place)
        looked = self._swept(snapshot, rows, tally, left, place, sweep)
        if not looked.at_end or sweep.is_over or (self._one_is_enough and tally.matches):
            return looked
        if not own:
            return looked._replace(at_end=False)
        place = place._replace(after=looked.last, counted=tally.counted, swept=looked.swept)
        return self._looked_for(snapshot, rows, self._only, tally, left, place)

    def _walked(
        self, snapshot: Snapshot, rows: Conversation, tally: FoundTally, left: Left, place: RowPlace
    ) -> Looked:
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
        tally.counted = LineCount(at + 1, number)
        return Looked(at, looked, at_end)

    def _looked_for(
        self,
        snapshot: Snapshot,
        rows: KeyMessages,
        only: ContentFilter,
        tally: FoundTally,
        left: Left,
        place: RowPlace,
    ) -> Looked:
        """Look at the rows that SQLite cannot leave out."""
        after = place.through
        count, upto = rows.ahead(snapshot, after, left.rows)
        in_table = count * DENSE >= upto - after
        last, is_through = upto, count < left.rows
        number_of = NumbersById(snapshot, rows, place, upto, has_gaps=count < upto - after)
        for row in rows.wanted(snapshot, only, after, upto, in_table=in_table):
            hits = self._matcher.take(tally, rows.whole(snapshot, row), number_of)
            left.take(row.size, hits)
            if (self._one_is_enough and tally.matches) or not left:
                last, is_through = row.position, False
                break
        if last != upto:
            count = rows.between(snapshot, after, last)
        left.pass_over(count)
        if number_of.are_counted:
            tally.counted = LineCount(last + 1, number_of.before + count)
        return Looked(last if count else place.after, count, is_through, place.swept)

    def _swept(
        self,
        snapshot: Snapshot,
        rows: KeyMessages,
        tally: FoundTally,
        left: Left,
        place: RowPlace,
        sweep: Sweep,
    ) -> Looked:
        """Look at the rows in which the sweep has found something."""

        def number_of(position: int) -> int:
            before = tally.counted
            number = before.lines + rows.between(snapshot, before.position - 1, position)
            tally.counted = LineCount(position + 1, number)
            return number

        upto, is_through = max(place.through, sweep.upto), True
        for position in sweep.of(key_in(tally.session), place.through):
            row = rows.at(snapshot, position)
            if row is None:
                continue
            left.take(row.size, self._matcher.take(tally, rows.whole(snapshot, row), number_of))
            if (self._one_is_enough and tally.matches) or not left:
                upto, is_through = position, False
                break
        # Which row is the last of them, only a session that is told of has to say.
        is_told = tally.matches or tally.session.extent > SMALL
        last = rows.back(snapshot, upto + 1, 1) if is_told else place.after
        size = sweep.share(tally.session.extent, place.through, upto)
        return Looked(last if last <= upto else place.after, size, is_through, upto)


def _known(number: int, _position: int) -> int:
    return number


def _passed(
    session: Session, place: RowPlace, sweep: Sweep, *, own: bool
) -> tuple[list[Found], RowPlace] | None:
    """What there is to tell of a session in whose rows the sweep has found nothing, and where to go on.

    None where it has, or the session is to be looked at all the same.
    """
    if sweep.has(session):
        return None
    if sweep.is_over:
        is_done = session.extent <= SMALL and not session.problem and not place.step
        return ([], RowPlace(place.number + 1)) if is_done else None
    if own:
        return None
    upto = max(place.through, sweep.upto)
    size = sweep.share(session.extent, place.through, upto)
    found = [Found(session, size=size, more=True)] if session.extent > SMALL else []
    return found, place._replace(swept=upto)


def _is_there(snapshot: Snapshot, rows: Conversation, place: RowPlace) -> bool:
    """Return whether the last row that was looked at is as it was."""
    row = rows.at(snapshot, place.after)
    return row is not None and row.digest == place.mark
