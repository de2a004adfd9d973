"""What a database's transcript does beyond what the contract asks of every one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine
from earwig.core.model.read_to import ReadTo
from earwig.core.stores.protocols import Change, Transcript
from earwig.core.stores.sqlite import known_session
from earwig.core.stores.sqlite.changes import signature
from earwig.core.stores.sqlite.rows import ITEM_LIMIT
from earwig.core.system.opening import CannotOpen
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, untouched
from tests.core.stores.sqlite.transcripts import counted, say, texts, transcript_of


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        yield writer


def test_it_satisfies_the_protocol(bot: BotDatabase) -> None:
    transcript: Transcript = transcript_of(bot.path)
    assert transcript.generation == 0


# What is there


def test_each_entry_has_the_time_at_which_it_was_stored(tmp_path: Path) -> None:
    times = iter((1_700_000_000_500_000_000, 1_700_000_001_000_000_000))
    now = [0]

    def clock() -> int:
        return now[0]

    with closing(BotDatabase(tmp_path, clock=clock)) as bot:
        for time in times:
            now[0] = time
            say(bot, "hello")
        bot.con.execute("UPDATE sessions SET created_at = 'yesterday' WHERE id = 2")
        transcript = transcript_of(bot.path)
        for entries in (transcript.tail(5).entries, tuple(transcript.entries())):
            assert [entry.time for entry in entries] == [1_700_000_000.5, None]
        scan = transcript.scan(0)
        assert [entry.time for entry in scan.entries([0, 1])] == [1_700_000_000.5, None]


def test_a_damaged_row_is_in_its_place_with_its_reason(bot: BotDatabase) -> None:
    say(bot, "one", "two", "three")
    bot.con.execute("UPDATE sessions SET content = ? WHERE id = 2", (sqlite3.Binary(b"\xff"),))
    _, damaged, _ = transcript_of(bot.path).tail(5).entries
    assert isinstance(damaged.item, BadLine)
    assert damaged.item.reason == "has content that is a blob, not text"
    assert (damaged.number, damaged.position) == (2, 2)


def test_a_row_over_the_limit_is_known_by_its_size_and_read_whole_where_all_is(bot: BotDatabase) -> None:
    long = "long " * (ITEM_LIMIT // 5 + 1)
    say(bot, "before", long, "behind")
    transcript = transcript_of(bot.path)
    _, entry, _ = transcript.tail(5).entries
    assert isinstance(entry.item, Oversized)
    assert (entry.item.size, entry.size) == (len(long), len(long))
    assert transcript.tally(0, 10**9, limit=ITEM_LIMIT)[2:5] == (2, 0, 1)
    assert transcript.tally(0, 10**9)[2:5] == (3, 0, 0)
    assert texts(transcript.entries()) == ["before", long, "behind"]
    assert transcript.raw(entry, 50) == long[:50].encode()
    scan = transcript.scan(0, 10**9, limit=3)
    assert [type(item) for item in scan.items] == [Oversized] * 3


def test_a_session_that_is_only_described_is_there_and_empty(bot: BotDatabase) -> None:
    bot.set_where_from(KEY, channel_id="telegram")
    transcript = transcript_of(bot.path)
    assert transcript.refresh() is Change.GREW
    assert (transcript.absent, transcript.end, transcript.lines) == (False, 0, 0)
    page = transcript.tail(5)
    assert (page.entries, page.at_start, page.at_end) == ((), True, True)
    say(bot, "hello")
    assert transcript.refresh() is Change.GREW
    assert texts(transcript.tail(5).entries) == ["hello"]


def test_rows_that_nothing_describes_are_there_until_they_are_gone(bot: BotDatabase) -> None:
    bot.append_row(KEY, "user", "hello")
    transcript = transcript_of(bot.path)
    assert texts(transcript.tail(5).entries) == ["hello"]
    bot.con.execute("DELETE FROM sessions")
    assert transcript.refresh() is Change.VANISHED
    with pytest.raises(CannotOpen) as caught:
        transcript.tail(5)
    assert caught.value.missing


def test_rows_with_numbers_that_sqlite_does_not_give_are_shown_in_order(bot: BotDatabase) -> None:
    say(bot, "later")
    transcript = counted(transcript_of(bot.path))
    for number, content in ((-5, "before"), (0, "at 0"), (1 << 60, "far"), (-(1 << 60), "first")):
        bot.con.execute("INSERT INTO sessions VALUES (?, ?, 'user', ?, ?)", (number, KEY, content, bot.now()))
    assert transcript.refresh() is Change.REWRITTEN
    expected = ["first", "before", "at 0", "later", "far"]
    counted(transcript)
    page = transcript.tail(10)
    assert [(entry.number, *texts((entry,))) for entry in page.entries] == list(enumerate(expected, 1))
    assert texts(transcript.entries()) == expected
    assert texts(transcript.before(page.entries[2].position, 10).entries) == expected[:2]
    scan = transcript.scan(transcript.start)
    assert (texts(tuple(scan.entries(range(5)))), scan.next) == (expected, transcript.end)
    assert [transcript.raw(entry, 100).decode() for entry in page.entries] == expected
    bot.update_last(KEY, "assistant", "last")
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.unchanged_to == page.entries[-1].position


def test_a_position_that_no_row_can_have_finds_nothing(bot: BotDatabase) -> None:
    say(bot, "one")
    transcript = transcript_of(bot.path)
    for position in (1 << 63, 1 << 70):
        assert transcript.after(position, 5).entries == ()
        assert texts(transcript.before(position, 5).entries) == ["one"]
        assert texts(transcript.around(position, 5, 5).entries) == ["one"]
        assert transcript.scan(position).items == []
        assert transcript.numbers_of([position]) == [2]
        assert transcript.lines_between(0, position) == 1
        assert transcript.digest_before(position) == ""
        assert transcript.settled(ReadTo(position), take=True).position == transcript.end


# What the bot does


def test_an_answer_that_is_written_again_and_again_changes_only_itself(bot: BotDatabase) -> None:
    say(bot, *(f"message {at}" for at in range(20)))
    transcript = counted(transcript_of(bot.path))
    last = transcript.tail(1).entries[0]
    for at in range(5):
        bot.update_last(KEY, "assistant", "word " * (at + 1))
        assert transcript.refresh() is Change.REWRITTEN
        assert (transcript.generation, transcript.unchanged_to) == (at + 1, last.position)
        [now] = transcript.tail(1).entries
        assert (now.position, now.number) == (last.position, 20)
        assert texts((now,)) == ["word " * (at + 1)]
    say(bot, "and more")
    assert transcript.refresh() is Change.GREW
    assert [entry.number for entry in transcript.tail(2).entries] == [20, 21]


def test_an_append_of_two_commits_is_one_change(bot: BotDatabase) -> None:
    say(bot, "one")
    transcript = transcript_of(bot.path)
    transcript.refresh()
    bot.append_row(KEY, "user", "two")
    assert transcript.refresh() is Change.GREW
    bot.append_metadata(KEY)
    assert transcript.refresh() is Change.SAME


def test_an_export_goes_on_while_the_last_answer_is_being_written(bot: BotDatabase) -> None:
    say(bot, *(f"{at} ".ljust(70_000, "x") for at in range(40)))
    transcript = transcript_of(bot.path)
    entries = transcript.entries()
    first = next(entries)
    bot.update_last(KEY, "assistant", "the last word")
    assert texts((first, *entries))[-1] == "the last word"
    entries = transcript.entries()
    next(entries)
    bot.clear(KEY)
    with pytest.raises(CannotOpen, match="written anew"):
        list(entries)


def test_a_clean_end_a_checkpoint_and_a_new_beginning_change_nothing(tmp_path: Path) -> None:
    bot = BotDatabase(tmp_path)
    say(bot, "one", "two")
    transcript = transcript_of(bot.path)
    transcript.refresh()
    bot.checkpoint("RESTART")
    assert transcript.refresh() is Change.SAME
    bot.close()
    assert transcript.refresh() is Change.SAME
    assert texts(transcript.tail(5).entries) == ["one", "two"]
    with closing(BotDatabase(tmp_path)) as bot:
        assert transcript.refresh() is Change.SAME
        say(bot, "three")
        assert transcript.refresh() is Change.GREW
        assert transcript.generation == 0


def test_another_database_under_the_name_is_another_text(tmp_path: Path, bot: BotDatabase) -> None:
    say(bot, "one", "two")
    transcript = transcript_of(bot.path)
    transcript.refresh()
    with closing(BotDatabase(tmp_path / "other")) as other:
        say(other, "one", "two", "three")
    other.path.rename(bot.path)
    Path(f"{bot.path}-wal").unlink()
    identity = transcript.identity
    assert transcript.refresh() is Change.REWRITTEN
    assert (transcript.unchanged_to, transcript.identity != identity) == (0, True)
    assert texts(transcript.tail(5).entries) == ["one", "two", "three"]


def test_a_database_with_a_column_more_is_the_same(bot: BotDatabase) -> None:
    say(bot, "one")
    transcript = transcript_of(bot.path)
    transcript.refresh()
    bot.con.execute("ALTER TABLE sessions ADD COLUMN more TEXT")
    assert transcript.refresh() is Change.SAME
    say(bot, "two")
    assert transcript.refresh() is Change.GREW
    assert transcript.generation == 0


# What cannot be read


def test_a_database_that_cannot_be_read_is_told_and_nothing_is_lost(bot: BotDatabase) -> None:
    say(bot, "one")
    bot.checkpoint()
    transcript = transcript_of(bot.path)
    transcript.refresh()
    away = bot.path.with_name("away")
    shutil.copy2(bot.path, away)
    bot.path.write_bytes(b"no database, but as long as one has to be" * 200)
    with pytest.raises(CannotOpen, match="is not a SQLite database"):
        transcript.refresh()
    assert (transcript.absent, transcript.generation) == (False, 0)
    away.rename(bot.path)
    assert transcript.refresh() in (Change.SAME, Change.REWRITTEN)
    assert texts(transcript.tail(5).entries) == ["one"]


def test_a_database_that_is_none_of_the_bots_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    with pytest.raises(CannotOpen, match="none of the bot's"):
        transcript_of(path).refresh()


def test_of_a_database_that_is_not_there_nothing_is_there(tmp_path: Path) -> None:
    transcript = transcript_of(tmp_path / "sessions.db")
    assert transcript.refresh() is Change.SAME
    assert transcript.absent
    with closing(BotDatabase(tmp_path)) as bot:
        say(bot, "hello")
        os.link(bot.path, tmp_path / "sessions.db")
        os.link(f"{bot.path}-wal", tmp_path / "sessions.db-wal")
        assert transcript.refresh() is Change.GREW


def test_reading_leaves_no_trace(tmp_path: Path, bot: BotDatabase) -> None:
    say(bot, "one", "two", "three")
    with untouched(tmp_path):
        transcript = counted(transcript_of(bot.path))
        transcript.refresh()
        assert texts(transcript.entries()) == ["one", "two", "three"]
        transcript.settled(ReadTo(transcript.end), take=True)
        entries = transcript.entries()
        next(entries)  # one that is not read to its end


def test_a_clock_that_is_too_coarse_hides_nothing(bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the -shm cannot be read, and two commits have the same time, only the rows tell."""
    say(bot, "one")
    transcript = transcript_of(bot.path)
    bare = signature(bot.path)._replace(shared=b"")
    assert bare.wal is not None
    soon = bare.wal.mtime_ns + 1_000_000
    monkeypatch.setattr(known_session, "signature", lambda _: bare)
    monkeypatch.setattr(time, "time_ns", lambda: soon)
    transcript.refresh()
    bot.update_last(KEY, "user", "two")
    assert transcript.refresh() is Change.REWRITTEN
    assert texts(transcript.tail(1).entries) == ["two"]
