"""Proof that a file's past is unchanged."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.stores.jsonl import file_fingerprint as witness_module
from earwig.core.stores.jsonl.file_fingerprint import FileFingerprint, FileSight
from earwig.core.system.opening import opened, read_at

TAIL = 16


@pytest.fixture(autouse=True, scope="module")
def short_tail() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(witness_module, "TAIL", TAIL)
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alice.jsonl"


def look(witness: FileFingerprint, path: Path) -> FileSight:
    with opened(path) as fd:
        return witness.look(fd)


def learn(witness: FileFingerprint, path: Path) -> FileSight:
    sight = look(witness, path)
    witness.accept(sight)
    return sight


def reads_change(
    patch: pytest.MonkeyPatch, change: Callable[[], None], *, after: int = 0
) -> list[tuple[int, int]]:
    """Let something happen to the file after so many reads; notes the reads as (size, offset)."""
    reads: list[tuple[int, int]] = []

    def read(fd: int, size: int, offset: int) -> bytes:
        if len(reads) == after:
            change()
        reads.append((size, offset))
        return read_at(fd, size, offset)

    patch.setattr(witness_module, "read_at", read)
    return reads


def nothing_is_read(patch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int, size: int, offset: int) -> NoReturn:
        raise AssertionError("read")

    patch.setattr(witness_module, "read_at", refuse)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sessions")
    return (folder / f"{number}.jsonl" for number in itertools.count())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6))
def test_the_last_bytes_are_remembered_however_the_file_grows(
    paths: Iterator[Path], appends: list[bytes]
) -> None:
    path, witness, data = next(paths), FileFingerprint(), b""
    for number, append in enumerate(appends):
        with path.open("ab") as file:
            file.write(append)
        data += append
        assert witness.known == (number > 0)
        sight = learn(witness, path)
        assert sight.same_tail
        assert not sight.replaced
        assert witness.size == len(data)
        assert witness.tail == data[-TAIL:]
        assert witness.tail_start == max(0, len(data) - TAIL)
    path.unlink()


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=50), st.binary(max_size=90))
def test_the_tail_is_the_same_only_if_it_is(paths: Iterator[Path], old: bytes, new: bytes) -> None:
    path, witness = next(paths), FileFingerprint()
    path.write_bytes(old)
    learn(witness, path)
    path.write_bytes(new)
    start = max(0, len(old) - TAIL)
    same = len(new) >= len(old) and new[start : len(old)] == old[start:]
    sight = look(witness, path)
    assert sight.same_tail == same
    assert sight.size == len(new)
    path.unlink()


def test_a_replaced_file_is_told_from_a_rewritten_one(path: Path) -> None:
    path.write_bytes(b"old")
    witness = FileFingerprint()
    learn(witness, path)
    path.write_bytes(b"new")
    assert not look(witness, path).replaced
    other = path.with_name("other")
    other.write_bytes(b"old")
    other.replace(path)
    sight = look(witness, path)
    assert sight.replaced
    assert sight.same_tail


def test_bytes_are_compared_while_the_stamp_is_fresh(path: Path) -> None:
    witness = FileFingerprint()
    for number in range(100):  # many of them within one tick of the kernel's clock
        path.write_bytes(b"same size %03d" % number)
        os.utime(path, ns=(0, 0))  # an old stamp, kept by a copy, is no older for us
        assert look(witness, path).same_tail == (number == 0)
        witness = FileFingerprint()
        learn(witness, path)
        assert not learn(witness, path).settled


def test_a_settled_file_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"text")
    witness = FileFingerprint()
    learn(witness, path)
    monkeypatch.setattr(witness_module, "_SETTLE", 0.0)
    learn(witness, path)
    nothing_is_read(monkeypatch)
    sight = learn(witness, path)
    assert (sight.size, sight.tail, sight.same_tail) == (4, b"text", True)


def test_any_change_of_the_stamp_unsettles(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"text")
    witness = FileFingerprint()
    monkeypatch.setattr(witness_module, "_SETTLE", 0.0)
    for _ in range(3):
        learn(witness, path)
    os.utime(path, ns=(1, 1))
    reads = reads_change(monkeypatch, lambda: None)
    learn(witness, path)
    assert reads == [(4, 0)]


@pytest.mark.parametrize("grown", [10, 100])
def test_a_file_cut_while_it_is_read_is_known_as_far_as_it_was_read(
    path: Path, monkeypatch: pytest.MonkeyPatch, grown: int
) -> None:
    path.write_bytes(b"0123456789")
    witness = FileFingerprint()
    learn(witness, path)
    with path.open("ab") as file:
        file.write(b"x" * grown)
    kept = len(b"0123456789") + grown - 5
    reads_change(monkeypatch, lambda: os.truncate(path, kept))
    learn(witness, path)
    assert witness.size == kept
    assert witness.tail == path.read_bytes()[-len(witness.tail) :]
    sight = look(witness, path)
    assert (sight.same_tail, sight.size) == (True, kept)


@pytest.mark.parametrize(("grown", "after"), [(10, 0), (100, 0), (100, 1)])
def test_a_file_rewritten_while_it_is_read_is_not_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, grown: int, after: int
) -> None:
    path.write_bytes(b"0123456789")
    witness = FileFingerprint()
    learn(witness, path)
    with path.open("ab") as file:
        file.write(b"x" * grown)

    def rewrite() -> None:
        path.write_bytes(b"y" * 200)

    reads_change(monkeypatch, rewrite, after=after)
    assert not look(witness, path).same_tail
