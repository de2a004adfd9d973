"""Copies for other programs, and files to keep: only their owner's, and never among the bot's files."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from earwig.core.system.copies import CannotWrite, Copy, file_to_keep
from tests.this_system import permissions_of


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def mode(path: Path) -> int:
    return permissions_of(path)


def test_a_copy_is_its_owner_s_alone_and_goes(temporary: Path) -> None:
    copy = Copy("message.txt", [b"a", b"\x1b[2J\x00"])
    assert copy.path.name == "message.txt"
    assert copy.path.read_bytes() == b"a\x1b[2J\x00"
    assert (mode(copy.path), mode(copy.path.parent)) == (0o600, 0o700)
    assert copy.path.parent.parent == temporary
    copy.add([b"more"])
    assert b"".join(copy.pieces()) == b"a\x1b[2J\x00more"
    assert copy.size == 10
    (copy.path.parent / ".message.txt.swp").write_bytes(b"an editor's")
    copy.remove()
    assert list(temporary.iterdir()) == []
    copy.remove()


def test_whether_somebody_changed_it_is_known() -> None:
    copy = Copy("message.txt", [b"a"])
    assert not copy.is_changed()
    copy.path.write_bytes(b"other")
    assert copy.is_changed()
    copy.remove()
    assert copy.is_changed()


def test_where_no_copy_can_be_made_nothing_is_left(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Copy, pieces: object) -> None:
        raise CannotWrite(OSError(28, "No space left on device"))

    monkeypatch.setattr(Copy, "add", full)
    with pytest.raises(CannotWrite) as caught:
        Copy("message.txt")
    assert caught.value.sentence == "No copy could be written: No space left on device."
    assert list(temporary.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "missing"))
    with pytest.raises(CannotWrite, match="No such file"):
        Copy("message.txt")


def test_a_file_to_keep_lies_where_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(time, "strftime", lambda form: "earwig-now")
    first = file_to_keep([b"\x1b", b"x"], [tmp_path / "bot" / "sessions"])
    second = file_to_keep([b"y"], [])
    assert [first, second] == [here / "earwig-now.txt", here / "earwig-now-2.txt"]
    assert (first.read_bytes(), mode(first)) == (b"\x1bx", 0o600)


@pytest.mark.parametrize("inside", ["bot", "bot/sessions", "bot/sessions/archive"])
def test_not_among_the_bot_s_files(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    (tmp_path / "bot" / "sessions" / "archive").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "bot")
    monkeypatch.chdir(tmp_path / inside)
    path = file_to_keep([b"x"], [tmp_path / "link" / "sessions"])
    assert path.parent == temporary


def test_where_the_working_directory_takes_no_file(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    path = file_to_keep([b"x"], [])
    assert path.parent == temporary
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(CannotWrite, match="No such file"):
        file_to_keep([b"x"], [])


def test_a_link_that_waits_there_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "strftime", lambda form: "earwig-now")
    (tmp_path / "earwig-now.txt").symlink_to(tmp_path / "victim")
    path = file_to_keep([b"x"], [])
    assert path.name == "earwig-now-2.txt"
    assert not (tmp_path / "victim").exists()
