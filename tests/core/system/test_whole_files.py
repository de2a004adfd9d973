"""A file is there whole or not at all, and nobody but its owner can read it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.system.whole_files import write_whole
from tests.this_system import permissions_of


def mode(path: Path) -> int:
    return permissions_of(path)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What most people have, under which new files can be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("lasting", [True, False])
def test_it_is_its_owner_s_alone(tmp_path: Path, lasting: bool) -> None:
    path = tmp_path / "alice.md"
    assert write_whole([b"a", b"bc"], path, replace=False, lasting=lasting) == 3
    assert (path.read_bytes(), mode(path)) == (b"abc", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "alice.md"
    path.write_bytes(b"old")
    path.chmod(0o644)
    with pytest.raises(FileExistsError):
        write_whole([b"new"], path, replace=False)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])
    write_whole([b"new"], path, replace=True)
    assert (path.read_bytes(), mode(path), list(tmp_path.iterdir())) == (b"new", 0o600, [path])


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "alice.md"
    target.write_bytes(b"kept")
    path.symlink_to(target)
    write_whole([b"new"], path, replace=True)
    assert (path.is_symlink(), target.read_bytes(), path.read_bytes()) == (False, b"kept", b"new")


def test_what_fails_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"a"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(blocks(), tmp_path / "alice.md", replace=False)
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_hard_links_it_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    path = tmp_path / "alice.md"
    write_whole([b"a"], path, replace=False)
    with pytest.raises(FileExistsError):
        write_whole([b"b"], path, replace=False)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"a", [path])


def test_an_end_while_a_thread_writes_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
import pathlib, threading, time
from earwig.core.system.whole_files import write_whole

def blocks():
    yield b"a"
    begun.set()
    time.sleep(60)

begun = threading.Event()
path = pathlib.Path({str(tmp_path / "alice.md")!r})
threading.Thread(target=write_whole, args=(blocks(), path), kwargs={{"replace": False}}, daemon=True).start()
begun.wait()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    assert list(tmp_path.iterdir()) == []
