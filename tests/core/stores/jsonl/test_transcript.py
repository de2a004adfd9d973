"""One session's lines while its file changes in every way that it can."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from earwig.core.model.entries import Oversized, Unfinished
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl import file_fingerprint as witness
from earwig.core.stores.jsonl import known_file, line_reader
from earwig.core.stores.jsonl import transcript as transcript_module
from earwig.core.stores.jsonl.file_fingerprint import TAIL
from earwig.core.stores.jsonl.known_file import INDEX_STEP, KnownFile
from earwig.core.stores.jsonl.line_index import BLOCK
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Change
from earwig.core.system.opening import CannotOpen, read_at
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.core.reference import entries_of, file_bytes
from tests.open_files import is_open
from tests.this_system import bound_socket, make_pipe

THREE = [("user", "one"), ("assistant", "two"), ("user", "three")]


@pytest.fixture
def writer(tmp_path: Path) -> BotWriter:
    return BotWriter(tmp_path / "alice.jsonl")


@pytest.fixture(params=["in place", "renamed"])
def rewriter(request: pytest.FixtureRequest, writer: BotWriter) -> BotWriter:
    """A writer of either generation of the bot."""
    writer.renames = request.param == "renamed"
    return writer


def contents(transcript: FileTranscript) -> list[str]:
    return [entry.item.content for entry in transcript.entries() if isinstance(entry.item, ChatMessage)]


def watched(writer: BotWriter) -> FileTranscript:
    """The transcript, looked at once."""
    transcript = FileTranscript(writer.path)
    transcript.refresh()
    return transcript


def split(data: bytes) -> list[bytes]:
    """Its lines, each with its newline; only newlines split."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def index_all(transcript: FileTranscript) -> None:
    while not transcript.index_step():
        pass


# What refresh says


