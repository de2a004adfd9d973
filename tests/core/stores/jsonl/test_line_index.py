"""Counting lines block by block."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.stores.jsonl import line_index
from earwig.core.stores.jsonl.line_index import LineIndex

BLOCK = 8

line_bytes = st.lists(st.sampled_from([b"\n", b"a", b"bc\n", b"\n\n", b"d" * 7, b"e" * 9]), max_size=20).map(
    b"".join
)


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_index, "BLOCK", BLOCK)
        yield


def fed(data: bytes, cuts: list[int] | None = None) -> LineIndex:
    index = LineIndex()
    edges = [0, *sorted({min(cut, len(data)) for cut in cuts or []}), len(data)]
    for start, stop in itertools.pairwise(edges):
        index.feed(data[start:stop])
    return index


def line_by_index(index: LineIndex, data: bytes, offset: int) -> int:
    """The number of the line that starts at `offset`, as a reader of one block finds it."""
    start, newlines = index.block_at(offset)
    assert 0 <= offset - start <= BLOCK
    return newlines + data[start:offset].count(b"\n") + 1


@settings(max_examples=150, deadline=None)
@given(line_bytes, st.lists(st.integers(0, 120), max_size=6))
def test_numbers_are_right_however_the_bytes_are_fed(data: bytes, cuts: list[int]) -> None:
    index = fed(data, cuts)
    assert index.size == len(data)
    assert index.newlines == data.count(b"\n")
    assert index.blocks == len(data) // BLOCK
    for offset in range(len(data) + 1):
        assert line_by_index(index, data, offset) == data[:offset].count(b"\n") + 1


@settings(max_examples=150, deadline=None)
@given(line_bytes, st.lists(st.integers(0, 120), max_size=6))
def test_each_newline_is_in_the_block_named_for_it(data: bytes, cuts: list[int]) -> None:
    index = fed(data, cuts)
    places = [at for at, byte in enumerate(data) if byte == 0x0A]
    for count, place in enumerate(places, 1):
        start, newlines = index.block_with_newline(count)
        assert start == place // BLOCK * BLOCK
        assert newlines == data[:start].count(b"\n")


@settings(max_examples=150, deadline=None)
@given(line_bytes, st.integers(0, 120), line_bytes)
def test_after_a_cut_the_rest_is_fed_again(data: bytes, size: int, new_rest: bytes) -> None:
    index = fed(data)
    size = min(size, len(data))
    index.cut(size)
    assert index.size <= size
    assert index.size > size - BLOCK or index.size == len(data)
    changed = data[:size] + new_rest
    index.feed(changed[index.size :])
    assert index.size == len(changed)
    assert index.newlines == changed.count(b"\n")
    for offset in range(len(changed) + 1):
        assert line_by_index(index, changed, offset) == changed[:offset].count(b"\n") + 1


def test_a_cut_behind_the_end_forgets_nothing() -> None:
    index = fed(b"a\nb\n")
    index.cut(4)
    index.cut(400)
    assert (index.size, index.newlines) == (4, 2)


@settings(max_examples=150, deadline=None)
@given(line_bytes, st.lists(st.integers(0, 120), max_size=6), st.integers(0, 120), st.integers(0, 4))
def test_blocks_are_the_same_up_to_the_first_changed_byte(
    data: bytes, cuts: list[int], changed_at: int, first: int
) -> None:
    index = fed(data, cuts)
    new = bytearray(data)
    if changed_at < len(new):
        new[changed_at] ^= 0xFF
    whole = len(data) // BLOCK
    same = min(whole, changed_at // BLOCK)
    if first <= same:
        assert index.same_blocks(first, bytes(new[first * BLOCK :])) == same - first
    else:
        assert index.same_blocks(same, bytes(new[same * BLOCK :])) == 0


def test_blocks_that_were_never_counted_are_not_the_same() -> None:
    index = fed(b"0123456789")
    assert index.same_blocks(0, b"0123456789abcdef") == 1
    assert index.same_blocks(1, b"89abcdef") == 0
