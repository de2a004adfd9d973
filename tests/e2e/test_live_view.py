"""The live view of all sessions in a real terminal, while another process writes."""

from __future__ import annotations

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.writer import writing


def test_what_is_said_anywhere_is_seen_at_once(workspace: Workspace) -> None:
    path = workspace.write("telegram_alice", lines_of([("user", f"alice says {at}.") for at in range(50)]))
    workspace.write("discord_bob", lines_of([("assistant", "hello bob")]))
    with Terminal(earwig(workspace.path), environ=clean_environment(workspace.path.parent)) as terminal:
        terminal.wait_for("sessions · 2")
        terminal.send("a")
        terminal.wait_for("all sessions · 2 messages")
        with writing(path, text="live message {}.", count=20, pace=0.02) as writer:
            writer.finish()
        terminal.wait_for("live message 19.")
        terminal.wait_for("22 messages")
        terminal.press("up")
        with writing(path, text="unseen {}.", count=3, pace=0.02) as writer:
            writer.finish()
        terminal.wait_for("▼ 3 new")
        terminal.press("enter")
        terminal.wait_for("sessions · 2")
        terminal.wait_for("live message 18.")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
