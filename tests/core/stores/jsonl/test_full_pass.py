"""All entries of a file that changes while they are gone through."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.model.entries import Entry
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl import full_pass
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system.opening import CannotOpen
from tests.core.bot_writer import BotWriter, lines_of
from tests.core.reference import FRAGMENTS, entries_of
from tests.open_files import is_open

MESSAGES = [("user", f"message {number}") for number in range(50)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_pass, "_FIRST_BLOCK", 100)
    monkeypatch.setattr(full_pass, "_BLOCK", 200)


@pytest.fixture(params=[False, True], ids=["in place", "by rename"])
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> BotWriter:
    writer = BotWriter(tmp_path / "alice.jsonl", renames=request.param)
    writer.rewrite(MESSAGES)
    return writer


def begun(writer: BotWriter, count: int = 3) -> tuple[list[Entry], Iterator[Entry]]:
    """The first entries, and the iterator that gives the others."""
    entries = FileTranscript(writer.path).entries()
    return [next(entries) for _ in range(count)], entries


def test_every_kind_of_line_comes_in_its_place(writer: BotWriter) -> None:
    data = b"\n".join([*FRAGMENTS, lines_of(MESSAGES), *FRAGMENTS, b'{"role":"us'])
    writer.path.write_bytes(data)
    assert list(FileTranscript(writer.path).entries()) == entries_of(data)


def test_what_is_appended_meanwhile_is_not_in_it(writer: BotWriter) -> None:
    expected = entries_of(writer.data)
    first, others = begun(writer)
    for number in range(9):
        writer.append(f"later {number}")
    assert [*first, *others] == expected


def test_a_last_line_that_grows_meanwhile_is_as_it_was(writer: BotWriter) -> None:
    writer.append_bytes(b'{"role":"user","content":"whole"}')
    expected = entries_of(writer.data)
    first, others = begun(writer)
    writer.append_bytes(b"\n")
    assert [*first, *others] == expected


@pytest.mark.parametrize("keep", [0, 1, 49])
def test_it_ends_with_an_error_where_the_file_is_written_anew(writer: BotWriter, keep: int) -> None:
    first, others = begun(writer)
    writer.rewrite([*MESSAGES[:keep], ("user", "another text")])
    given = list(first)
    with pytest.raises(CannotOpen, match="written anew"):
        given.extend(others)
    assert given == entries_of(lines_of(MESSAGES))[: len(given)]


def test_it_ends_with_an_error_where_the_file_is_gone(writer: BotWriter) -> None:
    _, others = begun(writer)
    writer.delete()
    with pytest.raises(CannotOpen) as caught:
        list(others)
    assert caught.value.missing


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="this system does not list open files")  # noqa: PTH112
def test_no_file_is_open_between_two_entries(writer: BotWriter) -> None:
    count = 0
    for entry in FileTranscript(writer.path).entries():
        assert isinstance(entry.item, ChatMessage)
        assert not is_open(writer.path)
        count += 1
    assert count == len(MESSAGES)
