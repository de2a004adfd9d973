"""Counts neighbouring rows of a conversation by their kind, those that need no look in SQLite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.protocols import Tally
from earwig.core.stores.sqlite.known_session import Sight
from earwig.core.stores.sqlite.scanned_rows import MOST_ROWS, item_within, scan_rows
from earwig.core.system.background import somebody_waits

_FIRST, _MOST, _GROWTH = 16, 1024, 4
"""Rows that are counted together: few at first, in case that they are long; at most half a millisecond's."""

_ROW_COST = 64
"""Bytes that a row counts for besides its texts."""


def tally_rows(sight: Sight, start: int, budget: int, limit: int | None, parts: Collection[bytes]) -> Tally:
    """Return the counts of the rows from a position on, of about `budget` bytes: fewer if somebody waits."""
    at, rows, messages, size, may_hold, at_end = start - 1, 0, 0, 0, False, False
    most = _FIRST
    while size < budget and rows < MOST_ROWS and not (at_end or (rows and somebody_waits())):
        found = sight.rows.kinds(sight.snapshot, at, most, budget, limit, parts)
        if found is None:
            break
        at, rows, messages = found.last, rows + found.rows, messages + found.messages
        may_hold, at_end = may_hold or found.may_hold, found.rows < most
        size += found.size + _ROW_COST * found.rows
        most = max(1, min(_MOST, most * _GROWTH, (budget - size) * rows // max(1, size)))
    if rows or at_end:
        stop = max(start, sight.end) if at_end else at + 1
        return Tally(start, stop, messages, rows - messages, 0, rows, may_hold)
    return _one_by_one(sight, start, budget, limit, parts)


def _one_by_one(sight: Sight, start: int, budget: int, limit: int | None, parts: Collection[bytes]) -> Tally:
    scan = scan_rows(sight, start, budget, whole=limit is None)
    items = [item_within(row, limit) for row in scan.rows]
    kinds = Counter(map(type, items))
    texts = (it.content.encode() for it in items if isinstance(it, ChatMessage)) if parts else ()
    may_hold = any(part in text for text in texts for part in parts)
    counts = kinds[ChatMessage], kinds[BadLine], kinds[Oversized]
    return Tally(start, scan.stop, *counts, len(items), may_hold)
