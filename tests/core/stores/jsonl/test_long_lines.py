"""Lines that are too long to be read for a first look, a page or a count."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.entries import Oversized
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import lines_of

LIMIT = 1000
SHORT = lines_of([("user", "one"), ("assistant", "two")])
LONG = b'{"role":"user","content":"%b"}' % (b"x" * 5 * LIMIT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.jsonl"


@pytest.mark.parametrize("data", [SHORT + LONG + b"\n", SHORT + LONG, LONG, SHORT + LONG + b"\n" + SHORT[:9]])
def test_a_glance_at_a_very_long_newest_line_is_provisional(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    page = FileTranscript(path, line_limit=LIMIT).glance(10)
    assert page.provisional
    (entry,) = page.entries
    assert entry.item == Oversized(LIMIT, b"", at_least=True)
    assert entry.position + entry.size == len(data)


@pytest.mark.parametrize("data", [b"", SHORT, LONG + b"\n" + SHORT, SHORT[:-1], SHORT[:20]])
def test_a_glance_at_other_files_is_their_tail(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    transcript = FileTranscript(path, line_limit=LIMIT)
    assert transcript.glance(2) == transcript.tail(2)


def test_a_long_last_line_without_newline_is_found_from_its_beginning(path: Path) -> None:
    path.write_bytes(SHORT + LONG)
    entry = FileTranscript(path, line_limit=LIMIT).tail(1).entries[-1]
    assert isinstance(entry.item, Oversized)
    assert (entry.position, entry.item.size, entry.complete) == (len(SHORT), len(LONG), False)
    assert entry.item.head == LONG[: len(entry.item.head)]
    assert entry.item.head


@pytest.mark.parametrize("step", [1, 100, LIMIT])
def test_a_count_with_a_limit_passes_over_long_lines_and_says_so(path: Path, step: int) -> None:
    path.write_bytes(SHORT + LONG + b"\n" + b"{bad\n" + SHORT)
    counter = LineCounter(FileTranscript(path), limit=LIMIT)
    while not counter.step(step):
        pass
    assert (counter.messages, counter.bad_lines, counter.long_lines) == (4, 1, 1)
    exact = LineCounter(FileTranscript(path))
    while not exact.step(step):
        pass
    assert (exact.messages, exact.bad_lines, exact.long_lines) == (5, 1, 0)


def test_a_count_waits_for_the_end_of_a_long_line(path: Path) -> None:
    path.write_bytes(SHORT + LONG)
    counter = LineCounter(FileTranscript(path), limit=LIMIT)
    while not counter.step(LIMIT):
        pass
    assert (counter.messages, counter.long_lines) == (2, 0)
    with path.open("ab") as file:
        file.write(b"\n" + SHORT)
    while not counter.step(LIMIT):
        pass
    assert (counter.messages, counter.long_lines) == (4, 1)
