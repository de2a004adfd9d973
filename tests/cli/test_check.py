"""`earwig check`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Program, lines, message
from tests.this_system import make_pipe


def test_all_good(program: Program, workspace: Path, sessions: Path) -> None:
    (sessions / "a.jsonl").write_bytes(b"\n \n" + lines("one") + message("user", "two"))
    result = program("check", str(workspace))
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "0 bad lines in 1 sessions\n"


def test_bad_lines_as_text(program: Program, sessions: Path) -> None:
    (sessions / "a.jsonl").write_bytes(lines("one") + b"{bad\n\n" + b'{"role":"user"}\n')
    (sessions / "b\x1b.jsonl").write_bytes(b"\xff\n")
    (sessions / "c.jsonl").write_bytes(lines("one"))
    result = program("check", str(sessions))
    assert result.returncode == 1
    reported = sorted(result.stdout.splitlines())
    assert reported[0].startswith("a  line 2 is not JSON")
    assert reported[1].startswith("a  line 4 ")
    assert reported[2].startswith(r"b\x1b  line 1 is not UTF-8")
    assert len(reported) == 3
    assert result.stderr == "3 bad lines in 3 sessions\n"


def test_bad_lines_as_json(program: Program, sessions: Path) -> None:
    path = sessions / "a.jsonl"
    path.write_bytes(lines("one") + b"{bad \xff\x1b\n")
    rows = program.records("check", str(path), "--json")
    assert rows == [
        {
            "id": str(path),
            "key": "a",
            "store": "jsonl",
            "path": str(path),
            "line": 2,
            "reason": rows[0]["reason"],
            "raw": "{bad \\xff\x1b",
        }
    ]
    assert program("check", str(path), "--json").returncode == 1


def test_whole_messages_on_a_bad_line_are_counted(program: Program, sessions: Path) -> None:
    path = sessions / "a.jsonl"
    one = message("user", "one").rstrip(b"\n")
    path.write_bytes(one + one + b"\n\n" + one[:9] + one + b"\n" + b"{bad\n")
    assert program("check", str(path)).stdout.splitlines() == [
        f"a  line 1 is not JSON: two messages fused on one line (byte {len(one) + 1}): "
        "2 whole messages are lost to the bot with it",
        "a  line 3 is not JSON: two messages fused on one line (byte 10): "
        "1 whole message is lost to the bot with it",
        "a  line 4 is not JSON: unexpected character (byte 2)",
    ]
    counts = [row.get("whole_messages") for row in program.records("check", str(path), "--json")]
    assert counts == [2, 1, None]


def test_an_unfinished_line_is_reported_and_good(program: Program, sessions: Path) -> None:
    path = sessions / "a.jsonl"
    path.write_bytes(lines("one") + b'{"role":"us')
    rows = program.records("check", str(path), "--json")
    assert [(row["line"], row["raw"], row["unfinished"]) for row in rows] == [(2, '{"role":"us', True)]
    result = program("check", str(path))
    assert result.returncode == 0
    assert result.stdout == "a  line 2 is unfinished: it has no newline yet, and is no message so far\n"


def test_the_bots_own_workspace(program: Program) -> None:
    assert program("check").returncode == 1
    sessions = program.home / ".zeroclaw/workspace/sessions"
    sessions.mkdir(parents=True)
    (sessions / "a.jsonl").write_bytes(lines("one"))
    assert program("check").returncode == 0
    (sessions / "a.jsonl").write_bytes(b"{bad\n")
    assert program("check").returncode == 1


def test_an_empty_folder_has_no_bad_lines(program: Program, workspace: Path) -> None:
    result = program("check", str(workspace))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (0, "", 1)


def test_what_cannot_be_opened(program: Program, sessions: Path) -> None:
    (sessions / "dir.jsonl").mkdir()
    make_pipe(sessions / "pipe.jsonl")
    (sessions / "a.jsonl").write_bytes(lines("one"))
    result = program("check", "--json", str(sessions))
    assert (result.returncode, result.stdout) == (2, "")
    assert sorted(line.rpartition("/")[2] for line in result.stderr.splitlines()) == [
        "dir.jsonl is a folder",
        "pipe.jsonl is a named pipe",
    ]
    (sessions / "a.jsonl").write_bytes(b"{bad\n")
    assert program("check", str(sessions)).returncode == 1


def test_a_path_that_is_not_there(program: Program, tmp_path: Path) -> None:
    result = program("check", str(tmp_path / "gone"))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
