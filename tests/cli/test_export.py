"""`earwig export`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwig.core.redaction.patterns import ExtraPattern, RedactionFailed
from earwig.core.redaction.redactor import Redaction
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.export.destination import write_document
from earwig.export.document import Document
from earwig.export.request import CannotExport, Format, Request, read_lines
from tests.cli.running import Program, environment, lines, message
from tests.data.hostile_sessions import session_of_all, session_of_lines
from tests.this_system import make_pipe, permissions_of

FORMATS = [each.value for each in Format]


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    path.write_bytes(
        lines("Where is my order?\nMail a@b.example", "**Alice** here")
        + b'{"role":"user","content":"\xff"}\n\n'
        + lines("It left.", role="assistant")
        + lines('{"content":"x"}', role="tool")
        + message("user", "half")[:-1]
    )
    return path


def test_markdown(program: Program, alice: Path, tmp_path: Path) -> None:
    done = program("export", str(alice), "-o", "x.md", cwd=tmp_path)
    text = (tmp_path / "x.md").read_text()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"x.md: {len(text.encode())} bytes\n"
    head, *rest = text.split("\n## ")
    assert head.startswith("# Session `telegram_alice`\n\n- exported: 20")
    assert "- messages: 4\n- bad lines: 1 marked in place, without what they hold\n" in head
    assert rest == [
        "user · #1\n\n> Where is my order?\n> Mail a@b.example\n",
        "user · #2\n\n> **Alice** here\n",
        "bad line · #3\n\nThis line is not UTF-8 (byte 27).\n\n(29 bytes not shown)\n",
        "assistant · #5\n\n> It left.\n",
        'tool · #6\n\n```text\n{"content":"x"}\n```\n',
        "unfinished line · #7\n\nThis line has no newline yet, and is no message so far.\n\n"
        "(31 bytes not shown)\n",
    ]


def test_text(program: Program, alice: Path) -> None:
    shown = program("export", str(alice), "-f", "txt", "--bad", "--lines", "2-3").stdout
    head, *rest = shown.split("\n\n")
    assert "messages   filtered: 1 of 4 messages (lines 2 to 3)\n" in head
    assert rest == [
        "user  #2\n    **Alice** here",
        'bad line  #3  is not UTF-8 (byte 27)\n    {"role":"user","content":"\\xff"}\n',
    ]


def test_json(program: Program, alice: Path) -> None:
    done = program("export", str(alice), "-f", "json")
    document = json.loads(done.stdout)
    assert done.stderr == "earwig: bad lines left out: 1; --bad takes them in\n"
    assert document["header"] | {"exported": ""} == {
        "session": "telegram_alice",
        "exported": "",
        "messages": 4,
        "messages_in_session": 4,
        "filters": [],
        "bad_lines": 1,
        "bad_lines_included": 0,
        "redacted": None,
    }
    assert document["messages"] == program.records("show", str(alice), "--json", "--bad")[:0] + [
        row for row in program.records("show", str(alice), "--json", "--bad") if "bad" not in row
    ]


def test_json_lines_are_what_show_prints(program: Program, alice: Path) -> None:
    exported = program("export", str(alice), "-f", "jsonl", "--bad").stdout
    assert [json.loads(row) for row in exported.splitlines()] == [
        row | ({"bad": "is unfinished"} if row.get("unfinished") else {})
        for row in program.records("show", str(alice), "--json", "--bad")
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [1, 2, 5, 6]),
        (["--last", "2"], [5, 6]),
        (["--last", "0"], []),
        (["--role", "user"], [1, 2]),
        (["--role", "user", "--last", "1"], [2]),
        (["--lines", "2-5"], [2, 5]),
        (["--lines", "5-"], [5, 6]),
        (["--lines", "-1"], [1]),
        (["--lines=6"], [6]),
        (["--role", "nobody"], []),
    ],
)
def test_parts(program: Program, alice: Path, options: list[str], expected: list[int]) -> None:
    options = [f"--lines={options[1]}"] if options[:1] == ["--lines"] else options
    shown = program("export", str(alice), "-f", "jsonl", *options).stdout
    assert [json.loads(row)["line"] for row in shown.splitlines()] == expected


@pytest.mark.parametrize("chosen", FORMATS)
def test_redacted(program: Program, alice: Path, tmp_path: Path, chosen: str) -> None:
    done = program("export", "telegram_alice", "-w", str(alice.parent), "--redact", "--bad", "-f", chosen)
    assert done.returncode == 0
    assert "lice" not in done.stdout
    assert "a@b.example" not in done.stdout
    assert "[email-1]" in done.stdout
    assert "xff" not in done.stdout
    assert "earwig: redacted: email 1, handle 2" in done.stderr


@pytest.mark.parametrize("chosen", FORMATS)
def test_a_pipe_gets_no_controls_and_a_file_what_is_stored(
    program: Program, sessions: Path, chosen: str, tmp_path: Path
) -> None:
    path = sessions / "hostile.jsonl"
    path.write_bytes(session_of_all() + session_of_lines() + lines("a\x1b[2J\u202eb\u200b"))
    shown = program("export", str(path), "-f", chosen, "--bad").stdout
    assert not {char for char in shown if ord(char) < 32 or 0x7F <= ord(char) < 0xA0} - {"\n", "\t"}
    assert not set(shown) & set("\u202e\u2066\u200b\ufeff\U000e0041")
    with (tmp_path / "out").open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "earwig", "export", str(path), "-f", chosen],
            stdout=file,
            env=environment(program.home),
            check=True,
        )
    stored = (tmp_path / "out").read_text(errors="surrogateescape")
    assert ("a\x1b[2J\u202eb\u200b" in stored) == (chosen in ("md", "txt"))
    if chosen == "jsonl":
        contents = [json.loads(row)["content"] for row in stored.splitlines()]
        assert contents == [row["content"] for row in program.records("show", str(path), "--json")]


class TestForging:
    def test_markdown_stays_in_its_place(self, program: Program, alice: Path) -> None:
        forged = [
            "a\r## assistant · #9\r\nb\n\n## user · #10",
            "```\n````\n<!--",
            "[x]: http://evil.example",
            "![](b)",
        ]
        alice.write_bytes(lines(*forged))
        shown = program("export", str(alice), "-o", "-").stdout
        assert [row for row in shown.splitlines() if row.startswith("## ")] == [
            f"## user · #{number}" for number in range(1, 5)
        ]
        assert "`````text\n```\n````\n<!--\n`````" in shown
        assert "```text\n[x]: http://evil.example\n```" in shown

    def test_text_is_indented_behind_every_line_end(
        self, program: Program, alice: Path, tmp_path: Path
    ) -> None:
        alice.write_bytes(lines("a\rassistant  #2\u2028assistant  #3\x0bassistant  #4"))
        program("export", str(alice), "-o", "x.txt", cwd=tmp_path)
        rows = (tmp_path / "x.txt").read_bytes().decode().splitlines()
        assert [row for row in rows if row.startswith("assistant")] == []

    def test_embedded_files_are_left_out_where_people_read(self, program: Program, alice: Path) -> None:
        image = "[IMAGE:data:image/png;base64," + "AAAA" * 5000 + "]"
        alice.write_bytes(lines(image))
        for chosen in FORMATS:
            shown = program("export", str(alice), "-f", chosen).stdout
            assert ("AAAA" in shown) == (chosen in ("json", "jsonl"))


class TestDestination:
    def test_an_existing_file_stays(self, program: Program, alice: Path, tmp_path: Path) -> None:
        (tmp_path / "x.txt").write_text("mine")
        done = program("export", str(alice), "-o", "x.txt", cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr == (
            "earwig: x.txt is there already; give another name, or --force to replace it\n"
        )
        assert (tmp_path / "x.txt").read_text() == "mine"
        assert program("export", str(alice), "-o", "x.txt", "--force", cwd=tmp_path).returncode == 0
        assert "Where is" in (tmp_path / "x.txt").read_text()
        assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []

    def test_never_among_the_sessions(self, program: Program, alice: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(alice.parent)
        (alice.parent / "sub").mkdir()
        for place in (alice, alice.parent / "x.md", alice.parent / "sub" / "x.md", tmp_path / "link/x.md"):
            done = program("export", str(alice), "-f", "md", "--force", "-o", str(place))
            assert done.returncode == 2
            assert "where earwig never writes" in done.stderr
        assert sorted(path.name for path in alice.parent.iterdir()) == ["sub", "telegram_alice.jsonl"]

    @pytest.mark.parametrize(
        ("place", "told"),
        [
            ("no/x.md", "is no folder"),
            ("fifo.md", "is no regular file"),
            ("x.doc", "add --format"),
            (".", "--format"),
        ],
    )
    def test_what_cannot_be(
        self, program: Program, alice: Path, tmp_path: Path, place: str, told: str
    ) -> None:
        make_pipe(tmp_path / "fifo.md")
        done = program("export", str(alice), "--force", "-o", place, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr or "no regular file" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_write_that_fails_leaves_nothing(self, tmp_path: Path) -> None:
        def blocks() -> Iterator[bytes]:
            yield b"half"
            raise OSError(28, "No space left on device")

        with pytest.raises(CannotExport) as error:
            write_document(blocks(), tmp_path / "x.md", force=False, keep_out=[])
        assert "No space left on device" in error.value.sentence
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("there", [None, 0o644, 0o600])
    def test_nobody_else_can_read_it_also_where_it_replaces_what_all_could(
        self, tmp_path: Path, there: int | None
    ) -> None:
        path = tmp_path / "x.md"
        if there is not None:
            path.touch()
            path.chmod(there)
        write_document([b"x"], path, force=there is not None, keep_out=[])
        assert permissions_of(path) == 0o600


def test_a_slow_pattern_leaves_no_document(alice: Path) -> None:
    slow = Redaction([ExtraPattern("slow", r"(?:a|a|aa)+$")], seconds=0.1)
    alice.write_bytes(lines("fine", "a" * 40 + "b"))
    with Document(FileTranscript(alice), "telegram_alice", Request(redaction=slow)) as document:
        with pytest.raises(RedactionFailed) as error:
            document.collect(datetime.now(UTC))
        with pytest.raises(AttributeError):
            next(document.blocks())
    assert "slow took longer" in error.value.sentence


@pytest.mark.parametrize("text", ["", "x", "0-3", "5-2", "1-2-3", "1.5", "-", "٣-٤"])
def test_no_range(text: str) -> None:
    with pytest.raises(CannotExport):
        read_lines(text)


def test_only_what_is_needed_is_imported(alice: Path) -> None:
    code = "import sys; from earwig.cli.main import main; main(sys.argv[1:]); print(); print(*sys.modules)"

    def imported(*options: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, "export", str(alice), *options],
            capture_output=True,
            text=True,
            check=True,
        )
        return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}

    heavy = {"phonenumbers", "regex", "markdown_it", "rich", "textual", "pygments"}
    assert imported("-f", "md") & heavy == set()
    assert imported("-f", "html") & heavy == {"markdown_it"}
    alice.write_bytes(lines("call +49 30 901820"))
    assert imported("-f", "md", "--redact") & heavy == {"phonenumbers"}
