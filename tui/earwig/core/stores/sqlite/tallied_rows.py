"""Counts neighbouring rows of a conversation by their kind, those that need no look in SQLite."""

from __future__ import annotations

from collections import Counter

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


def tally_rows(sight: Sight, start: int, budget: int, limit: int | None) -> Tally:
    """Return the counts of the rows from a position on, of about `budget` bytes: fewer if somebody waits."""
    at, rows, messages, size = start - 1, 0, 0, 0
    most = _FIRST
    while size < budget and rows < MOST_ROWS and not (rows and somebody_waits()):
        found = sight.rows.kinds(sight.snapshot, at, most, budget, limit)
        if found is None:
            break
        at, rows, messages = found.last, rows + found.rows, messages + found.messages
        if found.rows < most:
            return Tally(start, max(start, sight.end), messages, rows - messages, 0)
        size += found.size + _ROW_COST * found.rows
        most = max(1, min(_MOST, most * _GROWTH, (budget - size) * rows // size))
    if rows:
        return Tally(start, at + 1, messages, rows - messages, 0)
    scan = scan_rows(sight, start, budget, whole=limit is None)
    kinds = Counter(type(item_within(row, limit)) for row in scan.rows)
    return Tally(start, scan.stop, kinds[ChatMessage], kinds[BadLine], kinds[Oversized])
