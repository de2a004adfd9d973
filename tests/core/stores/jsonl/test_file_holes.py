"""Files with holes: what is read is the same as without them, and a hole of a terabyte is not read at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.stores.jsonl import line_reader
from earwig.core.stores.jsonl.line_reader import line_start, lines_after, lines_before
from earwig.core.system.opening import read_at

MEGABYTE = 1 << 20
HUGE = 1 << 40
LIMIT = 4 * MEGABYTE


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all reads."""
    found: list[int] = []

    def spy(fd: int, size: int, offset: int) -> bytes:
        found.append(size)
        return read_at(fd, size, offset)

    monkeypatch.setattr(line_reader, "read_at", spy)
    return found


@pytest.fixture
def with_hole(tmp_path: Path) -> Iterator[int]:
    """Two lines, a hole with some bytes in it, and two lines more."""
    path = tmp_path / "hole.jsonl"
    with path.open("wb") as file:
        file.write(b"one\ntwo\nthree")
        file.seek(HUGE // 2)
        file.write(b"an island")
        file.seek(HUGE)
        file.write(b"end of three\nfour\n")
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)
    path.unlink()


def test_a_terabyte_of_hole_is_not_read(with_hole: int, reads: list[int]) -> None:
    size = os.fstat(with_hole).st_size
    assert line_start(with_hole, HUGE + 3) == 8
    before = lines_before(with_hole, size, 3, LIMIT)
    assert [(line.offset, line.length, line.complete) for line in before] == [
        (4, 3, True),
        (8, HUGE + 4, True),
        (size - 5, 4, True),
    ]
    after = list(lines_after(with_hole, 0, size, LIMIT))
    assert after[1:] == before
    assert before[1].head.startswith(b"three\0\0")
    assert sum(reads) < 100 * MEGABYTE


def test_a_file_that_is_nothing_but_a_hole(tmp_path: Path, reads: list[int]) -> None:
    path = tmp_path / "hole.jsonl"
    path.touch()
    os.truncate(path, HUGE)
    fd = os.open(path, os.O_RDONLY)
    try:
        assert line_start(fd, HUGE) == 0
        (line,) = lines_after(fd, 0, HUGE, LIMIT)
        assert (line.length, line.complete) == (HUGE, False)
    finally:
        os.close(fd)
        path.unlink()
    assert sum(reads) < 100 * MEGABYTE


@pytest.mark.parametrize("first", [0, 1, 4095, 3 * MEGABYTE])
@pytest.mark.parametrize("gap", [1, 5000, 3 * MEGABYTE, 20 * MEGABYTE])
def test_lines_are_the_same_with_and_without_holes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, gap: int
) -> None:
    data = b"a" * first + b"\n" + bytes(gap) + b"b\n" + bytes(gap) + b"c"
    dense, sparse = tmp_path / "dense", tmp_path / "sparse"
    dense.write_bytes(data)
    with sparse.open("wb") as file:
        for start, piece in ((0, data[: first + 1]), (first + 1 + gap, b"b\n"), (len(data) - 1, b"c")):
            file.seek(start)
            file.write(piece)
    assert sparse.read_bytes() == data
    read = []
    for path in (dense, sparse):
        fd = os.open(path, os.O_RDONLY)
        end = len(data) - 1 - gap
        starts = [line_start(fd, place) for place in (0, first, first + 1, end - 1, end, len(data))]
        read.append((starts, list(lines_after(fd, 0, len(data), 100)), lines_before(fd, end, 9, 100)))
        os.close(fd)
    assert read[0] == read[1]
