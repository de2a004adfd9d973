"""A write that leaves a file as long as it was, before its last bytes: only what was counted tells of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Change
from tests.core.bot_writer import lines_of

COUNT = 6000
"""Lines of 41 bytes: several of the blocks that are counted."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "alice.jsonl"
    path.write_bytes(lines_of(("user", f"message {number:07}") for number in range(COUNT)))
    return path


def counted(path: Path) -> FileTranscript:
    transcript = FileTranscript(path)
    transcript.refresh()
    count(transcript)
    return transcript


def count(transcript: FileTranscript) -> None:
    while not transcript.index_step():
        pass


def edit(path: Path, number: int) -> int:
    """Write over a line; where it begins."""
    line = lines_of([("user", f"another {number:07}")])
    with path.open("r+b", buffering=0) as file:
        file.seek(number * len(line))
        file.write(line)
    return number * len(line)


@pytest.mark.parametrize("number", [0, 1500, 3000])
def test_a_line_that_became_another_of_its_length_is_another_past(path: Path, number: int) -> None:
    transcript = counted(path)
    time.sleep(0.01)  # a later tick of the kernel's clock
    place = edit(path, number)
    assert transcript.refresh() is Change.SAME
    assert transcript.doubted
    count(transcript)
    assert transcript.generation == 1
    assert transcript.unchanged_to <= place
    assert not transcript.doubted


def test_a_file_that_is_only_touched_stays_what_it_is(path: Path) -> None:
    transcript = counted(path)
    os.utime(path, (1, 1))
    assert transcript.refresh() is Change.SAME
    count(transcript)
    assert not transcript.doubted
    assert transcript.generation == 0


def test_what_is_not_counted_is_read_anew(path: Path) -> None:
    transcript = FileTranscript(path)
    transcript.refresh()
    transcript.index_step(64 * 1024)
    time.sleep(0.01)
    edit(path, 2000)
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.generation == 1


def test_a_line_is_appended_and_another_replaced_between_two_looks(path: Path) -> None:
    transcript = counted(path)
    edit(path, 10)
    with path.open("ab") as file:
        file.write(lines_of([("user", "the newest")]))
    assert transcript.refresh() is Change.GREW
    count(transcript)
    assert transcript.generation == 0
    transcript.doubt()
    count(transcript)
    assert transcript.generation == 1


def test_to_prove_a_large_file_is_not_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwig.core.stores.jsonl.known_file.LARGEST", 1000)
    transcript = counted(path)
    transcript.doubt()
    assert not transcript.doubted
