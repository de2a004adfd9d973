"""`earwig list`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from earwig.cli.list_command import age, last_activity
from earwig.core.model.session import Session, SessionId
from tests.cli.running import Program, lines, message
from tests.this_system import make_pipe


def session(path: Path, data: bytes, mtime_ns: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def test_json_newest_first(program: Program, workspace: Path, sessions: Path) -> None:
    old = session(sessions / "telegram_alice.jsonl", b"12345", 1_700_000_000_123_456_789)
    new = session(sessions / "discord_bob.jsonl", b"", 1_800_000_000_000_000_000)
    (sessions / "sessions.db").touch()  # a database without tables
    put_away = session(sessions / "telegram_old.jsonl.migrated", b"", 1_600_000_000_000_000_000)
    assert program.records("list", "--json", str(workspace)) == [
        {
            "id": str(new),
            "key": "discord_bob",
            "title": "bob",
            "store": "jsonl",
            "path": str(new),
            "bytes": 0,
            "last_activity": "2027-01-15T08:00:00.000000+00:00",
            "channel": "discord",
        },
        {
            "id": str(old),
            "key": "telegram_alice",
            "title": "alice",
            "store": "jsonl",
            "path": str(old),
            "bytes": 5,
            "last_activity": "2023-11-14T22:13:20.123456+00:00",
            "channel": "telegram",
        },
        {
            "id": str(put_away),
            "key": "telegram_old",
            "title": "old",
            "store": "migrated",
            "path": str(put_away),
            "bytes": 0,
            "last_activity": "2020-09-13T12:26:40.000000+00:00",
            "channel": "telegram",
        },
    ]


@pytest.mark.parametrize("named", ["", "sessions", "sessions/a.jsonl"])
def test_each_kind_of_path(program: Program, workspace: Path, sessions: Path, named: str) -> None:
    session(sessions / "a.jsonl", b"", 0)
    assert [row["key"] for row in program.records("list", "--json", str(workspace / named))] == ["a"]


def test_several_paths(program: Program, workspace: Path, sessions: Path, tmp_path: Path) -> None:
    session(sessions / "a.jsonl", b"", 1)
    session(tmp_path / "other/b.jsonl", b"", 2)
    rows = program.records(
        "list", "--json", str(tmp_path / "other"), str(sessions), str(sessions / "a.jsonl")
    )
    assert [row["key"] for row in rows] == ["b", "a"]


def test_the_bots_own_workspace(program: Program) -> None:
    session(program.home / ".zeroclaw/workspace/sessions/old.jsonl", b"", 1)
    session(program.home / ".zeroclaw/data/sessions/new.jsonl", b"", 2)
    assert [row["key"] for row in program.records("list", "--json")] == ["new", "old"]


def test_a_bot_that_was_told_where(program: Program, workspace: Path, sessions: Path) -> None:
    session(sessions / "a.jsonl", b"", 1)
    (workspace / "config.toml").touch()
    workspace.rename(workspace.with_name("workspace"))
    (workspace.parent / "workspace/config.toml").unlink()
    rows = program.records(
        "list", "--json", environ={"ZEROCLAW_WORKSPACE": str(workspace.parent / "workspace")}
    )
    assert [row["key"] for row in rows] == ["a"]


def test_counts(program: Program, sessions: Path) -> None:
    whole = lines("one", "two") + b"{bad\n\n  \n" + lines("three")
    session(sessions / "whole.jsonl", whole, 4)
    session(sessions / "no-newline.jsonl", whole + message("user", "four"), 3)
    session(sessions / "unfinished.jsonl", whole + b'{"role":"us', 2)
    session(sessions / "empty.jsonl", b"", 1)
    rows = program.records("list", "--json", "--count", str(sessions))
    assert [(row["key"], row["messages"], row["bad_lines"]) for row in rows] == [
        ("whole", 3, 1),
        ("no-newline", 4, 1),
        ("unfinished", 3, 1),
        ("empty", 0, 0),
    ]


def test_text(program: Program, sessions: Path) -> None:
    now = time.time_ns()
    session(sessions / "telegram_alice.jsonl", lines("x" * 1200), now - 120 * 10**9)
    session(sessions / "main.jsonl", b"{bad\n", now - 3 * 86_400 * 10**9)
    assert program("list", str(sessions)).stdout.splitlines() == [
        "  2m    1.2 kB  telegram        telegram_alice",
        "  3d       5 B  -               main",
    ]
    assert program("list", "--count", str(sessions)).stdout.splitlines() == [
        "  2m    1.2 kB         1      0  telegram        telegram_alice",
        "  3d       5 B         0      1  -               main",
    ]


@pytest.mark.parametrize("seconds", [-(10**11), 4 * 10**11])
def test_a_time_that_is_no_date(seconds: int) -> None:
    # Few file systems keep such a time, so the session is made up.
    assert last_activity(Session(SessionId("/a.jsonl"), 0, seconds * 10**9, (1, 1))) is None


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-3600, "?"), (0, "now"), (1, "1s"), (59, "59s"), (3599, "59m"), (86_399, "23h"), (90_000, "1d")],
)
def test_age(seconds: int, shown: str) -> None:
    now = 1_800_000_000 * 10**9
    assert age(Session(SessionId("/a.jsonl"), 0, now - seconds * 10**9, (1, 1)), now) == shown


def test_what_cannot_be_opened_has_a_row_that_says_so(program: Program, sessions: Path) -> None:
    (sessions / "dir.jsonl").mkdir()
    make_pipe(sessions / "pipe.jsonl")
    (sessions / "link.jsonl").symlink_to("/etc/passwd")
    rows = program.records("list", "--json", "--count", str(sessions))
    assert {row["key"]: row["problem"] for row in rows} == {
        "dir": "is a folder",
        "pipe": "is a named pipe",
        "link": "is a symbolic link",
    }
    assert [row["messages"] for row in rows] == [None] * 3
    shown = program("list", str(sessions)).stdout
    assert all(f"{row['key']}  ({row['problem']})\n" in shown for row in rows)


def test_hostile_names(program: Program, sessions: Path) -> None:
    names = [
        "a\x1b[2Jb",
        "c\nd",
        "e\u202ef",
        "\ud83d\ude00\u00e9".encode("utf-16", "surrogatepass").decode("utf-16"),
    ]
    for name in names:
        session(sessions / f"{name}.jsonl", b"", 5)
    (Path(os.fsdecode(bytes(sessions) + b"/\xff\xfe.jsonl"))).touch()
    rows = program.records("list", "--json", str(sessions))
    assert {row["key"] for row in rows} == {*names, "\udcff\udcfe"}
    raw = program("list", "--json", str(sessions)).stdout
    assert not {"\x1b", "\u202e", "\x7f", "\x9b"} & set(raw)
    text = program("list", str(sessions)).stdout
    assert len(text.splitlines()) == 5
    assert not {"\x1b", "\u202e"} & set(text)
    assert {line.split()[-1] for line in text.splitlines()} >= {r"a\x1b[2Jb", r"c\x0ad", r"\xff\xfe"}


def test_an_empty_folder(program: Program, workspace: Path) -> None:
    result = program("list", str(workspace))
    assert (result.returncode, result.stdout) == (1, "")
    assert (
        result.stderr
        == f"earwig: no sessions in {workspace}/sessions; name the bot's workspace if it is elsewhere\n"
    )


def test_no_bot(program: Program) -> None:
    result = program("list", "--json")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert ".zeroclaw/data/sessions or " in result.stderr
    assert ".zeroclaw/workspace/sessions;" in result.stderr


def test_a_path_that_is_not_there(program: Program, tmp_path: Path) -> None:
    result = program("list", str(tmp_path / "go\x1bne"))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("earwig: no such path: ")
    advice = "give a workspace, a sessions folder, or a .jsonl or .db file\n"
    assert result.stderr.endswith(rf"go\x1bne; {advice}")


def test_a_hundred_sessions_to_a_reader_that_leaves(program: Program, sessions: Path) -> None:
    for number in range(3000):
        (sessions / f"telegram_{number:0200}.jsonl").touch()
    listing = program("list", "--json", str(sessions))
    assert len([json.loads(line) for line in listing.stdout.splitlines()]) == 3000


def test_a_marker_that_cannot_be_used_is_mentioned(program: Program) -> None:
    session(program.home / ".zeroclaw/data/sessions/a.jsonl", b"", 1)
    (program.home / ".zeroclaw/active_workspace.toml").write_text("config_dir = ")
    result = program("list", "--json")
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)
    assert result.stderr.startswith("earwig: ")
    assert result.stderr.endswith("active_workspace.toml was skipped: it is not TOML\n")
