"""Settings, and the browser line by line, in a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig

MOUSE = b"\x1b[?1000h"
"""What asks a terminal to tell of the mouse."""


@pytest.fixture
def alice(workspace: Workspace) -> Workspace:
    workspace.write("telegram_alice", lines_of(("user", f"alice says {n}.") for n in range(1, 81)))
    return workspace


def test_the_file_holds_and_what_is_wrong_in_it_is_told(alice: Workspace, home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mouse = false\nwith = 3\n[keys]\n'transcript.newest' = 'n'\n")
    environ = clean_environment(home, EARWIG_CONFIG=str(tmp_path / "mine.toml"))
    with Terminal(earwig(alice.path), environ=environ) as terminal:
        terminal.wait_for('"with"')
        terminal.press("home")
        terminal.wait_for("held")
        terminal.press("n")
        terminal.wait_for("following")
        terminal.press("q")
        assert terminal.wait() == 0
        assert MOUSE not in terminal.raw
        assert terminal.left_changed() == []


def test_a_flag_leaves_the_mouse_to_the_terminal(alice: Workspace, home: Path) -> None:
    for flags, taken in ((("--no-mouse",), False), ((), True)):
        with Terminal(earwig(alice.path, *flags), environ=clean_environment(home)) as terminal:
            terminal.wait_for("alice says 80.")
            terminal.press("q")
            assert terminal.wait() == 0
            assert (MOUSE in terminal.raw) == taken


def test_a_theme_that_is_typed_wrong_starts_nothing(alice: Workspace, home: Path) -> None:
    with Terminal(earwig(alice.path, "--theme", "nrod"), environ=clean_environment(home)) as terminal:
        terminal.wait_for("there is no theme nrod")
        assert terminal.wait() == 2


def test_line_by_line_in_a_terminal_that_cannot_draw(alice: Workspace, home: Path) -> None:
    environ = clean_environment(home, TERM="dumb")
    with Terminal(earwig("--plain", alice.path), environ=environ) as terminal:
        terminal.wait_for("Type a number, part of a name")
        terminal.send("1\r")
        terminal.wait_for("new messages follow")
        terminal.wait_for("User, line 80:")
        terminal.send("\x03")
        terminal.wait_for("Back to the list")
        terminal.send("q\r")
        assert terminal.wait() == 0
        assert b"\x1b" not in terminal.raw
