"""What a database says of its sessions, and what is truly there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.listing import SessionFacts, newer_than, sessions_in, tallies
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.row_counts import RowTally
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import Damage
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, chat
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_schema import ACP_ERAS, ERAS, rank

Counts = dict[SessionKey | int, RowTally]


def listed(path: Path) -> tuple[list[SessionFacts | None], Counts]:
    """What is described, None for what cannot be read of it; and what is there."""

    def work(snapshot: Snapshot) -> tuple[list[SessionFacts | None], Counts]:
        schema = read_schema(snapshot)
        found = [None if isinstance(it, Damage) else it for it in sessions_in(snapshot, schema)]
        return found, tallies(snapshot, schema).found

    return Database(path).read(work)


def key(text: str) -> SessionKey:
    return SessionKey(text.encode())


@pytest.mark.parametrize("era", ERAS)
def test_each_era_says_what_it_knows(era: str, tmp_path: Path) -> None:
    clock = iter(range(1_790_000_000_000_000_000, 1 << 62, 1_000_000_000))
    with closing(BotDatabase(tmp_path, era, lambda: next(clock))) as bot:
        bot.append("gw_a", "user", "one")
        row = bot.append("gw_a", "assistant", "two")
        if rank(era) >= rank("v0.5.9"):
            bot.set_name("gw_a", "Alice's order")
        if rank(era) >= rank("v0.6.5"):
            bot.set_state("gw_a", "running", "turn-1")
        if rank(era) >= rank("v0.8.4"):
            bot.set_where_from("gw_a", channel_id="telegram.main", sender_id="alice", agent_alias="main")
        (facts,), counts = listed(bot.path)
    assert facts is not None
    assert counts == {key("gw_a"): RowTally(2, row)}
    assert facts.key == key("gw_a")
    assert facts.number("message_count") == 2
    assert facts.time("created_at") == 1_790_000_000
    assert facts.time("last_activity") == 1_790_000_001
    assert facts.text("name") == ("Alice's order" if rank(era) >= rank("v0.5.9") else "")
    assert facts.text("state") == ("running" if rank(era) >= rank("v0.6.5") else "")
    assert (facts.time("turn_started_at") is not None) == (rank(era) >= rank("v0.6.5"))
    assert facts.text("channel_id") == ("telegram.main" if rank(era) >= rank("v0.8.4") else "")
    assert facts.text("room_id") == ""


@pytest.mark.parametrize("era", ACP_ERAS)
def test_editors_sessions_of_each_era(era: str, tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path, era)) as bot:
        for uuid in ("one", "two"):
            bot.create_session(uuid, "/home/me/project")
            bot.append_turn(uuid, [chat("user", "x"), chat("assistant", "y")])
        if not bot.is_first:
            bot.set_tokens("two", 4711)
        if era in ("v0.8.0", "head"):
            bot.kill("two")
        if era == "head":
            bot.set_plan("two", [{"content": "do it", "status": "pending", "priority": "high"}])
        (one, two), counts = listed(bot.path)
    assert one is not None
    assert two is not None
    assert (one.key, two.key) == (key("one"), key("two"))
    assert counts == {
        (key("one") if bot.is_first else one.row): RowTally(2, 2),
        (key("two") if bot.is_first else two.row): RowTally(2, 4),
    }
    assert two.text("workspace_dir") == "/home/me/project"
    assert two.number("token_count") == (None if bot.is_first else 4711)
    assert (two.time("killed_at") is not None) == (era in ("v0.8.0", "head"))
    assert two.text("plan_json").startswith("[{") == (era == "head")


def test_metadata_without_messages_and_messages_without_metadata(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.set_where_from("described only", sender_id="alice")
        bot.append_row("stored only", "user", "x")
        facts, counts = listed(bot.path)
    assert [one.key for one in facts if one] == [key("described only")]
    assert list(counts) == [key("stored only")]


def test_counters_that_lie_and_values_of_any_kind(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for n in range(6):
            bot.append(f"k{n}", "user", "x")
        for n, change in enumerate(
            (
                "message_count = -5",
                "message_count = 'many'",
                "message_count = x'00'",
                "name = x'ff00', state = CAST(x'fffe' AS TEXT)",
                "created_at = 'long ago', last_activity = 17",
                "name = hex(zeroblob(3000000))",
            )
        ):
            bot.con.execute(f"UPDATE session_metadata SET {change} WHERE session_key = 'k{n}'")  # noqa: S608
        found, counts = listed(bot.path)
    facts = [one for one in found if one is not None]
    assert len(facts) == len(counts) == 6
    assert [one.number("message_count") for one in facts] == [-5, None, None, 1, 1, 1]
    assert facts[3].text("name") == "\ufffd\0"
    assert facts[3].text("state") == "\ufffd\ufffd"
    assert facts[4].time("created_at") is None
    assert facts[4].time("last_activity") is None
    assert facts[5].text("name") == "0" * 4096 + "…"


def test_keys_of_any_bytes(tmp_path: Path) -> None:
    keys = ["k" * 10_000, "\x1b[2J", "a\0b", "", "z" * 70_000]
    with closing(BotDatabase(tmp_path)) as bot:
        for name in keys:
            bot.append(name, "user", "x")
        bot.con.execute(
            "UPDATE session_metadata SET session_key = CAST(x'ff' AS TEXT) WHERE session_key = ''"
        )
        facts, counts = listed(bot.path)
    names = [one.key.raw if one else None for one in facts]
    assert names == [b"k" * 10_000, b"\x1b[2J", b"a\0b", b"\xff", None]
    assert set(counts) == {*map(key, keys[:-1])}


def test_what_commits_have_brought(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot, closing(BotAcpDatabase(tmp_path)) as acp:
        last = [bot.append(f"k{n}", "user", "x") for n in range(10)][-1]
        bot.append("k3", "user", "y")
        bot.append("k3", "user", "z")
        bot.append("new", "user", "z")
        sessions, editors = Database(bot.path), Database(acp.path)
        found = sessions.read(lambda snapshot: newer_than(snapshot, read_schema(snapshot), last))
        assert found == {key("k3"): RowTally(2, last + 2), key("new"): RowTally(1, last + 3)}
        session = acp.create_session("one")
        acp.append_turn("one", [chat("user", "x")])
        brought = editors.read(lambda snapshot: newer_than(snapshot, read_schema(snapshot), 0))
        assert brought == {session: RowTally(1, 1)}


def test_a_damaged_page_of_descriptions_hides_no_other(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for n in range(400):
            bot.append(f"key number {n}", "user", "x")
        (root,) = bot.con.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'session_metadata'"
        ).fetchone()
    data = bytearray(bot.path.read_bytes())
    interior = data[(root - 1) * 4096 : root * 4096]
    assert interior[0] == 5
    leaf = int.from_bytes(interior[int.from_bytes(interior[12:14], "big") :][:4], "big")
    data[(leaf - 1) * 4096 : leaf * 4096] = b"\xa5" * 4096
    bot.path.write_bytes(data)
    facts, counts = listed(bot.path)
    found = [one for one in facts if one]
    assert 300 < len(found) < 400
    assert None in facts
    assert len(counts) == 400


def test_somebody_elses_tables_have_no_sessions(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE sessions (id INTEGER PRIMARY KEY, user TEXT)")
    assert listed(tmp_path / "x.db") == ([], {})
