"""Looks through one session file for what a query asks: bytes first, then the lines that may match."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from earwig.core.find.matcher import TooSlow
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session, ungrouped
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, START, FlatSessions, Found, FoundTally, LineCount, Stop
from earwig.core.query.hits import hit_of, snippet_of, text_of_bad
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.jsonl.decoding import Decoded, decode_block, decode_lines
from earwig.core.stores.jsonl.folder import look_at
from earwig.core.stores.jsonl.line_index import newlines_in
from earwig.core.stores.jsonl.session_file import PROOF, FolderHandle, SessionFile
from earwig.core.system.opening import CannotOpen

SLICE = 1024 * 1024
"""Bytes of a large file that are looked at together, at most."""

_FIRST_SLICE = 64 * 1024
"""Bytes of it that are looked at first: so that the first hits come soon."""

_LINES = 256
"""Lines that are decoded together: decoded they take several times their bytes."""

_BYTES = 128 * 1024
"""Bytes that are decoded together."""

_TELL = 8 * 1024 * 1024
"""Bytes after which a part is handed over also if nothing is in it: whoever waits sees how far it is."""

_SMALL = 512 * 1024
"""Up to so many bytes a file is read in one go, into memory that the processor keeps at hand."""

_TOGETHER = 256 * 1024
"""Bytes from which on small files that were read one behind the other are scanned."""

LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is passed over, and counted as such."""

_NEWLINE = 0x0A


