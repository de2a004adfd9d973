"""What has become of a conversation between two looks, for all that the bot does."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite.changes import TAIL, Became, Known, RowsChange, compare, known_of, signature
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.messages import KeyMessages, SessionKey
from earwig.core.stores.sqlite.schema import read_schema
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, rows_of

Step = Callable[[BotDatabase], object]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        for n in range(12):
            writer.append(KEY, "user", f"{n}")
        yield writer


class Watched:
    """One conversation, looked at again and again."""

    def __init__(self, bot: BotDatabase) -> None:
        self.bot = bot
        self.base = Database(bot.path)
        self.conversation = KeyMessages(self.base.read(read_schema), SessionKey(KEY.encode()))
        self.known: Known = self.base.read(lambda snapshot: known_of(snapshot, self.conversation))

    def after(self, *steps: Step) -> RowsChange:
        for step in steps:
            step(self.bot)
        change = self.base.read(lambda snapshot: compare(snapshot, self.conversation, self.known))
        self.known = change.now
        return change


def append(bot: BotDatabase) -> int:
    return bot.append(KEY, "assistant", "new")


def update(bot: BotDatabase) -> None:
    bot.update_last(KEY, "assistant", "an answer that grows")


def remove(bot: BotDatabase) -> None:
    bot.remove_last(KEY)


def clear(bot: BotDatabase) -> None:
    bot.clear(KEY)


def delete(bot: BotDatabase) -> None:
    bot.delete_session(KEY)


def rewrite_in_the_middle(bot: BotDatabase) -> None:
    bot.con.execute("UPDATE sessions SET content = 'other' WHERE id = 8")


def remove_in_the_middle(bot: BotDatabase) -> None:
    bot.con.execute("DELETE FROM sessions WHERE id = 8")


CASES: list[tuple[tuple[Step, ...], Became, int | None]] = [
    ((), Became.SAME, 12),
    ((append,), Became.SAME, 12),
    ((append,) * 30, Became.SAME, 12),
    ((update,), Became.REPLACED, 11),
    ((update, append), Became.REPLACED, 11),
    ((append, update), Became.SAME, 12),
    ((remove,), Became.REMOVED, 11),
    ((remove,) * 3, Became.REMOVED, 9),
    ((remove, append), Became.REMOVED, 11),
    ((append, remove), Became.SAME, 12),
    ((clear,), Became.CLEARED, None),
    ((clear, append), Became.CLEARED, None),
    ((delete,), Became.CLEARED, None),
    ((delete, append, append), Became.CLEARED, None),
    ((remove,) * (TAIL + 1), Became.ANOTHER, None),
    ((rewrite_in_the_middle,), Became.ANOTHER, None),
    ((remove_in_the_middle, append), Became.ANOTHER, None),
]


@pytest.mark.parametrize(("steps", "became", "unchanged_to"), CASES)
def test_what_the_bot_did_is_what_is_told(
    bot: BotDatabase, steps: tuple[Step, ...], became: Became, unchanged_to: int | None
) -> None:
    watched = Watched(bot)
    change = watched.after(*steps)
    assert (change.became, change.unchanged_to) == (became, unchanged_to)
    assert watched.after().became is Became.SAME


def test_a_conversation_that_begins(bot: BotDatabase) -> None:
    watched = Watched(bot)
    watched.after(clear)
    change = watched.after(append)
    assert (change.became, change.unchanged_to) == (Became.SAME, None)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_called_unchanged_is_and_what_is_new_is_behind_it(bot: BotDatabase, seed: int) -> None:
    """A reader who keeps rows up to there and reads on has the conversation, whatever happened."""
    dice = random.Random(seed)
    watched = Watched(bot)
    have = rows_of(bot.path)
    for _ in range(25):
        steps = dice.choices(
            (append, update, remove, clear, delete), weights=(9, 3, 3, 1, 1), k=dice.randrange(4)
        )
        change = watched.after(*steps)
        if change.unchanged_to is None:
            have = []
        have = [row for row in have if row.position <= (change.unchanged_to or 0)]
        start = change.unchanged_to
        have += watched.base.read(
            lambda snapshot, start=start: list(watched.conversation.walk(snapshot, start))  # type: ignore[misc]
        )
        assert have == rows_of(bot.path)


def test_the_signature_differs_after_each_commit_and_only_then(bot: BotDatabase) -> None:
    before = signature(bot.path)
    for _ in range(50):
        assert signature(bot.path) == before
        rows_of(bot.path)
        assert signature(bot.path) == before
        append(bot)
        after = signature(bot.path)
        assert after != before
        before = after
    bot.close()
    after = signature(bot.path)
    assert after.wal is None
    assert after.shared == b""
    assert after != before


def test_a_wal_that_begins_anew_keeps_its_size_and_is_seen(bot: BotDatabase) -> None:
    for _ in range(30):
        append(bot)
    bot.checkpoint("RESTART")
    before = signature(bot.path)
    append(bot)
    after = signature(bot.path)
    assert before.wal is not None
    assert after.wal is not None
    assert after.wal.size == before.wal.size
    assert after.wal != before.wal or after.shared != before.shared


def test_nothing_is_there(tmp_path: Path) -> None:
    assert signature(tmp_path / "sessions.db").database is None
