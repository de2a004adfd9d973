"""The system lets a program have only so many files open at once: that is found out, and said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from earwig.cli import browse_command
from earwig.cli.main import main
from earwig.core.system import open_files
from earwig.core.system.open_files import files_to_spare

resource = pytest.importorskip("resource")

SENTENCE = (
    "earwig: the system lets this program have too few files open at once for {}; allow more: ulimit -n 1024"
)


@pytest.fixture
def three_left() -> Iterator[None]:
    """Three more files can be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    opened: list[int] = []
    try:
        with suppress(OSError):
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(3):
            os.close(opened.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in opened:
            os.close(descriptor)


def test_it_is_found_out(three_left: None) -> None:
    assert files_to_spare(2) == 2
    assert files_to_spare(20) == 3
    assert files_to_spare(20) == 3  # none of them stays open


def test_the_browser_says_so_before_it_takes_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(browse_command, "on_terminal", lambda: True)
    monkeypatch.setattr(browse_command, "can_draw", lambda: True)
    monkeypatch.setattr(browse_command, "files_to_spare", lambda count: 7)
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.rstrip() == SENTENCE.format("the browser")


def test_a_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise OSError(next(iter(open_files.TOO_MANY)), "Too many open files", "x.py")

    monkeypatch.setattr(browse_command, "on_terminal", fail)
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.rstrip() == SENTENCE.format("that")
