"""A message by its link: `earwig show LINK`, `earwig LINK`."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.message_link import digest_of
from tests.cli.running import Program, lines, message

TEXTS = [f"message {number}" for number in range(1, 21)]


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram:alice.jsonl"
    path.write_bytes(lines(*TEXTS))
    return path


def link(line: int | str, text: str) -> str:
    return f"telegram:alice:{line}~{digest_of(message('user', text))}"


@pytest.mark.parametrize("line", [7, 1, 20, 4000, ""])
def test_show_prints_the_message_wherever_it_is(
    program: Program, workspace: Path, alice: Path, line: int | str
) -> None:
    result = program("show", link(line, "message 7"), "-w", str(workspace))
    assert result.stdout == "user  #7\n    message 7\n"
    assert result.stderr == ""
    assert result.returncode == 0
    records = program.records("show", link(line, "message 7"), "-w", str(workspace), "--json")
    assert records == [{"line": 7, "role": "user", "content": "message 7"}]


def test_after_a_rewrite(program: Program, workspace: Path, alice: Path) -> None:
    alice.write_bytes(lines("before", "message 7", "after"))
    assert program("show", link(7, "message 7"), "-w", str(workspace)).stdout.startswith("user  #2\n")


def test_what_is_gone(program: Program, workspace: Path, alice: Path) -> None:
    result = program("show", link(7, "other"), "-w", str(workspace))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "earwig: that message is not in the session any more: nothing has its bytes\n"


def test_a_session_that_is_not_there(program: Program, workspace: Path, alice: Path) -> None:
    for command in (["show"], []):
        result = program(*command, "telegram:alicf:1~0123456789", "-w", str(workspace))
        assert result.returncode == 2
        assert "no such session: telegram:alicf; did you mean telegram:alice?" in result.stderr


def test_what_exists_as_a_path_is_one(program: Program, workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a:1~0123456789"
    (folder / "sessions").mkdir(parents=True)
    result = program(folder.name, cwd=tmp_path)
    assert "the browser needs a terminal" in result.stderr
    result = program("b:1~0123456789", cwd=tmp_path)
    assert "no such session: b" in result.stderr


def test_one_at_a_time(program: Program, workspace: Path, alice: Path) -> None:
    result = program(link(1, "message 1"), str(workspace))
    assert result.returncode == 2
    assert "a message's link is opened alone; -w says where its session is" in result.stderr
