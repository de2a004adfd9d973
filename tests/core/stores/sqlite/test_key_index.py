"""How many rows few sessions have, by the bot's index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.core.stores.sqlite import key_index
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.key_index import CountedKey, counts_of_few, have_many_rows_each
from earwig.core.stores.sqlite.listing import Tallies, tallies
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.row_counts import RowTally
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from tests.core.stores.sqlite.bot_database import BotDatabase

Key = str | bytes | None
keys = st.sampled_from(["a", "b", "B", "", "a\0b", "é", b"a", b"", "long one", None])
COLUMNS = "id INTEGER PRIMARY KEY, session_key TEXT, role TEXT, content TEXT, created_at TEXT"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path_factory.mktemp("bot"))) as bot:
        bot.con.execute("DROP TABLE sessions")
        bot.con.execute(f"CREATE TABLE sessions ({COLUMNS})")
        bot.con.execute("CREATE INDEX idx_sessions_key ON sessions(session_key)")
        yield bot


@pytest.fixture(autouse=True)
def _are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_index, "_MANY_ROWS", 3)
    monkeypatch.setattr(key_index, "_FEW", 4)


def counted(bot: BotDatabase, stored: list[Key]) -> list[CountedKey] | None:
    bot.con.execute("DELETE FROM sessions")
    bot.con.executemany("INSERT INTO sessions (session_key) VALUES (?)", [(key,) for key in stored])
    return Database(bot.path).read(lambda snapshot: counts_of_few(snapshot, 4))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(stored=st.lists(keys, max_size=14))
def test_they_are_as_counted_one_by_one(bot: BotDatabase, stored: list[Key]) -> None:
    found = counted(bot, stored)
    some = set(stored)
    if None in some or "long one" in some or len(some) > 4:
        assert found is None
        return
    expected = {
        CountedKey(
            SessionKey(key.encode() if isinstance(key, str) else key, isinstance(key, str)),
            stored.count(key),
            len(stored) - stored[::-1].index(key),
        )
        for key in some
    }
    assert found is not None
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("index", ["sessions(role)", "sessions(session_key COLLATE NOCASE)", None])
def test_by_another_index_none_are_counted(tmp_path: Path, index: str | None) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("DROP INDEX idx_sessions_key")
        if index is not None:
            bot.con.execute(f"CREATE INDEX idx_sessions_key ON {index}")
        assert counted(bot, []) is None


def test_a_key_that_is_a_number_is_not_counted_so(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("DROP TABLE sessions")
        bot.con.execute(f"CREATE TABLE sessions ({COLUMNS.replace('session_key TEXT', 'session_key')})")
        bot.con.execute("CREATE INDEX idx_sessions_key ON sessions(session_key)")
        bot.con.execute("INSERT INTO sessions (session_key) VALUES (7), ('al')")
        assert Database(bot.path).read(lambda snapshot: counts_of_few(snapshot, 4)) is None


@pytest.mark.parametrize("each", [1, 40])
def test_the_newest_row_of_each_is_known_either_way(tmp_path: Path, each: int) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("BEGIN")
        for number in range(7 * each):
            bot.append(f"k{number % 7}", "user", "x")
        bot.con.execute("COMMIT")

        def work(snapshot: Snapshot) -> tuple[bool, Tallies]:
            schema = read_schema(snapshot)
            return have_many_rows_each(snapshot, schema), tallies(snapshot, schema)

        are_many, found = Database(bot.path).read(work)
    assert are_many is (each == 40)
    expected = {SessionKey(f"k{n}".encode()): RowTally(each, 7 * (each - 1) + n + 1) for n in range(7)}
    assert found.found == expected
