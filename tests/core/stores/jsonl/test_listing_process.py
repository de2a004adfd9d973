"""Listing a huge folder in processes of their own."""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from earwig.core.stores.jsonl import folder, listing_process
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.jsonl.listing_process import ListingProcesses
from tests.conftest import SECONDS, Workspace
from tests.this_system import needs_unix

needs_unix("copies of a process")
assert sys.platform != "win32"

# In a program of its own: a test's process has threads, and is not copied.
PROGRAM = """
import json, os, sys
from pathlib import Path
from earwig.core.stores.jsonl import folder, listing_process
from earwig.core.stores.first_look import FirstLook
from earwig.core.stores.jsonl.folder import FolderStore

folder.HUGE = 0
listing_process.NEWEST = 3
listing_process._SLICE = 4
{}
look = FirstLook(FolderStore([Path(os.fsdecode(sys.argv[1]))]))
look.start()
opened = look.newest(30)
look.join(0.2)
early, handles = look.so_far(), os.listdir("/dev/fd")
whole = look.more()
look.join()
try:
    left = os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    left = None
said = {{
    "processes": look._listings is not None,
    "opened": opened and opened.session.key,
    "early": [early.sessions, early.complete],
    "whole": [whole.sessions, whole.complete],
    "left": left,
    "handles": len(handles) - len(os.listdir("/dev/fd")),
}}
print(json.dumps(said))
"""


def said_of(folder: Path, more: str = "") -> dict[str, object]:
    """What a program says that lists the folder."""
    command = [sys.executable, "-c", PROGRAM.format(more), str(folder)]
    run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    assert run.stderr == b""
    found: dict[str, object] = json.loads(run.stdout)
    return found


def listed(folder: Path) -> list[object]:
    """What the store lists, as JSON has it."""
    found: list[object] = json.loads(json.dumps(FolderStore([folder]).sessions()))
    return found


