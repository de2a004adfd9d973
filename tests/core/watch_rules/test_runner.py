"""A command gets each message as data, and nothing waits for it."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from earwig.core.text.safe_text import SafeText
from earwig.core.watch_rules import runner
from earwig.core.watch_rules.runner import BadCommand, CommandRunner, words_of

KEEPS = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"
EVIL = "\"; touch pwned #$(touch pwned)`touch pwned`\n'\x1b[2J"


def test_a_message_arrives_as_json_and_is_nothing_else(tmp_path: Path) -> None:
    told: list[SafeText] = []
    kept = tmp_path / "kept"
    commands = CommandRunner([sys.executable, "-c", KEEPS, str(kept)], told.append)
    commands.submit({"content": EVIL, "line": 3})
    commands.finish(30)
    assert json.loads(kept.read_bytes()) == {"content": EVIL, "line": 3}
    assert told == []
    assert list(tmp_path.iterdir()) == [kept]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit('no \\x1b[2Juse\\nat all')", "ended with status 1: no ␛[2Juse"),
        ("import sys; sys.exit(3)", "ended with status 3"),
    ],
)
def test_a_failure_is_reported(code: str, words: str) -> None:
    told: list[SafeText] = []
    commands = CommandRunner([sys.executable, "-c", code], told.append)
    commands.submit({})
    commands.finish(30)
    assert len(told) == 1
    assert told[0].endswith(words)


def test_a_program_that_is_not_there_is_reported() -> None:
    told: list[SafeText] = []
    commands = CommandRunner(["no-such-program-here"], told.append)
    commands.submit({})
    commands.finish(30)
    assert told == ["no-such-program-here cannot be run: No such file or directory"]


def test_a_slow_one_is_ended_and_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LIMIT", 0.5)
    told: list[SafeText] = []
    commands = CommandRunner([sys.executable, "-c", "import time; time.sleep(60)"], told.append)
    for _ in range(runner.AT_ONCE):
        commands.submit({})
    commands.finish(30)
    late, *others = [words for words in told if "is still running" not in words]
    assert "took longer than" in late
    assert others == [f"{late} ({runner.AT_ONCE - 1} more times)"]


def test_who_ends_the_program_is_told_what_it_waits_for(tmp_path: Path) -> None:
    told: list[SafeText] = []
    go_on = tmp_path / "go on"
    code = f"import os, time\nwhile not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)"

    def tell(words: SafeText) -> None:
        told.append(words)
        go_on.touch()

    commands = CommandRunner([sys.executable, "-c", code], tell)
    for _ in range(runner.AT_ONCE):
        commands.submit({})
    assert not told  # none was waited for: each would be told of
    commands.finish(30)
    [waits] = told
    assert waits.endswith(f" is still running for {runner.AT_ONCE} messages; ^C ends it")


def test_what_there_is_no_room_for_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "WAITING", 2)
    told: list[SafeText] = []
    held = threading.Event()
    commands = CommandRunner(["x"], told.append)
    monkeypatch.setattr(commands, "_run", lambda _: held.wait(30))
    for _ in range(20):
        commands.submit({})
    assert "too many messages wait for their command: one was left out" in told
    held.set()
    commands.finish(30)


@pytest.mark.parametrize(("text", "words"), [("a 'b c' $d", ["a", "b c", "$d"]), ("~/x;y", ["~/x;y"])])
def test_a_command_is_split_and_given_to_no_shell(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["", "  ", "a 'b"])
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(BadCommand):
        words_of(text)
