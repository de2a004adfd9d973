"""Finding text in a real terminal, in a file that another process appends to meanwhile."""

from __future__ import annotations

import re

from tests.conftest import Workspace, wait_until
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.writer import writing

REVERSED = re.compile(rb"\x1b\[[0-9;]*\b7\b[0-9;]*mneedle")
"""How the match that one is at is drawn."""


def test_a_find_counts_what_comes_and_goes_from_match_to_match(workspace: Workspace) -> None:
    said = [("user", f"alice says {at}.") for at in range(1, 400)]
    said[20] = ("user", "the needle far above")
    said[395] = ("user", "a needle near the end")
    path = workspace.write("telegram_alice", lines_of(said))
    with Terminal(earwig(workspace.path), environ=clean_environment(workspace.path.parent)) as terminal:
        terminal.wait_for("says 399.")
        terminal.wait_for("● following")
        terminal.send("/needle")
        terminal.wait_for("2 of 2")
        wait_until(lambda: REVERSED.search(terminal.raw), "the match is marked")
        with writing(path, text="a needle as well, {}.", count=3, pace=0.1) as writer:
            writer.finish()
        terminal.wait_for("2 of 5")
        terminal.press("enter")
        terminal.wait_for("n N")
        terminal.press("n")
        terminal.wait_for("3 of 5")
        terminal.wait_for("as well, 0.")
        terminal.press("N", "N")
        terminal.wait_for("1 of 5")
        terminal.wait_for("the needle far above")
        terminal.press("escape")
        terminal.wait_for(lambda screen: "of 5" not in "".join(screen), what="no marks")
        terminal.press("<", "<", "<")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
