"""Where a line is, by its number, and which number a line may have, before all are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.stores.jsonl.known_file import INDEX_STEP
from earwig.core.stores.jsonl.line_index import BLOCK
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import LinePlace
from tests.core.bot_writer import line_of

LINES = 60_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sessions") / "a.jsonl"
    path.write_bytes(b"".join(line_of("user", f"message {number:06}") + b"\n" for number in range(LINES)))
    assert path.stat().st_size > 4 * INDEX_STEP
    return path


def counted(path: Path) -> FileTranscript:
    transcript = FileTranscript(path)
    while not transcript.index_step():
        pass
    return transcript


def test_a_line_is_located_by_a_guess_until_it_is_counted(large: Path) -> None:
    number = LINES - 100
    exact = counted(large).locate(number)
    assert exact is not None
    assert exact.certain
    transcript = FileTranscript(large)
    guess = transcript.locate(number)
    assert guess is not None
    assert not guess.certain
    assert transcript.indexed == INDEX_STEP
    assert abs(guess.position - exact.position) < BLOCK
    while not transcript.index_step():
        pass
    assert transcript.locate(number) == exact


def test_the_first_lines_are_certain_at_once(large: Path) -> None:
    assert FileTranscript(large).locate(1) == LinePlace(0, certain=True)
    size = len(line_of("user", "message 000000")) + 1
    assert FileTranscript(large).locate(100) == LinePlace(99 * size, certain=True)


def test_a_guess_is_never_behind_the_end(large: Path) -> None:
    guess = FileTranscript(large).locate(10**15)
    assert guess == LinePlace(large.stat().st_size - 1, certain=False)
    assert counted(large).locate(LINES + 1) is None


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2)])
def test_what_is_behind_the_last_line_is_nowhere(tmp_path: Path, data: bytes, lines: int) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    for number in range(1, lines + 1):
        assert FileTranscript(path).locate(number) is not None
    assert FileTranscript(path).locate(lines + 1) is None


def test_a_page_that_is_not_counted_says_which_number_it_may_begin_with(large: Path) -> None:
    page = FileTranscript(large).tail(100)
    assert page.entries[0].number is None
    assert page.about is not None
    assert abs(page.about - (LINES - 99)) < 3
    page = counted(large).tail(100)
    assert (page.entries[0].number, page.about) == (LINES - 99, None)
