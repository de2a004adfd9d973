"""What a process that was killed has left goes with the next start, and nothing else does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from earwig.core.system.leftovers import TemporaryFolder, remove_left_over_files, remove_left_over_folders
from earwig.core.system.whole_files import UnfinishedFile
from tests.this_system import needs_unix

needs_unix("locks that go with a process")
assert sys.platform != "win32"

KEEPS = """
import sys, tempfile, pathlib
from earwig.core.system.leftovers import TemporaryFolder
from earwig.core.system.whole_files import UnfinishedFile
tempfile.tempdir = sys.argv[1]
folder = TemporaryFolder("copy")
(folder.path / "message.txt").write_text("what was said")
file = UnfinishedFile(pathlib.Path(sys.argv[1]) / "alice-12.md")
file.write([b"what was said"])
print("ready", flush=True)
sys.stdin.read()
"""
NAME = re.compile(r"\.alice-[0-9]+\.md\.[0-9a-f]{8}\.part")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@contextmanager
def keeping(temporary: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has a temporary folder and an unfinished file."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS, str(temporary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def sweep(temporary: Path) -> list[str]:
    """What is left afterwards."""
    remove_left_over_folders()
    remove_left_over_files(temporary, NAME)
    return sorted(path.name for path in temporary.iterdir())


def test_what_a_killed_process_had_goes_and_what_a_living_one_has_stays(temporary: Path) -> None:
    with ExitStack() as stack:
        killed, living = (stack.enter_context(keeping(temporary)) for _ in range(2))
        before = sorted(path.name for path in temporary.iterdir())
        assert sweep(temporary) == before
        assert len(before) == 4
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        left = sweep(temporary)
        assert len(left) == 2
        assert set(left) < set(before)
        living.kill()
        living.wait()
        assert sweep(temporary) == []


def test_one_s_own_stays_until_it_is_removed(temporary: Path) -> None:
    folder = TemporaryFolder("demo")
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert sweep(temporary) == [folder.path.name]
    folder.remove()
    assert sweep(temporary) == []
    folder.remove()


def test_nothing_that_is_not_ours_is_touched(temporary: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    (outside / "file").write_text("kept")
    (temporary / "earwig-copy-abcdefgh-held").symlink_to(outside)  # a link
    (temporary / ".alice-1.md.01234567.part").symlink_to(outside / "file")
    os.mkfifo(temporary / "earwig-copy-abcdefgi-held", 0o600)
    os.mkfifo(temporary / ".alice-1.md.01234568.part", 0o600)
    (temporary / "earwig-copy-abcdefgj-held").write_text("a file")
    for name in (
        "earwig-abcdefgh",
        "earwig-copy-abcdefgh",
        "earwig-copy-abc-held",
        "earwig-copy-abcdefgh-held2",
    ):
        (temporary / name).mkdir(mode=0o700)
    open_to_all = temporary / "earwig-copy-abcdefgk-held"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    readable = temporary / ".alice-1.md.01234569.part"
    readable.write_text("x")
    readable.chmod(0o644)
    before = sorted(path.name for path in temporary.iterdir())
    assert sweep(temporary) == before
    assert (outside / "file").read_text() == "kept"


def test_nothing_of_another_user_is_touched(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (temporary / "earwig-copy-abcdefgh-held").mkdir(mode=0o700)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert sweep(temporary) == ["earwig-copy-abcdefgh-held"]
    assert sweep(temporary) == []


def test_a_link_inside_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("kept")
    left = temporary / "earwig-copy-abcdefgh-held"
    left.mkdir(mode=0o700)
    (left / "link").symlink_to(outside)
    assert sweep(temporary) == []
    assert (outside / "file").read_text() == "kept"


def test_without_a_folder_for_temporary_files_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    remove_left_over_folders()
    assert not (tmp_path / "missing").exists()


def test_a_folder_that_is_taken_for_left_over_at_once_is_made_anew(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter(["earwig-copy-abcdefgh-held", "earwig-copy-abcdefgi-held"])

    def mkdtemp(**_: str) -> str:
        path = temporary / next(made)
        path.mkdir(mode=0o700)
        if path.name == "earwig-copy-abcdefgh-held":
            import fcntl  # not on Windows

            taken.append(os.open(path, os.O_RDONLY))
            fcntl.flock(taken[0], fcntl.LOCK_EX)
        return str(path)

    taken: list[int] = []
    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    folder = TemporaryFolder("copy")
    assert folder.path.name == "earwig-copy-abcdefgi-held"
    folder.remove()
    os.close(taken[0])


def test_an_unfinished_file_of_the_same_name_but_for_numbers_goes_with_the_next(temporary: Path) -> None:
    with keeping(temporary) as process:
        process.kill()
        process.wait()
    with UnfinishedFile(temporary / "alice-7.md") as file:
        file.write([b"x"])
        file.put_in_place(replace=False)
    remove_left_over_folders()
    assert [path.name for path in temporary.iterdir()] == ["alice-7.md"]
