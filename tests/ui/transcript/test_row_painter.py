"""The rows of a screenful as they are painted."""

from __future__ import annotations

from earwig.core.model.message import ChatMessage
from earwig.ui.transcript.row_painter import GUTTER, MORE_LEFT, MORE_RIGHT
from tests.ui.transcript.rig import LENGTH, Rig, page, shown


def test_a_row_that_stays_the_same_stays_the_same_strip() -> None:
    rig = shown()
    painter = rig.parts.painter
    strips = [painter.paint(y, None) for y in range(12)]
    rig.parts.see()
    assert all(painter.paint(y, None) is strip for y, strip in enumerate(strips))
    assert painter.paint(9, rig.parts.screenful.rows[9][0]) is not strips[9]
    painter.clear()
    assert painter.paint(9, None) is not strips[9]


def test_every_row_is_as_wide_as_the_screen() -> None:
    rig = shown(2)
    assert {rig.parts.painter.paint(y, None).cell_length for y in range(12)} == {60}
    assert rig.rows()[-1] == ""


def test_the_scroll_mark_is_where_the_screen_is_in_the_session() -> None:
    rig = shown()
    marked = [row.endswith("┃") for row in rig.rows()]
    assert marked == [False] * 11 + [True]
    rig.commit(rig.parts.navigator.oldest())
    assert [row.endswith("┃") for row in rig.rows()] == [True] + [False] * 11
    assert not any(row.endswith("┃") for row in shown(2).rows())


def test_the_ruler_stands_in_the_blank_row_above_its_line() -> None:
    rig = shown()
    assert rig.parts.painter.rule((98 * LENGTH, 0))
    assert not rig.parts.painter.rule((98 * LENGTH, 0))
    rows = rig.rows()
    (at,) = [y for y, row in enumerate(rows) if row.startswith("┄")]
    assert "say 97" in rows[at - 1]
    assert "#99" in rows[at + 1]
    rig.parts.painter.rule((98 * LENGTH, 1))
    assert not any(row.startswith("┄") for row in rig.rows())


def test_a_line_that_is_cut_says_on_which_side_it_goes_on() -> None:
    rig = Rig()
    rig.show(page(0, 1, 1, items={0: ChatMessage.user("x" * 200)}))
    rig.commit(rig.parts.options.toggle_wrap())
    cut = rig.rows()[1][GUTTER:]
    assert cut.startswith("x")
    assert cut.endswith(MORE_RIGHT)
    rig.commit(rig.parts.options.move_sideways(1))
    cut = rig.rows()[1][GUTTER:]
    assert cut.startswith(MORE_LEFT)
    assert cut.endswith(MORE_RIGHT)
