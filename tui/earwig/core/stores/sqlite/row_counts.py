"""Counts the rows of a session: on from what an earlier look found, where there are many."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import Damage, TableRows

LARGE = 4096
"""Rows from which on a count is kept. Fewer are counted in less than a millisecond, a million in 100 ms."""

_TAIL = 8
"""The number of newest rows kept with a count. The bot takes back one or two at once."""


class RowTally(NamedTuple):
    """The number of one session's rows, and the newest of them."""

    rows: int
    last: int
    """The number of the newest row; 0 where there is none."""


class _Counted(NamedTuple):
    rows: int
    newest: tuple[int, ...]
    """The numbers of the newest rows, the last one first."""


def tally_of(snapshot: Snapshot, rows: TableRows, session: Hashable) -> RowTally:
    """Count a session's rows. Only new ones are, if one of its newest is there that was there before.

    For the bot changes and removes only the last row, or all of a session; what somebody else removes from
    the middle is counted out once the whole database is listed (`keep`).
    """
    found = list(islice(rows.walk(snapshot, ascending=False), _TAIL))
    if not found:
        return RowTally(0, 0)
    newest = tuple(number for number, _ in found)
    if any(isinstance(row, Damage) for _, row in found):
        return RowTally(rows.count(snapshot), newest[0])
    count = _counted_on(snapshot, rows, session, newest)
    if count is None:
        count = rows.count(snapshot)
    if count >= LARGE:
        snapshot.note((_Counted, session), _Counted(count, newest))
    return RowTally(count, newest[0])


def keep(snapshot: Snapshot, session: Hashable, tally: RowTally) -> None:
    """Keep a count that was made otherwise."""
    if tally.rows >= LARGE:
        snapshot.note((_Counted, session), _Counted(tally.rows, (tally.last,)))


def _counted_on(
    snapshot: Snapshot, rows: TableRows, session: Hashable, newest: tuple[int, ...]
) -> int | None:
    known: _Counted | None = snapshot.recall((_Counted, session))
    if known is None:
        return None
    for behind, number in enumerate(known.newest):
        if number in newest or rows.count(snapshot, number - 1, number):
            return known.rows - behind + rows.count(snapshot, number)
    return None
