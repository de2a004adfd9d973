"""What a look at a session brings is at hand for who asks next, as long as it is what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.follow.session_tail import SessionTail
from earwig.core.stores.protocols import Change
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.snapshot import Cancelled, Snapshot
from earwig.core.stores.sqlite.transcript import DatabaseTranscript
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY
from tests.core.stores.sqlite.transcripts import say, texts, transcript_of


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        say(writer, "one", "two")
        yield writer


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The databases that are read, each time that one is."""
    reads: list[Path] = []
    read = Database.read

    def noted(database: Database, work: Callable[[Snapshot], object], *cancelled: Cancelled) -> object:
        reads.append(database.path)
        return read(database, work, *cancelled)

    monkeypatch.setattr(Database, "read", noted)
    return reads


def looked_at(bot: BotDatabase) -> tuple[DatabaseTranscript, int]:
    """A transcript that was read to its end, and where that was."""
    transcript = transcript_of(bot.path)
    return transcript, transcript.tail(9).stop


def test_a_look_and_what_it_brings_are_one_read(bot: BotDatabase, reads: list[Path]) -> None:
    transcript, end = looked_at(bot)
    say(bot, "three", "four")
    reads.clear()
    assert transcript.refresh() is Change.GREW
    page = transcript.after(end, 100)
    assert reads == [bot.path]
    assert texts(page.entries) == ["three", "four"]
    assert [entry.number for entry in page.entries] == [3, 4]
    assert (page.start, page.stop, page.at_end, page.at_start) == (end, transcript.end, True, False)
    assert page == transcript_of(bot.path).after(end, 100)._replace(generation=page.generation)


@pytest.mark.parametrize("other", ["a step", "numbers"])
def test_they_are_where_another_look_was_first(bot: BotDatabase, reads: list[Path], other: str) -> None:
    transcript, end = looked_at(bot)
    bot.append_row(KEY, "user", "three")
    if other == "a step":
        transcript.index_step()
    else:
        transcript.numbers_of([end])
    bot.append_metadata(KEY)
    reads.clear()
    assert transcript.refresh() is Change.SAME
    assert texts(transcript.after(end, 100).entries) == ["three"]
    assert reads == [bot.path]


def test_nothing_is_given_where_nothing_came(bot: BotDatabase, reads: list[Path]) -> None:
    transcript, end = looked_at(bot)
    bot.set_name(KEY, "of no row")
    reads.clear()
    assert transcript.refresh() is Change.SAME
    assert transcript.after(end, 100).entries == ()
    assert reads == [bot.path]


def test_no_more_are_given_than_are_asked_for(bot: BotDatabase) -> None:
    transcript, end = looked_at(bot)
    say(bot, "three", "four")
    transcript.refresh()
    page = transcript.after(end, 1)
    assert texts(page.entries) == ["three"]
    assert not page.at_end
    assert texts(transcript.after(page.stop, 1).entries) == ["four"]


def test_of_many_each_is_given(bot: BotDatabase) -> None:
    transcript, end = looked_at(bot)
    new = [f"new {at}" for at in range(40)]
    say(bot, *new)
    assert transcript.refresh() is Change.GREW
    assert texts(transcript.after(end, 100).entries) == new


@pytest.mark.parametrize("looks", ["no look", "another look", "a step"])
def test_what_comes_after_the_look_is_given_as_well(bot: BotDatabase, looks: str) -> None:
    transcript, end = looked_at(bot)
    say(bot, "three")
    transcript.refresh()
    say(bot, "four")
    if looks == "another look":
        transcript.refresh()
    elif looks == "a step":
        transcript.index_step()
    assert texts(transcript.after(end, 100).entries) == ["three", "four"]


@pytest.mark.parametrize("steps", [False, True])
def test_what_changes_after_the_look_is_given_as_it_is(bot: BotDatabase, steps: bool) -> None:
    transcript, end = looked_at(bot)
    say(bot, "three")
    transcript.refresh()
    generation = transcript.generation
    bot.update_last(KEY, "assistant", "three, longer")
    if steps:
        transcript.index_step()
    page = transcript.after(end, 100)
    assert texts(page.entries) == ["three, longer"]
    assert page.generation == transcript.generation == generation + 1
    bot.remove_last(KEY)
    say(bot, "another")
    if steps:
        transcript.index_step()
    page = transcript.after(end, 100)
    assert texts(page.entries) == ["another"]
    assert page.generation == transcript.generation == generation + 2


def test_a_tail_that_begins_with_none_has_counted_the_rows_before_what_comes(bot: BotDatabase) -> None:
    transcript, _ = looked_at(bot)
    SessionTail(lambda: transcript, lambda _: None, lambda _: None).begin(0)
    assert transcript.indexed == transcript.end
