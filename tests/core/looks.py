"""The ways in which a view looks at a session's file, each with what it must find there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import strategies as st

from earwig.core.model.entries import Entry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.jsonl import file_fingerprint as witness
from earwig.core.stores.jsonl import full_pass, known_file, line_index, line_reader, stable_read, transcript
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system import opening
from earwig.core.system.opening import CannotOpen
from tests.core.reader import LONG, Reader
from tests.core.reference import entries_of, physical_lines, some_entries

State = bytes | None
"""What a file holds; None where there is none."""

Lines = list[Entry]
Counts = tuple[int, int]
Found = Lines | Counts | None
"""What a look finds: lines, or how many messages and bad lines; None where there is no file."""


class Eyes:
    """What a program keeps between two looks: one transcript for pages, one to follow, one to count."""

    def __init__(self, path: Path) -> None:
        self.pages = FileTranscript(path, line_limit=LONG)
        self.reader = Reader(path)
        self.counted = FileTranscript(path)
        self.counter = LineCounter(self.counted)


class Look(Protocol):
    """One way to look."""

    def find(self, eyes: Eyes, before: bytes) -> Found:
        """What is seen; `before`: what the file held when the look began. Raises `CannotOpen`."""

    def expected(self, data: bytes) -> Found:
        """What there is to be seen in a file that holds this."""


@dataclass(frozen=True)
class Tail:
    """The newest lines."""

    count: int

    def find(self, eyes: Eyes, before: bytes) -> Found:
        page = eyes.pages.tail(self.count)
        assert page.at_end
        return list(page.entries)

    def expected(self, data: bytes) -> Found:
        lines = physical_lines(data)
        complete = [line for line in lines if line.complete]
        return some_entries(complete[-self.count :] + lines[len(complete) :], LONG)


@dataclass(frozen=True)
class Window:
    """Lines by their numbers."""

    first: int
    count: int

    def find(self, eyes: Eyes, before: bytes) -> Found:
        return list(eyes.pages.window(self.first, self.first + self.count).entries)

    def expected(self, data: bytes) -> Found:
        first = self.first - 1
        return some_entries(physical_lines(data)[first : first + self.count], LONG)


@dataclass(frozen=True)
class Around:
    """Lines on both sides of one, which is that at a share of the file; `sides` may leave one out."""

    share: float
    sides: tuple[int, int]

    def find(self, eyes: Eyes, before: bytes) -> Found:
        here = self._here(before)
        offset = physical_lines(before)[here].offset if before else 0
        back, after = self.sides
        if not back:
            page = eyes.pages.after(offset, after)
        elif not after:
            page = eyes.pages.before(offset, back)
        else:
            page = eyes.pages.around(offset, back, after)
        return list(page.entries)

    def _here(self, data: bytes) -> int:
        return int(self.share * len(physical_lines(data)))

    def expected(self, data: bytes) -> Found:
        back, after = self.sides
        here = self._here(data)
        return some_entries(physical_lines(data)[max(0, here - back) : here + after], LONG)


@dataclass(frozen=True)
class Whole:
    """Every line, or nothing where the file is written anew meanwhile: then once more."""

    def find(self, eyes: Eyes, before: bytes) -> Found:
        while True:
            try:
                return list(eyes.pages.entries())
            except CannotOpen as error:
                if error.reason != "was written anew while it was read":
                    raise

    def expected(self, data: bytes) -> Found:
        return entries_of(data)


@dataclass(frozen=True)
class Follow:
    """Only what is new, put to what was seen before."""

    def find(self, eyes: Eyes, before: bytes) -> Found:
        eyes.reader.look()
        found = [*eyes.reader.complete, *eyes.reader.provisional]
        if eyes.reader.transcript.absent:
            assert not found
            return None
        return found

    def expected(self, data: bytes) -> Found:
        return entries_of(data)


@dataclass(frozen=True)
class Count:
    """Only how many are new, put to what was counted before; and the lines' numbers, a step further."""

    step: int

    def find(self, eyes: Eyes, before: bytes) -> Found:
        while not eyes.counter.step(self.step):
            pass
        eyes.pages.index_step(self.step)
        return eyes.counter.messages, eyes.counter.bad_lines

    def expected(self, data: bytes) -> Found:
        items = [entry.item for entry in entries_of(data[: data.rfind(b"\n") + 1])]
        return (
            sum(isinstance(item, ChatMessage) for item in items),
            sum(isinstance(item, BadLine) for item in items),
        )


