"""Sessions as big as they come: any part of a transcript is what the bot loads, however big the whole is."""

from __future__ import annotations

import random
import tracemalloc
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import pytest

from earwig.core.model.entries import LINE_LIMIT, Oversized, Page
from earwig.core.model.message import ChatMessage
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl.session_store import SessionStore
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system import opening
from tests.core.bot_writer import line_of

MEGABYTE = 1_000_000
SIZE = 16 * MEGABYTE
LONG = 50 * MEGABYTE
LONGER = 200 * MEGABYTE

HEAD, END = b'{"role":"assistant","content":"', b'"}'

_WORDS = ("order", "parcel", "**depot**", "überweisung", "漢字", "🙂", 'a "quote"', "a\nline")
_OTHERS = (b"", b"not JSON", b"\r", b'{"role":"user"}', b'["user","in a list"]')
"""What stands between the messages, now and then: blank lines, bad lines, a message in another form."""


class BigSession:
    """A session made from a seed, and what is in it, line by line."""

    def __init__(self, folder: Path) -> None:
        self.store = SessionStore(folder)
        self.path = self.store.session_path("big")
        self.chance = random.Random(SIZE)
        self.offsets: list[int] = []
        """Where each line starts; the first is number 1."""

        self.numbers: list[int] = []
        """The lines that the bot loads."""

        self.messages: list[ChatMessage] = []
        self.size = 0
        self._texts = [
            " ".join(self.chance.choices(_WORDS, k=self.chance.randint(1, 80))) for _ in range(500)
        ]

    def grow(self, size: int) -> None:
        """Append lines of about `size` bytes in all, each message different from any other."""
        lines: list[bytes] = []
        goal = self.size + size
        pool = [(text, line_of("user", text)[len(b'{"role":"user","content":"') :]) for text in self._texts]
        while self.size < goal:
            number = len(self.offsets) + 1
            if number % 97 == 0:
                line = self.chance.choice(_OTHERS)
                if line.startswith(b"["):
                    self._is_message(number, ChatMessage("user", "in a list"))
            else:
                text, stored = self.chance.choice(pool)
                line = b"%b%d: %b" % (HEAD, number, stored)
                self._is_message(number, ChatMessage("assistant", f"{number}: {text}"))
            self.offsets.append(self.size)
            self.size += len(line) + 1
            lines.append(line)
        with self.path.open("ab") as file:
            file.write(b"\n".join(lines) + b"\n")

    def _is_message(self, number: int, message: ChatMessage) -> None:
        self.numbers.append(number)
        self.messages.append(message)

    def between(self, first: int, stop: int) -> list[tuple[int, ChatMessage]]:
        """The messages of the lines from number `first` to before `stop`, with their numbers."""
        low, high = bisect_left(self.numbers, first), bisect_left(self.numbers, stop)
        return list(zip(self.numbers[low:high], self.messages[low:high], strict=True))

    def check(self, page: Page, first: int, stop: int, *, numbered: bool) -> None:
        """The page shows just these lines; a number may be missing only where not all are needed."""
        found = [(entry, entry.item) for entry in page.entries if isinstance(entry.item, ChatMessage)]
        expected = self.between(max(1, first), stop)
        assert [item for _, item in found] == [message for _, message in expected]
        assert [entry.position for entry, _ in found] == [self.offsets[number - 1] for number, _ in expected]
        for (entry, _), (number, _) in zip(found, expected, strict=True):
            assert entry.number == number or (entry.number is None and not numbered)

    def check_everywhere(self, transcript: FileTranscript, *, numbered: bool = False) -> None:
        """The newest, the oldest, and some in the middle, reached by number and by place."""
        end = len(self.offsets) + 1
        self.check(transcript.tail(50), end - 50, end, numbered=numbered)
        self.check(transcript.after(0, 50), 1, 51, numbered=True)
        for _ in range(5):
            here = self.chance.randrange(1, end)
            offset = self.offsets[here - 1]
            self.check(transcript.after(offset, 40), here, here + 40, numbered=numbered)
            self.check(transcript.before(offset, 40), here - 40, here, numbered=numbered)
            self.check(transcript.around(offset + 1, 20, 20), here - 20, here + 20, numbered=numbered)


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> BigSession:
    session = BigSession(tmp_path_factory.mktemp("workspace"))
    session.grow(SIZE)
    return session


@pytest.fixture
def session(_made: BigSession) -> BigSession:
    """One file for all tests here; it only grows."""
    return _made


