"""What is kept of drawn entries: bounded by rows, and the last used of it."""

from __future__ import annotations

import pytest

from earwig.core.model.entries import Entry, Ghost
from earwig.core.model.message import ChatMessage
from earwig.ui.rendering.look import Look
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.transcript import blocks as blocks_module
from earwig.ui.transcript.blocks import Blocks
from tests.made_entries import line_entry


def entry(offset: int, lines: int) -> Entry:
    return line_entry(offset, 100, ChatMessage("user", "x\n" * lines), None)


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> Blocks:
    monkeypatch.setattr(blocks_module, "ROWS", 50)
    return Blocks(Look.from_theme_variables({}, dark=True))


def test_many_entries_are_kept_up_to_so_many_rows(blocks: Blocks) -> None:
    entries = [entry(offset, 8) for offset in range(100)]
    for each in entries:
        blocks.block(each)
    kept = [each for each in entries if blocks.is_drawn(each)]
    assert kept == entries[-len(kept) :]
    assert 3 <= len(kept) <= 5


def test_nor_are_more_than_so_many_kept_however_short(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks_module, "CACHED", 6)
    entries = [entry(offset, 1) for offset in range(100)]
    for each in entries:
        blocks.height(each)
    assert [each for each in entries if blocks.is_drawn(each)] == entries[-6:]


def test_what_was_used_last_is_kept(blocks: Blocks) -> None:
    first = entry(0, 8)
    for offset in range(1, 20):
        blocks.block(first)
        blocks.height(entry(offset, 8))
    assert blocks.is_drawn(first)


def test_a_height_is_measured_anew_when_anything_changes(blocks: Blocks) -> None:
    long = line_entry(0, 100, ChatMessage("user", "some words " * 20), None)
    narrow = blocks.height(long)
    blocks.width = 200
    wide = blocks.height(long)
    assert wide < narrow
    blocks.width = 80
    assert blocks.height(long) == narrow
    blocks.toggle_all_folds()
    assert blocks.height(long) != narrow or narrow < 6
    blocks.toggle_all_folds()
    blocks.wrapped = False
    assert blocks.height(long) == 3


def test_one_entry_of_more_rows_is_kept_while_it_is_shown(blocks: Blocks) -> None:
    long = entry(0, 400)
    drawn = blocks.block(long)
    assert len(drawn.rows) > 400
    assert blocks.block(long) is drawn


def test_nothing_is_left_of_another_session(blocks: Blocks) -> None:
    for turn in range(20):
        blocks.clear()
        blocks.block(entry(turn, 30))
        assert blocks.is_drawn(entry(turn, 30))


def test_the_time_of_a_ghost_is_told_in_the_readers_zone(blocks: Blocks) -> None:
    blocks.times = TimeStyle(utc=True)
    blocks.clock = lambda: 1_700_000_000.0
    ghost = Ghost(1, ChatMessage("user", "gone"), 1_700_000_000.0 - 60)
    header = blocks.block(line_entry(0, 0, ghost, None, complete=False)).rows[0].text
    assert header.rstrip().endswith("withdrawn 22:12Z")


def test_another_message_of_the_same_place_and_length_is_drawn_as_itself(blocks: Blocks) -> None:
    was = line_entry(0, 40, ChatMessage("user", "the old text"), 1)
    now = line_entry(0, 40, ChatMessage("user", "another text"), 1)
    for fold in (False, True):
        if fold:
            blocks.toggle_all_folds()
        blocks.block(was)
        assert "another text" in "".join(row.text for row in blocks.block(now).rows)
        assert "the old text" in "".join(row.text for row in blocks.block(was).rows)


def test_folds_go_with_their_lines_to_where_those_are_after_a_rewrite(blocks: Blocks) -> None:
    stays, goes = (
        line_entry(100, 40, ChatMessage("user", "stays"), 3),
        line_entry(200, 40, ChatMessage("user", "goes"), 4),
    )
    for entry in (stays, goes):
        blocks.toggle_source(entry)
        blocks.toggle_fold(entry)
        blocks.seen[entry.position] = 5.0
    blocks.rewritten({100: 50}.get)
    moved, other = stays._replace(position=50), line_entry(200, 40, ChatMessage("user", "new"), 4)
    assert blocks.is_source(moved)
    assert blocks.is_folded(moved)
    assert not blocks.is_source(other)
    assert not blocks.is_folded(other)
    assert blocks.seen == {50: 5.0}


def test_a_header_says_when_a_store_has_stored_it(blocks: Blocks) -> None:
    blocks.times = TimeStyle(utc=True)
    blocks.clock = lambda: 1_790_000_100.0
    stored = entry(0, 1)._replace(time=1_790_000_000.0)
    assert "14:13Z" in blocks.block(stored).rows[0].text
    moved = stored._replace(time=1_790_000_060.0)  # another row, of the same text
    assert "14:14Z" in blocks.block(moved).rows[0].text
    sent = ChatMessage("user", "[2026-09-20 08:00:00 +00:00] hello")
    assert "2026-09-20 08:00Z" in blocks.block(stored._replace(item=sent)).rows[0].text
