"""`earwig --plain`: line by line, for who listens or has a terminal that cannot draw."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.cli.plain.browser import PAGE, ago_words
from earwig.core.model.session import Session, SessionId
from earwig.core.text.safe_text import clean
from tests.cli.running import Program, Running, environment, lines, message
from tests.core.outages import move
from tests.data.hostile import HOSTILE

ASK = "Type a number, part of a name, m for more, ? for help, or q to quit."


class Talk(Running):
    """The program, and the hand at its keyboard."""

    def __init__(self, home: Path, *arguments: str, **environ: str) -> None:
        super().__init__(
            subprocess.Popen(
                [sys.executable, "-m", "earwig", "--plain", *arguments],
                env=environment(home, **environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
        )

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def answers(self, text: str) -> list[str]:
        """Type a line; what is printed up to the next question."""
        self.asked()
        before = len(self.lines)
        self.type(text)
        self.wait_until(lambda: ASK in self.lines[before:])
        return self.lines[before : self.lines.index(ASK, before)]

    def asked(self) -> None:
        self.wait_until(lambda: self.lines[-1:] == [ASK])

    def said(self, text: str) -> None:
        self.wait_until(lambda: text in self.lines)


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    said = message("user", "Where is\n\tmy order?") + b"\n" + message("assistant", "It left.") + b"\n"
    path.write_bytes(said + message("tool", "") + b"\n{bad\n")
    os.utime(path, (time.time() - 7200,) * 2)
    return path


@pytest.fixture
def talk(home: Path, workspace: Path, sessions: Path, alice: Path) -> Iterator[Talk]:
    (sessions / "telegram_bob.jsonl").write_bytes(lines("hello"))
    talk = Talk(home, str(workspace))
    yield talk
    talk.process.kill()
    talk.end()


def test_the_sessions_are_numbered_and_a_number_opens_one(talk: Talk, alice: Path) -> None:
    talk.asked()
    assert talk.lines[:3] == ["2 sessions:", "1. telegram bob, just now", "2. telegram alice, 2 hours ago"]
    talk.type("2")
    talk.said("This is the end of telegram alice; new messages follow.")
    start = talk.lines.index(
        "telegram alice: the newest messages, then new ones as they come. Enter goes back."
    )
    assert talk.lines[start + 2 : start + 12] == [
        *("User, line 1:", "  Where is", "          my order?", ""),
        *("Assistant, line 2:", "  It left.", ""),
        *("Tool, line 3:", "  (empty)", ""),
    ]
    assert any(line.startswith("Remark: bad line #4 ") for line in talk.lines)
    with alice.open("ab") as file:
        file.write(message("assistant", "It came.") + b"\n")
    talk.said("  It came.")
    assert talk.lines[talk.lines.index("  It came.") - 1] == "Assistant, line 5:"
    talk.type("")
    talk.said("Back to the list: Enter lists it again.")
    talk.asked()
    talk.type("q")
    assert talk.end() == 0
    assert talk.errors == []


def test_two_histories_of_a_name_are_told_apart_by_their_stores(talk: Talk, alice: Path) -> None:
    talk.asked()
    alice.with_name(f"{alice.name}.migrated").write_bytes(lines("of another time"))
    listed = sorted(line.partition(". ")[2] for line in talk.answers("alice")[1:3])
    assert listed[0] == "telegram alice, 2 hours ago"
    assert listed[1].startswith("telegram alice, migrated, ")


def test_part_of_a_name(talk: Talk) -> None:
    assert talk.answers("tele")[:1] == ["2 sessions:"]
    assert talk.answers("carol") == ['No session has "carol" in its name.']
    assert talk.answers("1") == ["No session is listed."]
    talk.asked()
    talk.type("BOB")
    talk.said("  hello")


def test_what_means_nothing_is_told(talk: Talk) -> None:
    assert talk.answers("3") == ["There is no session 3: the numbers listed are 1 to 2."]
    assert talk.answers("9" * 500)[0].startswith("There is no session 999")
    assert talk.answers("m") == ["There are no more sessions."]
    assert len(talk.answers("?")) == 4
    assert talk.answers("")[0] == "2 sessions:"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_an_interrupt_goes_back_and_another_one_ends(talk: Talk) -> None:
    talk.asked()
    talk.type("1")
    talk.said("This is the end of telegram bob; new messages follow.")
    talk.process.send_signal(signal.SIGINT)
    talk.said("Back to the list: Enter lists it again.")
    talk.asked()
    assert talk.stop() == 130
    assert talk.errors == []


def test_a_file_that_goes_is_told(talk: Talk, sessions: Path) -> None:
    talk.asked()
    talk.type("1")
    talk.said("This is the end of telegram bob; new messages follow.")
    (sessions / "telegram_bob.jsonl").unlink()
    talk.said("The session's file is gone. What was printed is all there is.")
    talk.type("")
    assert talk.answers("")[:1] == ["1 session:"]


def test_while_the_folder_is_away_the_list_is_as_it_was(talk: Talk, sessions: Path) -> None:
    listed = talk.answers("")
    away = move(sessions, "away")
    said, *rest = talk.answers("")
    why = "it was deleted or moved; its workspace is there"
    kept = "What is listed of it is as it was last seen."
    assert said == f"{sessions} cannot be reached: {why}. {kept}"
    assert rest[:2] == listed[:2]
    assert len(rest) == len(listed)
    move(away, sessions.name)
    assert talk.answers("")[:2] == listed[:2]


def test_what_is_followed_in_a_folder_that_is_away_goes_on(talk: Talk, sessions: Path) -> None:
    talk.asked()
    talk.type("2")
    talk.said("This is the end of telegram alice; new messages follow.")
    away = move(sessions, "away")
    why = "it was deleted or moved; its workspace is there"
    talk.said(f"{sessions} cannot be reached: {why}; trying again.")
    with (away / "telegram_alice.jsonl").open("ab") as file:
        file.write(b"\n" + lines("meanwhile"))
    move(away, sessions.name)
    talk.said(f"{sessions} can be reached again.")
    talk.wait_until(lambda: any("meanwhile" in line for line in talk.lines))
    assert not any("file is gone" in line for line in talk.lines)


def test_the_end_of_what_is_typed_is_the_end(program: Program, workspace: Path, alice: Path) -> None:
    result = program("--plain", str(workspace))  # nothing is typed at all
    assert result.returncode == 0
    assert result.stdout.splitlines() == ["1 session:", "1. telegram alice, 2 hours ago", ASK]


def test_many_sessions_are_listed_by_pages(home: Path, workspace: Path, sessions: Path) -> None:
    for number in range(PAGE + 3):
        (sessions / f"telegram_{number:03}.jsonl").write_bytes(lines("x"))
    talk = Talk(home, str(workspace), EARWIG_SORT="name")
    talk.asked()
    assert talk.lines[:2] == [f"{PAGE + 3} sessions:", "1. telegram 000, just now"]
    assert talk.lines[PAGE + 1] == "3 more: m lists them."
    assert talk.answers("m") == [f"{at + 1}. telegram {at:03}, just now" for at in range(PAGE, PAGE + 3)]
    talk.type(str(PAGE + 2))
    talk.said(f"This is the end of telegram {PAGE + 1:03}; new messages follow.")
    talk.process.kill()
    talk.end()


def test_no_sessions(program: Program, workspace: Path) -> None:
    result = program("--plain", str(workspace))
    assert result.returncode == 0
    assert result.stdout.startswith("no sessions in ")


def test_the_setting_asks_for_it_and_problems_are_on_standard_error(
    program: Program, workspace: Path, alice: Path
) -> None:
    result = program("--plain", str(workspace), environ={"EARWIG_WRAP": "maybe"})
    assert result.returncode == 0
    assert result.stderr.startswith('earwig: the environment variable EARWIG_WRAP is "maybe"; it may be')


def test_what_sounds_like_another_message_is_quoted(home: Path, workspace: Path, sessions: Path) -> None:
    forged = "fine\n\nAssistant, line 7:\n  Send me the code.\n** User , on line 8"
    (sessions / "telegram_eve.jsonl").write_bytes(
        message("user", forged) + b"\n" + message("User, line 9:", "x")
    )
    talk = Talk(home, str(workspace))
    talk.asked()
    talk.type("1")
    talk.said("This is the end of telegram eve; new messages follow.")
    assert "  > Assistant, line 7:" in talk.lines
    assert "  > ** User , on line 8" in talk.lines
    assert 'Role "User, line 9:", line 2:' in talk.lines
    talk.process.kill()
    talk.end()


def test_hostile_text_and_names_stay_text(home: Path, workspace: Path, sessions: Path) -> None:
    (sessions / "telegram_a\x1b[2J\u202eb.jsonl").write_bytes(
        b"".join(message(text, text) + b"\n" for text in list(HOSTILE.values())[:15])
    )
    talk = Talk(home, str(workspace))
    talk.asked()
    talk.type("1")
    talk.wait_until(lambda: any("new messages follow" in line for line in talk.lines))
    assert len(talk.lines) > 30
    for shown in talk.lines:
        assert shown == clean(shown)
    talk.type("")
    answer = talk.answers("\x1b]0;x\x07" * 30)
    assert all(shown == clean(shown) for shown in answer)
    assert answer[0].startswith('No session has "␛]0;x␇')
    talk.process.kill()
    talk.end()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7300, "2 hours ago"),
        (90_000, "1 day ago"),
        (5e8, "5,787 days ago"),
        (-50, "just now"),
        (-1e9, "at an unknown time"),
    ],
)
def test_ages_can_be_read_aloud(seconds: float, words: str) -> None:
    now = 2e9
    session = Session(SessionId("/x/a.jsonl"), 1, round((now - seconds) * 1e9), (1, 1))
    assert ago_words(session, now) == words
