"""Rows are counted in SQLite as the items that they would be, and those that need it one by one."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.protocols import Tally
from earwig.core.stores.sqlite import sizes, tallied_rows
from earwig.core.stores.sqlite.rows import ROLE_LIMIT
from earwig.core.stores.sqlite.transcript import DatabaseTranscript
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY
from tests.core.stores.sqlite.transcripts import transcript_of

PLAIN = ("hello", "手 紙", "", "a\0b", " ", "x" * 300)
OTHER = (
    b"\xff",
    b"\xc3",
    b"\xa9 the other half of a letter",
    b"a\0\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
)
"""Bytes of texts that are not UTF-8."""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        writer.con.execute("BEGIN")
        yield writer


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rows counted in SQLite, or not at all."""

    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("rows were looked at one by one")

    monkeypatch.setattr(tallied_rows, "scan_rows", refuse)


def put(bot: BotDatabase, content: object, role: object = "user", key: str = KEY) -> None:
    """Store what the bot would not."""

    def value(it: object) -> str:
        return "CAST(? AS TEXT)" if isinstance(it, bytes) else "?"

    values = f"?, {value(role)}, {value(content)}, ?"
    bot.con.execute(
        f"INSERT INTO sessions (session_key, role, content, created_at) VALUES ({values})",  # noqa: S608 - ours
        (key, role, content, bot.now()),
    )


def tallied(transcript: DatabaseTranscript, budget: int, limit: int | None) -> list[Tally]:
    at, found = 0, []
    while (tally := transcript.tally(at, budget, limit=limit)).next != at:
        assert tally.start == at
        found.append(tally)
        at = tally.next
    assert at == transcript.end
    return found


def total(tallies: list[Tally]) -> tuple[int, int, int]:
    return (
        sum(it.messages for it in tallies),
        sum(it.bad_lines for it in tallies),
        sum(it.long_lines for it in tallies),
    )


def as_items(transcript: DatabaseTranscript, limit: int) -> tuple[int, int, int]:
    at, kinds = 0, Counter[type]()
    while (scan := transcript.scan(at, limit=limit)).next != at:
        kinds.update(type(item) for item in scan.items)
        at = scan.next
    return kinds[ChatMessage], kinds[BadLine], kinds[Oversized]


@pytest.mark.usefixtures("nothing_else")
def test_rows_of_messages_are_counted_without_a_look_at_each(bot: BotDatabase) -> None:
    for number in range(5000):
        put(bot, PLAIN[number % len(PLAIN)])
        put(bot, "of another session", key="other")
    bot.con.execute("COMMIT")
    tallies = tallied(transcript_of(bot.path), 1 << 20, 10_000)
    assert total(tallies) == (5000, 0, 0)
    assert len(tallies) <= 3


@pytest.mark.usefixtures("nothing_else")
def test_so_are_those_that_are_none_for_their_types(bot: BotDatabase) -> None:
    # The bot's tables do not allow NULL, nor does a text's column keep a number.
    blob = sqlite3.Binary(b"bytes")
    for content, role in ((blob, "user"), ("text", blob), ("text", "r" * (ROLE_LIMIT + 1)), (blob, blob)):
        for _ in range(20):
            put(bot, content, role)
            put(bot, "a message")
    bot.con.execute("COMMIT")
    assert total(tallied(transcript_of(bot.path), 1 << 20, 10_000)) == (80, 80, 0)


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_is_what_the_items_are(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, seed: int, *, is_old: bool
) -> None:
    if is_old:
        monkeypatch.setattr(sizes, "_SIZE", "no_such_function({})")
    chance = random.Random(seed)
    odd = (0, 0.005, 0.05, 0.5)[seed]
    contents = (*OTHER, sqlite3.Binary(b"bytes"), sqlite3.Binary(b""), "y" * 2000)
    for _ in range(600):
        role: object = "user" if chance.random() >= odd else chance.choice((*OTHER, sqlite3.Binary(b"r")))
        put(bot, chance.choice(contents if chance.random() < odd else PLAIN), role)
        if chance.random() < 0.1:
            bot.con.execute("DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions)")
    bot.con.execute("COMMIT")
    transcript = transcript_of(bot.path)
    for limit in (100, 100_000):
        expected = as_items(transcript, limit)
        for budget in (2000, 30_000, 10**9):
            assert total(tallied(transcript, budget, limit)) == expected
    assert total(tallied(transcript, 10**9, None)) == as_items(transcript, 1 << 30)


def test_two_halves_of_a_letter_in_two_rows_are_no_letter(bot: BotDatabase) -> None:
    put(bot, b"\xc3")
    put(bot, "message", b"\xa9")
    bot.con.execute("COMMIT")
    assert total(tallied(transcript_of(bot.path), 1 << 20, None)) == (0, 2, 0)


def test_texts_in_memory_together_are_bounded(bot: BotDatabase) -> None:
    budget = 50_000
    for number in range(1100):
        put(bot, "short" if number < 1000 else "l" * 40_000)
    bot.con.execute("COMMIT")
    transcript = transcript_of(bot.path)
    tallies = tallied(transcript, budget, None)
    assert total(tallies) == (1100, 0, 0)
    long = [it for it in tallies if it.start > 1000]
    assert max(it.messages for it in long) * 40_000 <= budget + 40_000


@pytest.mark.parametrize("other", ["hello", OTHER[0]])
def test_parts_of_messages_are_found_where_they_are(bot: BotDatabase, other: str | bytes) -> None:
    for number in range(300):
        put(bot, other if number % 50 else "there is a needle")
    put(bot, sqlite3.Binary(b"a needle in what is no message"))
    bot.con.execute("COMMIT")
    transcript, at = transcript_of(bot.path), 0
    assert not transcript.tally(at, 10**9, parts=(b"Needle", b"needles")).may_hold
    assert transcript.tally(at, 10**9, parts=(b"Needle", b"needle")).may_hold
    found = set()
    while (tally := transcript.tally(at, 500, parts=(b"needle",))).next != at:
        assert tally.may_hold or all(
            number % 50 for number in range(max(1, at) - 1, min(300, tally.next - 1))
        )
        found.add(tally.may_hold)
        at = tally.next
    assert found == {True, False}
