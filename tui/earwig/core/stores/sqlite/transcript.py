"""Random access to one session of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized, Page
from earwig.core.model.message import ChatMessage, line_of
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.stores.protocols import SCANNED, Change, Ending, LinePlace, Resume, Scanned, Stored, Tally
from earwig.core.stores.sqlite.changes import TAIL
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.known_session import KnownSession, Sight
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.page_rows import PageRows, rows_after, rows_around, rows_before
from earwig.core.stores.sqlite.row_places import RowPlaces
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.scanned_rows import (
    Scan,
    ScannedRows,
    bytes_of,
    entry_of,
    scan_rows,
    take,
)
from earwig.core.stores.sqlite.tables import BEFORE_ALL
from earwig.core.system.blake2 import blake2b
from earwig.core.system.opening import CannotOpen

if TYPE_CHECKING:
    from earwig.core.find.hint import Hint

_WALKED = 4 * 1024 * 1024
"""Bytes that are gone back row by row. Further back, rows are taken to be as long as these."""

_AHEAD = 8
"""New rows that are read together with a look that finds some: whoever looks asks for them next."""

_BATCH = 1024 * 1024
"""Bytes of rows that are in memory while all are gone through."""


class DatabaseTranscript:
    """The `Transcript` of one key's rows. A position is a row's number, or made of it.

    A row that the bot stores is there whole at once, so every entry is complete. Each call reads one state of
    the database, and knows what has become of the session up to it: so what the call returns belongs to the
    transcript's generation.
    """

    def __init__(self, database: Database, key: SessionKey) -> None:
        self._session = KnownSession(database, key)
        self._places = RowPlaces(self._session)
        self._read_to = 0
        """Where the last page ended that went up to the session's end."""

        self._newest: Page | None = None
        """What stood behind that when the session was looked at last, if it was little."""

    @property
    def generation(self) -> int:
        return self._session.generation

    @property
    def unchanged_to(self) -> int:
        return self._session.unchanged_to

    @property
    def absent(self) -> bool:
        """A session of which nothing but a description is left is there."""
        return self._session.absent

    @property
    def start(self) -> int:
        return 0

    @property
    def end(self) -> int:
        return self._session.end

    @property
    def identity(self) -> Hashable:
        """It is of the database, which holds the session."""
        return self._session.identity

    @property
    def was_put_in_place(self) -> bool:
        """Never known: what a database's time stamps tell is of all its sessions."""
        return False

    def refresh(self) -> Change:
        start, generation, self._newest = self._read_to, self.generation, None
        found: list[Page] = []

        def read(sight: Sight) -> None:
            found[:] = [self._page_in(sight, rows_after(sight, start, _AHEAD))] if start else []

        change = self._session.look(read)
        if found and found[0].at_end and self.generation == generation:
            self._newest = found[0]._replace(generation=generation)
        return change

    # Pages.

    def tail(self, count: int) -> Page:
        return self._page(lambda sight: rows_before(sight, None, count))

    def glance(self, count: int) -> Page:
        return self.tail(count)

    def before(self, position: int, count: int) -> Page:
        return self._page(lambda sight: rows_before(sight, position, count))

    def after(self, position: int, count: int) -> Page:
        page = self._newest
        if page is not None and (page.start, page.stop) == (position, self.end):
            # Other looks than `refresh` may have come between: then it ends elsewhere, or is of another past.
            same = page.generation == self.generation and self._session.is_as_seen
            if same and len(page.entries) <= count:
                self._read_to = page.stop
                return page
        return self._page(lambda sight: rows_after(sight, position, count))

    def around(self, position: int, before: int, after: int) -> Page:
        """A position at which no row is belongs to the row before it."""
        return self._page(lambda sight: rows_around(sight, position, before, after))

    # Numbers.

    def locate(self, number: int) -> LinePlace | None:
        return self._places.locate(number)

    def numbers_of(self, positions: Sequence[int]) -> list[int | None]:
        if not positions:
            return []
        return self._session.read(
            lambda sight: [self._places.number_at(sight, position) for position in positions]
        )

    def lines_between(self, start: int, stop: int) -> int:
        if start >= stop:
            return 0
        return self._session.read(lambda sight: sight.rows.between(sight.snapshot, start - 1, stop - 1))

    def index_step(self) -> bool:
        return self._places.step()

    def doubt(self) -> None:
        """What is counted is counted anew."""
        self._places.doubt()

    @property
    def doubted(self) -> bool:
        return self._places.doubted

    @property
    def indexed(self) -> int:
        return self._places.counted_to

    @property
    def lines_counted(self) -> int:
        return self._places.counted

    @property
    def lines(self) -> int | None:
        return self._places.counted if self._places.are_all_counted else None

    # Passes through all of it, or much.

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """An entry that is replaced before it was come to is given as it is then."""
        number = self._session.read(lambda sight: self._places.number_at(sight, start))
        return self._entries(start, self.end, self.generation, number)

    def _entries(self, at: int, end: int, generation: int, number: int | None) -> Iterator[Entry]:
        while at < end:
            scan = self._scan(at, _BATCH, whole=True)
            same = self._session.unchanged_since(generation)
            if same is not None and same < at:
                raise CannotOpen("was written anew while it was read")
            generation = self.generation
            for row in scan.rows:
                if row.position >= end:
                    return
                yield entry_of(row, number)
                number = None if number is None else number + 1
            at = scan.stop

    def scan(
        self, start: int, budget: int = SCANNED, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> Scanned:
        """A hint spares nothing: to make a text of bytes takes little."""
        del hint
        scan = self._scan(start, budget)
        return ScannedRows(scan.rows, start, scan.stop, scan.size, limit)

    def scan_before(self, stop: int, *, hint: Hint | None = None, limit: int = LINE_LIMIT) -> Scanned:
        del hint

        def read(sight: Sight) -> ScannedRows:
            end = min(stop, sight.end)
            rows, at_end, size = take(sight.rows.walk(sight.snapshot, end, ascending=False), SCANNED)
            start = 0 if at_end else rows[-1].position
            return ScannedRows(rows[::-1], start, end, size, limit)

        return self._session.read(read)

    def tally(
        self,
        start: int,
        budget: int = SCANNED,
        *,
        limit: int | None = None,
        parts: Collection[bytes] = (),
    ) -> Tally:
        from earwig.core.stores.sqlite.tallied_rows import tally_rows  # no first frame counts

        return self._session.read(lambda sight: tally_rows(sight, start, budget, limit, parts))

    def stored(self, start: int, budget: int = SCANNED, *, limit: int = LINE_LIMIT) -> Stored:
        def read(sight: Sight) -> Stored:
            scan = scan_rows(sight, start, budget)
            lines = [(row.position, _as_line(sight, row)[:limit]) for row in scan.rows]
            return Stored(start, scan.stop, scan.size, lines)

        return self._session.read(read)

    def raw(self, entry: Entry, limit: int) -> bytes:
        def read(sight: Sight) -> bytes:
            row = sight.rows.at(sight.snapshot, entry.position)
            return b"" if row is None else _stored_of(sight, row, limit)

        return self._session.read(read)

    def row_of(self, position: int) -> int | None:
        return self._session.row_of(position)

    def position_before(self, position: int, size: int) -> int | None:
        def find(sight: Sight) -> int | None:
            if position > sight.end:
                return None
            rows = sight.rows.walk(sight.snapshot, position, ascending=False)
            near = take(rows, min(size, _WALKED), row_cost=1)
            if near.at_end:
                return 0
            at, left = near.rows[-1].position, size - near.size
            if left <= 0:
                return at
            return sight.rows.back(sight.snapshot, at, left * len(near.rows) // near.size)

        return self._session.read(find)

    # What was there once.

    def ending(self) -> Ending:
        tail = self._session.tail
        return Ending(self.end, (tail[0][0], _proof_of(tail)) if tail else None)

    def still_has(self, ending: Ending) -> bool:
        if not isinstance(ending.proof, tuple):
            return not ending.position
        start, proof = ending.proof

        def prove(sight: Sight) -> str:
            rows = takewhile(
                lambda row: row.position < ending.position, sight.rows.walk(sight.snapshot, start - 1)
            )
            return _proof_of([(row.position, row.digest) for row in islice(rows, TAIL + 1)])

        try:
            return bool(self._session.read(prove) == proof)
        except CannotOpen:
            return False

    def resume_at(self, end: int) -> Resume:
        return Resume(end)

    # No first frame asks for these three, so what answers them is loaded by who does.

    def digest_before(self, position: int) -> str:
        from earwig.core.stores.sqlite.row_witnesses import digest_before

        def digest(sight: Sight) -> str:
            return "" if position > sight.end else digest_before(sight.snapshot, sight.rows, position)

        return self._session.read(digest)

    def witnesses(self, position: int) -> tuple[Witness, ...]:
        from earwig.core.stores.sqlite.row_witnesses import witnesses_of

        try:
            return self._session.read(lambda sight: witnesses_of(sight.snapshot, sight.rows, position))
        except CannotOpen:
            return ()

    def settled(self, read_to: ReadTo, *, take: bool) -> ReadTo:
        if not read_to.witnesses and not (take and read_to.position):
            return read_to
        from earwig.core.stores.sqlite.row_witnesses import settled

        try:
            return self._session.read(
                lambda sight: settled(sight.snapshot, sight.rows, sight.end, read_to, take=take)
            )
        except CannotOpen:
            return read_to

    # What follows is of one state of the database.

    def _scan(self, start: int, budget: int, *, whole: bool = False) -> Scan:
        return self._session.read(lambda sight: scan_rows(sight, start, budget, whole=whole))

    def _page(self, read: Callable[[Sight], PageRows]) -> Page:
        page = self._session.read(lambda sight: self._page_in(sight, read(sight)))
        if page.at_end:
            self._read_to = page.stop
        return page._replace(generation=self.generation)

    def _page_in(self, sight: Sight, found: PageRows) -> Page:
        """Return a page with the numbers of its entries, or a guess at them; of the generation 0."""
        rows, start, stop = found
        first = sight.rows.ahead(sight.snapshot, BEFORE_ALL, 1)
        at_start = not first[0] or start <= first[1]
        number = self._places.number_at(sight, start)
        about = None
        if number is None and rows:
            mean = (rows[-1].position + 1 - rows[0].position) / len(rows)
            about = self._places.guess(sight, start, mean)
        entries = tuple(
            entry_of(row, None if number is None else number + index) for index, row in enumerate(rows)
        )
        return Page(entries, start, stop, at_start, stop >= sight.end, 0, about=about)


def _stored_of(sight: Sight, row: StoredRow, limit: int) -> bytes:
    """Return the stored bytes of a row, `limit` at most."""
    if not isinstance(row.item, Oversized):
        return bytes_of(row)[:limit]
    return sight.rows.raw(sight.snapshot, row.position, 0, limit)[0]


def _as_line(sight: Sight, row: StoredRow) -> bytes:
    """Return what the bot would write for a row into a file; of a damaged one, what is stored."""
    whole = sight.rows.whole(sight.snapshot, row)
    return line_of(whole.item) if isinstance(whole.item, ChatMessage) else bytes_of(whole)


def _proof_of(tail: Sequence[tuple[int, bytes]]) -> str:
    made = blake2b(digest_size=16)
    for position, digest in tail:
        made.update(b"%d " % position)
        made.update(digest)
    return made.hexdigest()
