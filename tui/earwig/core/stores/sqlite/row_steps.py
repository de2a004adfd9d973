"""How far a search has looked through a session of a database, and which numbers its rows have."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from earwig.core.query.found import START, LineCount
from earwig.core.stores.sqlite.messages import KeyMessages
from earwig.core.stores.sqlite.snapshot import Snapshot

_FEW = 8
"""Numbers that are counted one by one; for more, ids are listed, which takes a hundred times as long."""


class RowPlace(NamedTuple):
    """How far some sessions are looked through."""

    number: int = 0
    """Of the session, among them."""

    after: int = -1
    """The position of the last row that was looked at."""

    counted: LineCount = START.counted
    """Up to where its rows are counted."""

    mark: bytes = b""
    """The digest of that last row."""

    step: int = 0
    """How often rows of it were looked at."""

    swept: int = -1
    """Up to where the rows in which the sweep found something are looked at."""

    @property
    def through(self) -> int:
        """All rows up to there are looked through."""
        return max(self.after, self.swept)


class Looked(NamedTuple):
    """What came of a look at some rows of one session."""

    last: int
    """The position of the last of them."""

    rows: int
    at_end: bool
    swept: int = -1
    """As of a place."""


class NumbersById:
    """Which of a session's rows has an id: of some neighbouring ones, as something is found in them."""

    def __init__(
        self, snapshot: Snapshot, rows: KeyMessages, place: RowPlace, upto: int, *, has_gaps: bool
    ) -> None:
        """The rows are those behind a place; `has_gaps`: whether an id among theirs is no row's."""
        self._snapshot, self._rows = snapshot, rows
        self._after, self._upto, self._counted = place.through, upto, place.counted
        self.are_counted = place.counted.position == self._after + 1
        """Whether it is known how many rows there are before them."""

        self._has_gaps = has_gaps
        self._asked = 0
        self._ids: Sequence[int] = ()

    @cached_property
    def before(self) -> int:
        """How many rows there are before them."""
        position, lines = self._counted
        if not self.are_counted:
            lines += self._rows.between(self._snapshot, position - 1, self._after)
            self.are_counted = True
        return lines

    def __call__(self, position: int) -> int:
        """Return the number of the row with an id."""
        if not self._has_gaps:
            return self.before + position - self._after
        self._asked += 1
        if self._asked < _FEW:
            return self.before + self._rows.between(self._snapshot, self._after, position)
        if not self._ids:
            self._ids = self._rows.ids(self._snapshot, self._after, self._upto)
        return self.before + bisect_right(self._ids, position)
