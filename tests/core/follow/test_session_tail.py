"""Each message of a followed session is printed once, whatever happens to its file."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.output import Output
from earwig.core.follow import session_tail
from earwig.core.follow.recovery import SETTLE
from earwig.core.follow.session_tail import SessionTail
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system.opening import MISSING, CannotOpen
from earwig.core.text.safe_text import SafeText
from tests.cli.running import lines, message

SOON = SETTLE / 5
LATER = SETTLE * 5


class Reader:
    """A followed file, a clock, and what was printed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 1000.0
        self.notes: list[SafeText] = []
        self._printed = io.StringIO()
        printer = EntryPrinter(Output(self._printed), as_json=True)
        self.tail = SessionTail(
            lambda: FileTranscript(path),
            lambda it: printer.message(it.number, it.message),
            self.notes.append,
        )

    def begin(self, count: int = 10) -> Reader:
        self.tail.begin(count)
        return self

    def look(self, after: float = LATER) -> None:
        """Look as the command does: when something happened, and again whenever the tail asks for it."""
        due, end = self.tail.look(self.now), self.now + after
        while due is not None and due <= end:
            self.now = max(self.now, due)
            due = self.tail.look(self.now)
        self.now = end

    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._printed.getvalue().splitlines()]

    def contents(self) -> list[object]:
        return [record["content"] for record in self.records()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "telegram_alice.jsonl"
    path.write_bytes(lines("one", "two", "three"))
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


def replace(path: Path, data: bytes) -> None:
    new = path.with_name(".tmpAbCdEf")
    new.write_bytes(data)
    new.rename(path)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, []),
        (1, ["three"]),
        (2, ["two", "three"]),
        (3, ["one", "two", "three"]),
        (99, ["one", "two", "three"]),
    ],
)
def test_begins_with_the_newest(path: Path, count: int, expected: list[str]) -> None:
    assert Reader(path).begin(count).contents() == expected


def test_one_that_goes_away_once_its_newest_are_told_is_begun_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        path.unlink()
        raise CannotOpen(MISSING)

    monkeypatch.setattr(session_tail, "learn", gone)
    reader = Reader(path).begin(1)
    path.write_bytes(lines("one", "two", "three", "four"))
    reader.look()
    reader.look()
    assert reader.contents() == ["three", "four"]


def test_counts_messages_not_lines(path: Path) -> None:
    append(path, b"{bad\n\n\n" + lines("four") + b"{bad\n")
    reader = Reader(path).begin(2)
    assert reader.records() == [
        {"line": 3, "role": "user", "content": "three"},
        {"line": 7, "role": "user", "content": "four"},
    ]


def test_what_is_appended(path: Path) -> None:
    reader = Reader(path).begin(0)
    append(path, lines("four", "five"))
    reader.look()
    append(path, b"\n" * 300 + lines("six"))
    reader.look()
    assert reader.records() == [
        {"line": 4, "role": "user", "content": "four"},
        {"line": 5, "role": "user", "content": "five"},
        {"line": 306, "role": "user", "content": "six"},
    ]


def test_a_line_in_two_writes_comes_once(path: Path) -> None:
    reader = Reader(path).begin(0)
    append(path, message("user", "four"))
    reader.look()
    assert reader.contents() == ["four"]
    append(path, b"\n")
    reader.look()
    append(path, lines("five"))
    reader.look()
    assert reader.contents() == ["four", "five"]


def test_a_line_in_pieces_comes_when_it_is_whole(path: Path) -> None:
    reader = Reader(path).begin(0)
    data = message("assistant", "f\u00f6ur")
    for size in range(1, len(data)):
        append(path, data[size - 1 : size])
        reader.look()
    assert reader.contents() == []
    append(path, data[-1:] + b"\n")
    reader.look()
    assert reader.contents() == ["f\u00f6ur"]
    assert reader.notes == []


def test_two_messages_on_one_line_are_no_messages(path: Path) -> None:
    reader = Reader(path).begin(0)
    append(path, message("user", "four") + message("user", "five") + b"\n\n")
    reader.look()
    assert reader.contents() == []
    assert [note.startswith("bad line #4 is not JSON") for note in reader.notes] == [True]


def test_begins_with_a_last_line_that_has_no_newline_yet(path: Path) -> None:
    append(path, message("user", "four"))
    reader = Reader(path).begin(1)
    append(path, b"\n" + lines("five"))
    reader.look()
    assert reader.contents() == ["four", "five"]


