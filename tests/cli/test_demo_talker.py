"""The talking process: it writes as the bot does, only below its workspace, and never outlives its reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import earwig
from earwig.cli.demo import lifecycle
from earwig.cli.demo.lifecycle import talking
from earwig.cli.demo.workspace import build_workspace
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from tests.this_system import interrupt_group

POSIX = pytest.mark.skipif(os.name != "posix", reason="another system has other processes")
COMMAND = [sys.executable, "-m", "earwig.cli.demo.talker"]
FAST = ["--pace", "0.004"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    build_workspace(folder, now=time.time() - 3600)
    return folder


@contextmanager
def started(workspace: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    talker = subprocess.Popen([*COMMAND, str(workspace), *options], stderr=subprocess.PIPE)
    try:
        yield talker
    finally:
        talker.kill()
        talker.communicate()


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"not within 30 s: {what}"
        time.sleep(0.01)


def data(workspace: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (workspace / "sessions").iterdir()}


def lines(workspace: Path) -> int:
    return sum(content.count(b"\n") for content in data(workspace).values())


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_it_writes_the_bot_would_load(workspace: Path) -> None:
    before = data(workspace)
    goal = lines(workspace) + 150
    with started(workspace, *FAST) as talker:
        until(lambda: lines(workspace) >= goal, "150 lines")
        talker.terminate()
        talker.wait()

    after = data(workspace)
    assert set(after) > set(before), "a newcomer opens a session"
    grown = {name for name in before if after[name] != before[name]}
    assert len(grown) == 5
    roles: set[str] = set()
    for name, content in after.items():
        assert content.startswith(before.get(name, b"")), "what was there stays as it was"
        *whole, _unfinished = content.removeprefix(before.get(name, b"")).split(b"\n")
        for line in whole:
            item = decode_line(line)
            assert isinstance(item, ChatMessage), (name, line)
            roles.add(item.role)
    assert roles == {"user", "assistant", "tool"}


def test_it_writes_nowhere_else(workspace: Path) -> None:
    around = workspace.parent
    goal = lines(workspace) + 60
    with started(workspace, *FAST):
        until(lambda: lines(workspace) >= goal, "60 lines")

    assert [path.name for path in around.iterdir()] == ["workspace"]
    assert [path.name for path in workspace.iterdir()] == ["sessions"]
    assert all(path.is_file() and path.suffix == ".jsonl" for path in (workspace / "sessions").iterdir())


def test_a_reader_sees_unfinished_lines_that_become_whole(workspace: Path) -> None:
    """Each state that a reader can meet: the JSON without its newline, half of it, and all of it."""
    seen: set[str] = set()

    def look() -> bool:
        for content in data(workspace).values():
            if rest := content.rpartition(b"\n")[2]:
                seen.add("torn" if isinstance(decode_line(rest), BadLine) else "no newline yet")
        return len(seen) == 2

    with started(workspace, "--pace", "0.03"):
        until(look, "a torn line and one without its newline")
        assert seen == {"torn", "no newline yet"}
        torn = {
            name: content for name, content in data(workspace).items() if content[-1:] not in (b"\n", b"")
        }
        until(
            lambda: all(b"\n" in data(workspace)[name][len(old) :] for name, old in torn.items()),
            "the line is completed",
        )


def test_it_ends_when_the_folder_vanishes(workspace: Path) -> None:
    with started(workspace, "--pace", "0.05") as talker:
        goal = lines(workspace) + 3
        until(lambda: lines(workspace) >= goal, "three lines")
        (workspace / "sessions").rename(workspace / "gone")
        _, error = talker.communicate(timeout=30)

    assert (talker.returncode, error) == (0, b"")
    assert [path.name for path in workspace.iterdir()] == ["gone"], "it makes no new folder"


def test_it_ends_when_the_folder_is_removed_under_its_hands(workspace: Path) -> None:
    with started(workspace, "--pace", "0") as talker:
        goal = lines(workspace) + 3
        until(lambda: lines(workspace) >= goal, "three lines")
        until(lambda: removed(workspace), "the folder is removed though it writes on")
        _, error = talker.communicate(timeout=30)

    assert (talker.returncode, error) == (0, b"")


def removed(workspace: Path) -> bool:
    shutil.rmtree(workspace, ignore_errors=True)
    return not workspace.exists()


@POSIX
def test_it_ends_when_its_parent_is_gone(workspace: Path) -> None:
    script = (
        "import subprocess, sys; talker = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(talker.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, *COMMAND, str(workspace), "--pace", "0.05"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    talker = int(parent.stdout.readline())
    goal = lines(workspace) + 3
    until(lambda: lines(workspace) >= goal, "three lines")

    parent.kill()
    parent.communicate()

    until(lambda: not lives(talker), "the talker ends")


@POSIX
def test_it_ends_at_once_when_its_parent_was_gone_before_it_looked(workspace: Path) -> None:
    before = data(workspace)
    with started(workspace, "--parent", "1") as talker:
        assert talker.wait(20) == 0

    assert data(workspace) == before


def test_without_a_workspace_it_says_so(tmp_path: Path) -> None:
    with started(tmp_path) as talker:
        _, error = talker.communicate(timeout=30)

    assert talker.returncode == 2
    assert b"has no folder `sessions`; give a workspace that the demo made" in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [None, ValueError, KeyboardInterrupt])
def test_talking_ends_with_the_block(workspace: Path, ending: type[BaseException] | None) -> None:
    goal = lines(workspace) + 3
    try:
        with talking(workspace, pace=0.01):
            until(lambda: lines(workspace) >= goal, "three lines")
            if ending is not None:
                raise ending
    except (ValueError, KeyboardInterrupt) as error:
        assert type(error) is ending  # noqa: PT017 - KeyboardInterrupt would end pytest.raises too

    # It has been waited for: there is nobody left to write.
    quiet = data(workspace)
    time.sleep(0.2)
    assert data(workspace) == quiet


@POSIX
def test_what_lies_in_the_current_folder_is_not_imported(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "earwig.py"):
        (tmp_path / name).write_text("raise SystemExit(9)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    goal = lines(workspace) + 3

    with talking(workspace, pace=0.01):
        until(lambda: lines(workspace) >= goal, "three lines")
        assert all(path.suffix == ".jsonl" for path in (workspace / "sessions").iterdir())


@POSIX
def test_ctrl_c_in_the_terminal_does_not_reach_it(workspace: Path) -> None:
    """A terminal signals its whole foreground group; whoever shows the demo decides what that means."""
    script = (
        "import signal, sys; from pathlib import Path; from earwig.cli.demo.lifecycle import talking\n"
        "signal.signal(signal.SIGINT, lambda *_: print('interrupted', flush=True))\n"
        "with talking(Path(sys.argv[1]), pace=0.01): print('on', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(workspace)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"on\n"
        begun = lines(workspace) + 3
        until(lambda: lines(workspace) >= begun, "three lines")

        interrupt_group(parent.pid)
        assert parent.stdout.readline() == b"interrupted\n"

        goal = lines(workspace) + 20
        until(lambda: lines(workspace) >= goal, "it talks on")
        parent.communicate(timeout=30)


def test_an_installed_package_is_not_put_before_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setattr(earwig, "__file__", str(tmp_path / "site-packages/earwig/__init__.py"))
    assert lifecycle._environment()["PYTHONPATH"] == "elsewhere"

    monkeypatch.setattr(earwig, "__file__", str(tmp_path / "tui/earwig/__init__.py"))
    assert lifecycle._environment()["PYTHONPATH"] == os.pathsep.join([str(tmp_path / "tui"), "elsewhere"])
