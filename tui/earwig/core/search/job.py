"""One search through sessions: newest first, in batches, left at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from earwig.core.decoding import decode_line
from earwig.core.find.matcher import Span, TooSlow
from earwig.core.message import BadLine, ChatMessage
from earwig.core.opening import CannotOpen
from earwig.core.search.blocks import blocks_of
from earwig.core.search.line_scan import scan_for
from earwig.core.search.query import SearchQuery
from earwig.core.store import Session

BEFORE = 60
"""Characters of a snippet before its first match."""

SNIPPET = 240
"""Characters of a snippet."""


class Hit(NamedTuple):
    """One line that matches."""

    session: Session
    offset: int
    length: int
    number: int | None
    """The line's, from 1; None where the search did not begin at the file's start."""

    role: str
    """Empty for a bad line."""

    snippet: str
    """What is around the first match, as stored; to show it, make `SafeText` of it."""

    ranges: tuple[Span, ...]
    """The matches in the snippet; one that goes on behind it ends with it."""

    item: ChatMessage | BadLine
    complete: bool
    """Whether a newline ends the line."""


class Batch(NamedTuple):
    """What one block of a session gave."""

    hits: list[Hit]
    stop: int
    """Where a later search goes on: behind the last whole line."""

    read: int
    """Bytes."""


class Progress(NamedTuple):
    """How far a search is."""

    sessions: int
    of_sessions: int
    bytes: int
    of_bytes: int


class Sessions(Protocol):
    """Where sessions are listed: a store."""

    def sessions(self) -> list[Session]:
        """All, newest first."""


class SearchJob:
    """A search; for one thread. Raises `BadPattern` when made."""

    def __init__(self, store: Sessions, query: SearchQuery, *, portable: bool = False) -> None:
        self._query = query
        self._matcher = query.matcher()
        self._scan = scan_for(query, portable=portable)
        self.sessions = query.chosen(store.sessions())
        self.too_slow = 0
        """Messages for which the expression took too long."""

        self.oversized = 0
        """Lines that are too long to be searched."""

        self.unreadable: list[tuple[Session, str]] = []
        """Sessions that could not be read, and why."""

    def run(
        self,
        on_hits: Callable[[list[Hit]], object],
        on_progress: Callable[[Progress], object],
        is_cancelled: Callable[[], bool],
    ) -> None:
        """Search them all; hits come by the block, each session's in the order of its lines."""
        of_bytes = sum(session.size for session in self.sessions)
        done = 0
        for index, session in enumerate(self.sessions):
            try:
                for batch in self.search_from(session):
                    done += batch.read
                    if is_cancelled():
                        return
                    if batch.hits:
                        on_hits(batch.hits)
                    on_progress(Progress(index, len(self.sessions), done, of_bytes))
            except CannotOpen as error:
                self.unreadable.append((session, error.reason))
            if is_cancelled():
                return
        on_progress(Progress(len(self.sessions), len(self.sessions), done, of_bytes))

    def search_from(self, session: Session, offset: int = 0) -> Iterator[Batch]:
        """Search one session from `offset` on, where a line begins. Raises `CannotOpen`.

        A last line without a newline is searched too, and is before `stop` of no batch.
        """
        number = 1 if offset == 0 else None
        for block in blocks_of(session.path, offset):
            self.oversized += block.oversized
            if number is not None:
                number += block.oversized
            hits: list[Hit] = []
            counted = 0
            for start, stop in self._scan(block.data):
                found = self._look(block.data[start:stop], may_grow=not block.complete)
                if found is None:
                    continue
                item, spans = found
                if number is not None:
                    number += block.data.count(b"\n", counted, start)
                    counted = start
                place = (block.start + start, stop - start, number)
                hits.append(_hit(session, place, item, spans, complete=block.complete))
            if number is not None:
                number += block.data.count(b"\n", counted)
            yield Batch(hits, block.stop, len(block.data))

    def count(self, session: Session, most: int | None = None) -> int:
        """How many lines of a session match, at most `most`. Raises `CannotOpen`."""
        found = 0
        for block in blocks_of(session.path, 0):
            self.oversized += block.oversized
            for start, stop in self._scan(block.data):
                found += self._look(block.data[start:stop], may_grow=not block.complete) is not None
                if most is not None and found >= most:
                    return found
        return found

    def _look(self, line: bytes, *, may_grow: bool) -> tuple[ChatMessage | BadLine, Sequence[Span]] | None:
        item = decode_line(line)
        if isinstance(item, ChatMessage):
            if self._query.roles and item.role not in self._query.roles:
                return None
            text = item.content
        elif isinstance(item, BadLine) and self._query.bad_lines and not may_grow:
            text = text_of_bad(item)
        else:
            return None
        try:
            spans = list(self._matcher.spans(text))
        except TooSlow:
            self.too_slow += 1
            return None
        return (item, spans) if spans else None


def text_of_bad(line: BadLine) -> str:
    r"""A bad line as text; bytes that are not UTF-8 are `\xNN`."""
    return line.raw.decode("utf-8", "backslashreplace")


def _hit(
    session: Session,
    place: tuple[int, int, int | None],
    item: ChatMessage | BadLine,
    spans: Sequence[Span],
    *,
    complete: bool,
) -> Hit:
    role, text = (item.role, item.content) if isinstance(item, ChatMessage) else ("", text_of_bad(item))
    begin = max(0, spans[0][0] - BEFORE)
    snippet = text[begin : begin + SNIPPET]
    ranges = tuple(
        (start - begin, min(stop - begin, len(snippet)))
        for start, stop in spans
        if start - begin < len(snippet)
    )
    return Hit(session, *place, role, snippet, ranges, item, complete)
