"""In a terminal as people have it, no message does anything: tmux, which answers queries and takes titles."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Workspace, need_tool, wait_until
from tests.data.hostile_sessions import THE_END, cases, line, session_of_all
from tests.e2e.terminal import clean_environment, earwig

Tmux = Callable[..., str]


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A server of its own, which would let programs set the clipboard and the title."""
    need_tool("tmux")
    command = ["tmux", "-S", str(tmp_path / "socket"), "-f", os.devnull]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], env=clean_environment(), capture_output=True, text=True, check=True
        )
        return done.stdout

    run("new-session", "-d", "-x", "140", "-y", "50", "-s", "keep", "sleep 600")
    run("set-option", "-g", "set-clipboard", "on")
    run("set-option", "-g", "allow-rename", "on")
    run("set-option", "-g", "allow-passthrough", "on")
    run("set-buffer", "the owner's own")
    yield run
    run("kill-server")


def state(tmux: Tmux) -> tuple[str, ...]:
    shown = "#{pane_title} #{window_name} #{alternate_on} #{mouse_any_flag} #{cursor_flag} #{insert_flag}"
    return tmux("show-buffer"), tmux("display-message", "-p", "-t", "sight", shown)


def start(tmux: Tmux, workspace: Workspace, command: list[str]) -> None:
    environ = clean_environment(workspace.path.parent)
    assignments = [f"{name}={environ[name]}" for name in ("HOME", "PYTHONPATH", "TZ") if name in environ]
    whole = shlex.join(["env", *assignments, *command])
    tmux("new-session", "-d", "-x", "140", "-y", "50", "-s", "sight", "-n", "fixed", whole)


def sight(tmux: Tmux) -> str:
    return tmux("capture-pane", "-p", "-t", "sight")


def differs(tmux: Tmux, page: str) -> bool:
    return sight(tmux) != page


def waits(tmux: Tmux, text: str) -> None:
    wait_until(lambda: text in sight(tmux), f"{text!r} in tmux")


def test_going_through_every_case_changes_nothing_and_presses_no_key(
    workspace: Workspace, tmux: Tmux
) -> None:
    workspace.write("telegram_all", line("user", "so it begins") + session_of_all())
    start(tmux, workspace, earwig(workspace.path))
    waits(tmux, THE_END)
    waits(tmux, f"{len(cases()) + 1} messages")
    before = state(tmux)
    assert before[0] == "the owner's own"
    tmux("send-keys", "-t", "sight", "Home")
    waits(tmux, "so it begins")
    for _ in range(100):
        page = sight(tmux)
        if "● following" in page:
            break
        tmux("send-keys", "-t", "sight", "PageDown")
        wait_until(partial(differs, tmux, page), "the next page")
    waits(tmux, THE_END)
    assert state(tmux) == before
    with workspace.file("telegram_all").open("ab") as file:
        file.write(line("user", "and it goes on"))
    waits(tmux, "and it goes on")
    tmux("send-keys", "-t", "sight", "q")
    wait_until(lambda: "sight" not in tmux("list-sessions"), "the browser's end")


def test_the_same_session_printed_raw_does_change_things(workspace: Workspace, tmux: Tmux) -> None:
    raw = workspace.path / "raw"
    raw.write_text("".join(case.content for case in cases() if case.name.startswith(("clipboard", "title"))))
    start(tmux, workspace, ["sh", "-c", f"cat {shlex.quote(str(raw))}; echo; echo printed; sleep 600"])
    waits(tmux, "printed")
    wait_until(lambda: tmux("show-buffer") != "the owner's own", "another clipboard")
    assert "owned" in state(tmux)[1]
