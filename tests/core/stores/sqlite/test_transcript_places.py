"""Numbers of a database's rows, and sessions of editors, of which a row may be several entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage
from earwig.core.stores.protocols import Change
from earwig.core.stores.sqlite import row_numbers, row_places
from earwig.core.stores.sqlite.row_numbers import RowNumbers
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.transcripts import counted, say, texts, transcript_of


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        yield writer


# Numbers


def test_a_number_is_guessed_until_it_is_counted(bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_places, "AHEAD", 10)
    monkeypatch.setattr(RowNumbers.__init__, "__defaults__", (10,))
    monkeypatch.setattr(row_numbers, "_STEP", 3)
    bot.con.execute("BEGIN")
    for at in range(1000):
        say(bot, f"{at + 1}")
        say(bot, "elsewhere", key="other")
    bot.con.execute("COMMIT")
    transcript = transcript_of(bot.path)
    transcript.refresh()
    place = transcript.locate(700)
    assert place is not None
    assert not place.certain
    assert abs(place.position - 1399) < 200
    page = transcript.around(place.position, 5, 5)
    assert [entry.number for entry in page.entries] == [None] * 10
    assert page.about is not None
    assert abs(page.about - int(texts(page.entries)[0])) < 200
    assert transcript.numbers_of([place.position]) == [None]
    counted(transcript)
    place = transcript.locate(700)
    assert place is not None
    assert (place.certain, texts(transcript.after(place.position, 1).entries)) == (True, ["700"])
    assert transcript.locate(1001) is None


def test_what_is_counted_is_counted_anew_where_it_is_doubted(bot: BotDatabase) -> None:
    say(bot, *(f"{at + 1}" for at in range(30)))
    transcript = counted(transcript_of(bot.path))
    bot.con.execute("DELETE FROM sessions WHERE id = 5")  # none of the bot's doings
    transcript.doubt()
    assert transcript.doubted
    assert (counted(transcript).doubted, transcript.lines, transcript.tail(1).entries[0].number) == (
        False,
        29,
        29,
    )


# Sessions of editors


@pytest.fixture
def editors(tmp_path: Path) -> Iterator[BotAcpDatabase]:
    with closing(BotAcpDatabase(tmp_path)) as writer:
        writer.create_session("uuid")
        yield writer


def test_calls_and_their_results_are_entries_of_their_turn(editors: BotAcpDatabase) -> None:
    transcript = transcript_of(editors.path, "uuid")
    assert transcript.refresh() is Change.GREW
    for at in range(3):
        editors.append_turn(
            "uuid",
            [
                chat("user", f"question {at}"),
                calls("", [("c1", "shell", "{}"), ("c2", "shell", "{}")], reasoning="let me see"),
                results([("c1", "one"), ("c2", "two")]),
                chat("assistant", "done"),
            ],
        )
        assert transcript.refresh() is Change.GREW
        assert transcript.tail(1).stop == transcript.end
    entries = counted(transcript).tail(100).entries
    roles = [entry.item.role for entry in entries if isinstance(entry.item, ChatMessage)]
    assert roles == ["user", "assistant", "tool", "tool", "assistant"] * 3
    assert [entry.number for entry in entries] == list(range(1, 16))
    assert "let me see" in texts((entries[1],))[0]
    for number in (2, 3, 4, 15):
        place = transcript.locate(number)
        assert place is not None
        assert transcript.after(place.position, 1).entries == (entries[number - 1],)
    assert [transcript.around(entry.position, 0, 1).entries[0] for entry in entries] == list(entries)


def test_a_session_that_is_made_anew_under_its_name_is_another(editors: BotAcpDatabase) -> None:
    editors.append_turn("uuid", [chat("user", "one")])
    transcript = transcript_of(editors.path, "uuid")
    transcript.refresh()
    editors.con.execute("DELETE FROM acp_sessions")
    assert transcript.refresh() is Change.VANISHED
    editors.create_session("uuid")
    editors.append_turn("uuid", [chat("user", "two")])
    assert transcript.refresh() is Change.GREW
    assert texts(transcript.tail(5).entries) == ["two"]
    assert transcript.generation == 1
