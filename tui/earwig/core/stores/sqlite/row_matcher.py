"""Whether a row has what a query asks for, and how many rows are looked at in one state of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from earwig.core.find.matcher import TooSlow
from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, Found, FoundTally
from earwig.core.query.hits import hit_of, snippet_of, text_of_bad
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.sqlite.rows import StoredItem, StoredRow

_BYTES = 4 * 1024 * 1024
"""Bytes of contents that are looked at in one state of a database."""

_FIRST_ROWS, _MOST_ROWS = 2048, 65_536
"""Rows that are looked over: few at first, so that what is found is told at once."""

_LEAST_ROWS = 16
"""The same where commits come between all the time."""

_HITS = 8 * MOST_HITS
"""Hits that are made before they are told."""


class Left:
    """What may still be looked at in one state of a database."""

    def __init__(self, step: int, tried: int = 0) -> None:
        """`step`: earlier looks at rows of the session; `tried`: those in vain, after which there is less."""
        growth = 1 << min(step, 8)
        rows = min(_MOST_ROWS, _FIRST_ROWS * growth)
        self.rows = max(min(rows, _LEAST_ROWS), rows >> tried)
        """How many rows may be looked over."""

        self._bytes, self._hits = _BYTES, min(_HITS, MOST_HITS * growth)

    def __bool__(self) -> bool:
        return self._bytes > 0 and self.rows > 0 and self._hits > 0

    def take(self, size: int, hits: int) -> None:
        """A row is looked at, with so many hits in it."""
        self._bytes -= size
        self._hits -= hits

    def pass_over(self, rows: int) -> None:
        """So many rows are looked over, also those that nobody had to look at."""
        self.rows -= rows


class RowMatcher:
    """Matches rows; for one thread."""

    def __init__(self, ready: ReadyQuery, control: SearchControl) -> None:
        self._query, self._matcher = ready.query, ready.matcher
        self._control = control

    def may_want(self, row: StoredRow) -> bool:
        """Return whether something is in a row, or that is not known."""
        item = row.item
        if not isinstance(item, ChatMessage):
            return isinstance(item, Oversized) or self._query.bad_lines
        try:
            return self._wants(item) and self._matcher.has(item.content)
        except TooSlow:
            return True

    def take(self, tally: FoundTally, row: StoredRow, number_of: Callable[[int], int]) -> int:
        """Note what is found in a row, by its position's number in its session; return how many hits."""
        text = self._text_of(tally, row.item)
        if text is None:
            return 0
        try:
            if self._control.counts_only:
                tally.matches += self._matcher.has(text)
                return 0
            snippet = snippet_of(text, self._matcher.spans(text))
        except TooSlow:
            tally.slow += 1
            return 0
        if snippet is None:
            return 0
        item = None if isinstance(row.item, Oversized) else row.item
        place = (row.position, row.next, row.size)
        tally.hits.append(hit_of(tally.session, place, number_of(row.position), item, snippet, row.time))
        tally.matches += 1
        return 1

    def _text_of(self, tally: FoundTally, item: StoredItem) -> str | None:
        """Return the text to look in; None where nothing is looked for."""
        if isinstance(item, ChatMessage):
            return item.content if self._wants(item) else None
        if isinstance(item, BadLine):
            return text_of_bad(item) if self._query.bad_lines else None
        tally.too_long += 1
        return None

    def _wants(self, item: ChatMessage) -> bool:
        return not self._query.roles or item.role in self._query.roles


def in_parts(found: Found) -> Iterator[Found]:
    """Yield what was found, with so many hits each as are handed over together."""
    while len(found.hits) > MOST_HITS:
        yield Found(found.session, found.hits[:MOST_HITS], MOST_HITS, more=True)
        found = found._replace(hits=found.hits[MOST_HITS:], matches=found.matches - MOST_HITS)
    yield found
