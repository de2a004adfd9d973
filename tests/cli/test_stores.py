"""Commands on all that the bot keeps: databases, files, and what it has put away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage, line_of
from earwig.core.model.message_link import digest_of
from tests.cli.running import Program
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase

START_NS = 1_790_000_000_000_000_000


def line(role: str, content: str) -> str:
    return json.dumps({"role": role, "content": content}) + "\n"


@pytest.fixture
def bot(workspace: Path) -> Iterator[BotDatabase]:
    clock = iter(range(START_NS, 1 << 62, 1_000_000_000))
    with closing(BotDatabase(workspace, clock=lambda: next(clock))) as bot:
        yield bot


def test_list_says_what_a_database_knows(program: Program, workspace: Path, bot: BotDatabase) -> None:
    bot.append("gw_carol", "user", "hello")
    bot.set_name("gw_carol", "Carol's shop")
    bot.set_where_from("gw_carol", channel_id="web.main", room_id="r1", sender_id="carol", agent_alias="main")
    bot.set_state("gw_carol", "running", "turn-1")
    [record] = program.records("list", "--json", "--count", str(workspace))
    assert record == {
        "id": f"{bot.path}#gw_carol",
        "key": "gw_carol",
        "title": "Carol's shop",
        "store": "sqlite",
        "path": str(bot.path),
        "bytes": None,
        "rows": 1,
        "last_activity": "2026-09-21T14:13:20.000000+00:00",
        "name": "Carol's shop",
        "channel": "web.main",
        "room": "r1",
        "sender": "carol",
        "agent": "main",
        "state": "running",
        "since": "2026-09-21T14:13:22.000000+00:00",
        "messages": 1,
        "bad_lines": 0,
    }
    [row] = program("list", str(workspace)).stdout.splitlines()
    assert "1 row" in row
    assert "gw_carol  [Carol's shop; running for " in row


def test_show_prints_each_messages_time(program: Program, workspace: Path, bot: BotDatabase) -> None:
    bot.append("al", "user", "one")
    bot.append("al", "assistant", "two")
    assert program.records("show", "al", "--json", "-w", str(workspace)) == [
        {"line": 1, "role": "user", "content": "one", "time": "2026-09-21T14:13:20.000000+00:00"},
        {"line": 2, "role": "assistant", "content": "two", "time": "2026-09-21T14:13:21.000000+00:00"},
    ]


def test_what_an_import_skipped_is_told(program: Program, workspace: Path, bot: BotDatabase) -> None:
    bot.append("al", "user", "hello")
    file = bot.path.parent / "al.jsonl.migrated"
    file.write_text(line("user", "hello") + "no refund\n")
    listing = program.records("list", "--json", str(workspace))
    rows, lines = sorted(listing, key=lambda it: it["store"], reverse=True)
    assert rows["beside"] == [{"store": "migrated", "only_here": 0, "only_there": 1}]
    assert lines["beside"] == [{"store": "sqlite", "only_here": 1, "only_there": 0}]
    listed = program("list", str(workspace)).stdout
    assert "al  [1 more in migrated; sqlite]" in listed
    assert "al  [1 line only here; migrated]" in listed
    checked = program("check", str(workspace))
    assert (checked.returncode, checked.stdout) == (
        1,
        "al (migrated)  line 2 is not JSON: unexpected character (byte 1)\n",
    )
    assert "no refund" in program("search", "--bad", "refund", str(workspace)).stdout
    shown = program("show", "al", "-w", str(workspace))
    assert (
        "al is in 2 places with the same messages, this is the one in sqlite; for another, give "
        in shown.stderr
    )
    assert str(file) in shown.stderr


def test_a_link_leads_to_the_history_that_has_its_message(
    program: Program, workspace: Path, bot: BotDatabase
) -> None:
    bot.append("al", "user", "in the database")
    (bot.path.parent / "al.jsonl.migrated").write_bytes(line_of(ChatMessage("user", "in the file")) + b"\n")
    for said in ("in the database", "in the file"):
        raw = line_of(ChatMessage("user", said))
        found = program("show", f"al:1~{digest_of(raw)}", "-w", str(workspace))
        assert (found.stdout, found.stderr) == (f"user  #1\n    {said}\n", "")
    found = program("show", f"al:1~{digest_of(b'nowhere')}", "-w", str(workspace))
    assert (found.returncode, found.stdout) == (1, "")


def test_a_link_from_a_file_leads_to_the_row_that_an_import_made(
    program: Program, workspace: Path, bot: BotDatabase
) -> None:
    lines = [b"no JSON", b'{"content": "ok", "role": "user"}', line_of(ChatMessage("assistant", "fine"))]
    (bot.path.parent / "al.jsonl.migrated").write_bytes(b"\n".join(lines))
    bot.append("al", "user", "ok")
    bot.append("al", "assistant", "fine")
    bot.append("al", "user", "ok")
    for number, said in ((2, "user  #1\n    ok\n"), (3, "assistant  #2\n    fine\n")):
        link = f"al:{number}~{digest_of(lines[number - 1])}"
        found = program("show", link, "-w", str(workspace))
        assert (found.returncode, found.stdout) == (0, said)
    bad = program("show", f"al:1~{digest_of(lines[0])}", "-w", str(workspace), "--bad")
    assert "no JSON" in bad.stdout


def test_show_tells_an_editors_plan_and_events(program: Program, workspace: Path) -> None:
    with closing(BotAcpDatabase(workspace)) as bot:
        row = bot.create_session("one", "/home/me/project")
        bot.append_turn("one", [chat("user", "go on"), calls("", [("c1", "shell", "{}")])])
        bot.set_plan("one", [{"content": "read", "status": "completed", "priority": "high"}])
        bot.append_event(row, "fail", "failure", "no \x1b[2J")
        bot.kill("one")
    told = program("show", "one", "--about", "-w", str(workspace)).stdout
    assert "store: acp, killed, hidden\n" in told
    assert "plan: 1 of 1 step done\n    ✓ read (high priority)\n" in told
    assert "  fail  failure  no ␛[2J\n" in told
    [record] = program.records("show", "one", "--about", "--json", "-w", str(workspace))
    assert record["plan"] == [{"content": "read", "status": "completed", "priority": "high"}]
    assert [event["payload"] for event in record["events"]] == ["no \x1b[2J"]
    assert record["state"] == "killed"
    [listed] = program.records("list", "--json", str(workspace))
    assert (listed["state"], listed["hidden"]) == ("killed", True)
    assert "[killed; hidden; acp]" in program("list", str(workspace)).stdout
    document = program("export", "one", "-w", str(workspace), "-f", "txt").stdout
    assert "1 of 1 step done; ✓ read (high priority)" in document
    exported = json.loads(program("export", "one", "-w", str(workspace), "-f", "json").stdout)
    assert "'plan': [{'content': 'read'" in str(exported)
    with closing(BotAcpDatabase(workspace)) as bot:
        bot.set_plan(
            "one", [{"content": "write to al@example.com", "status": "al@example.com", "priority": ""}]
        )
    for kind in ("txt", "json", "md", "html"):
        masked = program("export", "one", "-w", str(workspace), "-f", kind, "--redact").stdout
        assert "write to " in masked
        assert "al@example.com" not in masked
    plain = program("show", "one", "--about", "-w", str(workspace), "--json").stdout
    assert "\x1b" not in plain


def test_messages_of_an_editor_whose_session_is_not_described_are_shown(
    program: Program, workspace: Path
) -> None:
    with closing(BotAcpDatabase(workspace)) as editor:
        editor.create_session("u-1", "/home/me")
        editor.append_turn("u-1", [chat("user", "hello")])
        editor.con.execute("PRAGMA foreign_keys = OFF")
        editor.con.execute("DELETE FROM acp_sessions")
        [record] = program.records("list", "--json", str(workspace))
        assert (record["key"], record["hidden"]) == ("1", True)
        for name in ("1", str(record["id"])):
            [shown] = program.records("show", name, "--json", "-w", str(workspace))
            assert shown["content"] == "hello"
        assert program("search", "hello", str(workspace)).stdout.startswith("1:")


def test_two_histories_of_a_key_are_told_apart_by_their_ids(
    program: Program, workspace: Path, sessions: Path, bot: BotDatabase
) -> None:
    bot.append("al", "user", "row")
    (sessions / "al.jsonl.migrated").write_text(line("user", "line"))
    ids = {row["store"]: row["id"] for row in program.records("list", "--json", str(workspace))}
    assert ids == {"sqlite": f"{bot.path}#al", "migrated": str(sessions / "al.jsonl.migrated")}
    for store, content in (("sqlite", "row"), ("migrated", "line")):
        [shown] = program.records("show", str(ids[store]), "--json")
        assert shown["content"] == content
    done = program("show", "al", "-w", str(workspace))
    assert "row" in done.stdout
    told = f"al has 2 histories, this is the one in sqlite; for another, give {ids['migrated']}"
    assert told in done.stderr


def test_the_same_in_two_places_is_one_row(
    program: Program, workspace: Path, sessions: Path, bot: BotDatabase
) -> None:
    bot.append("al", "user", "hello")
    (sessions / "al.jsonl.migrated").write_text(line("user", "hello"))
    [record] = program.records("list", "--json", str(workspace))
    assert (record["store"], record["also_in"]) == ("sqlite", ["migrated"])
    [row] = program("list", str(workspace)).stdout.splitlines()
    assert row.endswith("[also in migrated; sqlite]")
    assert len(program("search", "hello", str(workspace)).stdout.splitlines()) == 1


def test_check_tells_damaged_rows(program: Program, workspace: Path, bot: BotDatabase) -> None:
    bot.append("al", "user", "hello")
    row = bot.append("al", "user", "")
    bot.con.execute("UPDATE sessions SET content = x'00ff' WHERE id = ?", (row,))
    done = program("check", str(workspace))
    assert (done.returncode, done.stdout) == (1, "al  line 2 has content that is a blob, not text\n")


def test_search_looks_through_every_store(
    program: Program, workspace: Path, sessions: Path, bot: BotDatabase
) -> None:
    bot.append("al", "user", 'say "Öl" & find it')
    bot.append("al", "assistant", "nothing here")
    (sessions / "bo.jsonl").write_text(line("user", "find it too"))
    (sessions / "archive").mkdir()
    (sessions / "archive" / "cy.jsonl").write_text(line("user", "find it, old as it is"))
    with closing(BotAcpDatabase(workspace)) as editor:
        editor.create_session("di", "/home/me/project")
        turn = [chat("user", "x"), calls("", [("c", "grep", '{"for": "find it"}')]), results([("c", "no")])]
        editor.append_turn("di", turn)
        found = {row["session"] for row in program.records("search", "find it", str(workspace), "--json")}
        assert found == {"al", "bo", "cy", "di"}
        [hit] = program.records("search", '"öl"', "-i", str(workspace), "--json")
        assert (hit["session"], hit["line"], hit["role"]) == ("al", 1, "user")
        counted = program.records("search", "-c", "find it", str(workspace), "--json")
        assert sum(int(str(row["count"])) for row in counted) == 4


def test_a_database_that_is_none_of_the_bots(program: Program, workspace: Path, bot: BotDatabase) -> None:
    bot.append("al", "user", "hello")
    other = bot.path.with_name("acp-sessions.db")
    with closing(sqlite3.connect(other)) as con:
        con.execute("CREATE TABLE recipes (id INTEGER)")
    done = program("list", str(workspace))
    assert done.returncode == 2
    assert "al" in done.stdout
    why = "is not a database of the bot's: its tables are recipes; its sessions are left out"
    assert done.stderr == f"earwig: {other} {why}\n"


@pytest.mark.parametrize("name", ["sessions.db", "sessions", "."])
def test_each_kind_of_path_to_a_database(
    program: Program, workspace: Path, bot: BotDatabase, name: str
) -> None:
    bot.append("al", "user", "hello")
    path = {"sessions.db": bot.path, "sessions": bot.folder, ".": workspace}[name]
    assert [row["key"] for row in program.records("list", "--json", str(path))] == ["al"]
