"""Searching all sessions in a real terminal, while another process writes to one of them."""

from __future__ import annotations

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.writer import writing


def test_what_is_found_grows_and_is_gone_to(workspace: Workspace) -> None:
    path = workspace.write(
        "telegram_alice", lines_of([("user", f"alice says {at}.") for at in range(1, 400)])
    )
    workspace.write("discord_bob", lines_of([("assistant", "a needle for bob"), ("user", "thanks")]))
    with Terminal(earwig(workspace.path), environ=clean_environment(workspace.path.parent)) as terminal:
        terminal.wait_for("sessions · 2")
        terminal.send("\x13")
        terminal.wait_for("search in all sessions")
        terminal.send("needle")
        terminal.wait_for("1 message in 1 session")
        with writing(path, text="a needle as well, {}.", count=3, pace=0.1) as writer:
            writer.finish()
        terminal.wait_for("4 messages in 2 sessions")
        terminal.press("up", "up", "up", "up", "up", "enter")
        terminal.wait_for("needle” 1 of")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