@pytest.mark.parametrize("quick", [0.0, 1.0])
def test_the_processes_list_what_the_store_lists(workspace: Workspace, quick: float) -> None:
    for number in range(40):
        workspace.say(f"telegram_{number}", "hello")
        workspace.grow_old(f"telegram_{number}", 60 + number // 2 * 10)
    (workspace.sessions / "folder.jsonl").mkdir()
    os.mkfifo(workspace.file("pipe"))
    workspace.file("link").symlink_to(workspace.file("telegram_1"))
    workspace.file("closed").touch(mode=0)
    (workspace.sessions / "no-session.txt").touch()
    Path(os.fsdecode(os.fsencode(workspace.sessions) + b"/caf\xe9.jsonl")).write_bytes(b"")
    said = said_of(workspace.sessions, f"listing_process._QUICK = {quick}")
    assert said["processes"]
    assert said["whole"] == [listed(workspace.sessions), True]


@pytest.mark.parametrize("quick", [0.0, 1.0])
def test_the_newest_come_first_and_the_newest_is_opened(workspace: Workspace, quick: float) -> None:
    for number in range(20):
        workspace.say(f"telegram_{number}", "hello")
        workspace.grow_old(f"telegram_{number}", 1000 - number)
    said = said_of(workspace.sessions, f"listing_process._QUICK = {quick}")
    assert said["early"] == [listed(workspace.sessions)[:3], False]
    assert said["opened"] == "telegram_19"


def test_nothing_is_left_of_them(workspace: Workspace) -> None:
    workspace.say("telegram_1", "hello")
    said = said_of(workspace.sessions)
    assert said["left"] is None
    assert said["handles"] == min(4, os.cpu_count() or 1)


def test_what_a_slow_disk_has_given_so_far_is_told(workspace: Workspace) -> None:
    for number in range(3000):
        workspace.file(f"telegram_{number}").touch()
    slow = "listing_process._QUICK = listing_process._FIRST_WORD = listing_process._WORDS_APART = 0.0\n"
    slow += "listings = []\n"
    slow += "FirstLook._tell = lambda self, sessions, *, complete=False, tell=FirstLook._tell: (\n"
    slow += "    listings.append((len(sessions), complete)), tell(self, sessions, complete=complete))\n"
    slow += "listing_process._MOST = 1\nimport atexit\natexit.register(lambda: print(json.dumps(listings)))"
    command = [sys.executable, "-c", PROGRAM.format(slow), str(workspace.sessions)]
    run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    assert json.loads(run.stdout.splitlines()[-1])[:4] == [[3, False], [3, False], [3, False], [3000, True]]


def test_a_slow_disk_is_not_asked_twice(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        workspace.say(f"telegram_{number}", "hello")
    monkeypatch.chdir(workspace.sessions)
    monkeypatch.setattr(listing_process, "_CHUNK", 4)
    monkeypatch.setattr(listing_process, "_QUICK", 60.0)
    names = sorted(path.name for path in workspace.sessions.iterdir())
    assert listing_process._newest(names) == names
    asked: list[str] = []

    def slow(name: str) -> os.stat_result:
        time.sleep(0.001)
        asked.append(name)
        return Path(name).stat()

    monkeypatch.setattr(os, "lstat", slow)
    monkeypatch.setattr(listing_process, "_QUICK", 0.0005)
    assert listing_process._newest(names) is None
    assert asked == names[:4]


def test_one_that_is_gone_by_then_is_older_than_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        workspace.say(f"telegram_{number}", "hello")
        workspace.grow_old(f"telegram_{number}", 60 + number)
    monkeypatch.chdir(workspace.sessions)
    monkeypatch.setattr(listing_process, "NEWEST", 2)
    monkeypatch.setattr(listing_process, "_QUICK", 60.0)
    names = ["gone.jsonl", *sorted(path.name for path in workspace.sessions.iterdir())]
    assert listing_process._newest(names) == ["telegram_0.jsonl", "telegram_1.jsonl"]
    assert listing_process._newest(names[:1]) == ["gone.jsonl"]
    assert listing_process._newest([]) == []


@pytest.mark.parametrize("fault", ["raise OSError('no disk')", "os.kill(os.getpid(), 9)"])
def test_without_them_the_program_lists_by_itself(workspace: Workspace, fault: str) -> None:
    for number in range(5):
        workspace.say(f"telegram_{number}", "hello")
    said = said_of(workspace.sessions, f"def broken(*_):\n    {fault}\nlisting_process._tell = broken")
    assert said["processes"]
    assert said["whole"] == [listed(workspace.sessions), True]
    assert said["opened"] == "telegram_4"


NO_NAMES = """
list_folder = os.listdir
def broken(place):
    if place == ".":
        raise OSError(5, "Input/output error")
    return list_folder(place)
os.listdir = broken
"""


def test_names_that_cannot_be_had_are_not_taken_for_none(workspace: Workspace) -> None:
    for number in range(5):
        workspace.say(f"telegram_{number}", "hello")
    said = said_of(workspace.sessions, NO_NAMES)
    assert said["processes"]
    assert said["whole"] == [listed(workspace.sessions), True]


@pytest.mark.parametrize("call", ["fork", "pipe"])
def test_where_the_system_has_none_to_give_the_program_lists_by_itself(
    workspace: Workspace, call: str
) -> None:
    workspace.say("telegram_1", "hello")
    said = said_of(workspace.sessions, f"def full(*_):\n    raise OSError(11, 'full')\nos.{call} = full")
    assert not said["processes"]
    assert said["whole"] == [listed(workspace.sessions), True]
    assert said["handles"] == 0


def test_a_folder_that_is_small_or_missing_is_not_worth_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(ListingProcesses, "begun", begun.append)
    for path in (tmp_path, tmp_path / "missing"):
        assert FolderStore([path]).listing() is None
    assert not begun
    monkeypatch.setattr(folder, "HUGE", 0)
    assert FolderStore([tmp_path]).listing() is None
    assert begun == [tmp_path]


def test_a_process_with_threads_is_not_copied(tmp_path: Path) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, daemon=True)
    thread.start()
    assert ListingProcesses.begun(tmp_path) is None
    done.set()
    thread.join()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not tell of its threads")
def test_nor_is_one_with_a_thread_that_python_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    held = _thread.allocate_lock()
    held.acquire()
    _thread.start_new_thread(held.acquire, ())
    assert ListingProcesses.begun(tmp_path) is None
    held.release()
