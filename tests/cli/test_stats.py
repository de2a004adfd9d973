"""`earwig stats`."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.running import Program, lines, message
from tests.this_system import make_pipe

FAILURE = "[Task failed — no model]"


def write(sessions: Path) -> None:
    (sessions / "telegram_al.jsonl").write_bytes(
        lines("one", "two") + message("assistant", FAILURE) + b"\n{bad\n" + message("user", "bye")
    )
    (sessions / "nobody.jsonl").write_bytes(lines("ten", role="tool"))
    os.utime(sessions / "telegram_al.jsonl", (1_790_000_000,) * 2)
    os.utime(sessions / "nobody.jsonl", (1_780_000_000,) * 2)


def test_as_json(program: Program, workspace: Path, sessions: Path) -> None:
    write(sessions)
    rows = program.records("stats", str(workspace), "--json")
    assert [(row["kind"], row.get("name")) for row in rows] == [
        ("total", None),
        ("channel", "telegram"),
        ("channel", "other"),
        ("day", "2026-09-21"),
        ("day", "2026-05-28"),
        ("session", "telegram_al"),
        ("session", "nobody"),
    ]
    assert rows[0] == {
        "kind": "total",
        "sessions": 2,
        "messages": 5,
        "roles": {"user": 3, "assistant": 1, "tool": 1},
        "bad_lines": 1,
        "tokens": rows[0]["tokens"],
        "failed": 1,
        "unanswered": 2,
    }
    assert rows[5]["path"] == str(sessions / "telegram_al.jsonl")
    assert rows[5]["tokens"] + rows[6]["tokens"] == rows[0]["tokens"]


def test_as_a_table(program: Program, workspace: Path, sessions: Path) -> None:
    write(sessions)
    result = program("stats", str(workspace))
    assert (result.returncode, result.stderr) == (0, "")
    head, total, *_ = result.stdout.splitlines()
    row = dict(zip(["name", *head.split()], total.split(), strict=True))
    assert row == {
        **{"name": "all", "sessions": "2", "messages": "5", "user": "3", "assistant": "1", "tool": "1"},
        **{"system": "0", "bad": "1", "tokens": row["tokens"], "failed": "1", "unanswered": "2"},
    }


def test_without_sessions_or_with_none_that_can_be_read(program: Program, sessions: Path) -> None:
    assert program("stats", str(sessions)).returncode == 1
    make_pipe(sessions / "pipe.jsonl")
    result = program("stats", str(sessions))
    assert result.returncode == 2
    assert "is a named pipe" in result.stderr
