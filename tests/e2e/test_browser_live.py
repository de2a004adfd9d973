"""The browser in a real terminal, on files that another process writes."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import forbidden_controls
from tests.e2e.writer import writing

FRAME_COLUMN = 40
"""Where the transcript's frame begins in a terminal of 120 columns."""

BELL = re.compile(rb"\x07")
"""What Textual sends when it fails."""

FAILING = """
import sys

from earwig.cli.main import main
from earwig.ui.app.app import EarwigApp

def fail(self):
    raise RuntimeError("a handler failed")

EarwigApp.action_toggle_help = fail
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def browse(workspace: Workspace) -> Iterator[Callable[..., Terminal]]:
    """Starts the browser on the workspace."""
    running: list[Terminal] = []

    def start(*command: str, path: Path | None = None) -> Terminal:
        home = workspace.path.parent
        arguments = [*command, str(path or workspace.path)] if command else earwig(path or workspace.path)
        terminal = Terminal(arguments, environ=clean_environment(home))
        running.append(terminal)
        return terminal

    yield start
    for terminal in running:
        terminal.close()


def transcript(screen: list[str]) -> list[str]:
    """What is inside the transcript's frame, without the scroll bar, which moves as the session grows.

    And without the ruler, which moves with what the bot remembers.
    """
    rows = [row[FRAME_COLUMN + 1 : -2].rstrip() for row in screen[1:-2]]
    return ["" if row.startswith("┄┄") else row for row in rows]


def in_transcript(text: str) -> Callable[[list[str]], bool]:
    def is_there(screen: list[str]) -> bool:
        return any(text in row for row in transcript(screen))

    is_there.__name__ = f"{text!r} in the transcript"
    return is_there


def conversation(workspace: Workspace, key: str = "telegram_alice", *, count: int = 80) -> Path:
    """A session whose messages are numbered from 1, on one row each."""
    messages = [
        ("assistant" if number % 2 else "user", f"{key} says {number}.") for number in range(1, count + 1)
    ]
    return workspace.write(key, lines_of(messages))


def assert_left_as_it_was(terminal: Terminal, *allow: re.Pattern[bytes]) -> None:
    assert terminal.left_changed() == []
    assert forbidden_controls(terminal.raw, allow) == []
    assert not terminal.alternate


def test_opens_at_the_newest_message_of_the_newest_session(
    workspace: Workspace, browse: Callable[..., Terminal]
) -> None:
    conversation(workspace, "telegram_alice")
    workspace.grow_old("telegram_alice", 60)
    conversation(workspace, "slack_bob")
    workspace.write("discord_carol", lines_of([("user", "long ago")]), age=86400)
    terminal = browse()
    terminal.wait_for(in_transcript("slack_bob says 80."))
    screen = terminal.wait_for("80 messages · ● following")
    assert "slack · bob" in screen[0]
    sidebar = [row[:FRAME_COLUMN] for row in terminal.wait_for("1m")]
    places = [next(at for at, row in enumerate(sidebar) if name in row) for name in ("bob", "alice", "carol")]
    assert places == sorted(places)


def test_a_message_appended_by_another_process_is_shown(
    workspace: Workspace, browse: Callable[..., Terminal]
) -> None:
    path = conversation(workspace)
    terminal = browse()
    terminal.wait_for(in_transcript("says 80."))
    with writing(path, text="Hello from the bot, {}.", count=2, pace=0.3):
        terminal.wait_for(in_transcript("Hello from the bot, 0."))
        terminal.wait_for(in_transcript("Hello from the bot, 1."))
    terminal.wait_for("82 messages · ● following")


def test_a_new_session_shows_by_itself(workspace: Workspace, browse: Callable[..., Terminal]) -> None:
    conversation(workspace)
    terminal = browse()
    terminal.wait_for(in_transcript("says 80."))
    with writing(workspace.file("discord_dora"), text="I am new"):
        terminal.wait_for(lambda screen: any("dora" in row[:FRAME_COLUMN] for row in screen), what="dora")
        terminal.wait_for("user: I am new")
    assert in_transcript("says 80.")(terminal.screen())


def test_what_is_being_read_stays_while_fifty_messages_come(
    workspace: Workspace, browse: Callable[..., Terminal]
) -> None:
    path = conversation(workspace)
    terminal = browse()
    terminal.wait_for(in_transcript("says 80."))
    terminal.press("pageup", "pageup", "up")
    terminal.wait_for("held")
    terminal.wait_for(in_transcript("#50"))
    held = transcript(terminal.screen())
    with writing(path, text="late {}.", count=50, pace=0.02) as writer:
        writer.finish()
    screen = terminal.wait_for("50 new")
    assert transcript(screen) == held
    terminal.press("end")
    terminal.wait_for(in_transcript("late 49."))
    terminal.wait_for("following")
    with writing(path, text="afterwards {}."):
        terminal.wait_for(in_transcript("afterwards 0."))
    assert not any(" new ·" in row for row in terminal.screen())


def test_a_bad_line_is_shown_with_its_number_and_its_bytes(
    workspace: Workspace, browse: Callable[..., Terminal]
) -> None:
    lines = lines_of(("user", f"fine {number}") for number in range(1, 81)).splitlines(keepends=True)
    lines[76] = b"{not json \x1b]0;owned\x07}\n"
    workspace.write("telegram_alice", b"".join(lines))
    terminal = browse()
    terminal.wait_for("79 messages · ✗ 1 bad line")
    terminal.wait_for(in_transcript("line 77 is not JSON"))
    terminal.press("shift+up", "shift+up", "shift+up", "enter")
    terminal.wait_for("line 77")
    terminal.wait_for("The bot skips this line")
    terminal.wait_for("{not json")
    terminal.press("escape")
    terminal.wait_for(lambda screen: "The bot skips" not in "".join(screen), what="the transcript alone")
    terminal.press("q")
    assert terminal.wait() == 0
    assert_left_as_it_was(terminal)


def test_a_smaller_terminal_keeps_the_newest_message(
    workspace: Workspace, browse: Callable[..., Terminal]
) -> None:
    conversation(workspace)
    terminal = browse()
    terminal.wait_for(in_transcript("says 80."))
    terminal.resize(15, 80)
    terminal.wait_for(lambda screen: any("says 80." in row for row in screen), what="the newest message")
    terminal.press("q")
    assert terminal.wait() == 0
    assert_left_as_it_was(terminal)


class TestTheTerminalIsGivenBack:
    def test_by_the_key(self, workspace: Workspace, browse: Callable[..., Terminal]) -> None:
        conversation(workspace)
        terminal = browse()
        terminal.wait_for(in_transcript("says 80."))
        terminal.press("q")
        assert terminal.wait() == 0
        assert_left_as_it_was(terminal)
        assert terminal.screen() == [""] * terminal.rows

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
    def test_when_told_to_end(self, workspace: Workspace, browse: Callable[..., Terminal], name: str) -> None:
        number = signal.Signals[name]
        conversation(workspace)
        terminal = browse()
        terminal.wait_for(in_transcript("says 80."))
        terminal.signal(number)
        assert terminal.wait() == 128 + number
        assert_left_as_it_was(terminal)

    def test_when_a_handler_fails(self, workspace: Workspace, browse: Callable[..., Terminal]) -> None:
        said = "what alice told the bot"
        workspace.write("telegram_alice", lines_of([("user", said)]))
        terminal = browse(sys.executable, "-c", FAILING)
        terminal.wait_for(in_transcript(said))
        terminal.press("?")
        assert terminal.wait() == 2
        assert_left_as_it_was(terminal, BELL)
        terminal.wait_for("RuntimeError (its text is left out")
        assert not any(said in row for row in terminal.screen())
