"""From match to match of a text, as the background finds them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from earwig.core.find.matcher import Query
from earwig.core.model.message import ChatMessage
from earwig.ui.session.messages import Place
from earwig.ui.session.searching import Marked, MatchesCounted, SeekResult, TooSlowToFind
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, Rig, entry, page, shown


@pytest.fixture
def rig() -> Rig:
    rig = shown()
    rig.reader.asked.clear()
    return rig


def begin(rig: Rig, text: str = "say") -> None:
    rig.parts.finder.begin()
    rig.commit(rig.parts.finder.look_for(Query(text)))


def seeks(rig: Rig) -> list[Any]:
    return [seek for _, seek in rig.reader.take("search.seek") if seek is not None]


def answer(rig: Rig, at: int | None, *texts: str, match: int = 0) -> None:
    """Tell the last seek what it has found: an entry, or nothing."""
    seek = seeks(rig)[-1]
    found = None if at is None else rig.parts.viewport.entries[at]
    result = SeekResult(rig.reader, seek, found, match, texts or ("say",), share=1.0, done=True)
    rig.commit(rig.parts.takers()["SeekResult"](result))


def count(rig: Rig, total: int, number: int | None = None) -> None:
    find = cast("Any", rig.parts.finder.find)
    message = MatchesCounted(rig.reader, find, total, number=number, share=1.0, done=True)
    rig.commit(rig.parts.takers()["MatchesCounted"](message))


def test_it_looks_from_where_the_reader_was_and_then_above(rig: Rig) -> None:
    begin(rig)
    (seek,) = seeks(rig)
    top = rig.parts.viewport.anchor
    assert top is not None
    assert (seek.start, seek.forward) == (top.position, True)
    rig.reader.asked.append(("search.seek", seek))
    answer(rig, None)
    (seek,) = seeks(rig)
    assert (seek.start, seek.forward) == (top.position, False)


def test_what_is_found_is_stood_on_and_leaving_goes_back(rig: Rig) -> None:
    before = rig.said()
    begin(rig)
    answer(rig, 40)
    assert rig.parts.screenful.cursor == entry(40)
    assert "say 40" in rig.said()
    rig.commit(rig.parts.finder.leave())
    assert rig.said() == before
    assert rig.parts.finder.find is None


def test_who_takes_it_can_go_back_to_where_it_began(rig: Rig) -> None:
    before = rig.said()
    begin(rig)
    answer(rig, 40)
    rig.commit(rig.parts.finder.take())
    rig.commit(rig.parts.navigator.back())
    assert rig.said() == before
    assert rig.parts.finder.find is not None


def test_steps_that_are_asked_for_meanwhile_are_done_one_by_one(rig: Rig) -> None:
    begin(rig)
    rig.commit(rig.parts.finder.go_on(1))
    rig.commit(rig.parts.finder.go_on(1))
    rig.commit(rig.parts.finder.go_on(-1))
    answer(rig, 40)
    (seek,) = seeks(rig)
    assert (seek.start, seek.match, seek.forward) == (40 * LENGTH, 0, True)
    rig.reader.asked.append(("search.seek", seek))
    answer(rig, 41)
    assert not seeks(rig)


def test_a_movement_drops_them(rig: Rig) -> None:
    begin(rig)
    rig.commit(rig.parts.finder.go_on(1))
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    rig.commit(rig.parts.finder.go_on(1))
    answer(rig, 40)
    assert not seeks(rig)


def test_from_the_last_match_it_goes_on_from_the_top(rig: Rig) -> None:
    begin(rig)
    answer(rig, 99)
    rig.commit(rig.parts.finder.go_on(1))
    answer(rig, None)
    (seek,) = seeks(rig)
    assert (seek.start, seek.forward) == (0, True)
    rig.reader.asked.append(("search.seek", seek))
    answer(rig, 3)
    assert rig.parts.pursuit.said == "no more matches below · on from the top"
    rig.commit(rig.parts.finder.go_on(1))
    answer(rig, None)
    answer(rig, 3)
    assert rig.parts.pursuit.said == "the only match"


def test_a_match_that_is_not_held_is_shown_once_it_is() -> None:
    rig = Rig()
    rig.show(page(900, 1000, 1000))
    begin(rig)
    (seek,) = seeks(rig)
    result = SeekResult(rig.reader, seek, entry(100), 0, ("say",), share=1.0, done=True)
    rig.commit(rig.parts.takers()["SeekResult"](result))
    assert rig.reader.take("around") == [("around", 100 * LENGTH)]
    rig.arrive(page(50, 150, 1000), Place.AROUND, 100 * LENGTH)
    assert "say 100" in rig.said()
    assert rig.parts.screenful.cursor == entry(100)


@pytest.mark.parametrize(
    "text",
    ["x " * 100 + "NEEDLE " + "y " * 60, "y" * 300 + "NEEDLE", "NEEDLE" + "x" * 300],
    ids=["middle", "end", "start"],
)
def test_where_lines_are_cut_the_match_is_in_sight(text: str) -> None:
    rig = Rig()
    rig.show(page(0, 2, 2, items={0: ChatMessage.user(text)}))
    rig.commit(rig.parts.options.toggle_wrap())
    rig.commit(rig.parts.options.move_sideways(12))
    begin(rig, "needle")
    answer(rig, 0, "NEEDLE")
    assert any("NEEDLE" in row for row in rig.rows())


def test_where_lines_are_wrapped_nothing_moves_sideways() -> None:
    rig = Rig()
    rig.show(page(0, 1, 1, items={0: ChatMessage.user("x" * 52 + "NEEDLE")}))
    begin(rig, "needle")
    answer(rig, 0, "NEEDLE")
    assert rig.parts.options.sideways == 0


def test_what_matches_on_the_screen_is_asked_for_once_and_marked(rig: Rig) -> None:
    begin(rig)
    ((_, find, entries),) = rig.reader.take("search.mark")
    assert entries == [rig.parts.viewport.entries[at] for at in range(96, 100)]
    rig.parts.see()
    assert not rig.reader.take("search.mark")
    texts = {it.identity: (it, ("say",)) for it in entries}
    assert rig.parts.takers()["Marked"](Marked(rig.reader, find, texts)) is ViewChange.ROWS
    rig.parts.see()
    index, row = rig.parts.screenful.rows[1]
    assert [(it.start, it.stop, it.current) for it in rig.parts.painter.marks.pieces(index, row)] == [
        (0, 3, False)
    ]
    other = Marked(rig.reader, cast("Any", None), {})
    assert rig.parts.takers()["Marked"](other) is ViewChange.NOTHING


def test_the_words_for_how_it_stands(rig: Rig) -> None:
    finder = rig.parts.finder
    rig.commit(finder.go_on(1))
    assert finder.bar_words() == finder.frame_words() == "/ finds text"
    begin(rig)
    assert finder.count_words() == "…"
    assert finder.frame_words() is None  # the bar says it
    count(rig, 1200)
    assert finder.bar_words() == "1,200 matches"
    count(rig, 1200, 7)
    rig.commit(finder.take())
    assert finder.frame_words() == "“say” 7 of 1,200 · n N · Esc clears"
    count(rig, 0)
    assert finder.count_words() == "no match"


def test_an_expression_that_takes_too_long_is_given_up(rig: Rig) -> None:
    begin(rig)
    find = cast("Any", rig.parts.finder.find)
    rig.commit(rig.parts.takers()["TooSlowToFind"](TooSlowToFind(rig.reader, find)))
    assert rig.parts.finder.find is None
    assert rig.parts.finder.bar_words() == "this expression takes too long: given up"