def test_first_look_then_nothing_new(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    assert transcript.refresh() is Change.GREW
    assert transcript.refresh() is Change.SAME
    assert (transcript.end, transcript.generation) == (len(writer.data), 0)


@pytest.mark.parametrize("append", [BotWriter.append, BotWriter.append_in_two, BotWriter.append_by_byte])
def test_appends_are_growth(writer: BotWriter, append: Callable[[BotWriter, str], None]) -> None:
    writer.rewrite(THREE)
    transcript = watched(writer)
    changes = set()
    writer.pause = lambda: changes.add(transcript.refresh())
    append(writer, "four")
    assert changes == {Change.GREW}
    assert transcript.generation == 0
    assert contents(transcript) == ["one", "two", "three", "four"]


def test_line_without_newline_is_provisional_until_it_is_bad_or_a_message(writer: BotWriter) -> None:
    seen: list[tuple[type, bool]] = []
    transcript = FileTranscript(writer.path)

    def look() -> None:
        seen.extend((type(entry.item), entry.complete) for entry in transcript.tail(5).entries)

    writer.pause = look
    line = line_of("user", "hello")
    writer.append_pieces([line[:10], line[10:], b"\n"])
    assert seen == [(Unfinished, False), (ChatMessage, False), (ChatMessage, True)]


@pytest.mark.parametrize(
    ("rewrite", "messages"),
    [
        (lambda writer: writer.update_last("THREE"), ["one", "two", "THREE"]),
        (lambda writer: writer.update_last("drei"), ["one", "two", "drei"]),
        (lambda writer: writer.remove_last(), ["one", "two"]),
        (lambda writer: writer.clear(), []),
        (lambda writer: writer.rewrite([("user", "x"), *THREE]), ["x", "one", "two", "three"]),
        (lambda writer: writer.rewrite([("user", "new" * 99)] * 5), ["new" * 99] * 5),
    ],
    ids=["same size", "shorter", "remove_last", "clear", "regrown past the old size", "all new"],
)
def test_rewrites_are_seen(
    rewriter: BotWriter, rewrite: Callable[[BotWriter], None], messages: list[str]
) -> None:
    rewriter.rewrite(THREE)
    transcript = watched(rewriter)
    before = rewriter.data
    rewrite(rewriter)
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.generation == 1
    pairs = zip(split(before), split(rewriter.data), strict=False)
    assert transcript.unchanged_to == sum(len(old) for old, _ in takewhile(lambda it: it[0] == it[1], pairs))
    assert transcript.refresh() is Change.SAME
    assert contents(transcript) == messages


def test_rename_of_the_same_bytes_is_no_rewrite(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = watched(writer)
    writer.renames = True
    writer.rewrite(THREE)
    assert transcript.refresh() is Change.SAME
    writer.rewrite([*THREE, ("user", "four")])
    assert transcript.refresh() is Change.GREW
    assert transcript.generation == 0


def test_a_new_file_with_the_old_inode_number_is_another_file(writer: BotWriter) -> None:
    for _ in range(20):  # file systems give a freed number out again, some at once, some later
        writer.rewrite(THREE)
        transcript = watched(writer)
        writer.delete()
        writer.append("hello after /new")
        writer.append("and a good deal more, so that the file is longer than it ever was before")
        assert transcript.refresh() is Change.REWRITTEN
        assert contents(transcript)[0] == "hello after /new"


def test_every_step_of_a_rewrite_in_place_can_be_looked_at(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = watched(writer)
    seen = []

    def look() -> None:
        transcript.refresh()
        seen.append(contents(transcript))

    writer.pause = look
    writer.update_last("3")
    assert seen == [[], ["one"], ["one"], ["one", "two"], ["one", "two"]] + [["one", "two", "3"]] * 2
    assert transcript.generation == 1


@pytest.mark.parametrize("with_index", [False, True])
def test_rewrite_of_a_long_file_leaves_its_unchanged_part(rewriter: BotWriter, with_index: bool) -> None:
    messages = [("user", f"{number} " + "x" * 1000) for number in range(300)]
    rewriter.rewrite_bytes([lines_of(messages)])
    transcript = watched(rewriter)
    if with_index:
        index_all(transcript)
    before = rewriter.data
    assert len(before) > 4 * BLOCK
    changed = [*messages[:200], ("user", "changed"), *messages[201:]]
    rewriter.rewrite_bytes([lines_of(changed)])
    assert transcript.refresh() is Change.REWRITTEN
    same = transcript.unchanged_to
    start = len(lines_of(messages[:200]))
    assert before[:same] == rewriter.data[:same]
    assert rewriter.data[:same].endswith(b"\n") or same == 0
    if with_index:
        assert start - BLOCK - 1100 < same <= start
    assert transcript.window(200, 203).entries == tuple(entries_of(rewriter.data)[199:202])


def test_last_message_of_a_long_file_changes(rewriter: BotWriter) -> None:
    messages = [("user", f"{number} " + "x" * 1000) for number in range(300)]
    rewriter.rewrite_bytes([lines_of(messages)])
    transcript = watched(rewriter)
    index_all(transcript)
    rewriter.rewrite_bytes([lines_of([*messages[:-1], ("user", "299 " + "y" * 1000)])])
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.unchanged_to == len(lines_of(messages[:-1]))


def test_replacement_with_another_past_and_the_same_tail_is_seen(writer: BotWriter) -> None:
    tail = lines_of([("user", "x" * TAIL)])
    writer.renames = True
    writer.rewrite_bytes([lines_of([("user", "old")]), tail])
    transcript = watched(writer)
    index_all(transcript)
    writer.rewrite_bytes([lines_of([("user", "new")]), tail])
    assert transcript.refresh() is Change.REWRITTEN
    assert contents(transcript)[0] == "new"


# A file that is not there


def test_vanished_and_back(writer: BotWriter) -> None:
    transcript = FileTranscript(writer.path)
    assert transcript.refresh() is Change.SAME
    assert transcript.absent
    with pytest.raises(CannotOpen, match="is not there"):
        transcript.tail(1)
    writer.rewrite(THREE)
    assert transcript.refresh() is Change.GREW
    index_all(transcript)
    writer.delete()
    assert [transcript.refresh(), transcript.refresh()] == [Change.VANISHED, Change.SAME]
    assert (transcript.generation, transcript.unchanged_to, transcript.end) == (1, 0, 0)
    assert (transcript.indexed, transcript.lines, transcript.absent) == (0, 0, True)
    writer.append("again")
    assert transcript.refresh() is Change.GREW
    assert (transcript.generation, transcript.absent) == (1, False)
    assert contents(transcript) == ["again"]
    assert transcript.window(1, 2).entries[0].number == 1


def test_what_is_no_file_is_refused_by_every_method_until_it_is_one(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = watched(writer)
    writer.delete()
    writer.path.mkdir()
    for method in every_method(transcript):
        with pytest.raises(CannotOpen, match="is a folder"):
            method()
    writer.path.rmdir()
    writer.rewrite(THREE)
    assert transcript.refresh() is Change.SAME
    assert len(transcript.tail(9).entries) == 3


def test_pipe_socket_and_link_are_refused_at_once(tmp_path: Path) -> None:
    make_pipe(tmp_path / "pipe.jsonl")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "pipe.jsonl")
    with bound_socket(tmp_path / "socket.jsonl"):
        for name, reason in [("pipe", "named pipe"), ("link", "symbolic link"), ("socket", "socket")]:
            with pytest.raises(CannotOpen, match=reason):
                FileTranscript(tmp_path / f"{name}.jsonl").refresh()


def every_method(transcript: FileTranscript) -> list[Callable[[], object]]:
    return [
        transcript.refresh,
        lambda: transcript.tail(2),
        lambda: transcript.before(transcript.end, 2),
        lambda: transcript.after(0, 2),
        lambda: transcript.around(40, 1, 1),
        lambda: transcript.window(2, 4),
        lambda: transcript.offset_of(3),
        lambda: transcript.read(0, 10),
        lambda: transcript.scan(0, 10),
        lambda: list(transcript.entries()),
        lambda: transcript.numbers_of([0, 40]),
        transcript.index_step,
    ]


def test_no_descriptor_stays_open(writer: BotWriter) -> None:
    writer.rewrite(THREE)
    transcript = FileTranscript(writer.path)
    with writer.path.open("rb"):
        assert is_open(writer.path)
    for method in every_method(transcript):
        method()
        assert not is_open(writer.path)


# A file that changes between the look and the read


def change_after_each_look(patch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """Let something happen to the file right after each look at it: the worst moment there is."""
    look = KnownFile.refresh

    def look_and_change(self: KnownFile, fd: int) -> Change:
        result = look(self, fd)
        change()
        return result

    patch.setattr(KnownFile, "refresh", look_and_change)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file_bytes, st.integers(0, 100), st.booleans())
@example(b"x" * 50 + b"\n\n\n", 10, True)
def test_cut_between_look_and_read(tmp_path: Path, data: bytes, kept: int, known: bool) -> None:
    writer = BotWriter(tmp_path / "cut.jsonl")
    for method in range(12):
        writer.rewrite_bytes([data])
        transcript = FileTranscript(writer.path, line_limit=30)
        if known:
            index_all(transcript)
        with pytest.MonkeyPatch.context() as patch:
            change_after_each_look(patch, lambda: os.truncate(writer.path, min(kept, len(data))))
            every_method(transcript)[method]()  # whatever it gives, it ends and does not raise
        transcript.refresh()
        assert transcript.generation == (kept < len(data))
        index_all(transcript)
        assert list(transcript.after(0, 999).entries) == entries_of(data[:kept], 30)


def test_lines_counted_of_another_text_are_not_believed(writer: BotWriter) -> None:
    old, new = [("user", "x" * 999)] * 400, [("user", "x")] * 16_000
    writer.rewrite_bytes([lines_of(old)])
    transcript = watched(writer)
    with pytest.MonkeyPatch.context() as patch:
        change_after_each_look(patch, lambda: writer.rewrite_bytes([lines_of(new)]))
        transcript.index_step()
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.unchanged_to == 0
    index_all(transcript)
    assert transcript.tail(1).entries[0].number == 16_000


def test_a_rewrite_on_the_heels_of_another_is_seen(
    writer: BotWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.rewrite(THREE)
    transcript = watched(writer)
    writer.update_last("second")
    rewrites = iter([[("user", "all"), ("assistant", "of it"), ("user", "new")]])

    def read_then_rewrite(fd: int, size: int, offset: int) -> bytes:
        data = read_at(fd, size, offset)
        for messages in rewrites:
            writer.rewrite(messages)
        return data

    monkeypatch.setattr(known_file, "read_at", read_then_rewrite)
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.refresh() is Change.REWRITTEN
    assert contents(transcript) == ["all", "of it", "new"]


# Long lines and long files


def test_line_over_the_limit_is_oversized_in_pages_and_whole_in_entries(writer: BotWriter) -> None:
    writer.rewrite([("user", "x" * 9000), ("user", "short")])
    transcript = FileTranscript(writer.path, line_limit=5000)
    raw = line_of("user", "x" * 9000)
    for page in (transcript.tail(2), transcript.after(0, 2), transcript.window(1, 3)):
        long, short = page.entries
        assert long.item == Oversized(len(raw), raw[:4096])
        assert short.item == ChatMessage("user", "short")
        assert (long.number, short.number) == (1, 2)
    assert contents(transcript) == ["x" * 9000, "short"]


def test_numbers_far_ahead_of_the_index_come_later(writer: BotWriter) -> None:
    line = line_of("user", "x" * 970) + b"\n"
    count = 2 * INDEX_STEP // len(line)
    writer.rewrite_bytes([line * count])
    transcript = FileTranscript(writer.path)
    newest = transcript.tail(1).entries[0]
    assert (newest.number, transcript.lines) == (None, None)
    index_all(transcript)
    assert transcript.numbers_of([newest.position, 0]) == [count, 1]
    assert transcript.lines == count
    assert transcript.tail(1).entries[0].number == count


def test_tail_of_a_long_file_reads_little_of_it(writer: BotWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.rewrite_bytes([lines_of([("user", "x" * 80)]) * 50_000])
    sizes = []

    def counted(fd: int, size: int, offset: int) -> bytes:
        sizes.append(size)
        return read_at(fd, size, offset)

    for module in (line_reader, transcript_module, known_file, witness):
        monkeypatch.setattr(module, "read_at", counted)
    transcript = FileTranscript(writer.path)
    assert len(transcript.tail(20).entries) == 20
    assert sum(sizes) < 4 * TAIL
    writer.append("one more")
    sizes.clear()
    assert transcript.tail(1).entries[0].item == ChatMessage("user", "one more")
    assert sum(sizes) < 4 * TAIL
