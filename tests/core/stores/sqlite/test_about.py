"""What a database says of a session beside its rows, however odd that is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.about import MOST_STEPS, NOTHING, About, event_lines, plan_lines, plan_words, record_of
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import own_text
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, compact
from tests.core.stores.sqlite.bot_database import BotDatabase

PLAN = [
    {"content": "read the files", "status": "completed", "priority": "high"},
    {"content": "write a test", "status": "in_progress", "priority": "medium", "activeForm": "writing"},
    {"content": "run it", "status": "pending", "priority": "low"},
]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotAcpDatabase]:
    with closing(BotAcpDatabase(tmp_path)) as bot:
        bot.create_session("one")
        yield bot


def about(path: Path, key: str = "one") -> About:
    store = DatabaseStore([path])
    [session] = store.find(key)
    return store.about(session)


def lines(found: About) -> list[str]:
    return [] if found.plan is None else [plan_words(found.plan), *plan_lines(found.plan)]


def test_a_plan_is_told_step_by_step(bot: BotAcpDatabase) -> None:
    assert about(bot.path).plan is None
    bot.set_plan("one", PLAN)
    bot.set_tokens("one", 12)
    found = about(bot.path)
    assert lines(found) == [
        "1 of 3 steps done",
        "✓ read the files (high priority)",
        "▸ write a test (in progress)",
        "· run it (low priority)",
    ]
    assert (found.tokens, found.killed) == (12, None)
    assert found.created is not None
    bot.set_plan("one", [])
    assert lines(about(bot.path)) == ["no steps"]


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("{oops", ["is not JSON", "as it is stored: {oops"]),
        ('{"a": 1}', ["is not a list of steps", 'as it is stored: {"a": 1}']),
        ("null", ["is not a list of steps", "as it is stored: null"]),
        (5, ["is not a list of steps", "as it is stored: 5"]),
        (b"\xff\x00", ["is no text", "as it is stored: \\xff␀"]),
        ('[{"content": "\x1b[2J\\u202e", "status": "\\u0007"}]', None),
        ('["\\ud800"]', ["is not JSON", 'as it is stored: ["\\ud800"]']),
        ("", []),
        ("\x1b[2J", ["is not JSON", "as it is stored: ␛[2J"]),
    ],
)
def test_a_plan_that_is_none_is_told_for_what_it_is(
    bot: BotAcpDatabase, stored: object, told: list[str] | None
) -> None:
    bot._set("one", "plan_json", stored)
    found = lines(about(bot.path))
    assert told is None or found == told
    assert not any("\x1b" in line or "\u202e" in line or "\x07" in line for line in found)


def test_steps_that_are_none_hide_no_others(bot: BotAcpDatabase) -> None:
    bot._set("one", "plan_json", compact([1, {"content": 3, "status": "x"}, [], *PLAN[:1], None]))
    found = lines(about(bot.path))
    assert found[:3] == [
        "1 of 1 step done",
        "✓ read the files (high priority)",
        "the plan holds 4 that are no steps",
    ]


@pytest.mark.parametrize("size", [300_000, 30_000_000])
def test_a_huge_plan_is_told_and_not_read(bot: BotAcpDatabase, size: int) -> None:
    bot._set("one", "plan_json", "[" * size)
    found = lines(about(bot.path))
    assert "to be read" in found[0]
    assert len("".join(found)) < 2000


def test_of_very_many_steps_the_first_are_told(bot: BotAcpDatabase) -> None:
    bot._set("one", "plan_json", compact(PLAN[2:] * (MOST_STEPS + 5)))
    found = about(bot.path)
    assert found.plan is not None
    assert len(found.plan.steps) == MOST_STEPS
    assert found.plan.problem == f"has {MOST_STEPS + 5} steps, these are the first {MOST_STEPS}"


def test_events_are_told_the_newest_last(bot: BotAcpDatabase) -> None:
    bot.append_event(1, "complete", "success")
    bot.append_event(1, "fail", "failure", '{"error":"no \x1b[2J"}')
    bot.con.execute("UPDATE acp_session_events SET created_at = 'never' WHERE id = 1")
    told = event_lines(about(bot.path), lambda _: own_text("then"))
    assert told == ["?  complete  success", 'then  fail  failure  {"error":"no ␛[2J"}']
    for number in range(300):
        bot.append_event(1, f"e{number}", "ok")
    found = about(bot.path)
    assert (len(found.events), found.events_left_out) == (200, 102)
    assert event_lines(found, lambda _: own_text("then"))[0] == "… 102 events before, or not readable"
    record = record_of(found, str)
    assert record["events_left_out"] == 102


def test_a_killed_session_says_so(bot: BotAcpDatabase) -> None:
    bot.kill("one")
    [session] = DatabaseStore([bot.path]).find("one")
    assert session.detail is not None
    assert (session.detail.state, session.detail.hidden) == ("killed", True)
    assert about(bot.path).killed is not None


@pytest.mark.parametrize("era", ["v0.8.0-beta-1", "v0.8.0", "head"])
def test_every_era_is_read(tmp_path: Path, era: str) -> None:
    with closing(BotAcpDatabase(tmp_path, era=era)) as bot:
        bot.create_session("one")
        found = about(bot.path)
    assert (found.plan, list(found.events)) == (None, [])
    assert found.created is not None


def test_tables_that_lack_columns_have_no_events(bot: BotAcpDatabase) -> None:
    bot.set_plan("one", PLAN)
    bot.con.execute("DROP TABLE acp_session_events")
    bot.con.execute("CREATE TABLE acp_session_events (id INTEGER PRIMARY KEY, payload)")
    found = about(bot.path)
    assert found.plan is not None
    assert found.events == ()


def test_of_the_bots_other_sessions_little_is_known(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append("al", "user", "hello")
        found = about(bot.path, "al")
    assert found == NOTHING._replace(created=found.created)
    assert found.created is not None


def test_a_database_that_is_gone_is_told(bot: BotAcpDatabase) -> None:
    store = DatabaseStore([bot.path])
    [session] = store.find("one")
    bot.close()
    bot.path.unlink()
    with pytest.raises(CannotOpen) as caught:
        store.about(session)
    assert caught.value.missing


def test_a_damaged_page_is_no_end(bot: BotAcpDatabase, tmp_path: Path) -> None:
    bot.set_plan("one", PLAN)
    bot.append_event(1, "complete", "success")
    bot.close()
    with closing(sqlite3.connect(bot.path)) as con:
        (page,) = con.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'acp_session_events'"
        ).fetchone()
        (size,) = con.execute("PRAGMA page_size").fetchone()
    with bot.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)
    found = about(bot.path)
    assert found.plan is not None
    assert len(found.plan.steps) == 3
