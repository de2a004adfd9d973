"""How many messages and bad lines there are, while the file changes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system.opening import CannotOpen
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.core.reference import entries_of, file_bytes

THREE = [("user", "one"), ("assistant", "two"), ("user", "three")]


def counted(data: bytes) -> tuple[int, int]:
    """Messages and bad lines among the complete lines."""
    items = [entry.item for entry in entries_of(data) if entry.complete]
    return (
        sum(isinstance(item, ChatMessage) for item in items),
        sum(isinstance(item, BadLine) for item in items),
    )


def finish(counter: LineCounter, step: int = 40) -> tuple[int, int]:
    for _ in range(10_000):
        if counter.step(step):
            return counter.messages, counter.bad_lines
    raise AssertionError("the counter never ends")


@pytest.fixture
def writer(tmp_path: Path) -> BotWriter:
    return BotWriter(tmp_path / "alice.jsonl")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sessions")
    return (folder / f"{number}.jsonl" for number in itertools.count())


@settings(max_examples=100, deadline=None)
@given(file_bytes, st.integers(1, 100))
def test_any_file_in_steps_of_any_size(paths: Iterator[Path], data: bytes, step: int) -> None:
    path = next(paths)
    path.write_bytes(data)
    counter = LineCounter(FileTranscript(path))
    assert finish(counter, step) == counted(data)
    assert counter.counted == data.rfind(b"\n") + 1
    path.unlink()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["append", "bytes", "remove_last", "update", "clear"]), st.integers(0, 3)),
        max_size=8,
    ),
    st.booleans(),
    st.booleans(),
)
def test_appends_and_rewrites_between_the_steps(
    paths: Iterator[Path], doings: list[tuple[str, int]], renames: bool, looked_at_by_others: bool
) -> None:
    writer = BotWriter(next(paths), renames=renames)
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    counter = LineCounter(transcript)
    for number, (doing, steps) in enumerate(doings):
        if doing == "append":
            writer.append_in_two(f"message {number}")
        elif doing == "bytes":
            writer.append_bytes(b"garbage %d\n" % number)
        elif doing == "update":
            writer.update_last(f"newer text {number}")
        else:
            getattr(writer, doing)()
        if looked_at_by_others:
            transcript.refresh()
        for _ in range(steps):
            counter.step(30)
    assert finish(counter) == counted(writer.data)
    writer.delete()


def test_last_line_counts_when_its_newline_is_there(writer: BotWriter) -> None:
    counts = []
    writer.append("one")
    counter = LineCounter(FileTranscript(writer.path))
    writer.pause = lambda: counts.append(finish(counter))
    writer.append_in_two("two")
    assert counts == [(1, 0), (2, 0)]


def test_from_an_offset_on(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    counter = LineCounter(FileTranscript(writer.path), len(writer.data))
    assert finish(counter) == (0, 0)
    writer.append("four")
    writer.append_bytes(b"bad\n")
    assert finish(counter) == (1, 1)


def test_a_rewrite_before_the_offset_moves_it_to_what_is_new(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    transcript.refresh()
    counter = LineCounter(transcript, len(writer.data))
    writer.update_last("another")
    writer.append("four")
    assert finish(counter) == (2, 0)


def test_two_rewrites_between_two_steps_are_both_heeded(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    counter = LineCounter(transcript)
    assert finish(counter) == (3, 0)
    writer.rewrite_bytes([b"bad line\n" * 20])
    transcript.refresh()
    writer.rewrite_bytes([b"bad line\n" * 19 + lines_of([("user", "good")])])
    transcript.refresh()
    assert finish(counter) == (1, 19)


def test_a_line_longer_than_the_step_and_the_limit_is_still_counted(writer: BotWriter) -> None:
    writer.rewrite_bytes([b"x" * 5000, b"\n", line_of("user", "y" * 5000), b"\n", b"z" * 5000])
    counter = LineCounter(FileTranscript(writer.path, line_limit=100))
    assert finish(counter, 10) == (1, 1)


def test_a_file_that_is_gone_is_said_and_counted_anew_when_it_is_back(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    counter = LineCounter(transcript)
    assert finish(counter) == (3, 0)
    writer.delete()
    with pytest.raises(CannotOpen, match="is not there"):
        counter.step()
    transcript.refresh()
    writer.append("again")
    assert finish(counter) == (1, 0)
