"""A row is what the bot's loader takes it for; what it leaves out is told, and hides no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.sqlite import rows
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import DamagedPage
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.rows import item_of, time_of
from earwig.core.stores.sqlite.snapshot import Row, Snapshot
from earwig.core.stores.sqlite.tables import Damage, TableRows
from tests.core.stores.sqlite.bot_database import BotDatabase, rfc3339
from tests.core.stores.sqlite.looking import KEY, contents, rows_of, told

LOOSE = "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_key, role, content, created_at)"
"""No types, no NOT NULL: anything can stand in it."""

TEXT = "CAST(? AS TEXT)"

HOSTILE: list[tuple[str, bytes | str | float | None, str]] = [
    ("?", b"a blob", "[has content that is a blob, not text]"),
    ("?", b"", "[has content that is a blob, not text]"),
    ("?", None, "[has no content (NULL)]"),
    ("?", 17, "[has content that is a number, not text]"),
    ("?", 1.5, "[has content that is a number, not text]"),
    (TEXT, b"caf\xe9", "[has content that is not UTF-8 (byte 4)]"),
    (TEXT, b"\xed\xa0\x80", "[has content that is not UTF-8 (byte 1)]"),
    (TEXT, b"a\0b\0", "a\0b\0"),
    (TEXT, b"", ""),
    (TEXT, b"\x1b[2J", "\x1b[2J"),
    ("?", "x" * 9_000_000, "[9000000 bytes]"),
]


def assert_hostile_rows_stand_in_their_places(path: Path, *, running: bool) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {'WAL' if running else 'DELETE'}").fetchall()
        connection.execute(LOOSE)
        for sql, value, _ in HOSTILE:
            insert = f"INSERT INTO sessions VALUES (NULL, ?, 'user', {sql}, 'no time')"  # noqa: S608
            connection.execute(insert, (KEY, value))
            connection.execute("INSERT INTO sessions VALUES (NULL, ?, 'user', 'good', NULL)", (KEY,))
        found = contents(path)
        assert Path(f"{path}-wal").exists() == running
    assert found[::2] == [expected for _, _, expected in HOSTILE]
    assert found[1::2] == ["good"] * len(HOSTILE)


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_hostile_rows_stand_in_their_places_among_the_others(running: bool, tmp_path: Path) -> None:
    assert_hostile_rows_stand_in_their_places(tmp_path / "sessions.db", running=running)


@pytest.mark.usefixtures("without_apsw")
def test_it_is_the_same_through_pythons_own_module(tmp_path: Path) -> None:
    assert_hostile_rows_stand_in_their_places(tmp_path / "sessions.db", running=False)


@pytest.mark.parametrize(
    ("sql", "role", "reason"),
    [
        ("?", None, "has no role (NULL)"),
        ("?", b"user", "has a role that is a blob, not text"),
        ("?", 1, "has a role that is a number, not text"),
        (TEXT, b"\xff", "has a role that is not UTF-8 (byte 1)"),
        ("?", "r" * 70_000, "has a role of 70,000 bytes"),
    ],
)
def test_a_role_that_is_none(sql: str, role: object, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(LOOSE)
        connection.execute(f"INSERT INTO sessions VALUES (1, 'k', {sql}, 'said', '')", (role,))  # noqa: S608
    (row,) = rows_of(path, "k")
    assert row.item == BadLine(reason, b"said")


@pytest.mark.parametrize("role", ["", "USER ", "system", "a\0b", "\x1b"])
def test_any_text_is_a_role(role: str) -> None:
    assert item_of(1, role.encode(), 1, b"said") == ChatMessage(role, "said")


@given(role=st.binary(max_size=20), content=st.binary(max_size=50))
def test_texts_are_messages_exactly_where_they_are_utf8(role: bytes, content: bytes) -> None:
    try:
        expected = ChatMessage(role.decode(), content.decode())
    except UnicodeDecodeError:
        assert isinstance(item_of(1, role, 1, content), BadLine)
    else:
        assert item_of(1, role, 1, content) == expected


def test_a_row_that_no_query_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbours are there, and it is known by its size and its beginning."""
    monkeypatch.setattr("earwig.core.stores.sqlite.by_apsw.LIMITS", ((0, 100_000),))
    with closing(BotDatabase(tmp_path)) as bot:
        for content in ("before", "y" * 200_000, "after"):
            bot.append(KEY, "user", content)
        assert contents(bot.path) == ["before", "[200000 bytes]", "after"]
        huge = rows_of(bot.path)[1]
        assert huge.item == Oversized(200_000, b"y" * rows.HEAD)
        assert huge.size == 200_000


def test_a_row_whose_role_is_what_no_query_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwig.core.stores.sqlite.by_apsw.LIMITS", ((0, 100_000),))
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(LOOSE)
        for role, content in (
            ("user", "before"),
            ("r" * 200_000, None),
            ("r" * 200_000, "said"),
            ("user", "after"),
        ):
            connection.execute("INSERT INTO sessions VALUES (NULL, 'k', ?, ?, '')", (role, content))
    assert contents(path, "k") == ["before", "[has a value that is too long]", "[4 bytes]", "after"]


