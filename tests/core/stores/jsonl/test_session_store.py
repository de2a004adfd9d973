"""The bot's store in Python: what it writes, what it loads back, and what it lists."""

from __future__ import annotations

import gc
import os
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl import session_store
from earwig.core.stores.jsonl.session_store import SessionStore
from tests.this_system import make_pipe, opened_pipe

HI = ChatMessage.user("hi")
LINE = b'{"role":"user","content":"hi"}\n'


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path)


def test_what_is_appended_is_loaded(store: SessionStore) -> None:
    store.append("telegram_user123", ChatMessage.user("hello"))
    store.append("telegram_user123", ChatMessage.assistant("hi there"))
    messages = store.load("telegram_user123")
    assert messages == [("user", "hello"), ("assistant", "hi there")]
    assert all(type(message) is ChatMessage for message in messages)


def test_a_session_that_does_not_exist_is_empty(store: SessionStore) -> None:
    assert store.load("nonexistent") == []
    assert store.list_sessions() == []


def test_a_key_with_special_characters(store: SessionStore, tmp_path: Path) -> None:
    store.append("slack/thread:123/user", HI)
    assert store.load("slack/thread:123/user") == [HI]
    assert (
        store.session_path("slack/thread:123/user") == tmp_path / "sessions" / "slack_thread_123_user.jsonl"
    )
    assert store.list_sessions() == ["slack_thread_123_user"]


def test_sessions_are_listed(store: SessionStore) -> None:
    store.append("telegram_alice", HI)
    store.append("discord_bob", HI)
    assert sorted(store.list_sessions()) == ["discord_bob", "telegram_alice"]


def test_an_append_leaves_what_is_there(store: SessionStore) -> None:
    path = store.session_path("k")
    store.append("k", ChatMessage.user("msg1"))
    before = path.read_bytes()
    inode = path.stat().st_ino
    store.append("k", ChatMessage.user("msg2"))
    assert path.read_bytes() == before + b'{"role":"user","content":"msg2"}\n'
    assert path.stat().st_ino == inode


def test_corrupt_lines_are_passed_over(store: SessionStore) -> None:
    store.session_path("k").write_bytes(
        b'{"role":"user","content":"hello"}\nthis is not valid json\n\n'
        b'["tool","list"]\r\n{"role":"assistant","content":"world"}'
    )
    assert store.load("k") == [("user", "hello"), ("tool", "list"), ("assistant", "world")]


def test_the_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    SessionStore(str(tmp_path / "a" / "b")).append("k", HI)
    SessionStore(tmp_path / "a" / "b").append("k", HI)
    assert (tmp_path / "a" / "b" / "sessions" / "k.jsonl").read_bytes() == LINE * 2


