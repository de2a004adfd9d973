"""What is on the screen, where the cursor falls, and what is taken for being read."""

from __future__ import annotations

from tests.ui.transcript.rig import entry, shown


def test_the_cursor_falls_on_the_newest_entry_and_stays_where_it_is_put() -> None:
    rig = shown()
    screenful = rig.parts.screenful
    assert (screenful.cursor_index, screenful.has_cursor) == (99, False)
    screenful.cursor = rig.parts.viewport.entries[-2]
    assert (screenful.cursor_index, screenful.has_cursor) == (98, True)
    assert screenful.current == rig.parts.viewport.entries[98]


def test_a_cursor_off_the_screen_is_on_what_is_nearest_and_was_not_put_there() -> None:
    rig = shown()
    screenful = rig.parts.screenful
    screenful.cursor = rig.parts.viewport.entries[3]
    assert screenful.cursor_index == screenful.rows[0][0]
    assert not screenful.has_cursor


def test_an_entry_is_held_only_if_it_says_the_same() -> None:
    rig = shown(10)
    screenful = rig.parts.screenful
    assert screenful.held(entry(4)) == 4
    assert screenful.held(entry(4, entry(5).item)) is None
    assert screenful.nearest(entry(4, entry(7).item)) == 7
    assert screenful.nearest(entry(40, entry(4).item)) == 4
    assert screenful.nearest(entry(40)) == 9


def test_the_blank_row_below_a_message_is_not_what_is_read() -> None:
    rig = shown()
    view = rig.parts.viewport
    view.following = False
    for row, read in ((0, "say 40"), (1, "say 40"), (2, "say 41")):
        view.stand(40, row)
        rig.parts.see()
        top = rig.parts.screenful.top()
        assert top is not None
        assert top.entry == entry(int(read[4:]))
        assert top.row == (1 if row == 2 else -row)


def test_without_entries_nothing_is_read() -> None:
    rig = shown(0)
    screenful = rig.parts.screenful
    assert screenful.top() is None
    assert screenful.anchor() is None
    assert screenful.current is None
    assert screenful.last is None
