"""The first sessions of a large database's list are those of the whole list, in its order, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.cli.main import main
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import PathTarget
from earwig.core.stores.sqlite import foremost, store
from earwig.core.stores.sqlite.store import DatabaseStore
from tests.core.stores.sqlite.bot_database import BotDatabase

NOON = "2026-09-20T12:00:00"
BOTS = [f"{NOON}{fraction}+00:00" for fraction in ("", ".5", ".500", ".500000001", ".500000002", ".51")]
BOTS += ["1970-01-01T00:00:00+00:00", "2024-02-29T23:59:59.999999999+00:00"]
APART = [f"{NOON}{fraction}+00:00" for fraction in ("", ".1", ".20", ".300", ".400000001", ".51")]
OTHERS = [
    *("2026-09-20T11:59:60.9+00:00", "2026-13-20T12:00:00+00:00", "2026-ab-20T12:00:00+00:00"),
    *(
        f"{NOON}{end}"
        for end in ("", "Z", "z", "+02:00", "-00:00", ".+00:00", ".5x+00:00", ".0000000001+00:00")
    ),
    *("2026-02-30T12:00:00+00:00", "2026-09-20T24:00:00+00:00", "2026-09-20t12:00:00+00:00"),
    *("2026-09-20 12:00:00+00:00", "9999-12-31T12:00:00+00:00", "1969-12-31T23:59:59+00:00"),
    *(
        "yesterday+00:00",
        "abcd-ef-ghTij:kl:mn+00:00",
        "",
        NOON + "\0+00:00",
        f"{NOON}+00:00\0",
        f"{NOON}é+00:00",
    ),
]
Kept = list[tuple[str, str | bytes | float | None, int]]
"""Of each session: its key, what stands for its last activity, and how many rows it has."""

times = st.one_of(
    st.sampled_from(BOTS),
    st.sampled_from(BOTS),
    st.sampled_from([*OTHERS, None, 7, 2.5, b"2026-09-20T12:00:00+00:00"]),
)
keys = st.sampled_from([f"k{number}" for number in range(8)])
kept = st.lists(st.tuples(keys, times, st.integers(0, 3)), max_size=8, unique_by=lambda it: it[0])


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path_factory.mktemp("bot"))) as bot:
        schema = bot.con.execute("SELECT sql FROM sqlite_master WHERE name = 'session_metadata'").fetchone()[
            0
        ]
        bot.con.execute("DROP TABLE session_metadata")
        bot.con.execute(schema.replace("NOT NULL", ""))
        yield bot


@pytest.fixture(autouse=True)
def _is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_HUGE", 0)
    monkeypatch.setattr(foremost, "_COUNT", 4)


def fill(bot: BotDatabase, kept: Kept, undescribed: int = 0) -> None:
    bot.con.execute("BEGIN")
    bot.con.execute("DELETE FROM sessions")
    bot.con.execute("DELETE FROM session_metadata")
    for key, time, rows in kept:
        for _ in range(rows):
            bot.append(key, "user", "hello")
        if not rows:
            bot.append_metadata(key)
        bot.con.execute("UPDATE session_metadata SET last_activity = ? WHERE session_key = ?", (time, key))
    for number in range(undescribed):
        bot.append_row(f"undescribed {number}", "user", "hello")
    bot.con.execute("COMMIT")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(kept=kept, undescribed=st.sampled_from([0, 0, 0, 1]))
def test_they_are_the_first_of_all(bot: BotDatabase, kept: Kept, undescribed: int) -> None:
    fill(bot, kept, undescribed)
    asked = DatabaseStore([bot.path])
    first = list(asked.foremost())
    assert first == asked.sessions()[: len(first)]


def test_of_what_the_bot_writes_some_are_told(bot: BotDatabase) -> None:
    fill(bot, [(f"k{number}", time, 1) for number, time in enumerate(APART)])
    assert [it.key for it in DatabaseStore([bot.path]).foremost()] == ["k5", "k4", "k3", "k2"]


@pytest.mark.parametrize("time", [*OTHERS, None, 7, b"2026-09-20T12:00:00+00:00"])
def test_none_are_where_one_of_all_has_another_time(bot: BotDatabase, time: str | bytes | None) -> None:
    fill(bot, [*((f"k{number}", each, 1) for number, each in enumerate(APART)), ("other", time, 1)])
    assert not DatabaseStore([bot.path]).foremost()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions SET session_key = NULL WHERE id = (SELECT max(id) FROM sessions)",
        "DROP INDEX idx_sessions_key",
        "UPDATE session_metadata SET session_key = 'other' WHERE session_key = 'k1'",
        "ALTER TABLE session_metadata RENAME COLUMN last_activity TO other",
    ],
)
def test_none_are_where_that_is_not_sure(tmp_path: Path, change: str) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        schema = bot.con.execute("SELECT sql FROM sqlite_master WHERE name = 'sessions'").fetchone()[0]
        bot.con.execute("DROP TABLE sessions")
        bot.con.execute(schema.replace("session_key TEXT NOT NULL", "session_key TEXT"))
        bot.con.execute("CREATE INDEX idx_sessions_key ON sessions(session_key)")
        fill(bot, [(f"k{number}", time, 1) for number, time in enumerate(APART)])
        assert DatabaseStore([bot.path]).foremost()
        bot.con.execute(change)
        assert not DatabaseStore([bot.path]).foremost()


def test_a_long_one_is_left_to_the_listing(bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foremost, "_ROWS", 5)
    fill(bot, [(f"k{number}", time, 1 if number else 9) for number, time in enumerate(APART)])
    assert [it.key for it in DatabaseStore([bot.path]).foremost()] == ["k5", "k4", "k3", "k2"]
    fill(bot, [(f"k{number}", time, 1 if number != 5 else 9) for number, time in enumerate(APART)])
    assert not DatabaseStore([bot.path]).foremost()


@pytest.mark.parametrize("beside", ["al.jsonl", "acp-sessions.db", None])
def test_none_are_where_there_are_others_beside(bot: BotDatabase, tmp_path: Path, beside: str | None) -> None:
    fill(bot, [(f"k{number}", time, 1) for number, time in enumerate(APART)])
    bot.checkpoint()
    (tmp_path / "sessions.db").write_bytes(bot.path.read_bytes())
    if beside is not None:
        (tmp_path / beside).write_text('{"role":"user","content":"hello"}\n')
    assert bool(store_for([PathTarget(folders=(tmp_path,))]).foremost()) is (beside is None)


def test_the_command_tells_of_each_once_and_in_order(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(bot, [(f"k{number}", time, 1) for number, time in enumerate(APART)])
    all_of_them = DatabaseStore.sessions

    def listed_late(self: DatabaseStore, *args: object) -> object:
        bot.append("k1", "user", "hello again")  # it comes first now, but was not told of
        bot.append("k5", "user", "hello again")  # it was
        return all_of_them(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(DatabaseStore, "sessions", listed_late)
    assert main(["search", "-l", "hello", str(bot.path)]) == 0
    assert capsys.readouterr().out.split() == ["k5", "k4", "k3", "k2", "k1", "k0"]