def test_keys_of_any_bytes(tmp_path: Path) -> None:
    keys = [
        SessionKey(b"k" * 10_000),
        SessionKey(b"\x1b[2J\0\xff"),
        SessionKey(b""),
        SessionKey(b"same"),
        SessionKey(b"same", is_text=False),
        SessionKey(None, is_text=False),
    ]
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(LOOSE)
        for number, key in enumerate(keys):
            sql = TEXT if key.is_text else "?"
            insert = f"INSERT INTO sessions VALUES (NULL, {sql}, 'user', ?, '')"  # noqa: S608
            connection.execute(insert, (key.raw, str(number)))
    assert [contents(path, key) for key in keys] == [[str(number)] for number in range(len(keys))]


@pytest.mark.parametrize(
    "ns", [0, 1_790_000_000_000_000_000, 1_790_000_000_123_456_789, 1_790_000_000_120_000_000]
)
def test_times_as_the_bot_writes_them(ns: int) -> None:
    assert time_of(rfc3339(ns).encode()) == pytest.approx(ns / 1e9, abs=1e-6)


@pytest.mark.parametrize(
    "stored",
    [
        *(
            b"",
            b"yesterday",
            b"2026-01-01",
            b"20260101T000000Z",
            b"2026-13-01T00:00:00Z",
            b"\xff" * 1000,
        ),
        *(b"2026-01-01T00:00:00", b"0001-01-01T00:00:00+23:59", b"2026-01-01T25:00:00Z", b"1790000000"),
        *(b"0001-01-01T00:00:00+14:00", b"1969-12-31T23:59:59Z", b"9999-12-31T23:59:59-14:00"),
    ],
)
def test_times_that_are_none(stored: bytes) -> None:
    assert time_of(stored) is None


@pytest.mark.parametrize(
    "stored", [b"2026-01-01T00:00:00Z", b"2026-01-01t00:00:00z", b"2026-01-01T01:00:00+01:00"]
)
def test_other_ways_to_write_the_same_time(stored: bytes) -> None:
    assert time_of(stored) == 1_767_225_600


def test_the_same_item_has_the_same_digest_wherever_it_stands(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for role, content in (("user", "ab"), ("user", "ab"), ("usera", "b"), ("user", "ab ")):
            bot.append(KEY, role, content)
        first, again, moved, longer = (row.digest for row in rows_of(bot.path))
    assert first == again
    assert len({first, moved, longer}) == 3


def test_a_damaged_page_hides_no_row_of_another(tmp_path: Path) -> None:
    """Each page of the table in turn: the rows of the others are there, in order, and its own told."""
    with closing(BotDatabase(tmp_path)) as bot:
        for n in range(120):
            bot.append(KEY, "user", f"{n} " + "x" * 400)
    whole = bot.path.read_bytes()
    expected = contents(bot.path)
    worst = 0
    for page in range(1, len(whole) // 4096):
        damaged = bytearray(whole)
        damaged[page * 4096 : page * 4096 + 4096] = b"\xa5" * 4096
        path = tmp_path / "damaged.db"
        path.write_bytes(damaged)
        found: list[str] = []
        with suppress(DamagedPage):  # of a root, that says where all others are
            found = contents(path)
        good = [text for text in found if not text.startswith("[")]
        assert [text for text in expected if text in good] == good
        lost = len(expected) - len(good)
        if lost < len(expected):
            worst = max(worst, lost)
    assert 0 < worst <= 12


def test_damage_that_seems_to_go_on_for_ever_has_an_end() -> None:
    """Bytes of chance can be a row's number, whatever that is, with nothing behind it that can be read."""

    class Endless(Snapshot):
        def __init__(self) -> None:  # nothing is open
            pass

        def each(self, sql: str, *values: object) -> Iterator[Row]:
            if "LIMIT 1" in sql:
                return iter([(1,)])
            raise DamagedPage

    for ascending in (True, False):
        found = list(TableRows("t", "x").walk(Endless(), ascending=ascending))
        assert 0 < len(found) <= 1000
        assert {row for _, row in found} == {Damage.ROWS}


def test_rows_of_an_unreadable_index_are_found_in_the_table(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for n in range(300):
            bot.append(KEY, "user", f"{n}")
        roots = dict(bot.con.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'index'"))
    data = bytearray(bot.path.read_bytes())
    for name in ("idx_sessions_key", "idx_sessions_key_id"):
        start = (roots[name] - 1) * 4096
        data[start : start + 4096] = b"\xa5" * 4096
    bot.path.write_bytes(data)
    assert contents(bot.path) == [f"{n}" for n in range(300)]
    base = Database(bot.path)
    assert told(rows_of(bot.path)[-1].item) == "299"
    assert base.read(lambda snapshot: snapshot.one("SELECT count(*) FROM sessions NOT INDEXED")) == (300,)
