"""What is kept of drawn entries: bounded by rows, and the last used of it."""

from __future__ import annotations

import pytest

from earwig.core.model.entries import Entry, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.transcript import entry_cache as blocks_module
from earwig.ui.transcript.entry_cache import EntryCache
from tests.made_entries import line_entry


def entry(offset: int, lines: int) -> Entry:
    return line_entry(offset, 100, ChatMessage("user", "x\n" * lines), None)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> EntryCache:
    monkeypatch.setattr(blocks_module, "ROWS", 50)
    return EntryCache(Palette.from_theme_variables({}, dark=True))


def test_many_entries_are_kept_up_to_so_many_rows(cache: EntryCache) -> None:
    entries = [entry(offset, 8) for offset in range(100)]
    for each in entries:
        cache.block(each)
    kept = [each for each in entries if cache.is_drawn(each)]
    assert kept == entries[-len(kept) :]
    assert 3 <= len(kept) <= 5


def test_nor_are_more_than_so_many_kept_however_short(
    cache: EntryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks_module, "CACHED", 6)
    entries = [entry(offset, 1) for offset in range(100)]
    for each in entries:
        cache.height(each)
    assert [each for each in entries if cache.is_drawn(each)] == entries[-6:]


def test_what_was_used_last_is_kept(cache: EntryCache) -> None:
    first = entry(0, 8)
    for offset in range(1, 20):
        cache.block(first)
        cache.height(entry(offset, 8))
    assert cache.is_drawn(first)


def test_a_height_is_measured_anew_when_anything_changes(cache: EntryCache) -> None:
    long = line_entry(0, 100, ChatMessage("user", "some words " * 20), None)
    narrow = cache.height(long)
    cache.width = 200
    wide = cache.height(long)
    assert wide < narrow
    cache.width = 80
    assert cache.height(long) == narrow
    cache.folds.toggle_all()
    assert cache.height(long) != narrow or narrow < 6
    cache.folds.toggle_all()
    cache.wrapped = False
    assert cache.height(long) == 3


def test_one_entry_of_more_rows_is_kept_while_it_is_shown(cache: EntryCache) -> None:
    long = entry(0, 400)
    drawn = cache.block(long)
    assert len(drawn.rows) > 400
    assert cache.block(long) is drawn


def test_nothing_is_left_of_another_session(cache: EntryCache) -> None:
    for turn in range(20):
        cache.clear()
        cache.block(entry(turn, 30))
        assert cache.is_drawn(entry(turn, 30))


def test_the_time_of_a_removed_is_told_in_the_readers_zone(cache: EntryCache) -> None:
    cache.times = TimeStyle(utc=True)
    cache.clock = lambda: 1_700_000_000.0
    removed = RemovedEntry(1, ChatMessage("user", "gone"), 1_700_000_000.0 - 60)
    header = cache.block(line_entry(0, 0, removed, None, complete=False)).rows[0].text
    assert header.rstrip().endswith("withdrawn 22:12Z")


def test_another_message_of_the_same_place_and_length_is_drawn_as_itself(cache: EntryCache) -> None:
    was = line_entry(0, 40, ChatMessage("user", "the old text"), 1)
    now = line_entry(0, 40, ChatMessage("user", "another text"), 1)
    for fold in (False, True):
        if fold:
            cache.folds.toggle_all()
        cache.block(was)
        assert "another text" in "".join(row.text for row in cache.block(now).rows)
        assert "the old text" in "".join(row.text for row in cache.block(was).rows)


def test_folds_go_with_their_lines_to_where_those_are_after_a_rewrite(cache: EntryCache) -> None:
    stays, goes = (
        line_entry(100, 40, ChatMessage("user", "stays"), 3),
        line_entry(200, 40, ChatMessage("user", "goes"), 4),
    )
    for entry in (stays, goes):
        cache.toggle_source(entry)
        cache.toggle_fold(entry)
        cache.seen[entry.position] = 5.0
    cache.rewritten({100: 50}.get)
    moved, other = stays._replace(position=50), line_entry(200, 40, ChatMessage("user", "new"), 4)
    assert cache.is_source(moved)
    assert cache.is_folded(moved)
    assert not cache.is_source(other)
    assert not cache.is_folded(other)
    assert cache.seen == {50: 5.0}


def test_a_header_says_when_a_store_has_stored_it(cache: EntryCache) -> None:
    cache.times = TimeStyle(utc=True)
    cache.clock = lambda: 1_790_000_100.0
    stored = entry(0, 1)._replace(time=1_790_000_000.0)
    assert "14:13Z" in cache.block(stored).rows[0].text
    moved = stored._replace(time=1_790_000_060.0)  # another row, of the same text
    assert "14:14Z" in cache.block(moved).rows[0].text
    sent = ChatMessage("user", "[2026-09-20 08:00:00 +00:00] hello")
    assert "2026-09-20 08:00Z" in cache.block(stored._replace(item=sent)).rows[0].text
