"""`earwig tail`, as a program beside a bot that writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import SECONDS, Program, environment, lines, message
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import import_jsonl
from tests.this_system import make_pipe


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    path.write_bytes(lines("one", "two", "three"))
    os.utime(path, (1000, 1000))
    return path


def test_one_session_as_json(program: Program, workspace: Path, alice: Path) -> None:
    tail = program.start("tail", "telegram_alice", "-n", "2", "--json", "-w", str(workspace))
    tail.wait_for("three")
    append(alice, lines("fo\u00fcr\u001b", role="assistant"))
    tail.wait_for("fo\u00fcr\u001b")
    assert tail.stop() == 0
    assert tail.records() == [
        {"line": 2, "role": "user", "content": "two"},
        {"line": 3, "role": "user", "content": "three"},
        {"line": 4, "role": "assistant", "content": "fo\u00fcr\u001b"},
    ]
    assert "\u001b" not in "".join(tail.lines)
    assert tail.errors == []


def test_one_session_as_text(program: Program, workspace: Path, alice: Path) -> None:
    tail = program.start("tail", str(alice), "-n", "1")
    tail.wait_until(lambda: len(tail.lines) >= 2)
    append(alice, lines("four\nassistant  #9", role="assistant") + b"{bad\n" + lines("end"))
    tail.wait_until(lambda: "    end" in tail.lines)
    tail.wait_until(lambda: len(tail.errors) >= 1)
    assert tail.stop(signal.SIGTERM) == 0
    assert tail.lines == [
        *("user  #3", "    three", ""),
        *("assistant  #4", "    four", "    assistant  #9", ""),
        *("user  #6", "    end"),
    ]
    assert [error.startswith("earwig: telegram_alice: bad line #5 is not JSON") for error in tail.errors] == [
        True
    ]


def test_all_sessions_and_those_that_begin_later(program: Program, workspace: Path, alice: Path) -> None:
    bob = alice.with_name("discord_bob.jsonl")
    bob.write_bytes(lines("hi"))
    tail = program.start("tail", "-n", "1", "--json", "-w", str(workspace))
    tail.wait_for("hi")
    carol = alice.with_name("slack_carol.jsonl")
    carol.write_bytes(lines("new", "newer"))
    tail.wait_for("newer")
    append(bob, lines("again"))
    tail.wait_for("again")
    assert tail.stop() == 0
    names = ("key", "line", "role", "content")
    assert [{name: record[name] for name in names} for record in tail.records()] == [
        {"key": "telegram_alice", "line": 3, "role": "user", "content": "three"},
        {"key": "discord_bob", "line": 1, "role": "user", "content": "hi"},
        {"key": "slack_carol", "line": 1, "role": "user", "content": "new"},
        {"key": "slack_carol", "line": 2, "role": "user", "content": "newer"},
        {"key": "discord_bob", "line": 2, "role": "user", "content": "again"},
    ]


def test_several_named_have_their_keys_in_each_line_of_text(program: Program, alice: Path) -> None:
    bob = alice.with_name("a b\x1b.jsonl")
    bob.write_bytes(lines("hi\nthere"))
    tail = program.start("tail", str(alice), str(bob), "-n", "1")
    tail.wait_until(lambda: len(tail.lines) >= 5)
    assert tail.stop() == 0
    assert tail.lines == [
        *("telegram_alice  user  #3", "telegram_alice      three"),
        *(r"a b\x1b  user  #1", r"a b\x1b      hi", r"a b\x1b      there"),
    ]


def test_a_workspace_that_does_not_exist_yet(program: Program, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    tail = program.start("tail", "--json", "-w", str(tmp_path / "new"))
    tail.wait_until(lambda: len(tail.errors) >= 1)
    assert "new/sessions" in tail.errors[0]
    assert tail.errors[0].endswith("waiting for one")
    (tmp_path / "new/sessions").mkdir()
    (tmp_path / "new/sessions/cli_user.jsonl").write_bytes(lines("first"))
    tail.wait_for("first")
    assert tail.stop() == 0


def test_each_message_once_whatever_the_bot_does(program: Program, alice: Path) -> None:
    tail = program.start("tail", str(alice), "-n", "1", "--json")
    tail.wait_for("three")
    append(alice, message("user", "four"))
    tail.wait_for("four")
    append(alice, b"\n" + lines("five"))
    tail.wait_for("five")
    new = alice.with_name(".tmpAbCdEf")
    new.write_bytes(lines("one", "two", "three", "four"))
    new.rename(alice)
    append(alice, lines("six"))
    tail.wait_for("six")
    alice.write_bytes(b"")
    append(alice, lines("seven"))
    tail.wait_for("seven")
    alice.unlink()
    alice.write_bytes(lines("eight"))
    tail.wait_for("eight")
    append(alice, lines("nine"))
    tail.wait_for("nine")
    assert tail.stop() == 0
    assert tail.contents() == ["three", "four", "five", "six", "seven", "eight", "nine"]


def test_that_a_named_session_goes_on_in_a_database_is_told(
    program: Program, workspace: Path, alice: Path
) -> None:
    tail = program.start("tail", alice.stem, "-n", "1", "--json", "-w", str(workspace))
    tail.wait_for("three")
    alice.rename(f"{alice}.migrated")
    tail.wait_until(lambda: bool(tail.errors))
    assert tail.stop() == 0
    why = "the bot reads it into its database; begin again if nothing follows"
    assert tail.errors == [f"earwig: telegram_alice: {why}"]


def test_a_named_session_is_followed_into_the_database(
    program: Program, workspace: Path, alice: Path
) -> None:
    tail = program.start("tail", alice.stem, "-n", "1", "--json", "-w", str(workspace))
    tail.wait_for("three")
    with closing(BotDatabase(workspace)) as bot:
        import_jsonl(bot)
        bot.append(alice.stem, "user", "four")
        tail.wait_for("four")
        tail.wait_until(lambda: bool(tail.errors))
    assert tail.stop() == 0
    assert tail.contents() == ["three", "four"]
    assert tail.errors[-1] == (
        "earwig: telegram_alice: the bot has read it into its database; it is followed there"
    )


def test_what_is_no_session_is_named_and_left(program: Program, workspace: Path, alice: Path) -> None:
    (alice.parent / "dir.jsonl").mkdir()
    make_pipe(alice.parent / "pipe.jsonl")
    tail = program.start("tail", "--json", "-w", str(workspace))
    tail.wait_for("three")
    tail.wait_until(lambda: len(tail.errors) >= 2)
    assert tail.stop() == 0
    assert sorted(error.rpartition("/")[2] for error in tail.errors) == [
        "dir.jsonl is a folder",
        "pipe.jsonl is a named pipe",
    ]


@pytest.mark.parametrize("name", ["telegram_bob", "./telegram_alice.jsonl", "dir.jsonl"])
def test_a_session_that_is_not_there(program: Program, workspace: Path, alice: Path, name: str) -> None:
    (alice.parent / "dir.jsonl").mkdir()
    result = program("tail", name, "-w", str(workspace))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_ends_when_nobody_reads(program: Program, alice: Path) -> None:
    command = [sys.executable, "-m", "earwig", "tail", str(alice)]
    with subprocess.Popen(
        command, env=environment(program.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"user  #1\n"
        process.stdout.close()
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == b""


def test_interrupts_reach_a_background_job(program: Program, alice: Path) -> None:
    script = 'exec 3>&1; "$@" >&3 & pid=$!; read line; kill -INT $pid; wait $pid; echo status $?'
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "earwig", "tail", str(alice), "-n1", "--json"]
    with subprocess.Popen(
        command,
        env=environment(program.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["content"] == "three"
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "status 0\n"
