"""Pages of any file equal what splitting the whole file gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Query
from earwig.core.model.entries import Entry, Oversized, Page, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl import file_fingerprint as witness
from earwig.core.stores.jsonl import known_file, line_index, line_reader, transcript
from earwig.core.stores.jsonl.session_store import SessionStore
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.reference import Physical, entries_of, entry_of, file_bytes, physical_lines, some_entries

LIMIT = 50


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """Blocks so small that a few lines lie across many of them."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (line_index, known_file):
            patch.setattr(module, "BLOCK", 16)
        for stepping in (known_file, transcript):
            patch.setattr(stepping, "INDEX_STEP", 64)
        patch.setattr(line_reader, "_FIRST_SLICE", 8)
        patch.setattr(line_reader, "_BACK_SLICE", 4)
        patch.setattr(line_reader, "_STEP", 32)
        patch.setattr(line_reader, "HEAD", 9)
        patch.setattr(witness, "TAIL", 24)
        yield


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all examples; each is a file of its own for a new `Transcript`."""
    folder = tmp_path_factory.mktemp("workspace") / "sessions"
    folder.mkdir()
    return folder / "telegram_alice.jsonl"


def holding(path: Path, data: bytes, *, limit: int = LIMIT) -> FileTranscript:
    path.write_bytes(data)
    return FileTranscript(path, line_limit=limit)


def indexed(path: Path, data: bytes, *, limit: int = LIMIT) -> FileTranscript:
    held = holding(path, data, limit=limit)
    while not held.index_step(40):
        pass
    return held


def check_page(page: Page, lines: list[Physical], data: bytes) -> None:
    """The page shows exactly these lines, and says rightly where it lies."""
    assert list(page.entries) == some_entries(lines, LIMIT)
    if lines:
        assert page.start == lines[0].offset
        assert page.stop == max([page.start, *(line.stop for line in lines if line.complete)])
        assert page.at_end == (lines[-1].stop == len(data))
    assert page.at_start == (page.start == 0)


@settings(max_examples=120, deadline=None)
@given(file_bytes, st.integers(1, 6))
def test_tail(path: Path, data: bytes, count: int) -> None:
    lines = physical_lines(data)
    complete = [line for line in lines if line.complete]
    page = indexed(path, data).tail(count)
    check_page(page, complete[-count:] + [line for line in lines if not line.complete], data)
    assert page.at_end


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(0, 5))
def test_before_and_after_any_line(path: Path, data: bytes, count: int) -> None:
    lines = physical_lines(data)
    held = indexed(path, data)
    for index, line in enumerate(lines):
        check_page(held.after(line.offset, count), lines[index : index + count], data)
        first = max(0, index - count)
        before = held.before(line.offset, count)
        check_page(before, lines[first:index], data)
        assert before.stop == line.offset
        assert before.start == lines[first].offset


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(0, 4), st.integers(0, 4))
def test_around_any_byte(path: Path, data: bytes, before: int, after: int) -> None:
    lines = physical_lines(data)
    held = indexed(path, data)
    for offset in range(0, len(data) + 2, 3):
        here = sum(line.stop <= offset and line.complete for line in lines)
        check_page(held.around(offset, before, after), lines[max(0, here - before) : here + after], data)


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(-1, 12), st.integers(-1, 6))
def test_window_and_places_of_numbers(path: Path, data: bytes, first: int, count: int) -> None:
    lines = physical_lines(data)
    held = holding(path, data)  # numbers are found with no index made before
    for number in range(-1, len(lines) + 3):
        known = [line.offset for line in lines if line.number == max(1, number)]
        assert held.offset_of(number) == (known[0] if known else len(data))
    page = holding(path, data).window(first, first + count)
    check_page(page, [line for line in lines if first <= line.number < first + count], data)


@settings(max_examples=60, deadline=None)
@given(file_bytes, st.integers(1, 3), st.booleans())
def test_backwards_from_the_tail_each_entry_comes_once(
    path: Path, data: bytes, count: int, with_index: bool
) -> None:
    held = (indexed if with_index else holding)(path, data)
    page = held.tail(count)
    entries = list(page.entries)
    while not page.at_start:
        stop = page.start
        page = held.before(stop, count)
        assert page.start < stop == page.stop
        entries = [*page.entries, *entries]
    check_sequence(entries, data, numbers=with_index)


@settings(max_examples=60, deadline=None)
@given(file_bytes, st.integers(1, 3), st.booleans())
def test_forwards_from_the_start_each_entry_comes_once(
    path: Path, data: bytes, count: int, with_index: bool
) -> None:
    held = (indexed if with_index else holding)(path, data)
    page = held.after(0, count)
    entries = list(page.entries)
    while not page.at_end:
        assert page.stop > page.start
        page = held.after(page.stop, count)
        entries += page.entries
    check_sequence(entries, data, numbers=with_index)


def check_sequence(entries: list[Entry], data: bytes, *, numbers: bool) -> None:
    expected = some_entries(physical_lines(data), LIMIT)
    assert [entry._replace(number=None) for entry in entries] == [
        entry._replace(number=None) for entry in expected
    ]
    for entry, right in zip(entries, expected, strict=True):
        assert entry.number == right.number or (entry.number is None and not numbers)


@settings(max_examples=80, deadline=None)
@given(file_bytes)
def test_entries_are_whole_and_exact_from_any_line(path: Path, data: bytes) -> None:
    held = indexed(path, data, limit=3)
    assert list(held.entries()) == entries_of(data)
    for line in physical_lines(data):
        assert list(held.entries(line.offset)) == [
            entry for entry in entries_of(data) if entry.position >= line.offset
        ]


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(1, 200))
def test_numbers_are_right_or_not_yet_known(path: Path, data: bytes, step: int) -> None:
    lines = physical_lines(data)
    held = holding(path, data)
    offsets = [line.offset for line in lines]
    while True:
        numbers = held.numbers_of(offsets)
        for line, number in zip(lines, numbers, strict=True):
            assert number == line.number or (number is None and line.offset > held.indexed)
        if held.index_step(step):
            break
    assert held.numbers_of(offsets) == [line.number for line in lines]
    assert (held.lines, held.indexed) == (data.count(b"\n"), len(data))


@settings(max_examples=120, deadline=None)
@given(file_bytes, st.integers(1, 60), st.integers(1, 60))
def test_a_scan_gives_each_complete_line_once(path: Path, data: bytes, size: int, limit: int) -> None:
    held = holding(path, data)
    at, found, tallied = 0, [], [0, 0, 0]
    while (scanned := held.scan(at, size, limit=limit)).next != at:
        assert scanned.start == at
        found += scanned.entries(range(len(scanned.items)), number=(at and data[:at].count(b"\n") + 1) or 1)
        at = scanned.next
    complete = data[: data.rfind(b"\n") + 1]
    assert at == len(complete)
    assert found == some_entries(physical_lines(complete), limit)
    at = 0
    while (tally := held.tally(at, size, limit=limit)).next != at:
        tallied = [a + b for a, b in zip(tallied, tally[2:5], strict=True)]
        at = tally.next
    items = [entry.item for entry in found]
    kinds = (ChatMessage, BadLine, Oversized)
    assert tallied == [sum(isinstance(item, kind) for item in items) for kind in kinds]


@settings(max_examples=120, deadline=None)
@given(file_bytes, st.integers(1, 60))
def test_a_scan_upwards_gives_each_complete_line_once(path: Path, data: bytes, limit: int) -> None:
    held = holding(path, data)
    stop = data.rfind(b"\n") + 1
    found: list[Entry] = []
    complete = data[:stop]
    while (scanned := held.scan_before(stop, limit=limit)).start != stop:
        assert scanned.next == stop
        found[:0] = scanned.entries(range(len(scanned.items)), data[: scanned.start].count(b"\n") + 1)
        stop = scanned.start
    assert stop == 0
    assert found == some_entries(physical_lines(complete), limit)


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(1, 60), st.integers(1, 60))
def test_the_stored_bytes_of_all_lines(path: Path, data: bytes, size: int, limit: int) -> None:
    held = holding(path, data)
    at = 0
    found: list[tuple[int, bytes]] = []
    while (stored := held.stored(at, size, limit=limit)).next != at:
        found += stored.lines
        at = stored.next
    assert at == len(data)
    assert found == [(line.offset, line.raw[:limit]) for line in physical_lines(data)]


@settings(max_examples=80, deadline=None)
@given(file_bytes, st.integers(0, 200), st.integers(0, 50))
def test_stored_bytes_of_a_place(path: Path, data: bytes, offset: int, length: int) -> None:
    assert holding(path, data).read(offset, length) == data[offset : offset + length]


@settings(max_examples=120, deadline=None)
@given(file_bytes)
@example(b'{"role":"user","content":"whole, with no newline yet"}')
@example(b'\xef\xbb\xbf["user","array"]\n["user","array"]\r\r\n')
def test_messages_are_those_that_the_bot_loads(path: Path, data: bytes) -> None:
    entries = list(holding(path, data).entries())
    messages = [entry.item for entry in entries if isinstance(entry.item, ChatMessage)]
    assert messages == SessionStore(path.parent.parent).load(path.stem)
    others = [entry for entry in entries if not isinstance(entry.item, ChatMessage)]
    assert all(isinstance(entry.item, BadLine if entry.complete else Unfinished) for entry in others)
    blank = [line for line in physical_lines(data) if entry_of(line, 1 << 60) is None]
    assert len(entries) + len(blank) == len(physical_lines(data))


def test_a_hint_spares_the_decoding_of_all_lines_that_cannot_match_in_both_directions(path: Path) -> None:
    data = b'{"role":"user","content":"hay"}\n' * 20 + b'{"role":"user","content":"needle"}\n'
    held, hint = holding(path, data), Hint(Query("needle"))
    assert list(held.scan(0, len(data), hint=hint).items) == [ChatMessage("user", "needle")]
    at, items = len(data), 0
    while (scanned := held.scan_before(at, hint=hint)).start != at:
        items += len(scanned.items)
        at = scanned.start
    assert (at, items) == (0, 1)
