"""What is opened with the system's viewer: an existing picture, recording or document, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from earwig.core.system.viewer import CannotView, may_be_viewed, view
from tests.data.hostile import HOSTILE


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The programs that were started, none of which was."""
    calls: list[tuple[list[str], dict[str, Any]]] = []

    def run(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        calls.append((arguments, options))
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("sys.platform", "linux")
    return calls


def test_a_picture_is_given_to_the_viewer_as_one_argument(
    tmp_path: Path, started: list[tuple[list[str], dict[str, Any]]]
) -> None:
    path = tmp_path / "a picture; rm -rf $HOME.PNG"
    path.write_bytes(b"x")
    view(str(path))
    ((arguments, options),) = started
    assert arguments == ["xdg-open", str(path)]
    assert not options.get("shell")


@pytest.mark.parametrize(
    "path",
    [
        *("a.png", "./a.png", "../a.png", "~/a.png", "", "http://a.example/a.png", "file:///a.png", "-a.png"),
        *(
            "/a",
            "/a.desktop",
            "/a.sh",
            "/a.exe",
            "/a.html",
            "/a.svg",
            "/a.docx",
            "/a.png.desktop",
            "/a.png\0",
        ),
        *("//host/a.png", r"\\host\share\a.png"),
        *HOSTILE.values(),
    ],
)
def test_no_other_path_is_offered_or_opened(
    path: str, started: list[tuple[list[str], dict[str, Any]]]
) -> None:
    assert not may_be_viewed(path)
    with pytest.raises(CannotView):
        view(path)
    assert started == []


def test_only_a_regular_file_is_opened(
    tmp_path: Path, started: list[tuple[list[str], dict[str, Any]]]
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "real.png").write_bytes(b"x")
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    for name, reason in (
        ("folder", "is not a regular file"),
        ("link", "is a link"),
        ("none", "is not there"),
    ):
        with pytest.raises(CannotView) as error:
            view(str(tmp_path / f"{name}.png"))
        assert reason in error.value.reason
    assert started == []


def test_a_system_without_a_viewer_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"x")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(CannotView, match="no xdg-open here"):
        view(str(path))
    script = tmp_path / "xdg-open"
    script.write_text("#!/bin/sh\nexit 3\n")
    script.chmod(0o755)
    with pytest.raises(CannotView, match="status 3"):
        view(str(path))
