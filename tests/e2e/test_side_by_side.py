"""Two sessions side by side in a real terminal, while other processes write to both."""

from __future__ import annotations

from tests.conftest import Workspace
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.writer import writing


def test_both_sides_follow(workspace: Workspace) -> None:
    alice = workspace.write("telegram_alice", lines_of([("user", f"alice says {at}.") for at in range(50)]))
    bob = workspace.write("discord_bob", lines_of([("assistant", f"bob hears {at}.") for at in range(50)]))
    environ = clean_environment(workspace.path.parent)
    with Terminal(earwig(workspace.path), rows=30, columns=140, environ=environ) as terminal:
        terminal.wait_for("49.")
        terminal.send("|")
        terminal.wait_for(lambda screen: screen[0].count("following") == 2, what="two panes")
        terminal.press("down")
        terminal.wait_for("alice says 49.")
        terminal.wait_for("bob hears 49.")
        with (
            writing(alice, text="from alice {}.", count=10, pace=0.03) as one,
            writing(bob, text="to bob {}.", count=10, pace=0.03) as two,
        ):
            one.finish()
            two.finish()
        terminal.wait_for("from alice 9.")
        terminal.wait_for("to bob 9.")
        terminal.send("|")
        terminal.wait_for(lambda screen: screen[0].count("following") == 1, what="one pane")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