def test_bytes_are_those_of_the_bots_own_serialiser(store: SessionStore) -> None:
    escapes = {**{n: f"\\u{n:04x}" for n in range(0x20)}, ord('"'): '\\"', ord("\\"): "\\\\"}
    escapes |= {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    content = "".join(map(chr, range(0x100))) + "/\u2028\ufeff\uffff\U0001f600"
    store.append("k", ChatMessage("r\u00f4le\n", content))
    written = f'{{"role":"r\u00f4le\\n","content":"{content.translate(escapes)}"}}\n'
    assert store.session_path("k").read_bytes() == written.encode()


@pytest.mark.parametrize("message", [ChatMessage.user("a\ud83d"), ChatMessage("\udcff", "a")])
def test_half_a_surrogate_pair_cannot_be_written(store: SessionStore, message: ChatMessage) -> None:
    with pytest.raises(ValueError, match="half a surrogate pair"):
        store.append("k", message)
    assert store.list_sessions() == []


def test_a_line_is_one_write(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []

    def write(descriptor: int, data: memoryview) -> int:
        writes.append(bytes(data))
        return len(data)

    monkeypatch.setattr(os, "write", write)
    store.append("k", HI)
    assert writes == [LINE]


def test_a_partial_write_is_completed(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    store.append("k", HI)
    monkeypatch.undo()
    assert store.session_path("k").read_bytes() == LINE


def test_an_append_that_fails_says_so(store: SessionStore) -> None:
    store.session_path("k").mkdir()
    with pytest.raises(IsADirectoryError):
        store.append("k", HI)


def test_a_folder_and_a_missing_store_are_empty(store: SessionStore, tmp_path: Path) -> None:
    store.session_path("k").mkdir()
    assert store.load("k") == []
    assert store.list_sessions() == ["k"]
    store.session_path("k").rmdir()
    (tmp_path / "sessions").rmdir()
    assert store.load("k") == []
    assert store.list_sessions() == []


def test_a_pipe_without_a_writer_is_empty(store: SessionStore) -> None:
    make_pipe(store.session_path("k"))
    assert store.load("k") == []
    with pytest.raises(OSError, match="jsonl"):
        store.append("k", HI)


def test_what_is_in_a_pipe_stays_there(store: SessionStore) -> None:
    pipe = opened_pipe(store.session_path("k"), os.O_RDWR)
    try:
        os.write(pipe, LINE)
        assert store.load("k") == []
        assert os.read(pipe, 100) == LINE
    finally:
        os.close(pipe)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no symbolic links")
def test_a_link_is_followed_as_the_bot_follows_it(store: SessionStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(LINE)
    store.session_path("k").symlink_to(tmp_path / "elsewhere")
    assert store.load("k") == [HI]
    store.session_path("broken").symlink_to(tmp_path / "nowhere")
    assert store.load("broken") == []


def test_every_name_that_ends_as_it_must_is_listed(store: SessionStore, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    for name in ("a b.jsonl", ".jsonl", "x.y.jsonl", "\u0410.jsonl", "k.JSONL", "k.jsonl.migrated", "k.json"):
        (folder / name).touch()
    (folder / "archive").mkdir()
    (folder / "deep.jsonl").mkdir()
    assert sorted(store.list_sessions()) == ["", "a b", "deep", "x.y", "\u0410"]
    in_order = [path.name for path in folder.iterdir() if path.name.endswith(".jsonl")]
    assert store.list_sessions() == [name.removesuffix(".jsonl") for name in in_order]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_no_utf8_is_left_out(store: SessionStore, tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/sessions/a\xff.jsonl")).touch()
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    store.append("k", HI)
    assert store.list_sessions() == ["k"]


@pytest.mark.parametrize("size", [2, 7, 64])
def test_lines_longer_than_the_buffer(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    messages = [ChatMessage.user("a" * size) for size in (0, 1, 3, 200, 5, 1000)]
    for message in messages:
        store.append("k", message)
    monkeypatch.setattr(session_store, "_BUFFER", size)
    assert store.load("k") == messages
    with store.session_path("k").open("ab") as file:
        file.write(LINE[:-1])
    assert store.load("k") == [*messages, HI]


def test_a_file_of_many_batches(store: SessionStore) -> None:
    messages = [ChatMessage.assistant(f"{number} " + "\u00e9" * 500) for number in range(3000)]
    line = b'{"role":"assistant","content":"%s"}\n'
    data = b"".join(line % message.content.encode() for message in messages)
    assert len(data) > 2 * session_store._BUFFER
    store.session_path("k").write_bytes(data)
    assert store.load("k") == messages


def test_long_lines_are_parsed_one_by_one(store: SessionStore) -> None:
    size = 1024 * 1024
    store.session_path("k").write_bytes(b'{"role":"user","content":"%s"}\n' % (b"a" * size) * 60)
    tracemalloc.start()
    try:
        messages = store.load("k")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(messages) == 60
    assert peak < (60 + 20) * size


@pytest.mark.usefixtures("nothing_frozen")
def test_no_search_for_cycles_is_made_or_left_behind(store: SessionStore) -> None:
    store.session_path("k").write_bytes(LINE * 20_000)
    searches: list[str] = []
    gc.collect()
    gc.callbacks.append(lambda phase, _: searches.append(phase))
    try:
        loaded = store.load("k")
        pairs = [[number] for number in range(20)]  # few new objects: they do not lead to one either
        assert searches == []
    finally:
        gc.callbacks.pop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert (len(loaded), len(pairs)) == (20_000, 20)


@pytest.mark.usefixtures("nothing_frozen")
@pytest.mark.parametrize("frozen", [False, True])
def test_the_collector_is_left_as_it_was(store: SessionStore, frozen: bool) -> None:
    store.append("k", HI)
    gc.disable()
    try:
        if frozen:
            gc.freeze()
        count = gc.get_freeze_count()
        assert store.load("k") == [HI]
        assert not gc.isenabled()
        gc.enable()
        assert store.load("k") == [HI]
        assert gc.isenabled()
        assert gc.get_freeze_count() == count
    finally:
        gc.enable()
        gc.unfreeze()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.text(max_size=20), st.text()), max_size=4))
@example([("", "")])
@example([("role", '","role":"x'), ("user", '\\"content\\"'), ("user", "\\u0061 \\")])
def test_any_message_comes_back(
    tmp_path_factory: pytest.TempPathFactory, spoken: list[tuple[str, str]]
) -> None:
    # `mktemp` goes through all folders that there are, each time.
    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        store = SessionStore(Path(folder))
        for role, content in spoken:
            store.append("k", ChatMessage(role, content))
        assert store.load("k") == spoken
