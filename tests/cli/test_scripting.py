"""What every command promises to a script."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from earwig.cli.commands import shown
from tests.cli.running import Program, environment, lines

RUNS: dict[str, list[str]] = {
    "list": ["list", "{}"],
    "list --json": ["list", "--count", "--json", "{}"],
    "show": ["show", "telegram_al", "-w", "{}"],
    "show --json": ["show", "telegram_al", "--json", "-w", "{}"],
    "search": ["search", "message", "{}"],
    "search --json": ["search", "message", "--json", "{}"],
    "tail": ["tail", "telegram_al", "-n", "5000", "-w", "{}"],
    "watch": ["watch", "--unanswered", "1s", "--json", "{}"],
    "stats": ["stats", "{}"],
    "stats --json": ["stats", "--json", "{}"],
    "export": ["export", "telegram_al", "-f", "json", "-w", "{}"],
    "check": ["check", "{}"],
    "check --json": ["check", "--json", "{}"],
    "config": ["config"],
    "demo": ["demo", "--help"],
    "completion": ["completion", "bash"],
    "man": ["man"],
}
ENDLESS = {"tail", "watch"}
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture
def folder(workspace: Path, sessions: Path) -> Path:
    contents = (f"message {number} \x1b[31m\x9b2J \x07" for number in range(3000))
    (sessions / "telegram_al.jsonl").write_bytes(lines(*contents) + b"{no json \x1b]0;x\x07\n" * 2000)
    (sessions / "discord_bo\x1b[2J.jsonl").write_bytes(lines("a message"))
    return workspace


def command(name: str, folder: Path) -> list[str]:
    return [argument.replace("{}", str(folder)) for argument in RUNS[name]]


def test_every_command_is_here() -> None:
    assert {name.partition(" ")[0] for name in RUNS} == {each.name for each in shown()}


@pytest.mark.parametrize("name", [name for name in RUNS if name not in ENDLESS])
def test_no_control_sequence_is_in_a_pipe(program: Program, folder: Path, name: str) -> None:
    result = program(*command(name, folder))
    assert result.returncode in (0, 1)
    assert result.stdout
    assert not CONTROLS.search(result.stdout)
    assert not CONTROLS.search(result.stderr)


@pytest.mark.parametrize("name", [name for name in RUNS if "--json" in name])
def test_json_is_one_object_a_line(program: Program, folder: Path, name: str) -> None:
    for line in program(*command(name, folder)).stdout.splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("name", RUNS)
def test_who_reads_no_more_is_told_nothing(program: Program, folder: Path, name: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            program._command(command(name, folder)),
            env=environment(program.home),
            cwd=program.home,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode in (0, 1)  # `check`'s 1 says what it found
    assert b"Traceback" not in done.stderr
    assert b"pipe" not in done.stderr.lower()


@pytest.mark.parametrize("name", [each.name for each in shown()])
def test_a_mistake_is_told_on_standard_error(program: Program, name: str) -> None:
    result = program(name, "--no-such-option")
    assert result.returncode == 2
    assert result.stdout == ""
    assert re.fullmatch(r"earwig: .+\n", result.stderr)
