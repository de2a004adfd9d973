"""The README's commands do what they say: each is understood, and those that end are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from earwig.cli.commands import BROWSER, command_named, shown
from tests.cli.running import Program, lines

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
_SHELL = re.compile(r"\s(?:\||\|\||>|#|&&)\s")
ENDLESS = {"tail", "watch", "demo", ""}


def examples() -> list[str]:
    """Each command of the README's shell examples, without what a shell does with it."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    rows = [row for block in blocks for row in block.splitlines() if re.match(r"earwig\b", row)]
    return [_SHELL.split(f"{row} ")[0].strip() for row in rows]


def test_there_are_examples_of_every_command_that_is_scripted() -> None:
    assert len(examples()) > 12
    for command in shown():
        assert f"`earwig {command.name}" in README


@pytest.mark.parametrize("example", examples())
def test_an_example_of_the_readme_works(program: Program, home: Path, example: str) -> None:
    _, *words = shlex.split(example)
    command = command_named(words[0]) if words else None
    if command is None or command.name in ENDLESS:
        (command or BROWSER).parser.parse_intermixed_args(words[1:] if command else words)
        return
    folder = home / ".zeroclaw" / "workspace" / "sessions"
    folder.mkdir(parents=True)
    (folder / "telegram_alice.jsonl").write_bytes(lines("order 12", "a refund", *map(str, range(20))))
    result = program(*words)
    assert result.returncode in (0, 1), result.stderr
    assert "Traceback" not in result.stderr
    if "--json" in words:
        assert result.stdout.startswith("{")
