"""Whatever is changed in how entries are shown, what is read stays on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.geometry import Size

from earwig.core.model.message import ChatMessage
from earwig.core.settings.settings import NARROWEST
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import Rig, page, shown


def rig_of_long_ones(words: int = 40) -> Rig:
    """A session in which every other message is of so many words."""
    rig, long = Rig(), "word " * words
    rig.show(page(0, 60, 60, items={at: ChatMessage.user(f"say {at} {long}") for at in range(0, 60, 2)}))
    return rig


CHANGES: list[Callable[[Rig], ViewChange | None]] = [
    lambda rig: rig.parts.options.toggle_wrap(),
    lambda rig: rig.parts.options.widen(-1),
    lambda rig: rig.parts.actions()["toggle_all_folds"](),
    lambda rig: rig.parts.actions()["tools"](),
    lambda rig: rig.parts.options.fit(Size(30, 12)),
    lambda rig: rig.parts.options.fit(Size(100, 9)),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("above", [0, 1])
def test_with_a_blank_row_on_top_the_message_below_it_stays(
    change: Callable[[Rig], ViewChange | None], above: int
) -> None:
    rig = rig_of_long_ones(words=600)
    view = rig.parts.viewport
    view.following = False
    view.stand(30, rig.parts.cache.height(view.entries[30]) - 1 - above)
    rig.parts.see()
    read = view.entries[30 if above else 31]
    change(rig)
    rig.parts.see()
    assert rig.parts.screenful.shows(read)
    if not above:
        assert rig.parts.screenful.rows[1] == (31, 0)


@pytest.mark.parametrize("change", CHANGES)
def test_the_message_with_the_cursor_stays_on_its_row(change: Callable[[Rig], ViewChange | None]) -> None:
    rig = rig_of_long_ones()
    view, screenful = rig.parts.viewport, rig.parts.screenful
    view.following = False
    view.stand(31)
    rig.parts.see()
    screenful.cursor = view.entries[33]
    index = screenful.cursor_index
    assert index == 33
    change(rig)
    rig.parts.see()
    assert screenful.has_cursor
    assert screenful.shows(view.entries[33])


def test_who_follows_follows_on() -> None:
    for change in CHANGES:
        rig = rig_of_long_ones()
        change(rig)
        rig.parts.see()
        assert rig.parts.viewport.at_bottom
        assert rig.parts.viewport.following


def test_what_can_not_be_done_is_told_and_changes_nothing() -> None:
    rig = shown(5)
    assert rig.parts.options.move_sideways(1) is ViewChange.NOTHING
    assert rig.parts.options.widen(1) is ViewChange.NOTHING
    while rig.parts.options.widen(-1) is not ViewChange.NOTHING:
        rig.parts.see()
    assert rig.parts.cache.width == NARROWEST
    assert [words.split()[-1] for words in rig.host.told] == ["edge.", "be.", "be."]


def test_long_rows_move_no_further_than_cells_need() -> None:
    rig = Rig()
    rig.show(page(0, 1, 1, items={0: ChatMessage.user("x" * 200)}))
    options = rig.parts.options
    rig.commit(options.toggle_wrap())
    width = rig.parts.cache.width
    options.show_cells(width - 4, width - 1, 200)
    assert options.sideways == 0
    options.show_cells(width - 4, width, 200)  # where the edge says that the line goes on
    assert options.sideways > 0
    moved = options.sideways
    options.show_cells(moved + 1, moved + 5, 200)
    assert options.sideways == moved
    options.show_cells(0, 4, 200)
    assert options.sideways == 0
    options.show_cells(width - 4, width, width)  # it ends there
    assert options.sideways == 0


def test_folding_one_keeps_its_first_row_where_it_is() -> None:
    rig = rig_of_long_ones()
    view, screenful = rig.parts.viewport, rig.parts.screenful
    view.following = False
    view.stand(31)
    rig.parts.see()
    row = view.row_of(32)
    rig.commit(rig.parts.options.toggle_fold_of(32))
    assert view.row_of(32) == row
    assert screenful.cursor == view.entries[32]
