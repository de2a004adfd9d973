"""What the JSON of each command has, over every kind of store and every era: as the README's table says."""

from __future__ import annotations

import importlib
import io
import json
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from earwig.cli.output import Output
from tests.cli.running import Program, lines
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_schema import ACP_ERAS, ERAS, rank

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")

Records = list[dict[str, Any]]

KEY = "telegram_al"
NAMED = {"id", "key", "store", "path"}
MESSAGE = {"line", "role", "content"}
MUST: dict[str, set[str]] = {
    "list": NAMED | {"title", "bytes", "last_activity", "messages", "bad_lines"},
    "show": MESSAGE,
    "tail": NAMED | MESSAGE,
    "search": NAMED | {"session", "line", "role", "snippet", "ranges"},
    "stats": NAMED
    | {"kind", "name", "sessions", "messages", "roles", "bad_lines", "tokens", "failed", "unanswered"},
    "check": NAMED | {"line", "reason", "raw"},
    "watch": NAMED | MESSAGE | {"why", "session", "seen"},
}
"""What is there in every store."""

TIMED = {"show", "tail", "search", "check", "watch", "export"}
"""Commands that say when a message was stored, where the store has that."""


def fields(command: str) -> set[str]:
    """All that the README names."""
    [row] = re.findall(rf"^\| (?:`\w+`, )*`{command}`(?:, `\w+`)* \| (.*) \|$", README, re.MULTILINE)
    return {name for quoted in re.findall(r"`([^`]*)`", row) for name in quoted.split(", ")}


def of_files(workspace: Path, _era: str) -> None:
    folder = workspace / "sessions"
    folder.mkdir(parents=True)
    for name in (f"{KEY}.jsonl", f"{KEY}_moved.jsonl.migrated", f"{KEY}_half.jsonl.importing"):
        (folder / name).write_bytes(lines("find it", name) + b"no JSON\n")
    (folder / "archive").mkdir()
    (folder / "archive" / f"{KEY}_old.jsonl").write_bytes(lines("find it", "old") + b"no JSON\n")


def of_rows(workspace: Path, era: str) -> None:
    with closing(BotDatabase(workspace, era=era)) as bot:
        bot.append(KEY, "user", "find it")
        bot.append(KEY, "assistant", "no")
        row = bot.append(KEY, "assistant", "")
        bot.con.execute("UPDATE sessions SET content = x'00ff' WHERE id = ?", (row,))
        if rank(era) >= rank("v0.5.9"):
            bot.set_name(KEY, "A name")
        if rank(era) >= rank("v0.6.5"):
            bot.set_state(KEY, "running", "turn-1")
        if rank(era) >= rank("v0.8.4"):
            bot.set_where_from(KEY, channel_id="telegram", room_id="r", sender_id="al", agent_alias="main")


def of_an_editor(workspace: Path, era: str) -> None:
    with closing(BotAcpDatabase(workspace, era=era)) as editor:
        editor.create_session(KEY, "/home/me/project")
        turn = [chat("user", "find it"), calls("", [("c", "grep", "{}")]), results([("c", "no")])]
        editor.append_turn(KEY, [*turn, chat("assistant", "gone")])
        column = "message_json" if era == "v0.8.0-beta-1" else "content"
        editor.con.execute(f"UPDATE acp_messages SET {column} = x'00ff' WHERE id = 3")  # noqa: S608


STORES = [
    (of_files, ""),
    *((of_rows, era) for era in ERAS),
    *((of_an_editor, era) for era in ACP_ERAS),
]
Make = Callable[[Path, str], None]


@pytest.fixture(params=STORES, ids=lambda it: f"{it[0].__name__} {it[1]}")
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Make, str]:
    make, era = request.param
    make(tmp_path / "bot", era)
    return (tmp_path / "bot", make, era)


def printed(command: str, *arguments: str) -> Records:
    """What a command prints, run here: to start a program for each would take minutes."""
    out, err = io.StringIO(), io.StringIO()
    run = importlib.import_module(f"earwig.cli.{command}_command").run
    assert run(list(arguments), Output(out), Output(err)) in (0, 1)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def assert_times(command: str, records: Sequence[dict[str, Any]], *, has_times: bool) -> None:
    assert {"time" in record for record in records} == {has_times and command in TIMED}
    for record in records:
        for name in ("time", "last_activity", "since"):
            if record.get(name) is not None:
                moment = datetime.fromisoformat(record[name])
                assert moment.utcoffset() == timedelta(0), (name, record)


