"""A reader who follows a file through any appends and rewrites ends with what the file holds."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.stores.jsonl import file_fingerprint as witness
from earwig.core.stores.jsonl import known_file, line_index, line_reader, transcript
from earwig.core.stores.protocols import Change
from tests.core.bot_writer import BotWriter, lines_of
from tests.core.reader import Reader, fresh
from tests.core.reference import entries_of, file_bytes


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (line_index, known_file):
            patch.setattr(module, "BLOCK", 16)
        for stepping in (known_file, transcript):
            patch.setattr(stepping, "INDEX_STEP", 64)
        patch.setattr(line_reader, "_FIRST_SLICE", 8)
        patch.setattr(line_reader, "_STEP", 32)
        # As in use, the tail is longer than a block and shorter than most files.
        patch.setattr(witness, "TAIL", 64)
        yield


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sessions")
    return (folder / f"alice{number}.jsonl" for number in itertools.count())


@settings(max_examples=150, deadline=None)
@given(file_bytes, st.lists(st.integers(0, 300), max_size=8))
def test_any_bytes_in_any_appends(paths: Iterator[Path], data: bytes, cuts: list[int]) -> None:
    writer = BotWriter(next(paths))
    reader = Reader(writer.path)
    edges = [0, *sorted({min(cut, len(data)) for cut in cuts}), len(data)]
    changes = set()
    for start, stop in itertools.pairwise(edges):
        writer.append_bytes(data[start:stop])
        changes.add(reader.look())
        assert reader.shown == fresh(data[:stop])
    assert changes <= {Change.GREW, Change.SAME}
    assert reader.generation == 0
    writer.delete()


class Step(NamedTuple):
    """One thing that the bot does, and how many of its system calls pass between two looks (0: no look)."""

    name: str
    text: str
    look_every: int


texts = st.sampled_from(["", "a", "b", "cc", "dd", "line\nbreak", "x" * 90, "y" * 90])
steps = st.builds(
    Step,
    st.sampled_from(
        [
            "append",
            "append_in_two",
            "append_by_byte",
            "append_bytes",
            "update_last",
            "rewrite",
            "remove_last",
            "clear",
            "delete",
        ]
    ),
    texts,
    st.integers(0, 3),
)


def perform(writer: BotWriter, step: Step, number: int) -> None:
    # The number makes each written text one of its kind, as texts are: a rewrite that leaves the file's
    # size and all its last bytes as they were is beyond what a reader can see.
    text = f"{step.text}{number:03}"
    if step.name in ("append", "append_in_two", "append_by_byte", "update_last"):
        getattr(writer, step.name)(text)
    elif step.name == "append_bytes":
        writer.append_bytes(text.encode())  # no newline: the next line fuses with it
    elif step.name == "rewrite":
        writer.rewrite([("user", text)] * 4)
    else:
        getattr(writer, step.name)()


@settings(max_examples=250, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8), st.booleans(), st.booleans())
def test_anything_that_the_bot_does(
    paths: Iterator[Path], doings: list[Step], renames: bool, with_index: bool
) -> None:
    writer = BotWriter(next(paths), renames=renames)
    writer.append_bytes(lines_of([("user", "first"), ("assistant", "second")] * 3))
    reader = Reader(writer.path)
    calls = itertools.count(1)

    for number, step in enumerate(doings):

        def look_between(every: int = step.look_every) -> None:
            if every and next(calls) % every == 0:
                reader.look()
                if with_index and writer.path.exists():
                    reader.transcript.index_step(16)

        writer.pause = look_between
        perform(writer, step, number)
    reader.look()
    assert reader.shown == fresh(writer.data)
    if writer.path.exists():
        numbers = reader.transcript.numbers_of([entry.position for entry in reader.complete])
        expected = [entry.number for entry in entries_of(writer.data) if entry.complete]
        assert all(known in (None, right) for known, right in zip(numbers, expected, strict=True))
    writer.delete()


@pytest.mark.parametrize("renames", [False, True])
def test_hundreds_of_rewrites_to_the_same_size_in_one_tick(tmp_path: Path, renames: bool) -> None:
    writer = BotWriter(tmp_path / "alice.jsonl", renames=renames)
    reader = Reader(writer.path)
    for number in range(300):
        writer.rewrite_bytes([lines_of([("user", "same"), ("assistant", f"{number:03}")])])
        os.utime(writer.path, ns=(0, 0))  # as a copy that keeps its time: no stamp tells
        reader.look()
        assert reader.shown == fresh(writer.data)
    assert reader.generation == 299