def test_the_bot_loads_what_was_written(session: BigSession) -> None:
    assert session.size == session.path.stat().st_size >= SIZE
    assert session.store.load("big") == session.messages


def test_any_part_while_the_lines_are_counted_and_the_session_grows(session: BigSession) -> None:
    transcript = FileTranscript(session.path)
    session.check_everywhere(transcript)
    steps = 0
    while not transcript.index_step():
        steps += 1
        if steps % 40 == 0:
            session.check_everywhere(transcript)
            session.grow(10_000)
            session.check_everywhere(transcript)
    session.check_everywhere(transcript, numbered=True)
    session.grow(3 * MEGABYTE)
    session.check_everywhere(transcript)
    while not transcript.index_step():
        pass
    session.check_everywhere(transcript, numbered=True)
    assert transcript.lines == len(session.offsets)
    assert transcript.generation == 0


def test_any_window_by_number_with_nothing_counted_before(session: BigSession) -> None:
    last = len(session.offsets)
    for first in (1, last // 2, last - 30, session.chance.randrange(1, last)):
        page = FileTranscript(session.path).window(first, first + 60)
        session.check(page, first, first + 60, numbered=True)
        session.grow(1000)


def test_every_message_and_number_in_one_pass(session: BigSession) -> None:
    found = [
        (entry.number, entry.item)
        for entry in FileTranscript(session.path).entries()
        if isinstance(entry.item, ChatMessage)
    ]
    assert found == session.between(1, len(session.offsets) + 1)


def test_every_message_counted(session: BigSession) -> None:
    counter = LineCounter(FileTranscript(session.path))
    while not counter.step():
        pass
    assert counter.messages == len(session.messages)
    session.grow(100_000)
    while not counter.step():
        pass
    assert counter.messages == len(session.messages)


# Lines that are longer than most sessions.


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many bytes were read since this was last asked."""
    read = 0
    real = opening._read_once

    def counted(fd: int, size: int, offset: int) -> bytes:
        nonlocal read
        data: bytes = real(fd, size, offset)
        read += len(data)
        return data

    def since() -> int:
        nonlocal read
        count, read = read, 0
        return count

    monkeypatch.setattr(opening, "_read_once", counted)
    return since


@pytest.fixture(scope="module", params=["its newest line", "its only line", "its only line, unfinished"])
def long_line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int, int]:
    """A session with a very long line; where that begins, and how many bytes it has."""
    path = tmp_path_factory.mktemp("long") / "long.jsonl"
    before, size, end = {
        "its newest line": (line_of("user", "short") + b"\n", LONG, b"\n"),
        "its only line": (b"", LONGER, b"\n"),
        "its only line, unfinished": (b"", LONG, b""),
    }[request.param]
    filler = b"x" * MEGABYTE
    with path.open("wb") as file:
        file.write(before + HEAD)
        for _ in range(size // MEGABYTE):
            file.write(filler)
        file.write(END + end)
    return path, len(before), len(HEAD) + size + len(END)


def test_a_first_look_at_a_very_long_line_reads_little_of_it(
    long_line: tuple[Path, int, int], bytes_read: Callable[[], int]
) -> None:
    path, _, size = long_line
    page = FileTranscript(path).glance(50)
    assert page.provisional
    assert isinstance(page.entries[-1].item, Oversized)
    assert bytes_read() < 2.5 * LINE_LIMIT < size / 2


def test_a_very_long_line_is_gone_through_but_never_held(long_line: tuple[Path, int, int]) -> None:
    path, offset, size = long_line
    transcript = FileTranscript(path)
    counter = LineCounter(transcript, limit=LINE_LIMIT)
    tracemalloc.start()
    try:
        pages = [transcript.tail(50), transcript.window(1, 9), transcript.after(0, 9)]
        while not (transcript.index_step() and counter.step()):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    for page in pages:
        entry = page.entries[-1]
        assert (entry.position, entry.size) == (offset, size)
        assert isinstance(entry.item, Oversized)
        assert len(entry.item.head) < 10_000
    assert counter.long_lines == pages[0].entries[-1].complete
    assert peak < 4 * LINE_LIMIT < size


@pytest.mark.parametrize("long_line", ["its newest line", "its only line, unfinished"], indirect=True)
def test_a_very_long_line_is_a_message_to_who_asks_for_all_of_it(long_line: tuple[Path, int, int]) -> None:
    path, offset, size = long_line
    [entry] = FileTranscript(path).entries(offset)
    assert isinstance(entry.item, ChatMessage)
    assert entry.item.role == "assistant"
    assert len(entry.item.content) == size - len(HEAD) - len(END)
