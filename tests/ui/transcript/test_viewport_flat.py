"""The viewport's arithmetic where entries have no rows of their own: they are passed over."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.model.entries import Entry
from earwig.ui.transcript.viewport import Viewport
from tests.ui.transcript.test_viewport import LENGTH, page

HEIGHTS = st.lists(st.integers(0, 4), min_size=1, max_size=60).filter(any)


class Session:
    """Entries of given heights, in a viewport, and all their rows written out."""

    def __init__(self, heights: list[int], screen: int) -> None:
        self.heights = list(heights)
        self.view = Viewport(self.height)
        self.view.height = screen
        self.view.replace(page(0, len(heights), len(heights)))

    def height(self, entry: Entry) -> int:
        return self.heights[entry.position // LENGTH]

    def rows(self) -> list[tuple[int, int]]:
        return [(index, row) for index, height in enumerate(self.heights) for row in range(height)]

    def check(self) -> list[tuple[int, int]]:
        """What is on the screen is whole, and a piece of the session."""
        seen, everything = self.view.rows(), self.rows()
        assert len(seen) == min(self.view.height, len(everything))
        start = everything.index(seen[0])
        assert seen == everything[start : start + len(seen)]
        return seen


@given(HEIGHTS, st.lists(st.integers(-40, 40), max_size=20), st.integers(1, 20))
@settings(max_examples=300)
def test_any_movement_shows_consecutive_rows(heights: list[int], moves: list[int], screen: int) -> None:
    session = Session(heights, screen)
    view, everything = session.view, session.rows()
    assert session.check() == everything[-screen:]
    for move in moves:
        before = session.check()[0]
        view.scroll(move)
        seen = session.check()
        if len(everything) <= screen:
            assert view.all_on_screen
            assert view.following
        else:
            wanted = min(max(0, everything.index(before) + move), len(everything) - screen)
            assert seen[0] == everything[wanted]
    view.following = True
    view.settle()
    assert session.check() == everything[-screen:]


@given(HEIGHTS, st.lists(st.tuples(st.integers(0, 59), st.integers(0, 4)), max_size=10), st.integers(1, 12))
@settings(max_examples=300)
def test_heights_may_become_none_and_come_back(
    heights: list[int], changes: list[tuple[int, int]], screen: int
) -> None:
    session = Session(heights, screen)
    session.view.scroll(-screen)
    for at, height in changes:
        if at < len(heights) and any(it for index, it in enumerate(session.heights) if index != at):
            session.heights[at] = height
            session.view.settle()
            session.check()


@given(HEIGHTS, st.integers(0, 59), st.integers(1, 20))
@example([2, 0], 1, 1)
@settings(max_examples=300)
def test_showing_or_stepping_on_an_entry_finds_one_with_rows(
    heights: list[int], target: int, screen: int
) -> None:
    session = Session(heights, screen)
    view, target = session.view, min(target, len(heights) - 1)
    view.show(target)
    at = view.shown(target)
    if at is not None:
        assert (at, 0) in session.check()
    below = view.shown(target, 1)
    assert below is None or (heights[below] and not any(heights[target:below]))


def test_what_is_read_moves_to_the_one_before_when_it_is_folded_away() -> None:
    session = Session([3, 2, 2, 3, 3, 3], 5)
    session.view.following = False
    session.view.top, session.view.row = 2, 1
    session.heights[1] = session.heights[2] = 0
    session.view.settle()
    assert session.check()[0] == (0, 0)
    session.view.reflow(2)
    assert session.view.row >= 0
