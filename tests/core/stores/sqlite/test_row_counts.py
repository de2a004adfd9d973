"""Rows that are counted on from what an earlier look found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.stores.sqlite import row_counts
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.tables import TableRows
from tests.core.stores.sqlite.bot_database import BotDatabase

AL, BO = "telegram_al", "telegram_bo"


@pytest.fixture
def always_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_counts, "LARGE", 1)


def extent_of(store: DatabaseStore, key: str) -> int:
    (session,) = store.find(key)
    return session.extent


def rows_counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each count from now on goes over."""
    found: list[int] = []
    count = TableRows.count

    def counted(*given: object) -> int:
        found.append(count(*given))  # type: ignore[arg-type]  # as it was called
        return found[-1]

    monkeypatch.setattr(TableRows, "count", counted)
    return found


@pytest.mark.usefixtures("always_kept")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    doings=st.lists(st.sampled_from(["append", "many", "other", "remove", "update", "clear"]), max_size=20)
)
def test_whatever_the_bot_does_it_is_what_counting_all_gives(
    tmp_path_factory: pytest.TempPathFactory, doings: list[str]
) -> None:
    with closing(BotDatabase(tmp_path_factory.mktemp("bot"))) as bot:
        store, there = DatabaseStore([bot.path]), 0
        bot.append(AL, "user", "first")
        there += 1
        for doing in doings:
            if doing in {"append", "many"}:
                for number in range(1 if doing == "append" else 11):
                    bot.append(AL, "user", f"{number}")
                    there += 1
            elif doing == "other":
                bot.append(BO, "user", "between")
            elif doing == "remove" and there > 1:
                bot.remove_last(AL)
                there -= 1
            elif doing == "update" and there:
                bot.update_last(AL, "assistant", "another")
            elif doing == "clear":
                bot.clear(AL)
                bot.append(AL, "user", "anew")
                there = 1
            assert extent_of(store, AL) == there


@pytest.mark.usefixtures("always_kept")
def test_new_rows_alone_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for number in range(100):
            bot.append(AL, "user", f"{number}")
        store = DatabaseStore([bot.path])
        assert extent_of(store, AL) == 100
        bot.append(AL, "user", "new")
        counted = rows_counted(monkeypatch)
        assert extent_of(store, AL) == 101
    assert sum(counted) <= 1


@pytest.mark.usefixtures("always_kept")
def test_what_somebody_removed_from_the_middle_is_known_once_all_is_listed(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for number in range(100):
            bot.append(AL, "user", f"{number}")
        store = DatabaseStore([bot.path])
        assert extent_of(store, AL) == 100
        bot.con.execute("DELETE FROM sessions WHERE id BETWEEN 10 AND 19")
        bot.con.commit()
        assert [it.extent for it in store.sessions()] == [90]
        bot.append(AL, "user", "new")
        assert extent_of(store, AL) == 91


@pytest.mark.usefixtures("always_kept")
def test_another_database_in_its_place_is_counted_anew(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot, closing(BotDatabase(tmp_path / "other")) as other:
        for number in range(100):
            bot.append(AL, "user", f"{number}")
        for number in range(95):
            other.append(BO if number < 90 else AL, "user", f"{number}")
    store = DatabaseStore([bot.path])
    assert extent_of(store, AL) == 100
    with closing(sqlite3.connect(other.path)) as connection:
        connection.execute("UPDATE sessions SET id = 100 WHERE id = 95")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in (bot.path.with_name(f"{bot.path.name}{end}") for end in ("-wal", "-shm")):
        path.unlink(missing_ok=True)
    other.path.replace(bot.path)
    assert extent_of(store, AL) == 5
