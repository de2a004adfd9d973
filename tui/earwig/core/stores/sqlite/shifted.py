"""Rows with numbers below 0, which somebody else than the bot has written, at positions from 0 on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from earwig.core.stores.sqlite.conversation import Conversation, RowKinds
from earwig.core.stores.sqlite.rows import StoredRow
from earwig.core.stores.sqlite.snapshot import Snapshot


class Shifted(Conversation):
    """Another conversation, each of whose positions is greater by the same."""

    def __init__(self, rows: Conversation, shift: int) -> None:
        self._rows, self._shift = rows, shift

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        at = None if position is None else position - self._shift
        for row in self._rows.walk(snapshot, at, ascending=ascending):
            behind = None if row.behind is None else row.behind + self._shift
            yield row._replace(position=row.position + self._shift, behind=behind)

    def count(self, snapshot: Snapshot) -> int:
        return self._rows.count(snapshot)

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        return self._rows.between(snapshot, after - self._shift, upto - self._shift)

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        count, last = self._rows.ahead(snapshot, after - self._shift, most)
        return count, last + self._shift

    def kinds(
        self,
        snapshot: Snapshot,
        after: int,
        most: int,
        budget: int,
        limit: int | None,
        parts: Collection[bytes],
    ) -> RowKinds | None:
        found = self._rows.kinds(snapshot, after - self._shift, most, budget, limit, parts)
        return None if found is None else found._replace(last=found.last + self._shift)

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        return self._rows.raw(snapshot, position - self._shift, start, size)

    def row_of(self, position: int) -> int:
        return self._rows.row_of(position - self._shift)

    def back(self, snapshot: Snapshot, before: int, most: int) -> int:
        return self._rows.back(snapshot, before - self._shift, most) + self._shift

    def whole(self, snapshot: Snapshot, row: StoredRow) -> StoredRow:
        whole = self._rows.whole(snapshot, row._replace(position=row.position - self._shift))
        return whole._replace(position=row.position)
