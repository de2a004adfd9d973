"""What of a database a search looks at session by session, and when a sweep is to take over."""

from __future__ import annotations

import time
from collections.abc import Callable

from earwig.core.stores.sqlite.sweep import MOST, IdRange, Sweep

SMALL = 4096
"""Rows of a session up to which it is looked for among others."""

LEAST = 512
"""Rows that are looked at session by session in any case."""

PARTS = 64
"""Once one of so many parts of a database was looked at session by session, the sweep begins: so the first
hits come at once, and little is read twice."""

_FEW_PARTS = 8
"""The same, where what is looked through now is a large session of which the table has little."""

DENSE = 3
"""If one of so many rows is a session's, it is read along the table: by an index that takes longer."""

_SHARE = 8
"""While a sweep is under way, sessions have one of so many parts of its time."""


class Turns:
    """What of a database is looked at session by session, and what by a sweep; for one search.

    The newest sessions come first and one by one, so that there is something to tell at once, and some still
    do while a sweep is under way.
    """

    def __init__(self, begin: Callable[[IdRange, bool], Sweep], ids: IdRange | None) -> None:
        """`begin`: of some ids, ahead or not. `ids`: those of all rows; None where no sweep is possible."""
        self._begin = begin
        self._ids = ids
        self._span = ids[1] - ids[0] + 1 if ids else 0
        self._rows = self._matches = 0
        self._sweep: Sweep | None = None
        self._owed = 0.0
        self._is_time = False
        """Whether enough was looked at session by session; a sweep ahead goes its way until then."""

        self.is_ahead = False
        """Whether a sweep was begun of rows that may have become more."""

    def begin_ahead(self) -> None:
        """Have the sweep begun before it is known which sessions there are; or some more of them."""
        if self._sweep is None and self._ids is not None:
            self._sweep = self._begin(self._ids, True)
        self.is_ahead = self._sweep is not None

    def go_on_to(self, ids: IdRange | None) -> None:
        """Have the sweep look over these rows, now that the sessions are known; None: there can be none."""
        self.is_ahead = False
        if ids is None:
            self.end()
        elif self._sweep is not None:
            self._sweep.go_on_to(ids[1])

    @property
    def sweep(self) -> Sweep | None:
        """The one that it is time for, or over; None where there is none of use."""
        return self._sweep if self._sweep is not None and self._is_time and self._sweep.is_of_use else None

    def is_most(self, rows: int) -> bool:
        """Return whether so many rows are much of the table, so that they are best read along it."""
        return rows * DENSE >= self._span

    def note(self, rows: int, matches: int, seconds: float) -> None:
        """So much of it was looked at session by session."""
        self._rows += rows
        self._matches += matches
        self._owed += seconds * _SHARE

    def take(self, rows: int, through: int) -> bool:
        """Have the sweep begun or gone on with, as is due before a session is looked at.

        It has so many `rows`, and those up to an id are looked `through`. Returns whether it is its turn,
        too. Raises `faults.Cancelled`.
        """
        if not self._is_time and self._ids is not None and self._is_due(rows):
            self._is_time, self._owed = True, 0.0
            if self._sweep is None:
                self._sweep = self._begin(self._ids, False)
        sweep = self._sweep
        if sweep is None or not self._is_time or not self._is_under_way(sweep):
            return True
        # The rows of a session that has most of the table are those that the sweep comes to next.
        is_next = through <= sweep.upto and rows > SMALL and self.is_most(rows)
        return self._owed <= 0 and not is_next

    def _is_under_way(self, sweep: Sweep) -> bool:
        """Let it go on; return whether there is more of it."""
        if not sweep.is_over:
            begun = time.monotonic()
            sweep.advance()
            self._owed -= time.monotonic() - begun
        return not sweep.is_over

    def end(self) -> None:
        if self._sweep is not None:
            self._sweep.end()
        self._sweep = self._ids = None

    def _is_due(self, rows: int) -> bool:
        if self._sweep is not None and self._sweep.is_near():
            return True
        if self._rows < LEAST or self._matches * MOST > self._rows:
            return False
        if rows > SMALL and self.is_most(rows):
            return True  # it is told of all the same, as the sweep comes to its rows
        return self._rows * (PARTS if rows <= SMALL else _FEW_PARTS) >= self._span
