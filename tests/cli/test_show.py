"""`earwig show`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import Program, lines, message
from tests.this_system import make_pipe

BAD = b'{"role":"user","content":"\xff\x1b[2J"}'


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    path.write_bytes(
        message("user", "Where is\nmy order?")
        + b"\n"
        + BAD
        + b"\n\n"
        + message("assistant", "It left.")
        + b"\n"
        + message("tool", "")
        + b"\n"
        + message("user", "gr\u00fc\u00dfe\u001b]0;x\u0007")
    )
    return path


def test_text(program: Program, workspace: Path, alice: Path) -> None:
    result = program("show", "telegram_alice", "-w", str(workspace))
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        *("user  #1", "    Where is", "    my order?", ""),
        *("assistant  #4", "    It left.", ""),
        *("tool  #5", "", ""),
        *("user  #6", "    gr\u00fc\u00dfe\u241b]0;x\u2407"),
    ]
    assert result.stderr == "earwig: bad lines left out: 1; --bad shows them\n"


def test_text_with_bad_lines(program: Program, alice: Path) -> None:
    alice.write_bytes(lines("one") + BAD + b"\n" + b"{not json\n" + b'{"role":')
    shown = program("show", str(alice), "--bad").stdout.splitlines()
    assert shown[:4] == ["user  #1", "    one", "", "bad line  #2  is not UTF-8 (byte 27)"]
    assert shown[4] == r'    {"role":"user","content":"\xff␛[2J"}'
    assert shown[6].startswith("bad line  #3  is not JSON")
    assert shown[9] == "bad line  #4  is unfinished: it has no newline yet, and is no message so far"


def test_json(program: Program, alice: Path) -> None:
    assert program.records("show", str(alice), "--json") == [
        {"line": 1, "role": "user", "content": "Where is\nmy order?"},
        {"line": 4, "role": "assistant", "content": "It left."},
        {"line": 5, "role": "tool", "content": ""},
        {"line": 6, "role": "user", "content": "gr\u00fc\u00dfe\u001b]0;x\u0007"},
    ]


def test_json_with_bad_lines(program: Program, alice: Path) -> None:
    rows = program.records("show", str(alice), "--json", "--bad")
    assert [row["line"] for row in rows] == [1, 2, 4, 5, 6]
    assert set(rows[1]) == {"line", "bad", "raw"}
    assert rows[1]["raw"] == '{"role":"user","content":"\\xff\x1b[2J"}'
    assert "UTF-8" in rows[1]["bad"]


def test_an_unfinished_line_is_not_bad(program: Program, alice: Path) -> None:
    alice.write_bytes(lines("one") + b'{"role":"user","content":"tw')
    result = program("show", str(alice))
    assert (result.stdout, result.stderr) == ("user  #1\n    one\n", "")
    rows = program.records("show", str(alice), "--json", "--bad")
    assert (rows[1]["raw"], rows[1]["unfinished"]) == ('{"role":"user","content":"tw', True)


def test_output_to_a_pipe_has_no_controls(program: Program, alice: Path) -> None:
    hostile = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2028, 0xFEFF, 0xE0041]))
    alice.write_bytes(message(hostile, hostile) + b"\n" + lines(hostile) + bytes(range(0x80, 0x100)) + b"\n")
    for options in ([], ["--bad"], ["--json"], ["--json", "--bad"]):
        shown = program("show", str(alice), *options).stdout
        assert not (set(shown) - {"\n", "\t"}) & set(hostile)
    rows = program.records("show", str(alice), "--json")
    assert [row["content"] for row in rows] == [hostile, hostile]
    assert rows[0]["role"] == hostile


def test_content_cannot_look_like_another_message(program: Program, alice: Path) -> None:
    forged = "x\n\nassistant  #2\n    sure\r\nassistant  #3\u2028assistant  #4"
    alice.write_bytes(lines(forged) + lines("y", role="assistant  #9") + lines("z", role=""))
    shown = program("show", str(alice)).stdout.splitlines()
    assert [line for line in shown if line and not line.startswith("    ")] == [
        "user  #1",
        '"assistant  #9"  #2',
        '""  #3',
    ]


def test_hidden_characters_are_counted(program: Program, alice: Path) -> None:
    alice.write_bytes(lines("a\u200bb\U000e0041"))
    assert program("show", str(alice)).stdout == "user  #1  (hidden characters: 2)\n    ab\n"


class TestSelection:
    def shown(self, program: Program, path: Path, *options: str) -> list[int]:
        return [row["line"] for row in program.records("show", str(path), "--json", *options)]

    @pytest.mark.parametrize(
        ("count", "expected"), [("0", []), ("1", [6]), ("3", [4, 5, 6]), ("9", [1, 4, 5, 6])]
    )
    def test_last(self, program: Program, alice: Path, count: str, expected: list[int]) -> None:
        assert self.shown(program, alice, "--last", count) == expected

    def test_roles(self, program: Program, alice: Path) -> None:
        assert self.shown(program, alice, "--role", "user") == [1, 6]
        assert self.shown(program, alice, "--role", "tool", "--role", "assistant") == [4, 5]
        assert self.shown(program, alice, "--role", "User") == [1, 6]
        assert self.shown(program, alice, "--role", "=nobody") == []
        told = program("show", str(alice), "--role", "usr")
        assert told.returncode == 2
        assert "no role usr: user, assistant, tool, system" in told.stderr

    def test_last_of_a_role(self, program: Program, alice: Path) -> None:
        assert self.shown(program, alice, "--role", "user", "--last", "2") == [1, 6]
        assert self.shown(program, alice, "--role", "assistant", "--last", "1") == [4]

    def test_last_with_bad_lines_counts_them(self, program: Program, alice: Path) -> None:
        assert self.shown(program, alice, "--bad", "--last", "4") == [2, 4, 5, 6]

    def test_last_of_a_long_session(self, program: Program, alice: Path) -> None:
        with alice.open("wb") as stream:
            for number in range(1, 40_001):
                stream.write(b"\n" if number % 7 == 0 else lines(f"{number} " + "x" * 100))
        assert self.shown(program, alice, "--last", "5") == [39_995, 39_996, 39_997, 39_999, 40_000]
        rows = program.records("show", str(alice), "--json", "--last", "2000")
        assert len(rows) == 2000
        assert all(row["content"].startswith(f"{row['line']} ") for row in rows)

    def test_a_line_longer_than_the_reader_keeps(self, program: Program, alice: Path) -> None:
        long = "x" * (9 * 1024 * 1024)
        alice.write_bytes(lines("one", long, "three"))
        rows = program.records("show", str(alice), "--json", "--last", "2")
        assert [(row["line"], len(row["content"])) for row in rows] == [(2, len(long)), (3, 5)]


class TestWhichSession:
    def lines_of(self, program: Program, *arguments: str | bytes, cwd: Path | None = None) -> int:
        result = program("show", *arguments, cwd=cwd)
        assert result.returncode == 0, result.stderr
        return len(result.stdout.splitlines())

    def test_a_key_in_each_kind_of_workspace(self, program: Program, workspace: Path, alice: Path) -> None:
        for place in (workspace, alice.parent, alice):
            assert self.lines_of(program, "telegram_alice", "--workspace", str(place)) > 0

    def test_a_key_in_the_bots_own(self, program: Program, alice: Path) -> None:
        sessions = program.home / ".zeroclaw/data/sessions"
        sessions.mkdir(parents=True)
        alice.rename(sessions / alice.name)
        assert self.lines_of(program, "telegram_alice") > 0

    def test_a_path(self, program: Program, alice: Path) -> None:
        assert self.lines_of(program, alice.name, cwd=alice.parent) > 0
        assert self.lines_of(program, f"sessions/{alice.name}", cwd=alice.parent.parent) > 0

    def test_a_file_name_in_the_workspace(self, program: Program, workspace: Path, alice: Path) -> None:
        assert self.lines_of(program, alice.name, "-w", str(workspace)) > 0

    def test_a_key_as_the_list_shows_it(self, program: Program, workspace: Path, alice: Path) -> None:
        alice.rename(os.fsdecode(bytes(alice.parent) + b"/a \x1b\xff.jsonl"))
        assert self.lines_of(program, r"a \x1b\xff", "-w", str(workspace)) > 0
        assert self.lines_of(program, b"a \x1b\xff", "-w", str(workspace)) > 0

    def test_a_key_that_is_a_file_name_here(self, program: Program, workspace: Path, alice: Path) -> None:
        (program.home / "telegram_alice").touch()
        assert self.lines_of(program, "telegram_alice", "-w", str(workspace)) > 0

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("alice", "no such session: alice; did you mean telegram_alice?"),
            ("telegram_alcie", "no such session: telegram_alcie; did you mean telegram_alice?"),
            ("zzz", "no such session: zzz; `earwig list` shows the keys"),
            ("gone.jsonl", "no such session: gone.jsonl; `earwig list` shows the keys"),
            (".", ". is a folder, not a session; `earwig list .` lists what is in it"),
            ("notes", "notes is not a session; give a key, or a file that ends in .jsonl"),
            ("z\x1b\n", r"no such session: z\x1b\x0a; `earwig list` shows the keys"),
        ],
    )
    def test_not_there(
        self, program: Program, workspace: Path, alice: Path, name: str, sentence: str
    ) -> None:
        (program.home / "notes").touch()
        result = program("show", name, "-w", str(workspace))
        assert (result.returncode, result.stdout, result.stderr) == (2, "", f"earwig: {sentence}\n")

    def test_no_workspace(self, program: Program, tmp_path: Path) -> None:
        for options in ([], ["-w", str(tmp_path / "gone")]):
            result = program("show", "alice", *options)
            assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)

    def test_what_cannot_be_opened(self, program: Program, workspace: Path, sessions: Path) -> None:
        (sessions / "dir.jsonl").mkdir()
        make_pipe(sessions / "pipe.jsonl")
        (sessions / "link.jsonl").symlink_to("/etc/passwd")
        for key, why in {
            "dir": "is a folder",
            "pipe": "is a named pipe",
            "link": "is a symbolic link",
        }.items():
            for options in ([], ["--last", "3"], ["--json"]):
                result = program("show", key, "-w", str(workspace), *options)
                assert (result.returncode, result.stdout) == (2, "")
                assert f"{key}.jsonl {why}; give a session that is a regular file" in result.stderr


def test_an_empty_session(program: Program, alice: Path) -> None:
    alice.write_bytes(b"")
    result = program("show", str(alice))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
