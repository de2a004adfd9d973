"""An editor's conversation comes as the bot would write it as JSONL, so what draws tool rows draws these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.content.parts import Calls
from earwig.core.content.tools import native_calls, tool_result
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.sqlite.acp import SPREAD, acp_conversation, events_of
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.rows import StoredItem, StoredRow
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.store import DatabaseStore
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_schema import ACP_ERAS
from tests.core.stores.sqlite.looking import all_of

TURN = [
    chat("user", "list them"),
    calls("I look.", [("c1", "shell", '{"command":"ls"}'), ("c2", "read", "{}")], "one must look first"),
    results([("c1", "a.txt\n"), ("c2", "")]),
    calls(None, [("c3", "shell", "{}")]),
    results([("c3", "done")]),
    chat("assistant", "There are **two**."),
]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotAcpDatabase]:
    with closing(BotAcpDatabase(tmp_path)) as writer:
        writer.create_session("one")
        writer.append_turn("one", [chat("user", "x")])
        yield writer


def rows_in(path: Path, session: int | bytes = 1) -> list[StoredRow]:
    return all_of(path, acp_conversation(Database(path).read(read_schema), session))


def items(path: Path, session: int | bytes = 1) -> list[StoredItem]:
    return [row.item for row in rows_in(path, session)]


@pytest.mark.parametrize("era", ACP_ERAS)
def test_a_turn_with_tools_in_each_era(era: str, tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path, era)) as bot:
        bot.create_session("one")
        bot.append_turn("one", TURN)
        rows = rows_in(bot.path, b"one" if bot.is_first else 1)
    found = [row.item for row in rows]
    assert all(isinstance(item, ChatMessage) for item in found)
    messages = [item for item in found if isinstance(item, ChatMessage)]
    roles = [message.role for message in messages]
    assert roles == ["user", "assistant", "tool", "tool", "assistant", "tool", "assistant"]
    assert messages[0] == ChatMessage("user", "list them")
    assert messages[-1] == ChatMessage("assistant", "There are **two**.")
    first = native_calls(messages[1].content)
    assert isinstance(first, Calls)
    assert (first.said, first.reasoning) == ("I look.", "one must look first")
    assert [(call.id, call.name, call.arguments) for call in first.calls] == [
        ("c1", "shell", '{"command":"ls"}'),
        ("c2", "read", "{}"),
    ]
    answers = [tool_result(message.content) for message in messages if message.role == "tool"]
    assert [(answer.text, answer.call) for answer in answers] == [
        ("a.txt\n", "c1"),
        ("", "c2"),
        ("done", "c3"),
    ]
    assert all(answer.pairs for answer in answers)
    assert json.loads(messages[4].content)["content"] is None
    assert len({row.time for row in rows}) == 1
    assert rows[0].time is not None


def test_a_killed_session_is_read_as_any_other(bot: BotAcpDatabase) -> None:
    bot.kill("one")
    assert items(bot.path) == [ChatMessage("user", "x")]


def test_results_without_calls_take_the_text_with_them(bot: BotAcpDatabase) -> None:
    """The bot's loader makes of such a row its results alone."""
    bot.append_turn("one", [chat("assistant", "lost"), results([("c", "out")])])
    _, lost, result = items(bot.path)
    assert lost == BadLine("has results of tools and calls none: the bot leaves its text out", b"lost")
    assert isinstance(result, ChatMessage)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("event_kind = 'sideways'", ["said", "has a tool call of a kind that the bot does not know"]),
        ("event_kind = x'6f7574'", ["said", "has a tool call that has event_kind that is a blob, not text"]),
        ("payload = x'00'", ["has a tool call that has payload that is a blob, not text"]),
        (
            "tool_name = CAST(x'ff' AS TEXT)",
            ["has a tool call that has tool_name that is not UTF-8 (byte 1)"],
        ),
    ],
)
def test_a_damaged_call_is_told_in_its_place(bot: BotAcpDatabase, change: str, expected: list[str]) -> None:
    bot.append_turn("one", [calls("said", [("c", "shell", "{}")]), chat("user", "after")])
    bot.con.execute(f"UPDATE acp_tool_calls SET {change}")  # noqa: S608 - of this test
    _, *found, after = items(bot.path)
    assert after == ChatMessage("user", "after")
    reasons = [item.reason if isinstance(item, BadLine) else getattr(item, "content", "") for item in found]
    assert len(reasons) == len(expected)
    for reason, begins in zip(reasons, expected, strict=True):
        assert reason.startswith(begins)
    base = Database(bot.path)
    conversation = acp_conversation(base.read(read_schema), 1)
    assert base.read(conversation.count) == 2 + len(expected)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a message as the bot writes it"),
        ('{"type":"Chat","data":{"role":"user"}}', "is not a message as the bot writes it"),
        ('{"type":"ToolResults","data":[]}', "is not a message as the bot writes it"),
        ('{"type":"Chat","data":{"role":1,"content":"x"}}', "is not a message as the bot writes it"),
        ('{"type":"AssistantToolCalls","data":[]}', "is not a message as the bot writes it"),
        (b"\xff", "has content that is a blob, not text"),
    ],
)
def test_json_of_the_first_release_that_is_none(stored: object, reason: str, tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path, "v0.8.0-beta-1")) as bot:
        bot.create_session("one")
        bot.con.execute(
            "INSERT INTO acp_messages (session_id, message_json, created_at) VALUES ('one', ?, '')", (stored,)
        )
        bot.append_turn("one", [chat("user", "after")])
        damaged, after = items(bot.path, b"one")
    assert isinstance(damaged, BadLine)
    assert damaged.reason == reason
    assert after == ChatMessage("user", "after")


