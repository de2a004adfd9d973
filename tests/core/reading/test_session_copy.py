"""A session as text: as it is stored, or as a terminal may show it; whole, in steps."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from earwig.core.model.entries import Entry, Oversized, RemovedEntry, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading import session_copy
from earwig.core.reading.session_copy import SessionCopy
from earwig.core.reading.session_text import as_shown, as_source, source_of
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import lines_of
from tests.data.hostile import forbidden_characters
from tests.data.hostile_sessions import cases, session_of_all, session_of_lines


def written(path: Path, told: session_copy.Told, most: int = session_copy.MOST) -> tuple[bytes, SessionCopy]:
    making = SessionCopy(FileTranscript(path), told, "session.txt", most=most)
    try:
        while not making.step():
            assert 0 <= making.share <= 1
        return making.copy.path.read_bytes(), making
    finally:
        making.copy.remove()


def test_what_an_entry_says() -> None:
    assert source_of(ChatMessage.user("a\x1b\u202e")) == "a\x1b\u202e".encode()
    assert source_of(BadLine("is not UTF-8", b"\xff")) == b"\xff"
    assert source_of(Unfinished(b'{"ro')) == b'{"ro'
    assert source_of(Oversized(10**9, b"{")) is None
    assert source_of(RemovedEntry(1, ChatMessage.user("gone"), 0.0)) == b"gone"
    assert source_of(RemovedEntry(1, None, 0.0)) is None


def test_as_it_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines_of([("user", "one\n\ttwo\x1b[2J"), ("odd\x07role", "")]) + b'{"bad\xff\n{"role"')
    text, _ = written(path, as_source)
    assert text == (
        b"user  #1\none\n\ttwo\x1b[2J\n\n"
        b'"odd\\x07role"  #2\n\n\n'
        b"bad line  #3  is not UTF-8 (byte 6)\n" + b'{"bad\xff\n\n'
        b'unfinished line  #4\n{"role"\n'
    )


def test_as_it_may_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines_of([("user", "one\n\ttwo\x1b[2J\n"), ("assistant", "user  #9\nforged")]))
    text, _ = written(path, as_shown)
    assert text.decode() == (
        "user  #1\n    one\n            two␛[2J\n\n\nassistant  #2\n    user  #9\n    forged\n"
    )


def test_nothing_in_a_hostile_session_can_act(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(session_of_all() + session_of_lines())
    text, _ = written(path, as_shown)
    assert b"\x1b" not in text
    assert forbidden_characters(text.decode()) - {"\n"} == set()
    stored, _ = written(path, as_source)
    for case in cases():
        assert case.content.encode("utf-8", "surrogatepass") in stored


def test_every_entry_once_whatever_the_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines_of(("user", f"message {n}") for n in range(1000)))
    whole, _ = written(path, as_source)
    monkeypatch.setattr(session_copy, "_STEP", -1.0)  # a step does nothing
    making = SessionCopy(FileTranscript(path), as_source, "session.txt")
    assert not making.step()
    for pieces in (1, 7, 64):
        monkeypatch.setattr(session_copy, "_PIECES", pieces)
        monkeypatch.setattr(session_copy, "_STEP", 0.0001)
        assert written(path, as_source)[0] == whole
    assert whole.count(b"message ") == 1000
    making.copy.remove()


@pytest.mark.parametrize("seed", range(5))
def test_of_a_session_over_the_bound_the_newest(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines_of(("user", f"<{n}>" + "x" * choose.randrange(300)) for n in range(200)))
    most = choose.randrange(1, path.stat().st_size)
    text, making = written(path, as_source, most)
    size = path.stat().st_size
    assert size - most <= making._start
    entries: list[Entry] = list(FileTranscript(path).entries(making._start))
    assert text.count(b"<") == len(entries) >= 0
    assert not entries or b"<199>" in text
