"""`earwig check` on rows of every kind that the bot would not write: each is told for what it is."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from earwig.cli import check_command
from earwig.cli.output import Output
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase

LOADED = " (the bot loads it)"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    """A database whose tables take anything."""
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("PRAGMA writable_schema = ON")
        bot.con.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
        bot.con.execute("PRAGMA writable_schema = RESET")
        for said in ("before", "row", "behind"):
            bot.append("al", "user", said)
        yield bot


def checked(*paths: Path) -> tuple[int, list[str]]:
    out, err = io.StringIO(), io.StringIO()
    status = check_command.run([*map(str, paths)], Output(out), Output(err))
    return status, out.getvalue().splitlines()


def records(*paths: Path) -> list[dict[str, Any]]:
    out, err = io.StringIO(), io.StringIO()
    check_command.run([*map(str, paths), "--json"], Output(out), Output(err))
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_database_as_the_bot_leaves_it(bot: BotDatabase) -> None:
    assert checked(bot.path) == (0, [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("content = x'00ff'", "has content that is a blob, not text"),
        ("content = NULL", "has no content (NULL)"),
        ("content = x''", "has content that is a blob, not text"),
        ("content = CAST(x'61ff' AS TEXT)", "has content that is not UTF-8 (byte 2)"),
        ("content = CAST(x'eda080' AS TEXT)", "has content that is not UTF-8 (byte 1)"),
        ("role = NULL", "has no role (NULL)"),
        ("role = x'75'", "has a role that is a blob, not text"),
        ("role = CAST(x'ff' AS TEXT)", "has a role that is not UTF-8 (byte 1)"),
        ("role = hex(zeroblob(50000))", "has a role of 100,000 bytes"),
    ],
)
def test_a_row_that_the_bot_leaves_out(bot: BotDatabase, change: str, reason: str) -> None:
    bot.con.execute(f"UPDATE sessions SET {change} WHERE id = 2")  # noqa: S608
    assert checked(bot.path) == (1, [f"al  line 2 {reason}"])
    [record] = records(bot.path)
    assert (record["line"], record["reason"], "loaded" in record) == (2, reason, False)


def test_a_number_is_told_where_the_table_keeps_it_as_one(bot: BotDatabase) -> None:
    bot.con.execute("PRAGMA writable_schema = ON")
    bot.con.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'content TEXT', 'content') WHERE name = 'sessions'"
    )
    bot.con.execute("PRAGMA writable_schema = RESET")
    for number, reason in ((7, "a number"), (7.5, "a number")):
        bot.con.execute("UPDATE sessions SET content = ? WHERE id = 2", (number,))
        assert checked(bot.path) == (1, [f"al  line 2 has content that is {reason}, not text"])


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ("created_at = 'yesterday'", "has a time that is none"),
        ("created_at = ''", "has a time that is none"),
        ("created_at = NULL", "has a time that is none"),
        ("created_at = 17", "has a time that is none"),
        ("created_at = x'00'", "has a time that is none"),
        ("created_at = '0000-01-01T00:00:00+00:00'", "has a time that is none"),
        ("created_at = '2026-02-30T00:00:00+00:00'", "has a time that is none"),
        ("created_at = created_at || hex(zeroblob(99))", "has a time that is none"),
        ("content = 'a' || char(0) || 'b'", "holds a NUL, at which some programs take it to end"),
    ],
)
def test_a_row_that_the_bot_loads_all_the_same(bot: BotDatabase, change: str, remark: str) -> None:
    bot.con.execute(f"UPDATE sessions SET {change} WHERE id = 2")  # noqa: S608
    assert checked(bot.path) == (0, [f"al  line 2 {remark}{LOADED}"])
    [record] = records(bot.path)
    assert (record["line"], record["reason"], record["loaded"]) == (2, remark, True)


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ("message_count = 7", "has a message_count of 7, and 3 rows"),
        ("message_count = -1", "has a message_count of -1, and 3 rows"),
        ("message_count = 2", "has a message_count of 2, and 3 rows"),
        ("message_count = 'many'", "has a message_count that is no number"),
        ("message_count = NULL", "has a message_count that is no number"),
        ("last_activity = 'now'", "has a last_activity that is no time"),
        ("created_at = NULL", "has a created_at that is no time"),
        ("turn_started_at = 'soon'", "has a turn_started_at that is no time"),
    ],
)
def test_what_is_said_of_a_session(bot: BotDatabase, change: str, remark: str) -> None:
    bot.con.execute(f"UPDATE session_metadata SET {change}")  # noqa: S608
    assert checked(bot.path) == (0, [f"al  {remark}"])
    [record] = records(bot.path)
    assert (record["line"], record["reason"], record["loaded"]) == (None, remark, True)


def test_messages_without_a_description_and_the_other_way_round(bot: BotDatabase) -> None:
    bot.con.execute("DELETE FROM session_metadata")
    bot.append_metadata("bo")
    bot.set_where_from("cy", channel_id="telegram")
    status, lines = checked(bot.path)
    assert status == 0
    assert sorted(lines) == [
        "al  is not described: the bot's own list leaves it out",
        "bo  has a message_count of 1, and 0 rows",
        "bo  is described, and has no messages",
        "cy  is described, and has no messages",
    ]


def test_a_key_that_is_no_text(bot: BotDatabase) -> None:
    bot.con.execute("UPDATE sessions SET session_key = x'616c' WHERE id = 3")
    bot.con.execute("UPDATE session_metadata SET message_count = 2")
    _, lines = checked(bot.path)
    assert lines == [
        "al  has a key that is no text: the bot does not find it",
        "al  is not described: the bot's own list leaves it out",
    ]


def test_an_editors_rows(tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path)) as editor:
        editor.create_session("new one")
        editor.create_session("u-1")
        turn = [
            chat("user", "x"),
            calls("", [("c", "grep", "{}")]),
            results([("c", "no")]),
            chat("user", "y"),
        ]
        editor.append_turn("u-1", turn)
        assert checked(editor.path) == (0, [])
        editor.con.execute("UPDATE acp_messages SET created_at = 'x' WHERE id = 1")
        editor.con.execute("UPDATE acp_tool_calls SET payload = x'00' WHERE event_kind = 'out'")
        editor.con.execute("UPDATE acp_messages SET content = x'00' WHERE id = 3")
        editor.con.execute(
            "UPDATE acp_sessions SET killed_at = 'x', last_activity = 3 WHERE session_uuid = 'u-1'"
        )
        status, lines = checked(editor.path)
    assert status == 1
    assert lines == [
        f"u-1  line 1 has a time that is none{LOADED}",
        "u-1  line 3 has a tool call that has payload that is a blob, not text",
        "u-1  line 4 has content that is a blob, not text",
        "u-1  has a last_activity that is no time",
        "u-1  has a killed_at that is no time",
    ]


def test_an_append_that_is_half_done_is_no_remark(bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot stores the row, and then counts it: a look between the two is no reason to say anything."""
    from earwig.core.stores.sqlite import remarks

    bot.append_row("al", "user", "new")
    looks: list[tuple[str, ...]] = []
    real = remarks.remarks_on

    def look(*arguments: Any, **named: Any) -> tuple[str, ...]:
        found = real(*arguments, **named)
        if not looks:
            bot.append_metadata("al")
        looks.append(found)
        return found

    monkeypatch.setattr(remarks, "remarks_on", look)
    assert checked(bot.path) == (0, [])
    assert looks[0] == ("has a message_count of 3, and 4 rows",)
