"""The clipboard of the browser: what is kept, what is told, and what is left behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from earwig.core.system import clipboard
from earwig.core.system.clipboard import Method
from earwig.core.system.copies import Copy
from earwig.ui.screens.controllers.clipboard import Clipboard
from tests.programs import Programs
from tests.ui.screens.controllers.fake_host import FakeHost


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    programs = Programs(tmp_path / "bin")
    for name in ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT", "TMUX", "STY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs.folder), "/usr/bin", "/bin"]))
    monkeypatch.setenv("DISPLAY", ":0")
    (tmp_path / "here").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "here")
    return programs


def made(host: FakeHost, method: Method | None = None) -> Clipboard:
    return Clipboard(host, tuple, method)


def test_a_program_gets_the_bytes_and_the_terminal_nothing(host: FakeHost, programs: Programs) -> None:
    programs.add("xclip")
    made(host).copy(b"one \xff")
    host.run_until(lambda: host.words)
    assert programs.given("xclip") == b"one \xff"
    assert host.sent == []
    assert host.words[0].startswith("Copied 5 bytes")


def test_without_one_the_terminal_is_sent_them(host: FakeHost) -> None:
    made(host, Method.TERMINAL).copy(b"hello")
    host.run_until(lambda: host.words)
    assert host.sent == [clipboard.osc52(b"hello")]


def test_where_the_terminal_cannot_be_sent_anything_that_is_said(host: FakeHost) -> None:
    host.can_send = False
    made(host, Method.TERMINAL).copy(b"hello")
    host.run_until(lambda: host.words)
    assert host.words[0].startswith("Nothing was copied: nothing can be sent to this terminal.")


def test_nothing_is_not_copied(host: FakeHost) -> None:
    made(host).copy(b"")
    assert host.words == ["It is empty: nothing was copied."]


def test_a_program_that_fails_is_told_of(host: FakeHost, programs: Programs) -> None:
    programs.add("xclip", status=1, complaint="no display")
    made(host).copy(b"hello")
    host.run_until(lambda: host.words)
    assert [told.severity for told in host.notifications] == ["warning"]


def test_what_was_copied_last_is_written_to_a_file(host: FakeHost, tmp_path: Path) -> None:
    board = made(host, Method.TERMINAL)
    board.write_file()
    assert host.words == ["Nothing was copied yet: c copies a message, C more."]
    board.keep(b"first")
    board.keep(b"last")
    board.write_file()
    host.run_until(lambda: len(host.words) == 2)
    (path,) = (tmp_path / "here").iterdir()
    assert path.read_bytes() == b"last"
    assert host.words[1] == f"Written to {path}"


def test_a_file_that_is_too_much_is_kept_until_something_else_is_copied(
    host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "SYSTEM_LIMIT", 10)
    board = made(host)
    copy = Copy("session.txt", [b"x" * 11])
    board.copy_file(copy)
    assert host.words == ["11 bytes are too much for a clipboard. W writes a file."]
    board.write_file()
    host.run_until(lambda: len(host.words) == 2)
    assert [path.read_bytes() for path in (tmp_path / "here").iterdir()] == [b"x" * 11]
    board.copy(b"")
    assert not copy.path.exists()


def test_nothing_is_left_behind(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "SYSTEM_LIMIT", 1)
    board, copy = made(host), Copy("session.txt", [b"xx"])
    board.copy_file(copy)
    assert copy.path.exists()
    board.close()
    assert not copy.path.exists()
