"""Rows with numbers below 0, which somebody else than the bot has written, at positions from 0 on."""

from __future__ import annotations

from collections.abc import Iterator

from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.snapshot import Snapshot

SHIFT = 1 << 62
"""Rows whose numbers are further from 0 than this are not found."""


class Shifted(Conversation):
    """Another conversation, each of whose positions is greater by `SHIFT`."""

    def __init__(self, rows: Conversation) -> None:
        self._rows = rows

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        """As of every conversation."""
        if position is None:
            position = -1 if ascending else 2 * SHIFT
        for row in self._rows.walk(snapshot, position - SHIFT, ascending=ascending):
            if not 0 <= row.position + SHIFT < 2 * SHIFT:
                return
            yield row._replace(position=row.position + SHIFT)

    def count(self, snapshot: Snapshot) -> int:
        """As of every conversation."""
        return self.between(snapshot, -1, 2 * SHIFT - 1)

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        """As of every conversation."""
        return self._rows.between(snapshot, max(-1, after) - SHIFT, min(2 * SHIFT - 1, upto) - SHIFT)

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        """As of every conversation."""
        after = max(-1, after)
        count, last = self._rows.ahead(snapshot, after - SHIFT, most)
        if last >= SHIFT:  # some are too far away
            count = self.between(snapshot, after, 2 * SHIFT - 1)
            last = self._rows.back(snapshot, SHIFT, 1)
        return count, last + SHIFT

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        """As of every conversation."""
        return self._rows.raw(snapshot, position - SHIFT, start, size)

    def row_of(self, position: int) -> int:
        """As of every conversation."""
        return self._rows.row_of(position - SHIFT)

    def back(self, snapshot: Snapshot, before: int, most: int) -> int:
        """As of every conversation."""
        return max(0, self._rows.back(snapshot, before - SHIFT, most) + SHIFT)

    def whole(self, snapshot: Snapshot, row: StoredRow) -> StoredRow:
        """As of every conversation."""
        whole = self._rows.whole(snapshot, row._replace(position=row.position - SHIFT))
        return whole._replace(position=row.position)