any_look: st.SearchStrategy[Look] = st.one_of(
    st.builds(Follow),
    st.builds(Tail, st.integers(1, 5)),
    st.builds(Window, st.integers(1, 12), st.integers(1, 6)),
    st.builds(Around, st.floats(0, 0.99), st.sampled_from([(0, 3), (3, 0), (2, 2)])),
    st.builds(Whole),
    st.builds(Count, st.integers(1, 200)),
)
"""Any of them."""

looks_without_a_place: st.SearchStrategy[Look] = st.one_of(
    st.builds(Follow),
    st.builds(Tail, st.integers(1, 5)),
    st.builds(Window, st.integers(1, 12), st.integers(1, 6)),
    st.builds(Whole),
    st.builds(Count, st.integers(1, 200)),
)
"""Those that need no offset, which a rewrite during the look may make mean another line."""


def seen(look: Look, eyes: Eyes, before: State) -> Found:
    """What is seen, a missing file as None. Raises `CannotOpen` where there is one that cannot be read."""
    try:
        return look.find(eyes, before or b"")
    except CannotOpen as error:
        if not error.missing:
            raise
        return None


def fits(found: Found, look: Look, state: State) -> bool:
    """Whether that is what a file in this state shows; a number may be missing, but not be wrong."""
    expected = None if state is None else look.expected(state)
    if not isinstance(found, list) or not isinstance(expected, list):
        return found == expected
    return _unnumbered(found) == _unnumbered(expected) and all(
        entry.number in (None, right.number) for entry, right in zip(found, expected, strict=True)
    )


def _unnumbered(entries: Iterable[Entry]) -> Lines:
    return [entry._replace(number=None) for entry in entries]


def seen_while(
    look: Look, eyes: Eyes, path: Path, calls: Iterator[None], pattern: Iterable[int]
) -> tuple[Found, list[State]]:
    """What is seen while others make so many system calls before each read; and what the file held meanwhile.

    The calls that are left are made afterwards.
    """

    def state() -> State:
        return path.read_bytes() if path.exists() else None

    steps = iter(pattern)
    states = [state()]
    read_once = opening._read_once

    def read(fd: int, size: int, offset: int) -> bytes:
        for _ in islice(calls, next(steps, 0)):
            states.append(state())
        data: bytes = read_once(fd, size, offset)
        return data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_read_once", read)
        found = seen(look, eyes, states[0])
    for _ in calls:
        pass
    return found, states


@contextmanager
def small_blocks() -> Iterator[None]:
    """A few lines are as a gigabyte, and a writer is as fast as nowhere; nobody waits for a disk."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (line_index, known_file):
            patch.setattr(module, "BLOCK", 16)
        for stepping in (known_file, transcript):
            patch.setattr(stepping, "INDEX_STEP", 64)
        patch.setattr(full_pass, "_FIRST_BLOCK", 40)
        patch.setattr(full_pass, "_BLOCK", 60)
        patch.setattr(line_reader, "_FIRST_SLICE", 8)
        patch.setattr(line_reader, "_BACK_SLICE", 4)
        patch.setattr(line_reader, "_STEP", 32)
        patch.setattr(witness, "TAIL", 64)
        for module in (stable_read, witness):
            patch.setattr(module, "_TRIES", 100)
        patch.setattr(stable_read, "_STRICT", 100)
        patch.setattr(os, "fsync", lambda fd: None)
        yield
