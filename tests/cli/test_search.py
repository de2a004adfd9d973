"""`earwig search`."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.cli.running import Program, lines, message


@pytest.fixture
def talk(sessions: Path) -> Path:
    """Two sessions, the second one newer, with what is hard to find by bytes."""
    (sessions / "telegram_al.jsonl").write_bytes(
        message("user", "Where is my refund?")
        + b"\n"
        + message("assistant", "On its way.\nIt is a refund in full.")
        + b"\n"
        + b'{"role":"user","content":"Caf\\u00e9 \\ud83d\\ude00 \\"now\\""}\n'
        + b"no JSON, but a refund\n"
        + message("user", "thanks")
    )
    (sessions / "discord_bo.jsonl").write_bytes(
        lines("one", "two") + b'{"role":"refund","content":"CAFE"}\n' + b'{"role":"user","content":"Refund"}'
    )
    now = time.time()
    os.utime(sessions / "telegram_al.jsonl", (now - 7200, now - 7200))
    return sessions.parent


def test_what_is_found_is_told_by_session_line_and_role(program: Program, talk: Path) -> None:
    result = program("search", "refund", str(talk))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "discord_bo:4:user: Refund",
        "telegram_al:1:user: Where is my refund?",
        "telegram_al:2:assistant: On its way.␊It is a refund in full.",
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["Refund"], ["discord_bo:4:user: Refund"]),
        (["Refund", "-i", "-l"], ["discord_bo", "telegram_al"]),
        (["refund", "-c"], ["discord_bo:1", "telegram_al:2"]),
        (["refund", "-c", "--bad"], ["discord_bo:1", "telegram_al:3"]),
        (["refund", "--role", "assistant", "-c"], ["telegram_al:1"]),
        (["refund", "--session", "disc*", "-l"], ["discord_bo"]),
        (["refund", "--since", "1h", "-l"], ["discord_bo"]),
        (["refund", "--until", "1h", "-l"], ["telegram_al"]),
        (["-F", "way.\nIt", "-c"], ["telegram_al:1"]),
        (["-F", "way..It", "-l"], []),
        ([r"way\.\sIt", "-l"], ["telegram_al"]),
        (['café 😀 "now"', "-l"], ["telegram_al"]),
        (["cafe", "-l"], ["discord_bo"]),
        (["cafe", "--fold-accents", "-l"], ["discord_bo", "telegram_al"]),
        (["fun", "-w", "-l"], []),
        (["refun.", "-w", "-c"], ["discord_bo:1", "telegram_al:2"]),
        (["content", "-l"], []),
        (
            ["thanks", "-C", "1"],
            [
                'telegram_al-3-user- Café 😀 "now"',
                "--",
                "telegram_al:5:user: thanks",
            ],
        ),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else None,
)
def test_options(program: Program, talk: Path, arguments: list[str], found: list[str]) -> None:
    result = program("search", *arguments, str(talk))
    assert result.stdout.splitlines() == found
    assert (result.returncode, result.stderr) == (0 if found else 1, "")


def test_json(program: Program, talk: Path) -> None:
    path = str(talk / "sessions" / "telegram_al.jsonl")
    named = {"session": "telegram_al", "id": path, "key": "telegram_al", "store": "jsonl", "path": path}
    rows = program.records("search", "refund", "--session", "tele*", "--bad", str(talk), "--json")
    assert rows == [
        {
            **named,
            "line": line,
            "role": role,
            "snippet": snippet,
            "ranges": [[snippet.index("refund"), snippet.index("refund") + 6]],
            **({} if role else {"bad": True}),
        }
        for line, role, snippet in [
            (1, "user", "Where is my refund?"),
            (2, "assistant", "On its way.\nIt is a refund in full."),
            (4, "", "no JSON, but a refund"),
        ]
    ]
    assert program.records(
        "search", "refund", "-c", str(talk / "sessions" / "telegram_al.jsonl"), "--json"
    ) == [{**named, "count": 2}]


def test_neighbours_are_printed_once(program: Program, sessions: Path) -> None:
    (sessions / "a.jsonl").write_bytes(lines("x1", "x2", "y", "z", "z", "z", "x3"))
    assert program("search", "x", "-C", "1", str(sessions)).stdout.splitlines() == [
        "a:1:user: x1",
        "a:2:user: x2",
        "a-3-user- y",
        "--",
        "a-6-user- z",
        "a:7:user: x3",
    ]


def test_a_match_far_into_a_message_is_shown(program: Program, sessions: Path) -> None:
    (sessions / "a.jsonl").write_bytes(message("user", "word " * 5000 + "needle" + " word" * 5000))
    [row] = program.records("search", "needle", str(sessions), "--json")
    [[start, stop]] = row["ranges"]
    assert row["snippet"][start:stop] == "needle"
    assert len(row["snippet"]) < 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a("], "a( is no regular expression"),
        ([""], "nothing to look for"),
        (["a", "--since", "yesterday"], "'yesterday' is no time; give one as"),
        (["a", "/gone"], "no such path: /gone"),
        ([], "required: PATTERN"),
    ],
)
def test_mistakes(program: Program, arguments: list[str], words: str) -> None:
    result = program("search", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_cannot_be_read_is_told_and_the_others_are_searched(program: Program, talk: Path) -> None:
    (talk / "sessions" / "link.jsonl").symlink_to("telegram_al.jsonl")
    result = program("search", "thanks", str(talk))
    assert result.returncode == 0
    assert result.stdout == "telegram_al:5:user: thanks\n"
    assert "link.jsonl is a symbolic link" in result.stderr
