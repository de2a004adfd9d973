"""Completion in real shells, and the manual page: both made from what the commands say of themselves."""

from __future__ import annotations

import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from earwig.cli.commands import shown
from tests.cli.running import Program, lines
from tests.conftest import need_tool
from tests.e2e.terminal import Terminal, clean_environment

NAMES = [command.name for command in shown()]


@pytest.fixture
def shell_home(home: Path) -> Path:
    """A home with an `earwig` on its PATH, and the bot's sessions where they are looked for."""
    folder = home / ".zeroclaw" / "workspace" / "sessions"
    folder.mkdir(parents=True)
    for key in ("telegram_alice", "telegram_bob", "discord_carol", "with space"):
        (folder / f"{key}.jsonl").write_bytes(lines("one"))
    (home / "bin").mkdir()
    program = home / "bin" / "earwig"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m earwig "$@"\n')
    program.chmod(0o755)
    return home


def offered(program: Program, *words: str) -> list[str]:
    return program("__complete", str(len(words)), *words).stdout.splitlines()


def test_commands_options_values_and_keys_are_offered(
    program: Program, workspace: Path, sessions: Path
) -> None:
    for key in ("telegram_alice", "telegram_bob", "discord_carol"):
        (sessions / f"{key}.jsonl").write_bytes(lines("one"))
    (sessions / "evil\x1b.jsonl").write_bytes(lines("one"))
    assert offered(program, "") == NAMES
    assert offered(program, "st") == ["stats"]
    assert offered(program, "show", "--l") == ["--last"]
    assert offered(program, "--th") == ["--theme"]
    assert offered(program, "completion", "") == ["bash", "zsh", "fish"]
    assert sorted(offered(program, "show", "-w", str(workspace), "tele")) == [
        "telegram_alice",
        "telegram_bob",
    ]
    assert sorted(offered(program, "tail", "-w", str(workspace), "telegram_bob", "")) == [
        "discord_carol",
        "telegram_alice",
        "telegram_bob",
    ]
    assert offered(program, "show", "--last", "") == []
    assert offered(program, "list", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_completes_a_key(program: Program, shell_home: Path, shell: str) -> None:
    need_tool(shell)
    script = shell_home / f"earwig.{shell}"
    script.write_text(program("completion", shell).stdout)
    environ = clean_environment(shell_home) | {"PATH": f"{shell_home / 'bin'}:/usr/bin:/bin", "PS1": "$ "}
    begin = {
        "bash": ["bash", "--norc", "--noprofile", "-i"],
        "zsh": ["zsh", "-f", "-i"],
        "fish": ["fish", "--no-config", "-i"],
    }[shell]
    load = f"source {script}" if shell != "zsh" else f"autoload -Uz compinit; compinit -u; source {script}"
    with Terminal(begin, rows=20, columns=100, environ=environ, cwd=shell_home) as terminal:
        terminal.send(f"{load}; echo 'load'ed\r")
        terminal.wait_for("loaded")
        terminal.send("earwig show discord_c\t")
        terminal.wait_for("earwig show discord_carol")
        terminal.send("--la\t")
        terminal.wait_for("discord_carol --last")


def test_what_a_shell_must_quote_is_quoted(program: Program, shell_home: Path) -> None:
    bash = need_tool("bash")
    script = program("completion", "bash").stdout
    asked = "COMP_WORDS=(earwig show with); COMP_CWORD=2; _earwig; printf '%s\\n' \"${COMPREPLY[@]}\""
    done = subprocess.run(
        [bash, "-c", f"{script}\n{asked}"],
        env=clean_environment(shell_home) | {"PATH": f"{shell_home / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout in ("with\\ space\n", "\n")  # a name that must be shown otherwise is not offered


def test_the_manual_tells_of_every_command_and_option(program: Program) -> None:
    page = program("man").stdout
    assert page.startswith(".TH EARWIG 1")
    for command in shown():
        assert f"earwig {command.name}" in page
        for action in command.parser._actions:
            for name in action.option_strings:
                assert name.replace("-", "\\-") in page


def test_the_page_is_made_when_the_package_is_built(program: Program, tmp_path: Path) -> None:
    pytest.importorskip("setuptools", reason="setuptools, which the package is built with, is not installed")
    values = runpy.run_path(str(Path(__file__).parents[2] / "setup.py"))
    values["make_page"](tmp_path)
    assert (tmp_path / values["PAGE"]).read_text(encoding="utf-8") == program("man").stdout


def test_man_shows_the_page(program: Program, home: Path, tmp_path: Path) -> None:
    need_tool("man")
    path = tmp_path / "earwig.1"
    path.write_text(program("man").stdout)
    environ = clean_environment(home) | {"MANPAGER": "cat", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "--warnings", "-l", str(path)], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "--fold-accents" in done.stdout
    assert "earwig search [-h]" in " ".join(done.stdout.split())
    told = next(row for row in done.stdout.splitlines() if "Columns: age of the last activity" in row)
    assert told.index("Columns") == 7, "what stands below the options is no part of the last one"