def test_replaced_by_one_message_fewer_then_appended(path: Path) -> None:
    reader = Reader(path).begin()
    replace(path, lines("one", "two"))
    reader.look()
    append(path, lines("four"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "four"]


def test_the_removed_message_said_again(path: Path) -> None:
    reader = Reader(path).begin(0)
    replace(path, lines("one", "two"))
    reader.look()
    append(path, lines("three"))
    reader.look()
    assert reader.contents() == ["three"]


def test_replaced_with_the_last_message_changed(path: Path) -> None:
    reader = Reader(path).begin()
    replace(path, lines("one", "two", "THREE"))  # the same size
    reader.look()
    assert reader.contents() == ["one", "two", "three", "THREE"]


def test_replaced_without_its_bad_lines(path: Path) -> None:
    path.write_bytes(b"{bad\n" + lines("one") + b"{bad\n" + lines("two"))
    reader = Reader(path).begin()
    replace(path, lines("one", "two", "three"))
    reader.look()
    assert reader.contents() == ["one", "two", "three"]


def test_written_anew_in_place_message_by_message(path: Path) -> None:
    said = [f"message {number}" for number in range(200)]
    path.write_bytes(lines(*said))
    reader = Reader(path).begin(1)
    path.write_bytes(b"")
    reader.look(SOON)
    for content in said[:-1]:
        append(path, message("user", content))
        reader.look(0)
        append(path, b"\n")
        reader.look(0)
    reader.look()
    append(path, lines("next"))
    reader.look()
    assert reader.contents() == ["message 199", "next"]


def test_emptied_then_begun_anew(path: Path) -> None:
    reader = Reader(path).begin()
    path.write_bytes(b"")
    reader.look()
    append(path, lines("one", "new"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "one", "new"]


def test_what_was_empty_while_nobody_could_look_was_not_quiet(path: Path) -> None:
    reader = Reader(path).begin()
    path.write_bytes(b"")
    reader.look(SOON)
    reader.now += 3600.0  # the machine stood still, and the bot with it
    append(path, lines("one"))
    reader.look()
    append(path, lines("two", "three", "four"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "four"]


@pytest.mark.parametrize("after", [SOON, LATER])
def test_deleted_and_begun_anew(path: Path, after: float) -> None:
    reader = Reader(path).begin()
    path.unlink()
    reader.look(after)
    path.write_bytes(lines("new", "newer"))
    reader.look()
    append(path, lines("newest"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "new", "newer", "newest"]


def test_deleted_and_put_back_as_it_was(path: Path) -> None:
    reader = Reader(path).begin()
    data = path.read_bytes()
    path.unlink()
    reader.look(SOON)
    path.write_bytes(data + lines("four"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "four"]


def test_a_rewrite_that_never_ends_is_read_all_the_same(path: Path) -> None:
    reader = Reader(path).begin(0)
    path.write_bytes(b"")
    for number in range(100):
        append(path, lines(f"new {number}"))
        reader.look(SETTLE / 2)
    assert reader.contents()[:3] == ["new 0", "new 1", "new 2"]
    assert len(reader.contents()) > 50


def test_a_folder_in_its_place_is_told_once(path: Path) -> None:
    reader = Reader(path).begin(0)
    path.unlink()
    path.mkdir()
    for _ in range(3):
        reader.look()
    path.rmdir()
    path.write_bytes(lines("new"))
    reader.look()
    reader.look()
    assert reader.notes == ["is a folder; waiting until it can be read"]
    assert reader.contents() == ["new"]


def test_a_message_longer_than_the_reader_keeps(path: Path) -> None:
    long = "x" * (9 * 1024 * 1024)
    append(path, lines(long))
    reader = Reader(path).begin(1)
    append(path, lines(long + "y"))
    reader.look()
    assert [len(str(content)) for content in reader.contents()] == [len(long), len(long) + 1]


@pytest.mark.parametrize("rewritten", [False, True])
def test_let_go_of_and_taken_up_again(path: Path, rewritten: bool) -> None:
    reader = Reader(path).begin()
    reader.tail.rest()
    if rewritten:
        replace(path, lines("one", "two", "four"))
    else:
        append(path, lines("four"))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "four"]


class Bot:
    """Writes the file in all the ways that the bot's releases write it; no two messages are alike."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said = 0
        self.kept: list[str] = []

    def _next(self) -> str:
        self.said += 1
        return f"message {self.said}"

    def say(self) -> list[bytes]:
        self.kept.append(self._next())
        append(self.path, message("user", self.kept[-1]))
        return [b"\n"]

    def take_back(self) -> list[bytes]:
        del self.kept[-1:]
        replace(self.path, lines(*self.kept))
        return []

    def change_last(self) -> list[bytes]:
        self.kept[-1:] = [self._next()]
        replace(self.path, lines(*self.kept))
        return []

    def write_anew(self) -> list[bytes]:
        del self.kept[-1:]
        self.path.write_bytes(b"")
        return [piece for content in self.kept for piece in (message("user", content), b"\n")]

    def spoil(self) -> list[bytes]:
        append(self.path, b"{bad")
        return [b" line\n"]

    def delete(self) -> list[bytes]:
        self.kept = []
        self.path.unlink(missing_ok=True)
        return []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [Bot.say, Bot.say, Bot.take_back, Bot.change_last, Bot.write_anew, Bot.spoil, Bot.delete]
            ),
            st.booleans(),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_the_bot_does_each_message_comes_once(steps: list[tuple[object, bool, bool]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.touch()
        bot = Bot(path)
        reader = Reader(path).begin(0)
        for action, seen_midway, rested in steps:
            assert callable(action)
            for piece in action(bot):
                if seen_midway:
                    reader.look(SOON)
                append(path, piece)
            reader.look()
            if rested:
                reader.tail.rest()
        contents = reader.contents()
        assert len(contents) == len(set(contents))
        assert [content for content in contents if content in bot.kept] == bot.kept
        assert len(contents) == bot.said


def test_time_is_not_needed_to_see_a_rewrite(path: Path) -> None:
    reader = Reader(path).begin()
    status = path.stat()
    replace(path, lines("one", "two", "THREE"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    reader.look()
    assert reader.contents() == ["one", "two", "three", "THREE"]
