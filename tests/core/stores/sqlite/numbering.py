"""Which row of a conversation has a number."""

from __future__ import annotations

from earwig.core.stores.sqlite.row_numbers import RowNumbers


def position_of(numbers: RowNumbers, number: int) -> int | None:
    """The position of the row with a number, from 1; None where there is none."""
    if number < 1:
        return None
    at, known = numbers.mark_before(number)
    count, position = numbers._database.read(
        lambda snapshot: numbers.conversation.ahead(snapshot, at, number - known)
    )
    return position if count == number - known else None