def test_a_huge_result_is_known_by_its_size(bot: BotAcpDatabase) -> None:
    bot.append_turn("one", [calls("", [("c", "shell", "{}")]), results([("c", "z" * 9_000_000)])])
    row = rows_in(bot.path)[-1]
    assert row.size == 9_000_000
    assert not isinstance(row.item, ChatMessage | BadLine)


@pytest.mark.parametrize("era", ["v0.8.0-beta-1", "head"])
def test_a_row_that_no_query_can_hold(era: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwig.core.stores.sqlite.by_apsw.LIMITS", ((0, 100_000),))
    with closing(BotAcpDatabase(tmp_path, era)) as bot:
        bot.create_session("one")
        bot.append_turn("one", [chat("user", "z" * 200_000), chat("user", "after")])
        huge, after = rows_in(bot.path, b"one" if bot.is_first else 1)
        if not bot.is_first:
            bot.append_turn("one", [calls("", [("c", "ls", "{}")]), results([("c", "z" * 200_000)])])
            assert rows_in(bot.path)[-1].size == 200_000
    assert huge.size >= 200_000
    assert not isinstance(huge.item, ChatMessage | BadLine)
    assert after.item == ChatMessage("user", "after")
    assert (huge.position, after.position) == (SPREAD, 2 * SPREAD)


def test_a_position_says_which_row_and_which_of_its_results(bot: BotAcpDatabase) -> None:
    bot.append_turn("one", TURN)
    positions = [row.position for row in rows_in(bot.path)]
    assert positions == [
        SPREAD * row + place
        for row, place in [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (4, 0), (4, 1), (5, 0)]
    ]


def test_what_became_of_turns(bot: BotAcpDatabase) -> None:
    bot.append_event(1, "complete", "success")
    bot.append_event(1, "fail", "failure", '{"error":"no \x1b[2J"}')
    base = Database(bot.path)
    events = base.read(lambda snapshot: events_of(snapshot, read_schema(snapshot), 1))
    assert [(event.action, event.outcome, event.payload) for event in events] == [
        ("complete", "success", ""),
        ("fail", "failure", '{"error":"no \x1b[2J"}'),
    ]
    assert events[0].time is not None


@pytest.mark.parametrize("era", ["v0.8.0-beta-1", "head"])
@pytest.mark.parametrize("below", [False, True], ids=["", "ids below 0"])
def test_what_is_too_long_for_a_page_is_read_whole_where_all_is(
    tmp_path: Path, era: str, below: bool
) -> None:
    long, longer = "y" * 9_000_000, "z" * 9_000_001
    with closing(BotAcpDatabase(tmp_path, era)) as bot:
        bot.create_session("one")
        turn = [calls("", [("c", "shell", "{}")]), results([("c", longer)]), chat("assistant", long)]
        bot.append_turn("one", [*turn, chat("user", "behind")])
        if below:
            bot.con.execute("PRAGMA foreign_keys = OFF")
            if era == "head":
                bot.con.execute("UPDATE acp_tool_calls SET message_id = message_id - 9")
            bot.con.execute("UPDATE acp_messages SET id = id - 9")
        store = DatabaseStore([bot.path])
        [session] = store.sessions()
        entries = list(store.open(session).entries())
    said = [entry.item.content for entry in entries if isinstance(entry.item, ChatMessage)]
    assert len(said) == len(entries) == 4
    assert longer in said[1]
    assert said[2:] == [long, "behind"]
    assert [entry.next for entry in entries[:-1]] <= [entry.position for entry in entries[1:]]
