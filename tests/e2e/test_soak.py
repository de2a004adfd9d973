"""Much at once for a while; then the screen is right, and the browser has of the system what it had.

A short soak, of the same steps each time. The long one is `make soak`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.e2e.process_use import KNOWN, growth, held_open, locked, use_of
from tests.e2e.soak import Soak
from tests.e2e.soak_run import FLAT, check_process, leave
from tests.e2e.terminal import Terminal, clean_environment, earwig

assert sys.platform != "win32"


SEED = 1
STEPS = 200
"""Some ten seconds; a third of them more before, to warm up."""


@pytest.mark.skipif(not KNOWN, reason="this system does not tell what a process has")
@pytest.mark.timeout(900)
def test_a_busy_bot_and_a_restless_reader(workspace: Workspace, home: Path) -> None:
    print(f"again, and longer: make soak ARGS='--seed {SEED}'")  # shown where it fails
    soak = Soak(workspace.sessions, SEED)
    with Terminal(earwig(workspace.path), environ=clean_environment(home)) as terminal:
        terminal.wait_for("following")
        soak.run_steps(terminal, STEPS // 3)
        soak.come_to_rest(terminal)
        before = use_of(terminal.process.pid)
        soak.run_steps(terminal, STEPS)
        soak.check_screen(terminal)
        after = check_process(terminal.process.pid, soak, before)
        # Caches of what was rendered fill up, to their bounds.
        assert after.kilobytes < 1.5 * before.kilobytes + 20_000
        soak.check_files()
        leave(terminal, home)


def test_a_change_by_somebody_else_would_be_seen(workspace: Workspace) -> None:
    soak = Soak(workspace.sessions, SEED)
    soak.check_files()
    stranger = workspace.sessions / "telegram_s000.jsonl.lock"
    stranger.touch()
    with pytest.raises(AssertionError, match="lock"):
        soak.check_files()
    stranger.unlink()
    soak.check_files()
    workspace.file("telegram_s007").chmod(0o600)
    with pytest.raises(AssertionError, match="s007"):
        soak.check_files()


@pytest.mark.skipif(not KNOWN, reason="this system does not tell what a process has")
def test_a_handle_and_a_lock_would_be_seen(workspace: Workspace) -> None:
    import fcntl

    path = workspace.say("telegram_alice", "hi")
    before = use_of(os.getpid()).handles
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert held_open(os.getpid(), workspace.sessions) == [str(path)]
        assert use_of(os.getpid()).handles == before + 1
        assert len(locked(os.getpid())) == 1
    assert locked(os.getpid()) == []


def test_a_leak_is_not_flat_and_a_cache_that_fills_is() -> None:
    assert growth([100_000 + 2_000 * look for look in range(60)]) > FLAT
    assert growth([min(60_000 + 4_000 * look, 120_000) for look in range(60)]) == 0
    assert growth([100_000 + 8_000 * (look % 3) for look in range(60)]) < FLAT
