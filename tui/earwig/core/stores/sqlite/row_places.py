"""Tells the numbers of a session's rows: exactly where those before are counted, and else by a guess."""

from __future__ import annotations

from earwig.core.stores.protocols import LinePlace
from earwig.core.stores.sqlite.known_session import KnownSession, Sight
from earwig.core.stores.sqlite.tables import BEFORE_ALL
from earwig.core.system.opening import MISSING, CannotOpen

AHEAD = 4096
"""Rows that are counted at once where a number behind those that are counted is asked for: 0.5 ms."""

LARGEST = 100_000
"""Rows that are counted anew where what is counted is doubted; of more, the bot changes only the last."""


class RowPlaces:
    """Tells which row has a number, and which number a row has."""

    def __init__(self, session: KnownSession) -> None:
        self._session = session
        self.doubted = False
        """Whether what is counted is still to be counted anew."""

    @property
    def counted(self) -> int:
        """The number of counted rows."""
        return 0 if self._session.numbers is None else self._session.numbers.counted

    @property
    def counted_to(self) -> int:
        """The position up to which rows are counted."""
        if self.are_all_counted:
            return self._session.end
        numbers = self._session.numbers
        last = None if numbers is None else numbers.counted_to
        return 0 if last is None else last + 1

    @property
    def are_all_counted(self) -> bool:
        """Whether all rows are counted, as of the last look."""
        numbers, last = self._session.numbers, self._session.last
        if numbers is None or last is None:
            return numbers is not None
        return numbers.counted_to is not None and numbers.counted_to >= last

    def step(self) -> bool:
        """Count some more rows; return whether all are counted. Raises `CannotOpen`."""
        session = self._session
        session.look()
        if session.absent:
            raise CannotOpen(MISSING)
        if self.doubted and session.numbers is not None:
            session.numbers.forget_after(BEFORE_ALL)
        self.doubted = False
        if session.numbers is not None and not self.are_all_counted:
            session.count_more()
        return self.are_all_counted

    def doubt(self) -> None:
        """Have what is counted counted anew, if that is little."""
        self.doubted = 0 < self.counted <= LARGEST

    def locate(self, number: int) -> LinePlace | None:
        if number > self.counted and self.step() and number > self.counted:
            return None
        return self._session.read(lambda sight: self._locate(sight, max(1, number)))

    def _locate(self, sight: Sight, number: int) -> LinePlace | None:
        at, known = BEFORE_ALL, 0
        numbers = self._session.numbers
        if numbers is not None:
            at, known = numbers.mark_before(number)
            if sight.same is not None and at >= sight.same:
                at, known = numbers.mark_at(sight.same - 1)
        left = number - known
        if left <= AHEAD or (number <= self.counted and sight.same is None):
            count, position = sight.rows.ahead(sight.snapshot, at, left)
            return LinePlace(position, certain=True) if count == left else None
        first = sight.rows.ahead(sight.snapshot, BEFORE_ALL, 1)[1]
        mean = (at + 1 - first) / known if known else 1.0
        return LinePlace(min(max(at, first) + round(left * mean), sight.end - 1), certain=False)

    def number_at(self, sight: Sight, position: int) -> int | None:
        """Return the number of the first row from a position on; None where those before are not counted."""
        before = position - 1
        at, known = self._mark(sight, before)
        counted_to = self._session.numbers.counted_to if self._session.numbers is not None else None
        is_counted = counted_to is not None and before <= counted_to and sight.same is None
        if not is_counted:
            count, last = sight.rows.ahead(sight.snapshot, at, AHEAD)
            if count == AHEAD and last < before:
                return None
        return known + sight.rows.between(sight.snapshot, at, before) + 1

    def guess(self, sight: Sight, position: int, mean: float) -> int:
        """Guess the number of the row at a position; `mean`: positions a row takes, while none is counted."""
        at, known = self._mark(sight, position - 1)
        first = sight.rows.ahead(sight.snapshot, BEFORE_ALL, 1)[1]
        mean = max(1.0, (at + 1 - first) / known if known else mean)
        return known + 1 + max(0, round((position - max(at + 1, first)) / mean))

    def _mark(self, sight: Sight, position: int) -> tuple[int, int]:
        numbers = self._session.numbers
        if numbers is None:
            return BEFORE_ALL, 0
        return numbers.mark_at(position if sight.same is None else min(position, sight.same - 1))
