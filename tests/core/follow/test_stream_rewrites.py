"""What a stream tells after each way in which a session is rewritten, stalled anywhere and for any time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.follow import known, learning
from earwig.core.follow.session_tail import UNKNOWN, SessionTail
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.core.stream import Stream

OLD = [("user", f"old message {number}") for number in range(12)]
STALLS = [0.4, 7.0, 600.0]


@pytest.fixture(params=[True, False], ids=["begun with", "from a listing"])
def begins(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "alice.jsonl"
    path.write_bytes(lines_of(OLD))
    return path


@pytest.fixture
def stream(path: Path, begins: bool) -> Stream:
    return Stream(path, begins=begins)


def perform(stream: Stream, calls: Iterator[None], stall_at: int = -1, stall: float = 0.0) -> None:
    """All the calls, with a look after each, and one stall."""
    for index, _ in enumerate(calls):
        stream.look()
        stream.sleep(stall if index == stall_at else 0.001)
        stream.look()


def say(stream: Stream, bot: BotWriter, content: str) -> None:
    bot.append(content)
    stream.look()


@pytest.mark.parametrize("stall", STALLS)
@pytest.mark.parametrize("at", [0, 1, 2, 7, 2 * len(OLD) - 4])
def test_the_first_change_seen_is_a_rewrite_in_place_that_stalls(
    stream: Stream, path: Path, at: int, stall: float
) -> None:
    bot = BotWriter(path)
    perform(stream, bot.rewriting(OLD[:-1]), at, stall)
    say(stream, bot, "new")
    stream.sleep(9)
    assert stream.told == ["new"]


@pytest.mark.parametrize("stall", STALLS)
@pytest.mark.parametrize("at", range(0, 2 * len(OLD), 5))
def test_the_last_message_is_changed_by_a_rewrite_in_place_that_stalls(
    stream: Stream, path: Path, at: int, stall: float
) -> None:
    bot = BotWriter(path)
    perform(stream, bot.rewriting([*OLD[:-1], ("user", "changed")]), at, stall)
    stream.sleep(9)
    assert stream.told == ["changed"]


@pytest.mark.parametrize("seconds", [0.0, *STALLS])
def test_a_file_that_is_away_and_comes_back(stream: Stream, path: Path, seconds: float) -> None:
    away = path.with_name(path.name + ".importing")
    for text in ("one", "two"):
        path.rename(away)
        stream.look()
        stream.sleep(seconds)
        away.rename(path)
        stream.look()
        say(stream, BotWriter(path), text)
    assert stream.told == ["one", "two"]


@pytest.mark.parametrize("copied", [False, True])
def test_a_folder_that_is_away_and_comes_back(tmp_path: Path, copied: bool, begins: bool) -> None:
    folder, away = tmp_path / "sessions", tmp_path / "away"
    folder.mkdir()
    path = folder / "alice.jsonl"
    path.write_bytes(lines_of(OLD))
    stream = Stream(path, begins=begins)
    folder.rename(away)
    stream.look()
    stream.sleep(3)
    if copied:
        shutil.copytree(away, folder)
    else:
        away.rename(folder)
    stream.look()
    stream.sleep(3)
    say(stream, BotWriter(path), "new")
    assert stream.told == ["new"]


@pytest.mark.parametrize("fewer", [0, 1, 2, 5])
def test_one_put_in_its_place_with_fewer_messages(stream: Stream, path: Path, fewer: int) -> None:
    bot = BotWriter(path, renames=True)
    bot.rewrite(OLD[: len(OLD) - fewer])
    stream.look()
    stream.sleep(1)
    say(stream, bot, "new")
    assert stream.told == ["new"]


@pytest.mark.parametrize("renames", [False, True])
@pytest.mark.parametrize("index", [0, 1, 5, len(OLD) - 2])
def test_an_edit_in_the_middle_is_no_message_that_comes(
    stream: Stream, path: Path, index: int, renames: bool
) -> None:
    edited = [*OLD[:index], ("user", "new message 0"), *OLD[index + 1 :]]
    perform(stream, BotWriter(path, renames=renames).rewriting(edited))
    stream.sleep(3)
    say(stream, BotWriter(path), "next")
    assert stream.told == ["next"]


@pytest.mark.parametrize("renames", [False, True])
@pytest.mark.parametrize("pause", [1.1, 60.0])
def test_the_message_taken_back_and_said_again_is_told(
    stream: Stream, path: Path, renames: bool, pause: float
) -> None:
    bot = BotWriter(path, renames=renames)
    for _ in range(3):
        perform(stream, bot.rewriting(OLD[:-1]))
        stream.sleep(pause)
        say(stream, bot, OLD[-1][1])
        stream.sleep(pause)
    assert stream.told == [OLD[-1][1]] * 3


def test_a_message_with_the_text_of_an_old_one_is_told_at_once(stream: Stream, path: Path) -> None:
    bot = BotWriter(path)
    for _, text in (OLD[-1], OLD[-1], OLD[3], OLD[0]):
        say(stream, bot, text)
    assert stream.told == [OLD[-1][1], OLD[-1][1], OLD[3][1], OLD[0][1]]


@pytest.mark.parametrize("how", ["deleted", "cleared in place", "cleared by rename"])
def test_a_conversation_begun_anew_with_the_same_greeting(stream: Stream, path: Path, how: str) -> None:
    bot = BotWriter(path, renames=how == "cleared by rename")
    if how == "deleted":
        path.rename(path.with_name("kept"))  # its inode number is not free
    else:
        bot.clear()
    stream.look()
    stream.sleep(5)
    said = [OLD[0][1], OLD[1][1], "another question", "an answer"]
    for count, text in enumerate(said, 1):
        say(stream, bot, text)
        stream.sleep(2)
        assert stream.told == said[:count]


def test_cut_then_grown(stream: Stream, path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    stream.look()
    stream.sleep(20)
    path.write_bytes(data)
    stream.look()
    stream.sleep(20)
    path.write_bytes(data + line_of("user", "new") + b"\n")
    stream.look()
    stream.sleep(3)
    assert stream.told == ["new"]


@pytest.mark.parametrize("rests", [False, True])
def test_several_rewrites_one_after_another(stream: Stream, path: Path, rests: bool) -> None:
    bot = BotWriter(path)
    for number in range(6):
        bot.renames = number % 3 == 1
        perform(stream, bot.rewriting(bot.messages()[:-1]), number, 2.0)
        if rests:
            stream.tail.rest()
        say(stream, bot, f"new {number}")
    stream.sleep(3)
    assert stream.told == [f"new {number}" for number in range(6)]


class TestNeverRead:
    """A session of which only the size is known when it is rewritten."""

    @pytest.fixture
    def told(self) -> list[str]:
        return []

    @pytest.fixture
    def tail(self, path: Path, told: list[str]) -> SessionTail:
        return SessionTail(
            lambda: FileTranscript(path),
            lambda it: told.append(it.message.content),
            lambda _sentence: None,
            known_to=path.stat().st_size,
        )

    def test_what_is_left_is_known_after_a_while(
        self, tail: SessionTail, path: Path, told: list[str]
    ) -> None:
        bot = BotWriter(path)
        bot.rewrite(OLD[:4])
        assert tail.look(1000.0) == 1000.0 + UNKNOWN
        bot.append_bytes(lines_of(OLD[4:-1]))
        assert tail.look(1003.0) == 1003.0 + UNKNOWN
        assert tail.look(1003.0 + UNKNOWN) is None
        bot.append("n")
        tail.look(1009.0)
        assert told == ["n"]

    def test_what_comes_behind_its_size_is_new(self, tail: SessionTail, path: Path, told: list[str]) -> None:
        BotWriter(path).rewrite([*OLD[:-1], ("user", "a text that is longer than the one that was there")])
        tail.look(1000.0)
        assert told == ["a text that is longer than the one that was there"]

    def test_another_conversation_after_it_was_away_is_new(
        self, tail: SessionTail, path: Path, told: list[str]
    ) -> None:
        path.unlink()
        tail.look(1000.0)
        path.write_bytes(lines_of([("user", "hello")]))
        tail.look(1001.0)
        assert told == ["hello"]


class TestLong:
    """A session of which not all messages are remembered."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(known, "MOST", 64)
        monkeypatch.setattr("earwig.core.follow.known.MOST", 64)
        monkeypatch.setattr(learning, "LEARNT", 8 * 1024)
        monkeypatch.setattr("earwig.core.follow.session_tail._SLACK", 1024)

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "alice.jsonl"
        path.write_bytes(lines_of(self.messages(2_000)))
        return path

    @staticmethod
    def messages(count: int) -> list[tuple[str, str]]:
        return [("user", f"old message {number}") for number in range(count)]

    @pytest.mark.parametrize("renames", [False, True])
    @pytest.mark.parametrize("at", [0, 20, 300, 3_900])
    def test_rewritten(self, stream: Stream, path: Path, renames: bool, at: int) -> None:
        bot = BotWriter(path, renames=renames)
        for index, _ in enumerate(bot.rewriting(self.messages(1_999))):
            if index % 40 == 0 or index == at:
                stream.look()
                stream.sleep(7.0 if index == at else 0.001)
        stream.look()
        stream.sleep(2)
        for text in ("new", "newer"):
            say(stream, bot, text)
        assert stream.told == ["new", "newer"]

    def test_its_memory_is_bounded(self, stream: Stream, path: Path) -> None:
        bot = BotWriter(path)
        bot.append_bytes(lines_of([("user", f"new {number}") for number in range(1_000)]))
        stream.look()
        assert len(stream.told) == 1_000
        assert len(stream.tail._known.hashes) <= 2 * 64
        bot.renames = True
        perform(stream, bot.rewriting([*bot.messages()[:-1], ("user", "changed")]))
        assert stream.told[1_000:] == ["changed"]

    def test_put_in_place_without_its_newest_messages(self, stream: Stream, path: Path) -> None:
        bot = BotWriter(path, renames=True)
        perform(stream, bot.rewriting(self.messages(500)))
        stream.sleep(2)
        say(stream, bot, "new")
        assert stream.told == ["new"]

    @pytest.mark.parametrize("deleted", [False, True])
    def test_begun_anew(self, stream: Stream, path: Path, deleted: bool) -> None:
        bot = BotWriter(path)
        bot.delete() if deleted else bot.clear()
        stream.look()
        stream.sleep(5)
        for text in ("hello", "hi"):
            say(stream, bot, text)
            stream.sleep(2)
        assert stream.told == ["hello", "hi"]
