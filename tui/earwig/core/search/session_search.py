"""Looks through one session file for what a query asks: bytes first, then the lines that may match."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from earwig.core.content.envelopes import sent_at
from earwig.core.decoding import decode_lines
from earwig.core.find.line_scan import Scan
from earwig.core.find.matcher import Matcher, Span, TooSlow
from earwig.core.message import BadLine, ChatMessage
from earwig.core.newlines import newlines_in
from earwig.core.opening import CannotOpen, at_hand, open_listed, read_at, read_into, read_listed_into
from earwig.core.search.hits import Hit, snippet_of
from earwig.core.search.query import SearchQuery
from earwig.core.store import Session, look_at

SLICE = 4 * 1024 * 1024
"""Bytes of a large file that are looked at together."""

_SMALL = 512 * 1024
"""Up to so many bytes a file is read in one go, into memory that the processor keeps at hand."""

_TOGETHER = 256 * 1024
"""Bytes from which on small files that were read one behind the other are scanned."""

LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is passed over, and counted as such."""

_LOCATION, _SIZE, _PROBLEM = (
    itemgetter(Session._fields.index(name)) for name in ("location", "size", "problem")
)
_NEWLINE = 0x0A

_Item = ChatMessage | BadLine | None


class Counted(NamedTuple):
    """How many lines there are before an offset, where one begins."""

    offset: int
    lines: int


_NOTHING_COUNTED = Counted(0, 0)


class Found(NamedTuple):
    """What one look at a session came to."""

    session: Session
    hits: list[Hit]
    matches: int = 0
    """Lines with a match; where nobody asked for hits there are only these."""

    stop: int = 0
    """The offset behind the last whole line that was looked at: where another look may go on."""

    counted: Counted = _NOTHING_COUNTED
    """Up to where its lines are counted; nobody counts them behind the last hit."""

    slow: int = 0
    """Messages for which the expression took too long: whether they match is not known."""

    too_long: int = 0
    """Lines that were passed over for their length."""

    problem: str | None = None
    """Why it cannot be read, as a clause to follow its name."""


class Places(NamedTuple):
    """Where sessions are, and how large they were when they were listed.

    A process that was copied has to copy each page of memory with an object that it looks at: of sessions in
    which there is nothing, it looks at this alone.
    """

    folder: str
    """With a separator at its end; empty if they are in several."""

    names: str
    """In that folder, one behind the other, with a NUL between; nothing for one that cannot be read."""

    sizes: Sequence[int]

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> Places:
        """Those of some sessions."""
        locations = [*map(_LOCATION, sessions)]
        if any(map(_PROBLEM, sessions)):
            locations = ["" if it.problem else it.location for it in sessions]
        folder = os.path.join(os.path.dirname(sessions[0].location), "")  # noqa: PTH118, PTH120 - as listed
        beside = [it.removeprefix(folder) for it in locations]
        if any(os.sep in name for name in beside):
            folder, beside = "", locations
        return cls(folder, "\0".join(beside), array("q", map(_SIZE, sessions)))

    def location(self, number: int) -> str:
        """Where one of them is; made anew."""
        return self.folder + self.names.split("\0", number + 1)[number]


class _Tally:
    """What one look has come to so far."""

    def __init__(self, counted: Counted) -> None:
        self.hits: list[Hit] = []
        self.matches = self.slow = self.too_long = 0
        self.counted = counted

    def found(self, session: Session, stop: int) -> Found:
        return Found(session, self.hits, self.matches, stop, self.counted, self.slow, self.too_long)


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


