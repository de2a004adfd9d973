"""Whatever a session holds, every command prints text and nothing else; its JSON means what is stored."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.data.hostile import HOSTILE
from tests.data.hostile_sessions import (
    FORBIDDEN_PIECES,
    NAMES,
    THE_END,
    cases,
    session_of_all,
    session_of_lines,
)
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import harm, tokens
from tests.this_system import make_pipe

TWICE = '"$@"; "$@" > out 2>&1; cat out; echo; echo all-printed'
"""Print on a terminal, and what was written to a file."""

COMMANDS = [
    "list",
    "list --count",
    "list --json",
    "show all -w",
    "show all --json -w",
    "show all --last 30 --role tool -w",
    "show lines --bad -w",
    "show lines --bad --json -w",
    "check",
    "check --json",
    "stats",
    "stats --json",
    "search .",
    "search . -C 2 --bad",
    "search . --json --bad",
    "search . -c",
    "search -F -l x",
]
FOLLOWING = ["tail -n 1000 all -w", "tail -n 1000 all lines -w", "tail -n 1000 --json -w"]
MISTAKES = [
    "{}",
    "--theme {}",
    "--{}",
    "list {}",
    "list {}.jsonl",
    "list --{}",
    "show {} -w .",
    "show all -w {}",
    "show all --last {} -w .",
    "show all --role {} -w .",
    "tail {} -w .",
    "tail -n {}",
    "search a({} .",
    "watch --match a({} .",
    "watch --exec '{} --failed .",
    "watch --unanswered {} .",
    "search x {}",
    "search x --since {} .",
    "stats {}",
    "check {}",
    "check --json={}",
    "demo {}",
]


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    """A workspace of which nothing is harmless."""
    folder = workspace.sessions
    for name in NAMES.values():
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name + b".jsonl"))
        path.write_bytes(b'{"role":"user","content":"x"}\n{bad\x1b]0;owned\x07\n')
    workspace.write("all", session_of_all())
    workspace.write("lines", session_of_lines())
    make_pipe(folder / "pipe\x1b[2J.jsonl")
    (folder / "link\u202e.jsonl").symlink_to("/etc/passwd")
    return workspace.path


def in_terminal(command: list[str], folder: Path) -> Terminal:
    environ = clean_environment(folder.parent)
    return Terminal(command, rows=40, columns=120, environ=environ, cwd=folder.parent)


def test_hardly_anything_but_letters_is_printed(folder: Path) -> None:
    faults: dict[str, list[str]] = {}
    for command in COMMANDS:
        with in_terminal(["sh", "-c", TWICE, "sh", *earwig(*command.split(), folder)], folder) as terminal:
            terminal.wait_for_bytes(b"all-printed\r\n")
            assert terminal.wait() == 0
            printed = terminal.raw
        assert len(printed) > 3000, (command, printed)
        kinds = {token.kind for token in tokens(printed)}
        if (found := harm(printed, forbidden=FORBIDDEN_PIECES)) or kinds != {"text", "newline"}:
            faults[command] = found[:5]
    assert faults == {}


@pytest.mark.parametrize("command", FOLLOWING)
def test_hardly_anything_but_letters_is_followed(folder: Path, command: str) -> None:
    with in_terminal(earwig(*command.split(), folder), folder) as terminal:
        terminal.wait_for_bytes(THE_END.encode())
        with (folder / "sessions/all.jsonl").open("ab") as file:
            file.write(session_of_all(cases()[:60]) + b"{bad \x1b]0;owned\x07\n")
            file.write(b'{"role":"user","content":"followed to here"}\n')
        terminal.wait_for_bytes(b"followed to here")
        terminal.signal(signal.SIGINT)
        assert terminal.wait() == 0
        assert harm(terminal.raw, forbidden=FORBIDDEN_PIECES) == []


def test_json_gives_back_what_is_stored(folder: Path) -> None:
    shown = output("show", "all", "--json", "-w", folder).splitlines()
    stored = (folder / "sessions/all.jsonl").read_bytes().split(b"\n")
    assert len(shown) == len(cases())
    for number, case in enumerate(cases(), 1):
        record = json.loads(stored[number - 1]) | {"line": number}
        assert json.loads(shown[number - 1]) == record, case.name
    listed = [json.loads(row) for row in output("list", "--json", folder).splitlines()]
    keys = {os.fsencode(row["key"]) for row in listed}
    assert keys >= set(NAMES.values())
    assert len(listed) == len(NAMES) + 4


def test_every_name_has_one_row_of_its_own_and_finds_its_session(folder: Path) -> None:
    rows = output("list", folder).splitlines()
    assert len(rows) == len(NAMES) + 4
    keys = [re.split(" {2,}", row, maxsplit=4)[-1] for row in rows]
    assert len(set(keys)) == len(rows)
    for name in ("escape-last", "bytes-control", "twin-spelled", "markup-close", "longest-wide"):
        assert output("show", os.fsdecode(NAMES[name]), "-w", folder).startswith("user  #1\n    x\n"), name


def output(*arguments: str | Path) -> str:
    done = subprocess.run(earwig(*arguments), capture_output=True, check=False, env=clean_environment())
    return done.stdout.decode()


def test_complaints_about_hostile_arguments_are_harmless(folder: Path) -> None:
    texts = [text for name, text in HOSTILE.items() if text.strip() and name != "crowd"]
    crowd = "".join(texts).replace("\0", "")
    for place, mistake in enumerate(MISTAKES):
        text = f"\x1b]0;owned\x07\x1bP$q q\x1b\\\x9b2J\u202e[/x]{crowd[150 * place : 150 * (place + 1)]}"
        text = os.fsdecode(text.encode("utf-8", "surrogatepass"))
        with in_terminal(
            earwig(*(part.replace("{}", text) for part in mistake.split(" "))), folder
        ) as terminal:
            assert (mistake, terminal.wait()) == (mistake, 2)
            assert harm(terminal.raw, forbidden=FORBIDDEN_PIECES) == [], mistake
            assert terminal.raw.startswith(b"earwig: "), mistake
            assert terminal.raw.count(b"\n") == 1
