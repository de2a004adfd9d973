"""The sessions folder is away for a while, as in a remount: nothing that was read becomes unread."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.core.outages import move
from tests.e2e.terminal import Terminal, clean_environment, earwig

COUNT = 60


def names(screen: list[str]) -> list[str]:
    """The names of the sessions in the list."""
    left = (row[: row.find("││")].replace("│", " ").split() for row in screen if "││" in row)
    return [words[1] for words in left if len(words) > 1 and words[1][0] == "u" and words[1][1:].isdigit()]


def test_the_folder_is_away_and_back(workspace: Workspace, home: Path) -> None:
    for number in range(COUNT):
        text = (("user" if at % 2 else "assistant", f"u{number} line {at}") for at in range(40))
        workspace.write(f"u{number:02}", lines_of(text), age=3600 + 60 * number)
    command, environ = earwig(workspace.path), clean_environment(home)
    with Terminal(command, rows=24, columns=80, environ=environ) as terminal:
        terminal.wait_for("● following")
        terminal.press("shift+tab", *"jjj")
        before = terminal.wait_for(
            lambda screen: "u03" in screen[0] and any("▌ u3 line 39" in row for row in screen)
        )
        away = move(workspace.sessions, "away")
        terminal.wait_for("⊘ not there")
        screen = terminal.wait_for("Trying")
        shown = names(screen)
        assert len(shown) > 5
        assert shown == names(before)[: len(shown)]
        assert any("▌ u3 line 39" in row for row in screen)
        move(away, workspace.sessions.name)
        terminal.wait_for(lambda screen: not any("Trying" in row for row in screen), what="it is over")
        terminal.wait_for("● following")
        terminal.press("u")
        terminal.wait_for(f"✕ unread · {COUNT} hidden", what="that nothing is unread")
        terminal.press("u", "q")
        assert terminal.wait() == 0
    with Terminal(command, rows=24, columns=80, environ=environ) as terminal:
        terminal.wait_for("● following")
        terminal.press("shift+tab", "u")
        terminal.wait_for(f"✕ unread · {COUNT} hidden", what="that nothing is unread")
        terminal.press("u", "q")
        assert terminal.wait() == 0
