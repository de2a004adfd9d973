"""What was read of a file is found again by its contents, whatever a writer does: in real files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.catalog.reading_state import NAME
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.stores.jsonl.witnesses import settled, witnesses_of
from tests.core.bot_writer import lines_of
from tests.core.reading_run import Run

LATER = 60 * 10**9
"""Nanoseconds between two writes: nothing but contents tells that the later one goes on with the earlier."""

TALK = [("user" if at % 2 == 0 else "assistant", f"message {at} {'x' * (at % 40)}") for at in range(300)]
OTHER = [("user", f"of another conversation: {at} {'y' * (at % 50)}") for at in range(340)]
Talk = list[tuple[str, str]]

_clock = count(1_700_000_000 * 10**9, LATER)


def write(path: Path, talk: Talk, *, torn: int = 0) -> None:
    """Write a file anew in place; `torn`: so many bytes are missing at the end."""
    data = lines_of(talk) if talk else b""
    path.write_bytes(data[: len(data) - torn])
    os.utime(path, ns=(at := next(_clock), at))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    write(folder / "alice.jsonl", TALK)
    return folder


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    run = Run(folder, tmp_path / "state" / NAME)
    assert run.unread() == {"alice": 0}
    return run


NEW = [("assistant", "this is new, and longer than any line that it takes the place of")]
STALLS = [0, 1, 2, 50, 150, 296, 298, 299]
REWRITES = [
    pytest.param([TALK], 0, id="the same"),
    pytest.param([TALK + NEW * 2], 2, id="and two come"),
    pytest.param([TALK[:-1]], 0, id="the last is taken back"),
    pytest.param([TALK[:-1] + NEW], 1, id="the last is another one"),
    pytest.param([TALK[:-2] + NEW * 2], 2, id="the last two are others"),
    pytest.param([OTHER[:5]], 5, id="another conversation"),
    pytest.param([OTHER], 340, id="another conversation, longer"),
    pytest.param([OTHER[:5], TALK], 0, id="another conversation, and back"),
]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("stalls_at", STALLS)
@pytest.mark.parametrize(("texts", "unread"), REWRITES)
def test_a_rewrite_that_stalls_for_long_is_told_by_contents(
    run: Run, texts: Sequence[Talk], unread: int, stalls_at: int, read: bool, restarted: bool
) -> None:
    path = run.folder / "alice.jsonl"
    if read:
        run.read("alice")
        run.save()
    if texts[0][:stalls_at] == TALK[:stalls_at]:
        texts = [TALK[:stalls_at], *texts]
    for at, text in enumerate(texts):
        write(path, text)
        run.changes("alice")
        run.unread()
        if restarted and at == 0:
            run.save()
            run = Run(run.folder, run.file)
    run.unread()
    assert run.unread() == {"alice": unread}


@pytest.mark.parametrize("cut_at", [297, 150, 1])
@pytest.mark.parametrize(("more", "unread"), [(NEW, 1), (OTHER, 340)])
def test_what_comes_where_a_file_was_cut_is_unread(run: Run, more: Talk, unread: int, cut_at: int) -> None:
    for text in (TALK[:cut_at], TALK[:cut_at] + more):
        write(run.folder / "alice.jsonl", text)
        run.changes("alice")
        run.unread()
    assert run.unread() == {"alice": unread}


@pytest.mark.parametrize("torn", [1, 5, 30])
@pytest.mark.parametrize("stalls_at", STALLS[2:])
def test_a_rewrite_that_stalls_in_a_line(run: Run, stalls_at: int, torn: int) -> None:
    path = run.folder / "alice.jsonl"
    write(path, TALK[:stalls_at], torn=torn)
    run.changes("alice")
    run.unread()
    write(path, TALK + NEW)
    run.changes("alice")
    assert run.unread() == {"alice": 1}


@pytest.mark.parametrize(
    ("text", "unread"), [(TALK, 0), (TALK + NEW, 1), (TALK[:-1], 0), (TALK[:-1] + NEW, 1), (OTHER, 340)]
)
@pytest.mark.parametrize("read", [False, True])
def test_a_file_that_was_deleted_and_is_put_back_is_as_read_as_it_was(
    run: Run, text: Talk, unread: int, read: bool
) -> None:
    path = run.folder / "alice.jsonl"
    if read:
        run.read("alice")
        run.save()
    keeper = path.with_name("keeps the number of the file")
    path.rename(keeper)
    run.goes("alice")
    write(path, text)
    run.comes("alice")
    assert run.unread() == {"alice": unread}


def test_a_shorter_file_keeps_the_witnesses_that_it_is_too_short_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, TALK)
    size = path.stat().st_size
    witnesses = witnesses_of(path, size)
    positions = [witness.position for witness in witnesses]
    assert positions == sorted(set(positions), reverse=True)
    assert witnesses[0].position == size
    assert witnesses[-1].position < size // 20
    data = path.read_bytes()
    assert all(data[witness.position - 1 :][:1] == b"\n" for witness in witnesses)
    write(path, TALK[:150])
    found = settled(path, ReadTo(size, witnesses), take=False)
    assert found == ReadTo(path.stat().st_size, witnesses)
    write(path, OTHER[:20])
    left = settled(path, ReadTo(size, witnesses), take=False)
    assert left.position == 0
    assert left.witnesses == tuple(it for it in witnesses if it.position > path.stat().st_size)


def test_what_cannot_be_opened_is_read_as_far_as_it_was(tmp_path: Path) -> None:
    read_to = ReadTo(7, (Witness(7, "00"),))
    assert settled(tmp_path / "gone.jsonl", read_to, take=True) == read_to
    assert witnesses_of(tmp_path, 7) == ()


@given(st.binary(max_size=3000).map(lambda data: data.replace(b"a", b"\n")), st.data())
def test_any_bytes_hold_what_they_held(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, draw: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(data)
    offset = draw.draw(st.integers(0, len(data)))
    read_to = ReadTo(offset, witnesses_of(path, offset))
    assert settled(path, read_to, take=True) == read_to
    path.write_bytes(data + b"more")
    assert settled(path, read_to, take=True) == read_to
    path.write_bytes(data[: offset // 2])
    cut = settled(path, read_to, take=False)
    assert cut.position == offset // 2
    path.write_bytes(data)
    assert settled(path, cut, take=False) == read_to
