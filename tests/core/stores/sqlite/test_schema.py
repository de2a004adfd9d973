"""What a database is, by its tables: the bot's of any era, or somebody else's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.schema import Kind, Schema, read_schema
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_schema import ACP_ERAS, ERAS, acp_tables, metadata

SINCE = {"v0.7.5": "v0.6.5", "v0.8.4": "v0.8.0", "head": "after v0.8.4"}
"""An era whose tables another began."""


def schema_of(path: Path) -> Schema:
    return Database(path).read(read_schema)


def made(path: Path, *statements: str) -> Schema:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return schema_of(path)


@pytest.mark.parametrize("era", ERAS)
def test_sessions_of_each_era(era: str, tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path, era)) as bot:
        schema = schema_of(bot.path)
    assert schema.kind is Kind.SESSIONS
    assert schema.since == SINCE.get(era, era)
    assert schema.columns["session_metadata"] == {column.name for column in metadata(era)}
    assert schema.has("sessions", "created_at")
    assert schema == schema_of(bot.path)  # stopped


@pytest.mark.parametrize("era", ACP_ERAS)
def test_editors_sessions_of_each_era(era: str, tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path, era)) as bot:
        schema = schema_of(bot.path)
    assert schema.kind is (Kind.ACP_FIRST if era == "v0.8.0-beta-1" else Kind.ACP)
    assert schema.since == {"head": "v0.8.3"}.get(era, era)
    assert schema.columns["acp_sessions"] == {column.name for column in acp_tables(era)["acp_sessions"]}


def test_a_file_of_an_early_release_that_a_later_one_took_on(tmp_path: Path) -> None:
    BotDatabase(tmp_path, "v0.5.0").close()
    with closing(BotDatabase(tmp_path, "head")) as bot:
        assert schema_of(bot.path).has("session_metadata", "sender_id")


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"],
        ["CREATE TABLE sessions (id INTEGER PRIMARY KEY, role TEXT, content TEXT)"],
        ["CREATE TABLE sessions (id TEXT PRIMARY KEY, session_key TEXT, role TEXT, content TEXT)"],
        ["CREATE TABLE sessions (id INT PRIMARY KEY, session_key TEXT, role TEXT, content TEXT)"],
        [
            "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_key TEXT, role TEXT, content TEXT) "
            "WITHOUT ROWID"
        ],
        [
            "CREATE TABLE t (id INTEGER PRIMARY KEY, session_key TEXT, role TEXT, content TEXT)",
            "CREATE VIEW sessions AS SELECT * FROM t",
        ],
        ["CREATE VIRTUAL TABLE sessions USING fts5(id, session_key, role, content)"],
        [
            "PRAGMA encoding = 'UTF-16le'",
            "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_key TEXT, role TEXT, content TEXT)",
        ],
    ],
)
def test_tables_that_are_not_the_bots(statements: list[str], tmp_path: Path) -> None:
    schema = made(tmp_path / "x.db", *statements)
    assert schema.kind is Kind.OTHER
    assert schema.holds


def test_no_table_at_all(tmp_path: Path) -> None:
    assert made(tmp_path / "x.db", "PRAGMA user_version = 1").kind is Kind.EMPTY


def test_names_of_anything(tmp_path: Path) -> None:
    schema = made(tmp_path / "x.db", 'CREATE TABLE "a\x1b[2Jb" (x)', f'CREATE TABLE "{"y" * 10_000}" (x)')
    assert schema.holds == ("a\x1b[2Jb", "y" * 200)


def test_tables_that_have_more_and_other_columns_still_are_the_bots(tmp_path: Path) -> None:
    schema = made(
        tmp_path / "x.db",
        "CREATE TABLE SESSIONS (Content BLOB, id INTEGER PRIMARY KEY, Session_Key, role, more)",
    )
    assert schema.kind is Kind.SESSIONS
    assert not schema.has("sessions", "created_at")


def test_tables_that_another_database_brings_over_the_same_file_are_looked_at(tmp_path: Path) -> None:
    paths = []
    for era in ("v0.5.0", "head"):
        with closing(BotDatabase(tmp_path / era, era)) as bot:
            paths.append(bot.path)
    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version = 7")
    stays = Database(paths[0])
    first, other = stays.read(read_schema), Database(paths[1]).read(read_schema)
    assert first != other
    paths[0].write_bytes(paths[1].read_bytes())
    assert stays.read(read_schema) == other
