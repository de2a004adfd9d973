"""In a terminal, without anything that Textual keeps private: the browser starts, works and ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment

SAID = "what alice told the bot"

RUN = """
import sys
from earwig.cli.main import main
from earwig.ui.app.app import EarwigApp
from earwig.ui.textual_compat.private_use import public_only

def fail(self):
    content = self.screen.view.viewport.entries[-1].item.content
    raise ValueError(content)

EarwigApp.action_toggle_help = fail
with public_only():
    status = main(sys.argv[1:])
sys.exit(status)
"""

Start = Callable[[], Terminal]


@pytest.fixture
def start(workspace: Workspace, home: Path) -> Iterator[Start]:
    workspace.write("telegram_alice", lines_of([("user", SAID)]))

    def begin() -> Terminal:
        command = [sys.executable, "-c", RUN, str(workspace.path)]
        terminal = stack.enter_context(
            Terminal(command, environ=clean_environment(home, SSH_TTY="/dev/pts/0"))
        )
        terminal.wait_for(SAID)
        terminal.wait_for("following")
        return terminal

    with ExitStack() as stack:
        yield begin


def test_it_follows_and_ends(start: Start, workspace: Workspace) -> None:
    terminal = start()
    workspace.say("telegram_alice", "one more")
    terminal.wait_for("one more")
    terminal.press("c")  # by the terminal, which cannot be reached
    terminal.wait_for("Nothing was copied")
    terminal.press("q")
    assert terminal.wait() == 0
    assert terminal.left_changed() == []


def test_a_fault_is_told_without_a_word_of_the_session(start: Start) -> None:
    terminal = start()
    terminal.press("?")
    assert terminal.wait() == 2
    screen = [row for row in terminal.screen() if row]
    assert screen[0].startswith("earwig: a fault in earwig itself ended it")
    after = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
    assert SAID not in after
    assert "Traceback" not in after
