"""What a terminal sends in one piece is taken key by key."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Workspace
from tests.e2e.terminal import KEYS, Terminal, clean_environment, earwig


def test_a_burst_is_taken_in_its_order(workspace: Workspace, home: Path) -> None:
    workspace.say("telegram_ade", *(f"ade {number}" for number in range(100)))
    workspace.say("telegram_abc", *(f"abc {number}" for number in range(100)))
    with Terminal(earwig(workspace.path), environ=clean_environment(home)) as terminal:
        terminal.wait_for("following")
        terminal.wait_for("abc 99")
        # In one write each, as tmux sends what a script types, and a slow line what a person does.
        terminal.send(b"\x0fabc\x7f\x7fde")
        terminal.wait_for(lambda screen: "1 of 2" in screen[0] and screen[1].startswith("│ ade "), what="ade")
        terminal.send(f"\r\r{KEYS['home']}{KEYS['pagedown']}")
        terminal.wait_for(
            lambda screen: "telegram · ade" in screen[0] and "held" in screen[0], what="ade, held"
        )
        terminal.send(f"{KEYS['shift+tab']}{KEYS['enter']}{KEYS['end']}")
        terminal.wait_for(lambda screen: "following" in screen[0], what="ade, followed")
        terminal.wait_for("ade 99")  # it may end before it has drawn what a key before that asked for
        terminal.send(f"{KEYS['home']}{KEYS['end']}q")
        assert terminal.wait() == 0
