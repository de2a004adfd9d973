"""What messages mean, in documents for people: tool calls, media, ends of turns, times; all of it masked."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from tests.cli.running import Program, lines
from tests.data.hostile_sessions import line
from tests.export_session import ADDRESS, SECRET, TALK, call, calls, result

READ = ("md", "html", "txt")


@pytest.fixture
def talk(sessions: Path) -> Path:
    path = sessions / "telegram_talk.jsonl"
    path.write_bytes(TALK)
    return path


def exported(program: Program, path: Path, chosen: str, *options: str) -> str:
    done = program("export", str(path), "-f", chosen, *options, environ={"EARWIG_TIME": "utc"})
    assert done.returncode == 0, done.stderr
    return unescape(done.stdout) if chosen == "html" else done.stdout


class TestToolCalls:
    def test_markdown(self, program: Program, talk: Path) -> None:
        sections = exported(program, talk, "md").split("\n## ")
        assert sections[2].startswith(
            "assistant · #2\n\n> I **look**.\n\n`shell: ls -la /orders → 12 lines`\n\n`arguments, id c1`\n\n"
            '```text\n{\n  "command": "ls -la /orders",\n'
        )
        assert "`result, #3`\n\n```text\norder 0\norder 1\n" in sections[2]
        assert sections[3] == "tool · #3\n\n`result of shell: with its call, #2`\n"
        assert "`clock: UTC → noon`" in sections[8]
        assert sections[9] == "user · #9\n\n`result of clock: with its call, #8`\n"
        assert sections[10] == "tool · #10\n\n```text\nalone\n```\n"

    def test_text(self, program: Program, talk: Path) -> None:
        shown = exported(program, talk, "txt")
        assert "\n  shell: ls -la /orders → 12 lines\n  arguments, id c1:\n      {\n" in shown
        assert '\n  result, #4:\n      {\n        "sent": true\n      }\n' in shown

    def test_html_folds(self, program: Program, talk: Path) -> None:
        page = exported(program, talk, "html")
        (found,) = re.findall(r"<details class=\"tool\"><summary>shell: .*?</details>", page, re.DOTALL)
        assert "<summary>shell: ls -la /orders → 12 lines</summary>" in found
        assert "order 0\norder 1" in found
        assert page.count("order 1\n") == 1

    @pytest.mark.parametrize("chosen", ["json", "jsonl"])
    def test_what_is_for_programs_stays_as_stored(self, program: Program, talk: Path, chosen: str) -> None:
        shown = exported(program, talk, chosen)
        rows = json.loads(shown)["messages"] if chosen == "json" else map(json.loads, shown.splitlines())
        stored = [json.loads(row)["content"] for row in TALK.splitlines()]
        assert [row["content"] for row in rows] == stored

    def test_a_result_far_away_stands_by_itself(self, program: Program, sessions: Path) -> None:
        path = sessions / "far.jsonl"
        path.write_bytes(
            calls(call("shell", "c1")) + lines(*"abcdefghijklm") + result("c1", "late\nand long")
        )
        shown = exported(program, path, "md")
        assert "`shell`\n" in shown
        assert "## tool · #15\n\n`result → 2 lines`\n\n`id c1`\n\n```text\nlate\nand long\n```" in shown

    def test_the_result_of_a_call_that_is_left_out(self, program: Program, talk: Path) -> None:
        shown = exported(program, talk, "md", "--role", "tool")
        assert "`result → 12 lines`" in shown
        assert "with its call" not in shown


@pytest.mark.parametrize("chosen", READ)
def test_everything_is_there(program: Program, talk: Path, chosen: str) -> None:
    shown = exported(program, talk, chosen)
    words = (
        SECRET,
        ADDRESS,
        "order 10",
        "sent",
        "c2",
        "likes tea",
        "the model is overloaded",
        "300 s",
        "noon",
    )
    assert [word for word in words if word not in shown] == []
    assert "[image photo_99_1.jpg]" in shown
    assert "/media/photo_99_1.jpg" in shown
    assert "[image, image/png, 3.0 kB]" in shown
    assert "iVBORw0K" not in shown
    assert re.search(r"assistant.*failed\b", shown)
    assert re.search(r"assistant.*timed out\b", shown)


@pytest.mark.parametrize("chosen", READ)
def test_times_are_told_with_their_zone(program: Program, talk: Path, chosen: str) -> None:
    assert "2026-03-01 09:00:00 UTC" in exported(program, talk, chosen)
    local = program("export", str(talk), "-f", chosen).stdout
    assert "2026-03-01 18:00:00 +09:00" in local
    assert "2026-03-01 18:00:00 +09:00" in program("export", str(talk), "-f", chosen, "--redact").stdout


@pytest.mark.parametrize("chosen", READ)
def test_all_of_it_is_masked(program: Program, talk: Path, chosen: str) -> None:
    hidden = calls(
        call("lookup_bob.jones@example.com", "c9", deep=json.dumps({"mail": ADDRESS, "key": SECRET})),
        said=f"to {ADDRESS}",
    )
    talk.write_bytes(TALK + hidden + result("c9", json.dumps({"mail": ADDRESS, "key": SECRET})))
    shown = exported(program, talk, chosen, "--redact")
    assert SECRET[8:] not in shown
    assert "bob.jones" not in shown
    assert shown.count("[email-1]") >= 5
    assert "→ 12 lines" in shown
    assert "result of " in shown


@pytest.mark.parametrize("chosen", READ)
def test_text_behind_data_that_nobody_ended_is_there(program: Program, sessions: Path, chosen: str) -> None:
    path = sessions / "cut.jsonl"
    path.write_bytes(line("user", "[IMAGE:data:image/png;base64," + "AAAA" * 99 + "\n\nWhere is it?"))
    shown = exported(program, path, chosen)
    assert "Where is it?" in shown
    assert "AAAA" not in shown


class TestOwnPatterns:
    def config(self, program: Program, pattern: str) -> dict[str, str]:
        path = program.home / "mine.toml"
        path.write_text(f"[redact]\npatterns = [{{name = 'Order number', pattern = '{pattern}'}}]\n")
        return {"EARWIG_CONFIG": str(path)}

    def test_masked_by_its_name(self, program: Program, talk: Path) -> None:
        environ = self.config(program, r"A-\d{6}")
        talk.write_bytes(
            calls(call("shell", "c1", command="get A-123456")) + result("c1", "A-123456 A-654321")
        )
        done = program("export", str(talk), "--redact", environ=environ)
        assert "shell: get [order-number-1] → [order-number-1] [order-number-2]" in done.stdout
        assert "order-number 4" in done.stderr or "order-number 3" in done.stderr
        assert "A-1" not in done.stdout
        assert "A-123456" in program("export", str(talk), environ=environ).stdout

    @pytest.mark.parametrize(
        ("pattern", "told"),
        [
            ("(", "pattern 1 of [redact] is no regular expression: missing )"),
            (r"(?:a|a|aa)+$", "the redaction pattern order-number took longer than 1 s"),
            (r"\N{BULLET}(?<=a+)", "no regular expression"),
        ],
    )
    def test_what_is_bad_or_slow_lets_nothing_out(
        self, program: Program, talk: Path, pattern: str, told: str
    ) -> None:
        environ = self.config(program, pattern)
        talk.write_bytes(lines("fine", "a" * 60 + "b"))
        done = program("export", str(talk), "--redact", environ=environ)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
        assert program("export", str(talk), environ=environ).returncode == 0

    @pytest.mark.parametrize(
        ("text", "told"),
        [("[redact\n", "is not TOML"), ("[redcat]\npatterns = []", "did you mean redact?")],
    )
    def test_a_file_that_cannot_be_understood_may_have_had_patterns(
        self, program: Program, talk: Path, text: str, told: str
    ) -> None:
        (program.home / "mine.toml").write_text(text)
        environ = {"EARWIG_CONFIG": str(program.home / "mine.toml")}
        done = program("export", str(talk), "--redact", environ=environ)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert "Nothing is written: it might not be masked; mend the settings" in done.stderr
