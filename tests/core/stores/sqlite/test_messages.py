"""Pages by id, counts and numbers of a conversation, compared with a list of all its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.find.required_text import RequiredText
from earwig.core.query.search_query import SearchQuery
from earwig.core.stores.sqlite.content_filter import ContentFilter
from earwig.core.stores.sqlite.conversation import Conversation, RowPage
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.messages import AllMessages, KeyMessages, SessionKey
from earwig.core.stores.sqlite.row_numbers import RowNumbers
from earwig.core.stores.sqlite.schema import read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat, results
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, told
from tests.core.stores.sqlite.numbering import position_of

OTHER = "discord_bob"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Database, Conversation]]]:
    """A conversation among others with gaps in its ids, and one of an editor with results among its rows."""
    folder = tmp_path_factory.mktemp("made")
    with closing(BotDatabase(folder)) as bot, closing(BotAcpDatabase(folder)) as acp:
        for n in range(200):
            bot.append(KEY if n % 3 else OTHER, "user", f"{n}")
            if n % 17 == 0:
                bot.remove_last(KEY)
        acp.create_session("other")
        session = acp.create_session("one")
        for n in range(40):
            acp.append_turn("other", [chat("user", "not mine")])
            outs = [(f"c{i}", f"result {n}.{i}") for i in range(n % 4)]
            acp.append_turn(
                "one",
                [
                    chat("user", f"{n}"),
                    calls(None, [("c", "shell", "{}")]),
                    results(outs),
                    chat("assistant", f"{n}!"),
                ],
            )
        sessions, editors = Database(bot.path), Database(acp.path)
        yield {
            "sessions": (sessions, KeyMessages(sessions.read(read_schema), SessionKey(KEY.encode()))),
            "acp": (editors, _acp(editors, session)),
        }


def _acp(base: Database, session: int) -> Conversation:
    from earwig.core.stores.sqlite.acp import acp_conversation

    return acp_conversation(base.read(read_schema), session)


kinds = pytest.mark.parametrize("kind", ["sessions", "acp"])
fixture = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
Made = dict[str, tuple[Database, Conversation]]


def positions(made: Made, kind: str) -> list[int]:
    base, conversation = made[kind]
    found = base.read(lambda snapshot: [row.position for row in conversation.walk(snapshot)])
    assert found == sorted(set(found))
    assert len(found) > 100
    return found


@kinds
@fixture
@given(data=st.data())
def test_pages_are_pieces_of_all_rows(made: Made, kind: str, data: st.DataObject) -> None:
    base, conversation = made[kind]
    every = positions(made, kind)
    at = data.draw(st.integers(every[0] - 2, every[-1] + 2) | st.sampled_from(every))
    count = data.draw(st.integers(1, len(every) + 5))
    behind = [position for position in every if position > at]
    before = [position for position in every if position < at]

    def look(snapshot: Snapshot) -> tuple[RowPage, RowPage, RowPage, object, int]:
        return (
            conversation.after(snapshot, at, count),
            conversation.before(snapshot, at, count),
            conversation.newest(snapshot, count),
            conversation.at(snapshot, at),
            conversation.between(snapshot, at, every[-1]),
        )

    after, earlier, newest, there, rest = base.read(look)
    assert [row.position for row in after.rows] == behind[:count]
    assert after.at_end == (count >= len(behind))
    assert [row.position for row in earlier.rows] == before[-count:]
    assert earlier.at_end == (count >= len(before))
    assert [row.position for row in newest.rows] == every[-count:]
    assert (there is not None) == (at in every)
    assert rest == len(behind)


@kinds
def test_a_page_ends_where_it_has_enough_bytes(made: Made, kind: str) -> None:
    base, conversation = made[kind]
    page = base.read(lambda snapshot: conversation.after(snapshot, None, 1000, budget=1))
    assert len(page.rows) == 1
    assert not page.at_end


@kinds
def test_going_through_in_pages_gives_all(made: Made, kind: str) -> None:
    base, conversation = made[kind]
    at: int | None = None
    found: list[int] = []
    at_end = False
    while not at_end:
        page = base.read(lambda snapshot, at=at: conversation.after(snapshot, at, 7))  # type: ignore[misc]
        found += [row.position for row in page.rows]
        at, at_end = found[-1], page.at_end
    assert found == positions(made, kind)


@kinds
@pytest.mark.parametrize("stride", [1, 7, 1000])
def test_numbers_and_positions_answer_each_other(made: Made, kind: str, stride: int) -> None:
    base, conversation = made[kind]
    every = positions(made, kind)
    numbers = RowNumbers(base, conversation, stride)
    for _ in range(2):  # before anything is counted, and after
        for number in (1, 2, min(stride, 90), len(every) // 2, len(every)):
            assert position_of(numbers, number) == every[number - 1]
            assert numbers.number_of(every[number - 1]) == number
        assert position_of(numbers, 0) is None
        assert position_of(numbers, len(every) + 1) is None
        while not numbers.extend():
            pass
        assert numbers.counted == len(every) == base.read(conversation.count)
    numbers.forget_after(every[50])
    assert numbers.counted <= 51
    assert position_of(numbers, 100) == every[99]


def test_numbers_go_on_as_the_conversation_does(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        base = Database(bot.path)
        row = bot.append(KEY, "user", "0")
        conversation = KeyMessages(base.read(read_schema), SessionKey(KEY.encode()))
        numbers = RowNumbers(base, conversation, stride=10)
        assert numbers.extend()
        for n in range(1, 26):
            row = bot.append(KEY, "user", f"{n}")
            assert numbers.extend()
            assert numbers.counted == n + 1
            assert position_of(numbers, n + 1) == row
        bot.remove_last(KEY)
        numbers.forget_after(row - 1)
        assert numbers.extend()
        assert numbers.counted == 25


def test_what_is_stored_comes_in_slices(made: Made) -> None:
    base, conversation = made["acp"]
    rows = base.read(lambda snapshot: list(conversation.walk(snapshot)))
    result = next(row for row in rows if "result 3.2" in told(row.item))
    assert base.read(lambda snapshot: conversation.raw(snapshot, result.position, 2, 5)) == (b"sult ", 10)
    assert base.read(lambda snapshot: conversation.raw(snapshot, rows[0].position, 0, 9)) == (b"0", 1)
    with pytest.raises(LookupError):
        base.read(lambda snapshot: conversation.raw(snapshot, rows[0].position + 1, 0, 9))
    base, conversation = made["sessions"]
    rows = base.read(lambda snapshot: list(conversation.walk(snapshot)))
    assert base.read(lambda snapshot: conversation.raw(snapshot, rows[5].position, 0, 9)) == (
        told(rows[5].item).encode(),
        len(told(rows[5].item)),
    )


def test_all_keys_in_the_order_of_their_rows(made: Made) -> None:
    base, _ = made["sessions"]
    everything = AllMessages(base.read(read_schema))
    found = base.read(lambda snapshot: list(everything.walk(snapshot)))
    assert {key.raw for key, _ in found if key} == {KEY.encode(), OTHER.encode()}
    assert [row.position for _, row in found] == sorted(row.position for _, row in found)
    later = base.read(lambda snapshot: list(everything.walk(snapshot, found[9][1].position)))
    assert later == found[10:]
    sevens = [(key, row) for key, row in found if "7" in told(row.item)]
    only = ContentFilter(RequiredText("7"))
    last = found[-1][1].position
    assert base.read(lambda snapshot: list(everything.wanted(snapshot, only, 0, last))) == sevens
    assert base.read(lambda snapshot: list(everything.wanted(snapshot, only, 7, 30))) == [
        (key, row) for key, row in sevens if 7 < row.position <= 30
    ]
    mine = [row for key, row in found if key and key.raw == KEY.encode()]
    assert [row.position for row in mine] == positions(made, "sessions")


@pytest.mark.parametrize("text", ["needle", "%", "_", "\\", "50%_\\", "ä"])
def test_what_sqlite_leaves_out_of_a_search_is_nothing_that_is_wanted(text: str, tmp_path: Path) -> None:
    contents = [
        text,
        f"a {text} b",
        text.upper(),
        f"\0{text}",
        f"ü\0 {text}",
        "nothing",
        "",
        "50xyz",
        f"{text[:-1]}-{text[-1:]}",
    ]
    with closing(BotDatabase(tmp_path)) as bot:
        rows = {bot.append(KEY, "user", content): content.encode() for content in contents}
        blob = bot.append(KEY, "user", "")
        bot.con.execute("UPDATE sessions SET content = ? WHERE id = ?", (f"x{text}".encode(), blob))
    base = Database(bot.path)
    everything = AllMessages(base.read(read_schema))
    only = ContentFilter(SearchQuery(text).required_text())
    handed_over = base.read(lambda snapshot: [row for _, row in everything.wanted(snapshot, only, 0, blob)])
    found = [row.position for row in handed_over if text in told(row.item)]
    assert found == [row for row, content in rows.items() if text.encode() in content]
    assert "nothing" not in [told(row.item) for row in handed_over] or not text.isascii()


def test_no_page_takes_longer_where_there_are_more_rows(tmp_path: Path) -> None:
    """By the steps of SQLite's machine, not by a clock: no page counts the rows before it."""
    path = tmp_path / "sessions.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_key TEXT, role TEXT, content TEXT)"
        )
        connection.execute("CREATE INDEX i ON sessions (session_key, id)")
        connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000) "
            "INSERT INTO sessions SELECT x, 'k', 'user', 'x' FROM n"
        )
        connection.commit()
    base = Database(path)
    conversation = KeyMessages(base.read(read_schema), SessionKey(b"k"))
    asked: list[None] = []

    def count() -> bool:
        asked.append(None)
        return False

    for at in (1, 100_000, 199_000):
        base.read(lambda snapshot, at=at: conversation.after(snapshot, at, 100), count)  # type: ignore[misc]
        base.read(lambda snapshot, at=at: conversation.before(snapshot, at, 100), count)  # type: ignore[misc]
    base.read(lambda snapshot: conversation.newest(snapshot, 100), count)
    assert len(asked) < 10
    base.read(conversation.count, count)
    assert len(asked) > 50
