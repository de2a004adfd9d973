"""Lines at a place, forwards and backwards, in slices smaller than the lines."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.stores.jsonl import line_reader
from earwig.core.stores.jsonl.line_reader import RawLine, line_start, lines_after, lines_before
from earwig.core.system.opening import read_at
from tests.core.reference import Physical, file_bytes, physical_lines

LIMIT = 40


@pytest.fixture(autouse=True, scope="module")
def small_slices() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_reader, "_FIRST_SLICE", 8)
        patch.setattr(line_reader, "_BACK_SLICE", 4)
        patch.setattr(line_reader, "_STEP", 32)
        patch.setattr(line_reader, "HEAD", 5)
        yield


@contextmanager
def opened_with(data: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.fileno()


def raw(line: Physical, limit: int) -> RawLine:
    if len(line.raw) > limit:
        return RawLine(line.offset, len(line.raw), None, line.complete, line.raw[:5])
    return RawLine(line.offset, len(line.raw), line.raw, line.complete)


def raws(data: bytes, limit: int) -> list[RawLine]:
    return [raw(line, limit) for line in physical_lines(data)]


@settings(max_examples=120, deadline=None)
@given(file_bytes, st.integers(0, 60), st.data())
def test_forwards_from_any_line_to_any_end(data: bytes, limit: int, draw: st.DataObject) -> None:
    end = draw.draw(st.integers(0, len(data)))
    expected = raws(data[:end], limit)
    with opened_with(data) as fd:
        for first in range(len(expected) + 1):
            start = expected[first].offset if first < len(expected) else end
            assert list(lines_after(fd, start, end, limit)) == expected[first:]


@settings(max_examples=120, deadline=None)
@given(file_bytes, st.integers(0, 60), st.integers(1, 6))
def test_backwards_from_any_line(data: bytes, limit: int, count: int) -> None:
    complete = [line for line in raws(data, limit) if line.complete]
    with opened_with(data) as fd:
        for index, line in enumerate(complete, 1):
            stop = line.offset + line.length + 1
            assert lines_before(fd, stop, count, limit) == complete[max(0, index - count) : index]
        assert lines_before(fd, 0, count, limit) == []


@settings(max_examples=120, deadline=None)
@given(file_bytes)
def test_start_of_the_line_that_holds_any_byte(data: bytes) -> None:
    with opened_with(data) as fd:
        for offset in range(len(data) + 1):
            assert line_start(fd, offset) == data[:offset].rfind(b"\n") + 1


@pytest.mark.parametrize("length", range(LIMIT - 9, LIMIT + 2))
@pytest.mark.parametrize("before", [b"", b"\n", b"first line\n"])
def test_a_line_of_the_limit_is_whole_and_one_byte_more_is_not(length: int, before: bytes) -> None:
    # Lengths around the limit and around the slices' ends: 8, 32 and 128 bytes back from the line's end.
    data = before + b"x" * length + b"\n"
    with opened_with(data) as fd:
        [forwards] = lines_after(fd, len(before), len(data), LIMIT)
        [backwards] = lines_before(fd, len(data), 1, LIMIT)
    assert forwards == backwards
    assert forwards.length == length
    assert (forwards.data is None) == (length > LIMIT)


@pytest.mark.parametrize("limit", range(24, 40))
def test_limit_and_slice_ends_do_not_meet_wrongly(limit: int) -> None:
    data = b"before\n" + b"x" * limit + b"\n"
    with opened_with(data) as fd:
        [line] = lines_before(fd, len(data), 1, limit)
    assert line.data == b"x" * limit


def test_a_long_line_is_passed_over_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(fd: int, size: int, offset: int) -> bytes:
        sizes.append(size)
        return read_at(fd, size, offset)

    monkeypatch.setattr(line_reader, "read_at", counted)
    data = b"a\n" + b"x" * 100_000 + b"\nb\n"
    with opened_with(data) as fd:
        after = list(lines_after(fd, 0, len(data), LIMIT))
        before = lines_before(fd, len(data), 3, LIMIT)
    assert after == before == raws(data, LIMIT)
    assert max(sizes) <= 4 * LIMIT


def test_a_long_line_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_reader, "_STEP", 4096)
    data = b"x" * 1_000_000 + b"\n"
    with opened_with(data) as fd:
        tracemalloc.start()
        [after] = lines_after(fd, 0, len(data), LIMIT)
        [before] = lines_before(fd, len(data), 1, LIMIT)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after == before == RawLine(0, 1_000_000, None, True, b"xxxxx")
    assert peak < 100_000


def test_a_line_of_many_slices_costs_no_more_than_its_length() -> None:
    data = b"x" * 2_000_000 + b"\n"
    with opened_with(data) as fd:
        begun = time.process_time()
        [line] = lines_after(fd, 0, len(data), len(data))
        spent = time.process_time() - begun
    assert line.data == data[:-1]
    assert spent < 2  # 60,000 slices of 32 bytes; joined one by one they cost three times that


@settings(max_examples=60, deadline=None)
@given(file_bytes, st.integers(0, 60), st.integers(1, 6), st.data())
def test_a_file_that_shrank_since_it_was_looked_at_ends_the_reading(
    data: bytes, limit: int, count: int, draw: st.DataObject
) -> None:
    lines = physical_lines(data)
    size = draw.draw(st.integers(0, len(data)))
    with opened_with(data[:size]) as fd:
        for line in lines:
            seen = list(lines_after(fd, line.offset, len(data), limit))
            assert all(found.offset + found.length <= max(size, line.offset) for found in seen)
            if line.complete and line.stop > size:
                assert lines_before(fd, line.stop, count, limit) == []


def test_a_read_error_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(fd: int, size: int, offset: int) -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(line_reader, "read_at", failing)
    with opened_with(b"a\nb\n") as fd, pytest.raises(OSError, match="Input/output"):
        lines_before(fd, 4, 1)