class _Read:
    """Sessions, from the `first` one on, of which all is read, one behind the other."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.begins: list[int] = []
        self.unended: dict[int, int] = {}
        """Of those that end without a newline, by where they begin: how much is whole lines."""

    def note_unended(self, block: bytearray, stop: int) -> None:
        """The last one, which stops there, is such a one."""
        begin = self.begins[-1]
        self.unended[begin] = max(begin, block.rfind(b"\n", begin, stop) + 1) - begin


class _Part(NamedTuple):
    """A part of a session that is in memory."""

    block: bytearray
    begin: int
    """Where it begins in the block."""

    whole: int
    """Its bytes up to the end of the last whole line."""

    at: int = 0
    """Where it begins in the session."""

    file: SessionFile | None = None
    """Where the lines before it can be counted, if there are any."""


class SessionSearch:
    """Looks through sessions, one at a time; for one thread.

    What is found is handed over part by part, and nothing of a session is open meanwhile.
    """

    def __init__(
        self,
        ready: ReadyQuery,
        control: SearchControl | None = None,
        *,
        one_is_enough: bool = False,
    ) -> None:
        """`one_is_enough`: a session is left once something is found in a few of its lines."""
        self._query = ready.query
        self._one_is_enough = one_is_enough
        self._matcher = ready.matcher
        self._scan = ready.lines()
        self._control = SearchControl() if control is None else control
        self._block = bytearray()
        self._make_room(_SMALL + 1)

    def begin(self) -> None:
        """As `Searcher`: files are listed in less time than it takes to share them out."""

    def look_through(self, sessions: Sequence[Session], flat: FlatSessions) -> Generator[Found]:
        folder = FolderHandle(flat.group)  # a file's id is its path
        try:
            yield from self._look_through(sessions, flat, folder)
        finally:
            folder.let_go()

    def _look_through(
        self, sessions: Sequence[Session], flat: FlatSessions, folder: FolderHandle
    ) -> Iterator[Found]:
        names = flat.names.split("\0")
        if flat.group and folder.handle() is None:
            names = [name and ungrouped(flat.group, name) for name in names]
        block, room = self._block, self._room
        at, read = 0, _Read(0)
        for number, (name, size) in enumerate(zip(names, flat.sizes, strict=True)):
            count = folder.read_listed_into(name, size, room[at:]) if name else None
            if count is not None:
                read.begins.append(at)
                at += count
                if count and block[at - 1] != _NEWLINE:
                    read.note_unended(block, at)
                    block[at] = _NEWLINE
                    at += 1
                if at <= _TOGETHER:
                    continue
            for found in self._look_at_read(sessions, flat, read, at):
                folder.let_go()
                yield found
            if count is None:
                folder.let_go()
                yield from self.look(sessions[number])
                block, room = self._block, self._room
            if self._control.is_cancelled():
                return
            at, read = 0, _Read(number + 1)
        folder.let_go()
        yield from self._look_at_read(sessions, flat, read, at)

    def _look_at_read(
        self, sessions: Sequence[Session], flat: FlatSessions, read: _Read, size: int
    ) -> Iterator[Found]:
        ends = self._scan(self._block, size)
        if not ends:
            return
        for number, (begin, stop) in enumerate(pairwise((*read.begins, size)), read.first):
            own = [end for end in ends if begin < end <= stop]
            if own:
                session = look_at(flat.session_id(number)) or sessions[number]
                tally = FoundTally(session, START.counted)
                part = _Part(self._block, begin, read.unended.get(begin, stop - begin))
                for some in _batches(own):
                    self._take(tally, part, some)
                    if len(tally.hits) >= MOST_HITS:
                        yield tally.part()
                yield tally.last()

    def look(self, session: Session, start: Stop = START) -> Iterator[Found]:
        if session.problem is not None:
            yield Found(session, problem=session.problem)
            return
        session = look_at(session.id) or session
        tally = FoundTally(session, start.counted)
        file = SessionFile(session.id, start.position, start.proof)
        try:
            yield from self._look(file, tally, start)
        except CannotOpen as error:
            yield tally.last(problem=None if error.missing else error.reason)
        finally:
            file.let_go()
            self._make_room(_SMALL + 1)

    def _look(self, file: SessionFile, tally: FoundTally, start: Stop) -> Iterator[Found]:
        at, before, step = start.position, start.proof, _FIRST_SLICE
        looked, dense, is_last = 0, False, False
        while not (is_last or self._control.is_cancelled()):
            self._make_room(step + 1)
            block, size = self._block, file.read_into(self._room, at)
            is_last = size < len(self._room)
            whole = block.rfind(b"\n", 0, size) + 1
            ends: Sequence[int] = ()
            if whole or is_last:
                before = (before + block[max(0, whole - PROOF) : whole])[-PROOF:]
                if is_last and whole < size:
                    block[size] = _NEWLINE
                    size += 1
                else:
                    size = whole
                ends, dense = self._candidates(tally, block, size, whole, dense=dense)
            elif step < LONGEST:
                step *= 2
                continue
            else:
                whole = self._behind_line(file, at + size) - at
                before = file.read(PROOF, at + whole - PROOF)
                tally.too_long += 1
            part = _Part(block, 0, whole, at, file)
            for some in _batches(ends):
                self._take(tally, part, some)
                if self._control.is_cancelled():
                    return
                if self._one_is_enough and tally.matches:
                    break
                if len(tally.hits) >= MOST_HITS:
                    file.let_go(at + whole, before)
                    yield tally.part()
            at, looked, step = at + whole, looked + whole, min(SLICE, 2 * step)
            if self._one_is_enough and tally.matches:
                yield tally.last(looked)
                return
            if is_last:
                yield tally.last(looked, stop=Stop(at, tally.counted, before, tally.behind))
            elif tally.hits or looked >= _TELL:
                file.let_go(at, before)
                yield tally.part(looked)
                looked = 0

    def _candidates(
        self, tally: FoundTally, block: bytearray, size: int, whole: int, *, dense: bool
    ) -> tuple[Sequence[int], bool]:
        """Return where the lines end that may match, and whether those are most of all.

        If they were most in the block before, and are only counted, all whole lines are decoded and counted
        here: to look for those that may match would spare little.
        """
        if not self._control.counts_only or self._query.bad_lines:
            return self._scan(block, size), False
        if not dense:
            ends = self._scan(block, size)
            return ends, 2 * len(ends) > newlines_in(block[:size])
        matches, lines = tally.matches, 0
        for items in _decoded(block, whole):
            lines += len(items)
            self._count(tally, items)
        return ([size] if size > whole else ()), 2 * (tally.matches - matches) > lines

    def _take(self, tally: FoundTally, part: _Part, ends: Sequence[int]) -> None:
        """Match the lines of a part that end there in its block."""
        if ends[-1] > part.begin + part.whole:
            self._take_unfinished(tally, part, ends)
            return
        lines = decode_lines(part.block, ends)
        if self._control.counts_only:
            self._count(tally, [item for _, _, item in lines])
            return
        for start, length, item in lines:
            text = self._text_of(item)
            if text is None:
                continue
            try:
                snippet = snippet_of(text, self._matcher.spans(text))
            except TooSlow:
                tally.slow += 1
                continue
            if snippet is None:
                continue
            offset = part.at + start - part.begin
            lines_before = self._lines_before(tally.counted, part, start)
            tally.counted = LineCount(offset, lines_before)
            place = offset, offset + length + 1, length
            tally.hits.append(hit_of(tally.session, place, lines_before + 1, item, snippet))
            tally.matches += 1

    def _lines_before(self, counted: LineCount, part: _Part, start: int) -> int:
        """Return how many lines there are before a place in a part's block."""
        count = counted.lines
        if part.file is not None and counted.position < part.at:
            count += _newlines(part.file, counted.position, part.at)
        return count + newlines_in(part.block[part.begin + max(0, counted.position - part.at) : start])

    def _take_unfinished(self, tally: FoundTally, part: _Part, ends: Sequence[int]) -> None:
        """As `_take`, where the last line is unfinished: it may be a message, and may still become one."""
        if len(ends) > 1:
            self._take(tally, part, ends[:-1])
        [(_, _, item)] = decode_lines(part.block, ends[-1:])
        if not isinstance(item, BadLine):
            matches = tally.matches
            self._take(tally, part._replace(whole=ends[-1] - part.begin), ends[-1:])
            tally.behind = tally.matches - matches

    def _count(self, tally: FoundTally, items: Sequence[Decoded]) -> None:
        has = self._matcher.has
        of_any_role = not self._query.roles
        for item in items:
            text = item.content if of_any_role and type(item) is ChatMessage else self._text_of(item)
            try:
                if text is not None and has(text):
                    tally.matches += 1
            except TooSlow:
                tally.slow += 1

    def _text_of(self, item: Decoded) -> str | None:
        """Return the text to look in; None where nothing is looked for."""
        if isinstance(item, ChatMessage):
            return None if self._query.roles and item.role not in self._query.roles else item.content
        return None if item is None or not self._query.bad_lines else text_of_bad(item)

    def _behind_line(self, file: SessionFile, at: int) -> int:
        """Return the offset behind the newline that comes next; that of the end where none does."""
        while not self._control.is_cancelled() and (block := file.read(SLICE, at)):
            found = block.find(b"\n")
            if found >= 0:
                return at + found + 1
            at += len(block)
        return at

    def _make_room(self, size: int) -> None:
        """Have a block of so many bytes; the last one is for a newline that a file lacks."""
        if len(self._block) != size:
            self._block = bytearray(size)
            self._room = memoryview(self._block)[:-1]


def _batches(ends: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ends of lines, in the portions in which those are decoded."""
    first = 0
    while first < len(ends):
        last = min(len(ends), first + _LINES)
        while last > first + 1 and ends[last - 1] - ends[first] > _BYTES:
            last = (first + last) // 2
        yield ends[first:last]
        first = last


def _decoded(block: bytearray, size: int) -> Iterator[Sequence[Decoded]]:
    """Yield the whole lines of a block, so many at a time."""
    begin = 0
    with memoryview(block) as view:
        while begin < size:
            stop = block.rfind(b"\n", begin, min(size, begin + _BYTES)) + 1
            stop = stop or block.find(b"\n", begin, size) + 1
            yield decode_block(bytes(view[begin:stop]))
            begin = stop


def _newlines(file: SessionFile, start: int, stop: int) -> int:
    """Return how many there are between two offsets: read again, because most searches need not know."""
    count = 0
    while start < stop and (block := file.read(min(SLICE, stop - start), start)):
        count += newlines_in(block)
        start += len(block)
    return count
