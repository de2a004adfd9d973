"""Reading what was listed a moment ago, in as few calls as there can be: all of it, or a word on that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earwig.core.system.opening import at_hand, read_listed_into
from tests.core.system.test_opening import REFUSED, make_file, posix
from tests.this_system import handles, opened_pipe

ROOM = 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def read(path: Path, size: int, room: int = ROOM) -> bytes | None:
    """What is read of a file that had so many bytes when it was listed."""
    block = bytearray(room)
    count = read_listed_into(str(path), size, memoryview(block))
    return None if count is None else bytes(block[:count])


@pytest.mark.parametrize("listed", [0, 1, 5, 10, ROOM, 1000])
@pytest.mark.parametrize("size", [0, 1, 5, ROOM - 1])
def test_all_of_it_is_read_whatever_its_size_was(path: Path, size: int, listed: int) -> None:
    path.write_bytes(bytes(range(size)))
    assert read(path, listed) == bytes(range(size))


@pytest.mark.parametrize("listed", [0, ROOM - 1, ROOM, ROOM + 1])
@pytest.mark.parametrize("size", [ROOM, ROOM + 1, 1000])
def test_what_may_not_be_all_of_it_is_for_others_to_read(path: Path, size: int, listed: int) -> None:
    """Of a file that fills the room, it is not known whether there is more."""
    path.write_bytes(bytes(size))
    assert read(path, listed) is None


def test_what_is_gone_or_may_not_be_read_is_for_others_to_tell(path: Path) -> None:
    assert read(path, 0) is None
    assert read(Path("x" * 5000), 0) is None


@posix
def test_what_took_its_place_is_not_read(path: Path) -> None:
    for make, reason in REFUSED:
        make(path)
        assert read(path, 0) is None, reason
        path.unlink() if not path.is_dir() or path.is_symlink() else path.rmdir()
        (path.parent / "target").unlink(missing_ok=True)


@posix
def test_nothing_is_taken_from_a_pipe(path: Path) -> None:
    reading = opened_pipe(path, os.O_RDONLY)
    writing = os.open(path, os.O_WRONLY)
    try:
        os.write(writing, b"four")
        assert read(path, 4) is None
        assert os.read(reading, ROOM) == b"four"
    finally:
        os.close(reading)
        os.close(writing)


def test_from_a_folder_at_hand_as_from_afar(path: Path) -> None:
    make_file(path)
    block = memoryview(bytearray(ROOM))
    for folder in (str(path.parent), "", str(path.parent / "none"), "\0"):
        with at_hand(folder) as handle:
            if folder != str(path.parent) or os.open not in os.supports_dir_fd:
                assert handle is None
            else:
                assert handle is not None
                assert read_listed_into(path.name, 15, block, dir_fd=handle) == 15
                assert read_listed_into("none.jsonl", 15, block, dir_fd=handle) is None
        if handle is not None:
            with pytest.raises(OSError, match="descriptor"):
                os.fstat(handle)


def test_all_handles_are_closed(path: Path) -> None:
    path.write_bytes(bytes(ROOM))
    before = len(handles())
    for size in (0, ROOM, 99):
        read(path, size)
        read(path, size, room=99)
        read(path.parent, size)
    assert len(handles()) <= before
