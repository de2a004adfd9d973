"""Much at once for a while; then the screen is right, and the browser has of the system what it had.

Run by hand, for as long as one likes: `EARWIG_SOAK_SECONDS=600 python -m pytest tests/e2e/soak_run.py`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conftest import Workspace, wait_until
from tests.e2e.soak import Soak, use_of
from tests.e2e.terminal import Terminal, clean_environment, earwig, left_in
from tests.e2e.terminal_bytes import forbidden_controls
from tests.e2e.test_read_only import held_open

BELL = re.compile(rb"\x07")
"""What Textual sends when a letter is typed where a line's number should be."""

SECONDS = float(os.environ.get("EARWIG_SOAK_SECONDS", "12"))
"""How long, after a warm-up of half of it; a run by hand may take hours."""

SEED = int(os.environ.get("EARWIG_SOAK_SEED", "1"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell what a process has")
@pytest.mark.timeout(300 + 4 * SECONDS)
def test_a_busy_bot_and_a_restless_reader(workspace: Workspace, tmp_path: Path) -> None:
    soak = Soak(workspace.sessions, SEED)
    home = tmp_path / "home"
    home.mkdir()
    with Terminal(earwig(workspace.path), environ=clean_environment(home)) as terminal:
        process = terminal.process.pid
        terminal.wait_for("following")
        soak.run(terminal, SECONDS / 2)
        soak.come_to_rest(terminal)
        before = use_of(process)
        soak.run(terminal, SECONDS)
        soak.check_screen(terminal)
        wait_until(lambda: not held_open(process, workspace.sessions), "no session is open")
        wait_until(lambda: use_of(process).handles == before.handles, "as many handles as before")
        after = use_of(process)
        # Textual renders its help in asyncio's pool, which keeps so many threads at most.
        assert after.threads <= before.threads + (os.cpu_count() or 1) + 4
        # Caches of what was rendered fill up, to their bounds.
        assert after.kilobytes < 1.5 * before.kilobytes + 20_000
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_changed() == []
        assert forbidden_controls(terminal.raw, [BELL]) == []
    assert left_in(home) == []
