"""The viewport's arithmetic, against all rows written out one below the other."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.model.entries import Entry, Page, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.ui.transcript.viewport import WINDOW, WINDOW_BYTES, Viewport
from tests.made_entries import line_entry

LENGTH = 10


def entry(index: int, *, complete: bool = True) -> Entry:
    return line_entry(index * LENGTH, LENGTH - 1, ChatMessage.user(str(index)), index + 1, complete)


def page(first: int, stop: int, total: int) -> Page:
    entries = tuple(entry(index) for index in range(first, stop))
    return Page(entries, first * LENGTH, stop * LENGTH, first == 0, stop == total, 0)


def height(entry: Entry) -> int:
    return 1 + (entry.position // LENGTH) % 4


def viewport(first: int, stop: int, total: int, rows: int = 10) -> Viewport:
    view = Viewport(height)
    view.height = rows
    view.replace(page(first, stop, total))
    return view


def shown(view: Viewport) -> list[tuple[int, int]]:
    """Entry's offset and row, for each row of the screen."""
    return [(view.entries[index].position, row) for index, row in view.rows()]


def all_rows(total: int) -> list[tuple[int, int]]:
    return [(index * LENGTH, row) for index in range(total) for row in range(height(entry(index)))]


def test_opens_with_the_newest_row_last_and_follows() -> None:
    view = viewport(80, 100, 100)
    assert shown(view) == all_rows(100)[-10:]
    assert view.following
    assert view.at_bottom


def test_one_step_up_holds_and_the_last_row_follows_again() -> None:
    view = viewport(80, 100, 100)
    view.scroll(-1)
    assert not view.following
    assert shown(view) == all_rows(100)[-11:-1]
    view.scroll(1)
    assert view.following


def test_held_nothing_moves_when_entries_arrive() -> None:
    view = viewport(80, 100, 100)
    view.scroll(-3)
    before = shown(view)
    assert view.append(page(100, 110, 110))
    assert shown(view) == before
    assert not view.following


def test_following_arrivals_are_on_screen() -> None:
    view = viewport(80, 100, 100)
    assert view.append(page(100, 103, 103))
    assert shown(view) == all_rows(103)[-10:]


def test_entries_put_before_do_not_move_what_is_read() -> None:
    view = viewport(80, 100, 100)
    view.scroll(-15)
    before = shown(view)
    assert view.prepend(page(40, 80, 100))
    assert shown(view) == before


def test_an_unfinished_last_line_is_replaced_by_what_it_becomes() -> None:
    view = viewport(0, 3, 3)
    unfinished = entry(3)._replace(complete=False)
    view.append(Page((unfinished,), 30, 30, False, True, 0))
    assert [e.position for e in view.entries] == [0, 10, 20, 30]
    assert not view.entries[-1].complete
    view.append(page(3, 5, 5))
    assert [e.position for e in view.entries] == [0, 10, 20, 30, 40]
    assert view.entries[3].complete


def test_pages_that_do_not_fit_are_refused() -> None:
    view = viewport(80, 100, 100)
    assert not view.append(page(101, 110, 110))
    assert not view.append(page(100, 110, 110)._replace(generation=1))
    assert not view.prepend(page(40, 80, 100)._replace(generation=1))
    assert [e.position for e in view.entries] == [index * LENGTH for index in range(80, 100)]


def test_movement_beyond_what_is_held_waits_for_it() -> None:
    view = viewport(95, 100, 100)
    left = view.scroll(-50)
    assert left < 0
    assert view.prepend(page(0, 95, 100))
    assert view.scroll(left) == 0
    assert shown(view) == all_rows(100)[-60:-50]


def test_a_message_taller_than_the_screen_can_be_read_row_by_row() -> None:
    view = Viewport(lambda _: 100)
    view.height = 10
    view.replace(page(0, 1, 1))
    assert shown(view) == [(0, row) for row in range(90, 100)]
    for _ in range(90):
        view.scroll(-1)
    assert shown(view) == [(0, row) for row in range(10)]


