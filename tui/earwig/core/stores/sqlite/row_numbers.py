"""Finds the rows of a conversation by their number: with a mark every so many rows, made step by step."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right

from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.snapshot import Cancelled, Snapshot
from earwig.core.stores.sqlite.tables import BEFORE_ALL
from earwig.core.system.background import somebody_waits

STRIDE = 1000
_STEP = 50
"""Marks made in one look: about 5 ms."""


class RowNumbers:
    """Tells which row has a number, and which number a row has. From any thread."""

    def __init__(self, database: Database, conversation: Conversation, stride: int = STRIDE) -> None:
        self._database, self._stride = database, stride
        self.conversation = conversation
        self._lock = threading.Lock()
        self._positions: list[int] = []
        self._numbers: list[int] = []
        self._generation = 0

    @property
    def counted(self) -> int:
        """The number of rows counted."""
        return self._numbers[-1] if self._numbers else 0

    @property
    def counted_to(self) -> int | None:
        """The position of the last counted row; None without any."""
        return self._positions[-1] if self._positions else None

    def mark_at(self, position: int) -> tuple[int, int]:
        """Return the nearest mark at or before a position, and how many rows there are up to it."""
        with self._lock:
            before = bisect_right(self._positions, position) - 1
            return (self._positions[before], self._numbers[before]) if before >= 0 else (BEFORE_ALL, 0)

    def mark_before(self, number: int) -> tuple[int, int]:
        """Return the nearest mark before the row with a number, and how many rows there are up to it."""
        with self._lock:
            before = bisect_left(self._numbers, number) - 1
            return (self._positions[before], self._numbers[before]) if before >= 0 else (BEFORE_ALL, 0)

    def extend(self, cancelled: Cancelled = bool) -> bool:
        """Count some more rows; return whether all are counted. Raises `Unreadable`, `Cancelled`."""
        with self._lock:
            at, number, generation = *self._last(), self._generation
        marks, done = self._database.read(lambda snapshot: self._count(snapshot, at, number), cancelled)
        with self._lock:
            if generation != self._generation or (at, number) != self._last():
                return False
            if self._numbers and self._numbers[-1] % self._stride and marks:
                self._positions.pop()
                self._numbers.pop()
            for position, count in marks:
                self._positions.append(position)
                self._numbers.append(count)
        return done

    def forget_after(self, position: int) -> None:
        """Count anew what is behind a position: rows there have gone."""
        with self._lock:
            kept = bisect_right(self._positions, position)
            del self._positions[kept:], self._numbers[kept:]
            self._generation += 1

    def number_of(self, position: int) -> int:
        """Return how many rows there are up to a position, which is the number of the row there."""
        at, known = self.mark_at(position)
        return known + self._database.read(lambda snapshot: self.conversation.between(snapshot, at, position))

    def _last(self) -> tuple[int, int]:
        return (self._positions[-1], self._numbers[-1]) if self._numbers else (BEFORE_ALL, 0)

    def _count(self, snapshot: Snapshot, at: int, number: int) -> tuple[list[tuple[int, int]], bool]:
        marks: list[tuple[int, int]] = []
        for _ in range(_STEP):
            most = self._stride - number % self._stride
            count, at = self.conversation.ahead(snapshot, at, most)
            number += count
            if count:
                marks.append((at, number))
            if count < most:
                return marks, True
            if somebody_waits():
                break
        return marks, False
