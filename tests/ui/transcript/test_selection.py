"""What is selected belongs to messages, wherever on the screen they are by now."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.strip import Strip

from earwig.ui.rendering.cells import Cell
from earwig.ui.transcript.selection import marked
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import Rig, page, shown


def select(rig: Rig, first: Cell, last: Cell) -> str:
    rig.parts.selection.press(first)
    assert rig.parts.selection.drag(last) is ViewChange.PAINT
    rig.parts.selection.release()
    return rig.parts.selection.text()


@pytest.fixture
def rig() -> Rig:
    """Four messages, each three rows: header, text, blank."""
    rig = shown(4)
    rig.parts.see()
    return rig


def test_cells_of_a_message_are_its_text(rig: Rig) -> None:
    assert select(rig, Cell(1, 0), Cell(1, 2)) == "say"
    assert select(rig, Cell(1, 2), Cell(1, 0)) == "say"
    assert select(rig, Cell(1, 4), Cell(7, 59)) == "0\n\nsay 1\n\nsay 2"


def test_a_click_selects_nothing_and_clears_what_was_selected(rig: Rig) -> None:
    select(rig, Cell(1, 0), Cell(1, 2))
    assert rig.parts.selection.press(Cell(4, 0)) is ViewChange.PAINT
    assert (rig.parts.selection.exists, rig.parts.selection.dragged) == (False, False)
    assert rig.parts.selection.clear() is ViewChange.NOTHING


def test_only_selected_cells_are_marked(rig: Rig) -> None:
    select(rig, Cell(1, 2), Cell(4, 3))
    spans = [rig.parts.selection.span(y) for y in range(6)]
    assert spans == [None, (2, 57), (0, 57), (0, 57), (0, 4), None]
    strip = marked(Strip.blank(10, Style()), 2, 4, Style(bgcolor="red"))
    assert [(len(text), bool(style and style.bgcolor)) for text, style, _ in strip] == [
        (2, False),
        (2, True),
        (6, False),
    ]


def test_the_mouse_beyond_the_screen_selects_up_to_its_edge(rig: Rig) -> None:
    selection = rig.parts.selection
    selection.press(Cell(3, 5))
    above, below = Cell(-3, 20), Cell(40, 20)
    for mouse, beyond, text in ((above, -1, "say 0"), (below, 1, "say 1\n\nsay 2\n\nsay 3")):
        selection.drag(mouse)
        assert (selection.beyond, selection.text()) == (beyond, text)
    selection.release()
    assert selection.beyond == 0


def test_it_goes_with_the_messages_and_ends_where_they_are_drawn_in_other_rows(rig: Rig) -> None:
    text = select(rig, Cell(4, 0), Cell(4, 4))
    rig.show(page(0, 40, 40))
    assert not rig.parts.selection.exists
    rig = shown(40)
    rig.commit(rig.parts.navigator.scroll_rows(-12))
    text = select(rig, Cell(4, 0), Cell(4, 4))
    rig.commit(rig.parts.navigator.scroll_rows(-3))
    assert rig.parts.selection.text() == text
    assert rig.parts.selection.span(7) == (0, 5)
    rig.commit(rig.parts.options.toggle_source())
    rig.parts.viewport.generation = 5
    rig.parts.see()
    assert not rig.parts.selection.exists
