"""Movements through what is held, and to what is not."""

from __future__ import annotations

from collections.abc import Callable

from earwig.ui.session.messages import Place
from earwig.ui.transcript.navigator import Landing, Stand, Target
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, Rig, entry, page, shown


def long_one() -> Rig:
    """A session of 1,000 lines, of which the last 100 are held."""
    rig = Rig()
    rig.show(page(900, 1000, 1000))
    rig.count(1000)
    rig.reader.asked.clear()
    return rig


def doing(done: list[str]) -> Callable[[str], ViewChange]:
    """What notes that it was done."""

    def act(name: str) -> ViewChange:
        done.append(name)
        return ViewChange.NOTHING

    return act


def test_a_step_up_holds_and_counts_what_is_new_from_there() -> None:
    rig = shown()
    rig.reader.asked.clear()
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    assert rig.reader.take("count_new") == [("count_new", 100 * LENGTH)]
    rig.commit(rig.parts.navigator.scroll_rows(1))
    assert rig.reader.take("count_new") == [("count_new", None)]
    rig.commit(rig.parts.navigator.scroll_rows(-3))
    rig.reader.asked.clear()
    rig.commit(rig.parts.navigator.scroll_rows(-3))
    assert not rig.reader.take("count_new")


def test_rows_beyond_what_is_held_are_moved_by_once_they_are_here() -> None:
    rig = long_one()
    rig.commit(rig.parts.navigator.scroll_rows(-100 * 3))
    rig.commit(rig.parts.navigator.scroll_rows(-2))
    assert rig.said()[0] == "say 900"
    assert rig.reader.take("before") == [("before", 900 * LENGTH)]
    rig.arrive(page(800, 900, 1000), Place.BEFORE)
    assert rig.said()[0] != "say 900"


def test_a_far_jump_lands_where_it_was_to_end() -> None:
    rig = long_one()
    navigator = rig.parts.navigator
    for stand, row, first in ((Stand.FOUND, 0, "say 500"), (Stand.HELD, -2, "say 501")):
        rig.commit(navigator.go_far(500 * LENGTH, Landing(entry(500), stand, row)))
        assert rig.reader.take("around") == [("around", 500 * LENGTH)]
        rig.arrive(page(450, 550, 1000), Place.AROUND, 500 * LENGTH)
        assert not navigator.jumping
        assert rig.said()[0] == first
        assert (rig.parts.screenful.cursor == entry(500)) is (stand is Stand.FOUND)


def test_a_landing_in_place_keeps_the_row_and_the_cursor() -> None:
    rig = long_one()
    rig.commit(rig.parts.navigator.go_far(500 * LENGTH, Landing(entry(500), Stand.IN_PLACE, 4)))
    rig.arrive(page(450, 550, 1000), Place.AROUND, 500 * LENGTH)
    assert rig.parts.screenful.rows[4] == (50, 0)


def test_where_the_entry_is_gone_the_view_stands_on_what_is_nearest() -> None:
    rig = long_one()
    rig.commit(rig.parts.navigator.go_to_entry(entry(500, entry(2).item)))
    rig.arrive(page(450, 550, 1000), Place.AROUND, 500 * LENGTH)
    assert rig.said()[0] == "say 500"


def test_only_the_page_of_the_last_jump_is_stood_on() -> None:
    rig = long_one()
    navigator = rig.parts.navigator
    navigator.jump(500 * LENGTH)
    navigator.jump(700 * LENGTH)
    assert rig.arrive(page(450, 550, 1000), Place.AROUND, 500 * LENGTH) is ViewChange.NOTHING
    assert navigator.is_awaited(Target(position=700 * LENGTH))
    assert not navigator.is_awaited(Target(position=700 * LENGTH))


def test_keys_pressed_on_the_way_wait_and_are_done_in_their_order() -> None:
    rig = long_one()
    navigator, done = rig.parts.navigator, list[str]()
    act = doing(done)
    rig.commit(navigator.oldest())
    assert navigator.wait_to_be_there(lambda: act("one"))
    assert navigator.wait_to_be_there(lambda: act("two"))
    rig.commit(ViewChange.PLACE)
    assert done == []
    rig.arrive(page(0, 100, 1000), Place.AROUND, 0)
    assert done == ["one", "two"]
    assert not navigator.wait_to_be_there(lambda: act("three"))


def test_another_movement_drops_what_waits() -> None:
    rig = long_one()
    navigator, done = rig.parts.navigator, list[str]()
    act = doing(done)
    rig.commit(navigator.oldest())
    navigator.wait_to_be_there(lambda: act("one"))
    rig.commit(navigator.newest())
    rig.arrive(page(900, 1000, 1000), Place.NEWEST)
    assert done == []


def test_back_and_forward_again() -> None:
    rig = shown()
    navigator = rig.parts.navigator
    rig.commit(navigator.scroll_rows(-30))
    left = rig.said()
    rig.commit(navigator.oldest())
    assert rig.said()[0] == "say 0"
    rig.commit(navigator.back())
    assert rig.said() == left
    rig.commit(navigator.forward())
    assert rig.said()[0] == "say 0"
    assert navigator.forward() is ViewChange.NOTHING
    navigator.rest()
    assert navigator.back() is ViewChange.NOTHING


def test_a_line_is_asked_for_again_until_it_is_certain() -> None:
    rig = long_one()
    navigator = rig.parts.navigator
    rig.commit(navigator.go_to_line(300))
    assert rig.reader.take("at_line") == [("at_line", 300)]
    rig.count(1000, done=False)
    assert not rig.reader.take("at_line")  # it is on its way
    assert navigator.is_awaited(Target(line=300))
    rig.count(1000)
    assert rig.reader.take("at_line") == [("at_line", 300)]
    rig.commit(navigator.scroll_rows(-1))
    rig.count(1000)
    assert not rig.reader.take("at_line")


def test_the_cursor_goes_by_messages() -> None:
    rig = shown()
    screenful = rig.parts.screenful
    rig.commit(rig.parts.navigator.step_message(-1))
    assert screenful.cursor == entry(98)
    for _ in range(6):
        rig.commit(rig.parts.navigator.step_message(-1))
    assert screenful.cursor == entry(92)
    assert screenful.shows(entry(92))
    assert not rig.parts.viewport.following
