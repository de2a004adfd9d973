"""What the runner of commands began, it ends: whole process groups, in a bounded time, and says so."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from earwig.core.text.safe_text import SafeText
from earwig.core.watch_rules import runner
from earwig.core.watch_rules.runner import CommandRunner
from tests.core.watch_rules.processes import is_alive

IGNORES = (
    "import os, signal, sys, time\n"
    "for it in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(it, signal.SIG_IGN)\n"
)
TELLS = "open(sys.argv[1] + '/' + str(os.getpid()), 'w').close()\n"
FOREVER = "time.sleep(600)\n"
PARENT = f"{IGNORES}if os.fork(): {TELLS}else: {TELLS}{FOREVER}"
LEAVES = f"import os, sys, time\nif os.fork() == 0:\n    {TELLS}    {FOREVER}"

SECONDS = 30.0


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def begun(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="process groups are Unix's")
@pytest.mark.parametrize(
    ("code", "processes"),
    [
        (f"import os, sys, time\n{TELLS}{FOREVER}", 1),
        (f"{IGNORES}{TELLS}{FOREVER}", 1),
        (PARENT, 2),
        (LEAVES, 1),
    ],
    ids=["obeys", "ignores", "grandchildren", "leaves one behind"],
)
def test_what_was_begun_is_ended_with_its_group(tmp_path: Path, code: str, processes: int) -> None:
    told: list[SafeText] = []
    commands = CommandRunner([sys.executable, "-c", code, str(tmp_path)], told.append)
    for _ in range(runner.AT_ONCE):
        commands.submit({})
    wait_for(lambda: len(begun(tmp_path)) == runner.AT_ONCE * processes)
    if code is LEAVES:
        wait_for(lambda: not commands._is_busy())
    commands.finish(0.0, 0.3)
    pids = begun(tmp_path)
    wait_for(lambda: not any(map(is_alive, pids)))
    assert len(told) == (code is not LEAVES)
    assert all(words.endswith(" was still running for 4 messages: ended") for words in told)


def test_what_waits_is_not_begun_any_more_and_its_number_is_told(tmp_path: Path) -> None:
    told: list[SafeText] = []
    code = f"import os, sys, time\n{TELLS}{FOREVER}"
    commands = CommandRunner([sys.executable, "-c", code, str(tmp_path)], told.append)
    for _ in range(20):
        commands.submit({})
    wait_for(lambda: len(begun(tmp_path)) == runner.AT_ONCE)
    commands.finish(0.0, 5.0)
    assert told[-1].endswith("was not run any more for 16 messages")
    assert len(begun(tmp_path)) == runner.AT_ONCE


def test_what_is_soon_done_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_UNNOTICED", SECONDS)  # how soon that is, is the machine's affair
    told: list[SafeText] = []
    code = f"import os, sys, time\ntime.sleep(0.2)\n{TELLS}"
    commands = CommandRunner([sys.executable, "-c", code, str(tmp_path)], told.append)
    for _ in range(6):
        commands.submit({})
    commands.finish(SECONDS)
    assert len(begun(tmp_path)) == 6
    assert told == []


def test_one_that_takes_too_long_is_ended_with_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LIMIT", 2.0)
    monkeypatch.setattr(runner, "GRACE", 0.1)
    told: list[SafeText] = []
    commands = CommandRunner([sys.executable, "-c", PARENT, str(tmp_path)], told.append)
    commands.submit({})
    commands.finish(SECONDS)
    assert "took longer than 2 s, and was ended" in told[-1]
    wait_for(lambda: not any(map(is_alive, begun(tmp_path))))  # what was killed needs a turn to end


def test_one_that_reads_nothing_holds_nothing_up(tmp_path: Path) -> None:
    told: list[SafeText] = []
    code = f"import os, sys, time\n{TELLS}{FOREVER}"
    commands = CommandRunner([sys.executable, "-c", code, str(tmp_path)], told.append)
    commands.submit({"content": "x" * 5_000_000})
    wait_for(lambda: begun(tmp_path))
    commands.finish(0.0, 5.0)
    wait_for(lambda: not any(map(is_alive, begun(tmp_path))))


def test_the_same_is_told_once_and_then_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "WAITING", 2)
    told: list[SafeText] = []
    held = threading.Event()
    commands = CommandRunner(["x"], told.append)
    monkeypatch.setattr(commands, "_run", lambda _: held.wait(SECONDS))
    for _ in range(4_000):
        commands.submit({})
    assert len(told) == 1
    held.set()
    commands.finish(SECONDS)
    assert len(told) == 2
    assert told[1].startswith("too many messages wait for their command: one was left out (3,99")


def test_so_is_a_failure_whatever_it_says() -> None:
    told: list[SafeText] = []
    code = "import os, sys; sys.exit(f'no use, says {os.getpid()}')"
    commands = CommandRunner([sys.executable, "-c", code], told.append)
    for _ in range(5):
        commands.submit({})
    commands.finish(SECONDS)
    assert len(told) == 2
    assert told[1] == f"{told[0]} (4 more times)"