class SessionSearch:
    """Looks through sessions, one at a time; for one thread."""

    def __init__(self, query: SearchQuery, matcher: Matcher, scan: Scan, *, hits: bool = True) -> None:
        """Without `hits`, matching lines are only counted."""
        self._query = query
        self._matcher = matcher
        self._scan = scan
        self._wants_hits = hits
        self._make_room(_SMALL + 1)

    def look_through(self, sessions: Sequence[Session], places: Places) -> Iterator[Found]:
        """Look through many, which are there; nothing comes of a small one in which there is nothing."""
        with at_hand(places.folder) as handle:
            names = places.names.split("\0")
            if handle is None and places.folder:
                names = [name and places.folder + name for name in names]
            yield from self._look_through(sessions, names, places, handle)

    def _look_through(
        self, sessions: Sequence[Session], names: Sequence[str], places: Places, handle: int | None
    ) -> Iterator[Found]:
        block, room = self._block, self._room
        at, read = 0, _Read(0)
        for number, (name, size) in enumerate(zip(names, places.sizes, strict=True)):
            count = read_listed_into(name, size, room[at:], dir_fd=handle) if name else None
            if count is None:
                yield from self._look_at_read(sessions, places, read, at)
                yield self.look(sessions[number])
                block, room = self._block, self._room
                at, read = 0, _Read(number + 1)
                continue
            read.begins.append(at)
            at += count
            if count and block[at - 1] != _NEWLINE:
                read.note_unended(block, at)
                block[at] = _NEWLINE
                at += 1
            if at > _TOGETHER:
                yield from self._look_at_read(sessions, places, read, at)
                at, read = 0, _Read(number + 1)
        yield from self._look_at_read(sessions, places, read, at)

    def _look_at_read(
        self, sessions: Sequence[Session], places: Places, read: _Read, size: int
    ) -> Iterator[Found]:
        ends = self._scan(self._block, size)
        if not ends:
            return
        for number, (begin, stop) in enumerate(pairwise((*read.begins, size)), read.first):
            own = [end for end in ends if begin < end <= stop]
            if own:
                session = look_at(places.location(number)) or sessions[number]
                tally, whole = _Tally(_NOTHING_COUNTED), read.unended.get(begin, stop - begin)
                self._take(tally, self._block, begin, session, -1, 0, whole, own)
                yield tally.found(session, whole)

    def look(self, session: Session, start: int = 0, counted: Counted = _NOTHING_COUNTED) -> Found:
        """Look through it from `start` on, where a line begins; `counted` tells of those before.

        What is found has the session as it is now.
        """
        if session.problem is not None:
            return Found(session, [], problem=session.problem)
        session = look_at(session.location) or session
        try:
            fd = open_listed(session.location)
        except CannotOpen as error:
            return Found(session, [], problem=None if error.missing else error.reason)
        try:
            return self._look(fd, session, start, counted)
        except CannotOpen as error:
            return Found(session, [], problem=error.reason)
        finally:
            os.close(fd)

    def _look(self, fd: int, session: Session, start: int, counted: Counted) -> Found:
        tally, at = _Tally(counted), start
        self._make_room(SLICE + 1)
        while True:
            block, size = self._block, read_into(fd, self._room, at)
            is_last = size < len(self._room)
            whole = block.rfind(b"\n", 0, size) + 1
            if not whole and not is_last:
                if len(block) < LONGEST:
                    self._make_room(2 * len(block))
                else:
                    at, tally.too_long = _behind_line(fd, at + size), tally.too_long + 1
                continue
            if is_last and whole < size:
                block[size] = _NEWLINE
                size += 1
            else:
                size = whole
            self._take(tally, block, 0, session, fd, at, whole, self._scan(block, size))
            at += whole
            if is_last:
                break
        self._make_room(_SMALL + 1)
        return tally.found(session, at)

    def _take(
        self,
        tally: _Tally,
        block: bytearray,
        base: int,
        session: Session,
        fd: int,
        at: int,
        whole: int,
        ends: Sequence[int],
    ) -> None:
        """Match the lines of a block that end there.

        The session's part begins at `base`, which is `at` in the file, with `whole` bytes of whole lines.
        """
        for start, length, item in decode_lines(block, ends):
            begin = start - base
            if begin >= whole and isinstance(item, BadLine):
                continue  # unfinished: it may still become a message
            try:
                spans = self._spans(item)
            except TooSlow:
                tally.slow += 1
                continue
            if spans and self._wants_hits:
                counted = tally.counted
                lines = counted.lines + _newlines(fd, counted.offset, at)
                lines += newlines_in(block[base + max(0, counted.offset - at) : start])
                tally.counted = Counted(at + begin, lines)
                tally.hits.append(_hit(session, at + begin, length, lines + 1, item, spans))
            tally.matches += bool(spans)

    def _make_room(self, size: int) -> None:
        """Have a block of so many bytes; the last one is for a newline that a file lacks."""
        self._block = bytearray(size)
        self._room = memoryview(self._block)[:-1]

    def _spans(self, item: _Item) -> list[Span]:
        query = self._query
        if isinstance(item, ChatMessage):
            if query.roles and item.role not in query.roles:
                return []
            return list(self._matcher.spans(item.content))
        if item is None or not query.bad_lines:
            return []
        return list(self._matcher.spans(text_of_bad(item)))


def text_of_bad(item: BadLine) -> str:
    r"""A bad line's raw text; bytes that are not UTF-8 are `\xNN`."""
    return item.raw.decode("utf-8", "backslashreplace")


def _hit(session: Session, offset: int, length: int, number: int, item: _Item, spans: list[Span]) -> Hit:
    if isinstance(item, ChatMessage):
        sent = sent_at(*item)
        sent_ns = None if sent is None else int(sent.timestamp()) * 10**9
        return Hit(session, offset, length, number, item.role, *snippet_of(item.content, spans), sent_ns)
    text = text_of_bad(item) if item is not None else ""
    return Hit(session, offset, length, number, "", *snippet_of(text, spans), bad=True)


def _behind_line(fd: int, at: int) -> int:
    """The offset behind the newline that comes next; that of the end where none does."""
    while block := read_at(fd, SLICE, at):
        found = block.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(block)
    return at


def _newlines(fd: int, start: int, stop: int) -> int:
    """How many there are between two offsets: read again, because most searches need not know."""
    count = 0
    while start < stop and (block := read_at(fd, min(SLICE, stop - start), start)):
        count += newlines_in(block)
        start += len(block)
    return count
