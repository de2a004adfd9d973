"""A filter begins and ends without losing what is read."""

from __future__ import annotations

from earwig.core.model.message import ChatMessage
from earwig.core.reading.filtering import read_filter
from earwig.ui.session.messages import PageArrived, Place
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, Rig, page

LIMIT = read_filter("role:user")
"""Leaves every other one."""


def whole() -> Rig:
    rig = Rig()
    rig.show(page(0, 100, 100, items={at: ChatMessage.assistant(f"say {at}") for at in range(1, 100, 2)}))
    rig.count(100)
    rig.reader.asked.clear()
    return rig


def pages(rig: Rig, *, filtered: bool, anchor: int) -> None:
    it = page(0, 100, 100, items={at: ChatMessage.assistant(f"say {at}") for at in range(1, 100, 2)})
    if filtered:
        it = it._replace(entries=it.entries[::2])
    rig.arrive(it, Place.AROUND, anchor)


def test_what_is_read_stays_on_its_row_when_a_filter_begins_and_ends() -> None:
    for row in range(3):
        rig = whole()
        view = rig.parts.viewport
        view.following = False
        view.stand(40, row)
        rig.parts.see()
        read = rig.parts.screenful.top()
        assert read is not None
        for entry_filter in (LIMIT, None):
            assert rig.parts.filtering.set(entry_filter) is ViewChange.PLACE
            ((_, anchor),) = rig.reader.take("around")
            pages(rig, filtered=entry_filter is not None, anchor=anchor)
            if entry_filter is None or LIMIT is None or LIMIT.wants(read.entry.item):
                assert rig.parts.screenful.shows(read.entry)
            top = rig.parts.screenful.top()
            assert top is not None
            assert abs(top.entry.position - read.entry.position) <= LENGTH


def test_with_a_blank_row_on_top_the_end_of_a_filter_keeps_the_message_below_it() -> None:
    rig = whole()
    view = rig.parts.viewport
    rig.commit(rig.parts.filtering.set(LIMIT))
    rig.arrive(page(0, 100, 100)._replace(entries=page(0, 100, 100).entries[::2]), Place.NEWEST)
    view.following = False
    view.stand(20, 2)
    rig.parts.see()
    assert rig.said()[0] == "say 42"
    rig.reader.asked.clear()
    rig.commit(rig.parts.filtering.set(None))
    assert rig.reader.take("around") == [("around", 42 * LENGTH)]
    pages(rig, filtered=False, anchor=42 * LENGTH)
    assert rig.said()[0] == "say 42"
    assert rig.parts.screenful.rows[1] == (42, 0)


def test_pages_of_another_filter_are_not_taken_in() -> None:
    rig = whole()
    old = rig.parts.session.filter
    rig.commit(rig.parts.filtering.set(LIMIT))
    message = PageArrived(rig.reader, page(0, 100, 100), Place.NEWEST, 0, old)
    assert rig.parts.pages.take_page(message) is ViewChange.NOTHING


def test_the_words_for_what_is_hidden_and_for_nothing() -> None:
    rig = whole()
    assert rig.parts.filtering.words() == []
    assert rig.parts.filtering.nothing_left() is None
    rig.commit(rig.parts.filtering.set(LIMIT))
    assert rig.parts.filtering.words() == [("role:user", "…")]
    rig.arrive(page(0, 0, 100)._replace(stop=1000, at_end=True), Place.NEWEST)
    words = rig.parts.filtering.nothing_left()
    assert words is not None
    assert words.startswith("Nothing here is left by the filter role:user")
    rig.parts.filtering.drop()
    assert rig.parts.session.filter is None
    assert rig.parts.filtering.nothing_left() is None
