"""Reads the rows of a page, and tells where it begins and ends."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.known_session import Sight
from earwig.core.stores.sqlite.rows import StoredRow


class PageRows(NamedTuple):
    """Neighbouring rows, the oldest first."""

    rows: list[StoredRow]
    start: int
    stop: int
    """Where the next page begins: the session's end, where there are no more rows."""


def rows_before(sight: Sight, position: int | None, count: int) -> PageRows:
    """Return the `count` rows before a position; None: the newest."""
    stop = sight.end if position is None else position
    if count <= 0:
        return PageRows([], stop, stop)
    rows, are_all = sight.rows.before(sight.snapshot, stop, count)
    return PageRows(rows, 0 if are_all else rows[0].position, stop)


def rows_after(sight: Sight, position: int, count: int) -> PageRows:
    """Return the `count` rows from a position on."""
    if count <= 0:
        return PageRows([], position, position)
    page = sight.rows.after(sight.snapshot, position - 1, count)
    stop = max(position, sight.end) if page.at_end else page.rows[-1].next
    return PageRows(page.rows, position, stop)


def rows_around(sight: Sight, position: int, before: int, after: int) -> PageRows:
    """Return rows on both sides of a position. One at which no row is belongs to the row before it."""
    position = min(position, sight.end)
    if position < sight.end:
        holder = next(sight.rows.walk(sight.snapshot, position + 1, ascending=False), None)
        position = 0 if holder is None else holder.position
    earlier, later = rows_before(sight, position, before), rows_after(sight, position, after)
    return PageRows(earlier.rows + later.rows, earlier.start if before > 0 else position, later.stop)
