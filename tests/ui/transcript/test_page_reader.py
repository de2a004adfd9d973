"""Pages are read ahead, and taken in wherever they belong."""

from __future__ import annotations

from typing import cast

from earwig.core.model.message import ChatMessage
from earwig.ui.session.messages import LineFound, NoSuchLine, Place, Rewritten
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, FakeDebounce, FakeReader, Rig, entry, page, texts


def held(first: int = 900, stop: int = 1000, total: int = 1000) -> Rig:
    rig = Rig()
    rig.show(page(first, stop, total))
    rig.count(total)
    rig.reader.asked.clear()
    return rig


def due(rig: Rig) -> FakeDebounce:
    (timer,) = rig.host.due
    return timer


def test_what_is_near_the_end_of_the_window_is_asked_for_once() -> None:
    rig = held()
    assert not rig.reader.take("before")
    rig.commit(rig.parts.navigator.scroll_rows(-66 * 3))
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    assert rig.reader.take("before") == [("before", 900 * LENGTH)]
    rig.arrive(page(800, 900, 1000), Place.BEFORE)
    assert not rig.reader.take("before")
    assert rig.parts.viewport.start == 800 * LENGTH


def test_what_is_appended_is_drawn_at_once_and_followed() -> None:
    rig = held()
    assert rig.arrive(page(1000, 1001, 1001), Place.AFTER) is ViewChange.ARRIVED
    assert rig.said()[-1] == "say 1000"
    assert rig.parts.cache.seen == {1000 * LENGTH: 0.0}


def test_a_session_that_grows_faster_than_it_is_read_is_caught_up_with() -> None:
    rig = held()
    for timer in rig.host.due:
        timer.cancel()
    rig.arrive(page(1000, 1100, 9000), Place.AFTER)
    catch_up = rig.host.due[0]
    rig.parts.pages.tell_held()
    assert rig.reader.take("hold")[-1] == ("hold", None)
    catch_up.fire()
    assert rig.reader.take("newest") == [("newest",)]
    assert rig.reader.take("hold") == [("hold", (None, 0))]


def test_a_rewrite_is_read_once_and_what_is_read_stays_on_its_row() -> None:
    for row in range(3):
        rig = held(0, 100, 100)
        rig.parts.viewport.following = False
        rig.parts.viewport.stand(40, row)
        rig.parts.see()
        on_top = rig.said()
        for timer in rig.host.due:
            timer.cancel()
        rig.parts.pages.take_rewrite(Rewritten(rig.reader))
        rig.parts.pages.take_rewrite(Rewritten(rig.reader))
        due(rig).fire()
        ((_, position),) = rig.reader.take("around")
        shorter = page(0, 98, 98, generation=1)
        moved = [entry(at)._replace(item=entry(at + 2).item) for at in range(98)]
        rig.arrive(shorter._replace(entries=tuple(moved)), Place.AROUND, position)
        assert rig.said() == on_top
        assert rig.parts.viewport.generation == 1


def test_a_page_of_another_past_is_a_rewrite() -> None:
    rig = held()
    for timer in rig.host.due:
        timer.cancel()
    rig.arrive(page(800, 900, 1000, generation=1), Place.BEFORE)
    assert rig.parts.viewport.start == 900 * LENGTH
    due(rig).fire()
    assert rig.reader.take("newest")


def test_what_a_rewrite_took_stays_as_a_removed_entry() -> None:
    rig = held(0, 10, 10)
    rig.arrive(page(0, 9, 9, generation=1), Place.NEWEST)
    entries = rig.parts.viewport.entries
    assert texts(entries) == [f"say {at}" for at in range(9)]
    assert len(entries) == 10


def test_a_line_is_stood_on_where_it_is_certain_and_where_it_is_not() -> None:
    rig = held()
    rig.commit(rig.parts.navigator.go_to_line(951))
    there = LineFound(rig.reader, 951, 950 * LENGTH, page(900, 1000, 1000), certain=True)
    rig.commit(rig.parts.pages.take_line(there))
    assert (rig.said()[0], rig.parts.pursuit.line) == ("say 950", None)
    rig.commit(rig.parts.navigator.go_to_line(101))
    guess = LineFound(rig.reader, 101, 90 * LENGTH, page(50, 150, 1000), certain=False)
    rig.commit(rig.parts.pages.take_line(guess))
    assert (rig.said()[0], rig.parts.pursuit.line) == ("say 90", 101)
    rig.commit(rig.parts.navigator.scroll_rows(1))
    late = LineFound(rig.reader, 101, 100 * LENGTH, page(50, 150, 1000), certain=True)
    assert rig.parts.pages.take_line(late) is ViewChange.NOTHING


def test_a_line_that_is_none_is_told() -> None:
    rig = held()
    rig.commit(rig.parts.navigator.go_to_line(5000))
    rig.commit(rig.parts.pages.take_no_line(NoSuchLine(rig.reader, 5000, 1000)))
    assert rig.parts.teller.status().below == "there are 1,000 lines"
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    assert rig.parts.teller.status().below == "End to follow"


def test_an_entry_that_comes_back_is_where_it_was() -> None:
    rig = held(0, 100, 100)
    rig.parts.viewport.following = False
    rig.parts.viewport.stand(90)
    rig.parts.see()
    for timer in rig.host.due:
        timer.cancel()
    rig.parts.pages.take_rewrite(Rewritten(rig.reader))
    due(rig).fire()
    rig.arrive(page(0, 50, 50, generation=1), Place.AROUND, 90 * LENGTH)
    rig.arrive(page(50, 100, 100, generation=1), Place.AFTER)
    assert rig.said()[0] == "say 90"
    assert isinstance(rig.parts.viewport.entries[rig.parts.viewport.top].item, ChatMessage)


def test_a_conversation_that_goes_on_in_another_place_stays_on_the_screen() -> None:
    for row in range(3):
        rig = held(0, 100, 100)
        rig.parts.viewport.following = False
        rig.parts.viewport.stand(40, row)
        rig.parts.see()
        on_top = rig.said()
        for timer in rig.host.due:
            timer.cancel()
        top = rig.parts.screenful.top()
        assert top is not None
        rows = FakeReader("alice in a database")
        at = top.entry.position // LENGTH + 3
        rig.commit(rig.parts.go_on_in(cast("SessionReader", rows), at * LENGTH, 103 * LENGTH))
        assert rig.reader.take("close")
        assert rows.take("around") == [("around", at * LENGTH)]
        moved = [entry(it)._replace(item=entry(it - 3).item) for it in range(3, 103)]
        there = page(3, 103, 103, generation=4)._replace(entries=tuple(moved), at_start=True)
        rig.reader = rows
        rig.arrive(there, Place.AROUND, at * LENGTH)
        assert rig.said() == on_top
        assert texts(rig.parts.viewport.entries) == [f"say {it}" for it in range(100)]
