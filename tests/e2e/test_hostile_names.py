"""Names of files that attack their reader, and what is no session: listed, opened or refused, followed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.data.hostile_sessions import FORBIDDEN_PIECES, NAMES, THE_END, line
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import harm
from tests.e2e.test_hostile_bombs import MEMORY, memory_of
from tests.e2e.test_hostile_browser import DEFENCES
from tests.this_system import bound_socket, make_pipe


def path_of(folder: Path, name: bytes) -> Path:
    return Path(os.fsdecode(os.fsencode(folder) + b"/" + name + b".jsonl"))


@pytest.mark.parametrize("defence", DEFENCES)
def test_every_name_is_listed_and_opens_its_own_session(workspace: Workspace, defence: str) -> None:
    now = time.time()
    names = dict(list(NAMES.items())[:: 1 if defence == "both" else 3]) | {"bytes": NAMES["bytes"]}
    for age, (case, name) in enumerate(names.items()):
        path = path_of(workspace.sessions, name)
        path.write_bytes(line("user", f"this is <{case}>"))
        os.utime(path, (now - age, now - age))
    environ = clean_environment(workspace.path.parent)
    command = [*DEFENCES[defence], str(workspace.path)]
    with Terminal(command, rows=10, columns=140, environ=environ) as terminal:
        terminal.wait_for(f"sessions · {len(names)}")
        terminal.press("tab", "tab")
        for place, case in enumerate(names):
            if place:
                terminal.press("down")
            terminal.wait_for(f"▌ this is <{case}>")
        terminal.press("home")
        terminal.wait_for(f"▌ this is <{next(iter(names))}>")
        path = path_of(workspace.sessions, NAMES["bytes"])
        path.write_bytes(path.read_bytes() + line("user", "a name that is no UTF-8 is followed"))
        terminal.wait_for("user: a name that is no UTF-8")
        terminal.press("q")
        assert terminal.wait() == 0
        assert harm(terminal.raw, forbidden=FORBIDDEN_PIECES) == []


READ = ("good", "future", "past", "hole")


def is_open(title: str, screen: list[str]) -> bool:
    """Whether there is another title than this, and below it the session or why there is none."""
    reads = any(f"─ {name} ─" in screen[0] for name in READ)
    wanted = "#1 |line 1 " if reads else "This session is a"
    return screen[0] != title and any(re.search(wanted, row[40:]) for row in screen)


@pytest.fixture
def traps(workspace: Workspace) -> Iterator[Path]:
    """Everything that may lie in a folder in place of a session."""
    folder = workspace.sessions
    outside = workspace.path.parent / "outside.jsonl"
    outside.write_bytes(line("user", "what no session says"))
    (folder / "inner").mkdir()
    links = {"link": str(outside), "way": "../../outside.jsonl", "zero": "/dev/zero", "tty": "/dev/tty"}
    links |= {"loop": "loop.jsonl", "root": "/", "shadow": "/etc/shadow", "environ": "/proc/self/environ"}
    for name, target in links.items():
        (folder / f"{name}.jsonl").symlink_to(target)
    make_pipe(folder / "pipe.jsonl")
    (folder / "folder.jsonl").mkdir()
    workspace.write("future", line("user", "x"), age=-(2**33))
    workspace.write("past", line("user", "x"), age=2**31)
    with (folder / "hole.jsonl").open("wb") as file:
        file.truncate(1 << 40)
    os.utime(folder / "hole.jsonl", (5, 5))
    with ExitStack() as stack:
        with chdir(folder):
            stack.enter_context(bound_socket(Path("socket.jsonl")))
        workspace.write("good", line("user", THE_END))
        yield folder
    os.truncate(folder / "hole.jsonl", 0)


def test_what_is_no_session_is_refused_and_holds_nothing_up(workspace: Workspace, traps: Path) -> None:
    environ = clean_environment(workspace.path.parent)
    with Terminal(earwig(workspace.path), rows=50, columns=120, environ=environ) as terminal:
        terminal.wait_for("user: so ends the session")
        terminal.press("tab", "tab", "end")
        title = terminal.wait_for(partial(is_open, ""), what="the last session")[0]
        for _ in list(traps.glob("*.jsonl"))[1:]:
            terminal.press("up")
            title = terminal.wait_for(partial(is_open, title), what="the session above, or why not")[0]
        assert memory_of(terminal) < MEMORY
        asked = time.monotonic()
        terminal.press("q")
        assert terminal.wait() == 0
        assert time.monotonic() - asked < 20
        assert b"what no session says" not in terminal.raw
        assert b"root:" not in terminal.raw
        assert b"HOME=" not in terminal.raw
        assert harm(terminal.raw) == []