def test_each_command_prints_the_fields_of_the_table(stored: tuple[Path, Make, str]) -> None:
    workspace, make, era = stored
    of_database = make is not of_files
    listed = printed("list", "--json", "--count", str(workspace))
    found = {
        "list": listed,
        "search": printed("search", "find it", "--json", str(workspace)),
        "check": printed("check", "--json", str(workspace)),
        "stats": [it for it in printed("stats", "--json", str(workspace)) if it["kind"] == "session"],
        "show": [it for row in listed for it in printed("show", row["id"], "--json", "-w", str(workspace))],
    }
    for command, records in found.items():
        assert records, command
        for record in records:
            assert MUST[command] <= record.keys() <= fields(command), (command, record)
        assert_times(command, records, has_times=of_database)
    ids = {row["id"]: {name: row[name] for name in NAMED} for row in listed}
    for command in ("search", "check", "stats"):
        for record in found[command]:
            assert {name: record[name] for name in NAMED} == ids[record["id"]], command
    if make is of_rows:
        [row] = listed
        known = {"channel", "name"} if rank(era) >= rank("v0.5.9") else {"channel"}
        known |= {"state", "since"} if rank(era) >= rank("v0.6.5") else set()
        known |= {"room", "sender", "agent"} if rank(era) >= rank("v0.8.4") else set()
        assert known <= row.keys()
        assert row["channel"] == "telegram"


def test_bad_ones_and_counts_have_them_too(stored: tuple[Path, Make, str]) -> None:
    workspace, make, _ = stored
    of_database = make is not of_files
    bad = [
        it
        for row in printed("list", "--json", str(workspace))
        for it in printed("show", row["id"], "--json", "--bad", "-w", str(workspace))
        if "bad" in it
    ]
    assert bad
    for record in bad:
        assert {"line", "bad", "raw"} <= record.keys() <= fields("show")
    assert_times("show", bad, has_times=of_database)
    counted = printed("search", "-c", "find it", "--json", str(workspace))
    for record in counted:
        assert record.keys() == NAMED | {"session", "count"}
    for record in printed("search", "-l", "find it", "--json", str(workspace)):
        assert record.keys() == NAMED | {"session"}


def test_an_export_has_what_show_prints(stored: tuple[Path, Make, str]) -> None:
    workspace, make, _ = stored
    for row in printed("list", "--json", str(workspace)):
        named = (row["id"], "-w", str(workspace), "--bad")
        shown = printed("show", "--json", *named)
        assert printed("export", "-f", "jsonl", *named) == shown
        assert_times("export", shown, has_times=make is not of_files)


def test_what_comes_later_has_the_fields_too(program: Program, tmp_path: Path) -> None:
    workspace = tmp_path / "bot"
    of_files(workspace, "")
    of_an_editor(workspace, "head")
    with closing(BotDatabase(workspace)) as bot:
        bot.append("gw_bo", "user", "is there")
        tail = program.start("tail", "--json", "-n", "1", "-w", str(workspace))
        watch = program.start("watch", "--json", "--match", "comes", str(workspace))
        tail.wait_for("is there")
        tail.wait_for("old")
        seen = []
        for number in range(1000):  # until it watches
            bot.append("gw_bo", "user", f"row comes {number}")
            with (workspace / "sessions" / f"{KEY}.jsonl").open("ab") as file:
                file.write(lines(f"line comes {number}"))
            tail.wait_for(f"row comes {number}")
            tail.wait_for(f"line comes {number}")
            seen = watch.records()
            if {it["key"] for it in seen} == {"gw_bo", KEY}:
                break
        assert tail.stop() == 0
        assert watch.stop() == 0
    for command, records in (("tail", tail.records()), ("watch", seen)):
        for record in records:
            assert MUST[command] <= record.keys() <= fields(command), (command, record)
        for of_database in (True, False):
            some = [it for it in records if (it["store"] in ("sqlite", "acp")) is of_database]
            assert some
            assert_times(command, some, has_times=of_database)