def test_the_window_stays_bounded_and_what_is_read_stays() -> None:
    view = viewport(0, 100, 10_000)
    view.following = False
    view.top = view.row = 0
    for first in range(100, 5000, 100):
        before = shown(view)
        assert view.append(page(first, first + 100, 10_000))
        assert shown(view) == before
        assert len(view.entries) <= WINDOW
        if view.stop != (first + 100) * LENGTH:
            break
    else:
        raise AssertionError("the window never dropped anything")
    assert not view.at_end


def test_removed_entries_are_held_with_the_line_before_which_they_stand() -> None:
    removed_entries = [
        line_entry(0, 0, RemovedEntry(serial, ChatMessage.user("x"), 0.0), None, complete=False)
        for serial in (1, 2, 3)
    ]
    for place in range(700, 900):
        view = viewport(0, 0, 2000)
        view.following = False
        entries: list[Entry] = [entry(index) for index in range(1190)]
        standing = [removed._replace(position=entries[place].position) for removed in removed_entries]
        entries[place:place] = standing
        view.append(Page(tuple(entries), 0, 1190 * LENGTH, True, False, 0))
        view.top = 1189
        view.append(page(1190, 1300, 2000))
        assert [held.identity for held in view.entries if held.identity < 0] in ([], [-1, -2, -3])
        assert all(view.find(held.position, held.identity) == at for at, held in enumerate(view.entries))


def test_following_a_flood_keeps_the_newest() -> None:
    view = viewport(0, 100, 100)
    for first in range(100, 5000, 100):
        assert view.append(page(first, first + 100, first + 100))
    assert shown(view) == all_rows(5000)[-10:]
    assert len(view.entries) <= WINDOW


def test_reflow_keeps_the_part_that_is_read() -> None:
    heights = {"now": 40}
    view = Viewport(lambda _: heights["now"])
    view.height = 10
    view.replace(page(0, 3, 3))
    view.following = False
    view.top, view.row = 1, 20
    heights["now"] = 20
    view.reflow(40)
    assert (view.top, view.row) == (1, 10)


@given(st.lists(st.integers(-40, 40), max_size=30), st.integers(1, 30), st.integers(1, 60))
@settings(max_examples=200)
def test_any_movement_shows_consecutive_rows_of_the_session(moves: list[int], rows: int, total: int) -> None:
    view = viewport(0, total, total, rows)
    everything = all_rows(total)
    for move in moves:
        view.scroll(move)
        visible = shown(view)
        assert len(visible) == min(rows, len(everything))
        start = everything.index(visible[0])
        assert visible == everything[start : start + len(visible)]
        if move and len(everything) > rows:
            assert view.following == (move > 0 and visible[-1] == everything[-1])


@given(st.integers(0, 39), st.integers(0, 39), st.integers(1, 20))
@settings(max_examples=200)
def test_showing_an_entry_brings_its_first_row_on_screen(start: int, target: int, rows: int) -> None:
    view = viewport(0, 40, 40, rows)
    view.following = False
    view.top, view.row = start, 0
    view.settle()
    view.show(target)
    assert (target * LENGTH, 0) in shown(view)


def test_a_window_is_bounded_by_what_it_holds_whatever_its_positions_are() -> None:
    large = WINDOW_BYTES // 8
    rows = [Entry(7 * at, 7 * at + 1, large, ChatMessage.user(str(at)), at + 1) for at in range(1, 61)]
    view = Viewport(lambda _: 3)
    view.height = 10
    view.replace(Page(tuple(rows[:10]), 0, 71, True, False, 0))
    for first in range(10, 60, 10):
        page = Page(tuple(rows[first : first + 10]), view.stop, rows[first + 9].next, False, first == 50, 0)
        assert view.append(page)
        assert sum(entry.size for entry in view.entries) <= WINDOW_BYTES + 4 * large
    assert view.entries[-1] == rows[-1]
