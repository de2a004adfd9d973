"""Going back through the places that jumps left, and forward again."""

from __future__ import annotations

from earwig.core.model.message import ChatMessage
from earwig.ui.transcript.jump_list import KEPT, JumpList, Spot
from tests.made_entries import line_entry


def spot(offset: int, row: int = 0) -> Spot:
    return Spot(line_entry(offset, 10, ChatMessage.user("x"), None), row, 0)


NEWEST = Spot(None)


def test_back_and_forward() -> None:
    spots = JumpList()
    spots.leave(NEWEST)
    spots.leave(spot(10))
    assert spots.back(spot(20)) == spot(10)
    assert spots.back(spot(10)) == NEWEST
    assert spots.back(NEWEST) is None
    assert spots.forward() == spot(10)
    assert spots.forward() == spot(20)
    assert spots.forward() is None


def test_a_jump_from_the_middle_drops_what_is_ahead() -> None:
    spots = JumpList()
    for offset in (10, 20, 30):
        spots.leave(spot(offset))
    assert spots.back(spot(40)) == spot(30)
    assert spots.back(spot(30)) == spot(20)
    spots.leave(spot(20))
    assert spots.forward() is None
    assert spots.back(spot(50)) == spot(20)
    assert spots.back(spot(20)) == spot(10)


def test_a_place_is_kept_once_in_a_row_with_its_last_row() -> None:
    spots = JumpList()
    spots.leave(spot(10, row=1))
    spots.leave(spot(10, row=5))
    assert spots.back(spot(20)) == spot(10, row=5)
    assert spots.back(spot(10, row=5)) is None


def test_where_one_is_is_no_place_to_go_back_to() -> None:
    spots = JumpList()
    spots.leave(spot(10))
    assert spots.back(spot(10)) is None


def test_no_more_than_some_are_kept() -> None:
    spots = JumpList()
    for offset in range(KEPT * 3):
        spots.leave(spot(offset))
    steps = 0
    here: Spot | None = spot(9999)
    while here is not None and (here := spots.back(here)) is not None:
        steps += 1
    assert KEPT - 2 <= steps <= KEPT
    spots.clear()
    assert spots.back(NEWEST) is None
