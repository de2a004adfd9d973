"""What a search of databases finds is what each row, matched by itself, has: however it is gone through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.core.find.matcher import BadPattern
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.query.control import SearchControl
from earwig.core.query.found import FlatSessions, Found
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.query.search_query import Case, SearchQuery
from earwig.core.search.job import SearchJob, portions_of
from earwig.core.stores.sqlite import row_matcher, row_search, sweep, turns
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.finding import conversation_of
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.schema import Schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.store import DatabaseStore
from tests.core.search.test_equals_decoding_everything import EXPRESSIONS, LETTERS
from tests.core.stores.sqlite.bot_database import BotDatabase

KEYS = [f"telegram_{name}" for name in "abcdefgh"]
WAYS = (
    "session by session",
    "in one pass",
    "as large ones",
    "in small steps",
    "in one pass of small steps",
    "in one pass, and meanwhile session by session",
    "as large ones in one pass",
    "in one pass, begun ahead",
)
HARD = "\0\0sSkK\u212aſé%_\\"
"""What SQLite compares otherwise, or what has a meaning for it."""

texts = st.text(st.sampled_from(LETTERS + "\0"), max_size=12)
around = st.text(st.sampled_from(HARD), max_size=3)
queries = st.builds(
    SearchQuery,
    text=st.one_of(
        st.text(st.sampled_from(LETTERS), min_size=1, max_size=3),
        st.text(st.sampled_from(HARD.replace("\0", "")), min_size=1, max_size=2),
        st.sampled_from(EXPRESSIONS),
    ),
    regex=st.booleans(),
    case=st.sampled_from(Case),
    whole_words=st.booleans(),
    accents_folded=st.booleans(),
    roles=st.sampled_from([(), ("user",), ("ass",)]),
    sessions=st.just(()),
    since_ns=st.none(),
    until_ns=st.none(),
    bad_lines=st.sampled_from([False, False, False, True]),
)
Stored = list[tuple[str, str, str]]
"""Key, role and content of each row."""


@st.composite
def asked(draw: st.DrawFn) -> tuple[Stored, SearchQuery]:
    """Rows, and a query; its text stands in some of them, in small letters or capitals."""
    query = draw(queries)
    said = st.sampled_from([query.text, query.text.lower(), query.text.upper()])
    contents = st.one_of(texts, st.builds("{}{}{}".format, around, said, around))
    keys, roles = st.sampled_from(KEYS[:3]), st.sampled_from(["user", "ass"])
    return draw(st.lists(st.tuples(keys, roles, contents), max_size=9)), query


def go(way: str, patch: pytest.MonkeyPatch) -> None:
    """Have a search take one of its ways, with little."""
    if "in one pass" in way:
        patch.setattr(turns.Turns, "_is_due", lambda _self, _rows: True)
    if "as large ones" in way:
        for module in (row_search, turns):
            patch.setattr(module, "SMALL", 0)
    if "ahead" in way:
        patch.setattr(row_search, "can_be_shared_out", lambda _database: True)
    if "in small steps" in way:
        patch.setattr(row_search, "SMALL", 1)
    if "small steps" in way or way in WAYS[5:]:
        for name in ("_FIRST_ROWS", "_MOST_ROWS", "_HITS"):
            patch.setattr(row_matcher, name, 2)
    if way in WAYS[4:]:
        patch.setattr(sweep, "_IDS", 2)
        patch.setattr(sweep, "_SHARES", 2)
        patch.setattr(turns, "_SHARE", 0 if "meanwhile" in way else 1e9)
        for module in (sweep, turns):
            patch.setattr(module, "MOST", 0)  # it goes on whatever is found


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path_factory.mktemp("bot"))) as bot:
        yield bot


@pytest.mark.parametrize("way", WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(asked=asked())
def test_hits_are_those_of_matching_every_row(
    bot: BotDatabase, way: str, asked: tuple[Stored, SearchQuery]
) -> None:
    stored, query = asked
    bot.con.execute("BEGIN")
    bot.con.execute("DELETE FROM sessions")
    bot.con.execute("DELETE FROM session_metadata")
    for key, role, content in stored:
        bot.append(key, role, content)
    blob = bot.append(KEYS[0], "user", "")
    bot.con.execute("UPDATE sessions SET content = X'6B73FF' WHERE id = ?", (blob,))
    bot.con.execute("COMMIT")
    store = DatabaseStore([bot.path])
    try:
        matcher = query.matcher()
        job, counting = SearchJob(query, store), SearchJob(query, store, hits=False)
    except BadPattern:
        return
    except ValueError:
        assert not query.sought
        return
    expected = []
    for session in store.sessions():
        for number, entry in enumerate(store.open(session).entries(), 1):
            item = entry.item
            if isinstance(item, ChatMessage):
                wanted, text = not query.roles or item.role in query.roles, item.content
            else:
                wanted, text = query.bad_lines, r"ks\xff"
            if wanted and list(matcher.spans(text)):
                expected.append((session.key, entry.position, number))
    with pytest.MonkeyPatch.context() as patch:
        go(way, patch)
        for each_job in (job, counting):
            each_job.begin()
        found = [each for portion in job.run(store.sessions()) for each in portion.found]
        counted = [each for portion in counting.run(store.sessions()) for each in portion.found]
    hits = [hit for each in found for hit in each.hits]
    assert [(hit.session.key, hit.position, hit.number) for hit in hits] == expected
    assert sum(each.matches for each in found) == sum(each.matches for each in counted) == len(expected)
    for some in (found, counted):
        for _, parts in groupby(some, lambda it: it.session.id):
            assert [it.more for it in parts][-1] is False


def looked_through(store: DatabaseStore, text: str, sessions: Sequence[Session]) -> list[Found]:
    """As one thread of a search does."""
    search = store.searcher(ReadyQuery(SearchQuery(text)), SearchControl())
    search.begin()
    nothing = FlatSessions.of(())
    return [it for some in portions_of(sessions) for it in search.look_through(some.sessions, nothing)]


def test_small_sessions_without_a_hit_are_not_fetched_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By how often a conversation is looked for, not by a clock."""
    monkeypatch.setattr(turns, "LEAST", 40)
    fetched: list[None] = []

    def fetch(snapshot: Snapshot, schema: Schema, key: SessionKey) -> Conversation | None:
        fetched.append(None)
        return conversation_of(snapshot, schema, key)

    monkeypatch.setattr(row_search, "conversation_of", fetch)
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("BEGIN")
        for number in range(400):
            for said in ("hello", f"needle {number}" if number % 100 == 5 else "nothing"):
                bot.append(f"telegram_{number}", "user", said)
        bot.con.execute("COMMIT")
        store = DatabaseStore([bot.path])
        found = looked_through(store, "needle", store.sessions())
    expected = [(f"telegram_{number}", 2, f"needle {number}") for number in (305, 205, 105, 5)]
    assert [(hit.session.key, hit.number, hit.snippet) for it in found for hit in it.hits] == expected
    assert len(fetched) < 100


def test_what_nearly_all_sessions_have_is_told_as_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LEAST", 10)
    with closing(BotDatabase(tmp_path)) as bot:
        bot.con.execute("BEGIN")
        for number in range(60):
            bot.append(f"telegram_{number}", "user", "needle")
        bot.con.execute("COMMIT")
        store = DatabaseStore([bot.path])
        found = looked_through(store, "needle", store.sessions())
    assert [hit.session.key for it in found for hit in it.hits] == [
        f"telegram_{n}" for n in range(59, -1, -1)
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_page_hides_nothing_that_can_be_read(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(way, monkeypatch)
    with closing(BotDatabase(tmp_path)) as bot:
        for number in range(60):
            bot.append(KEYS[number % 3], "user", f"needle {number} " + "x" * 900)
    rows = bot.path.read_bytes().split(b"needle 30 ")
    start = len(rows[0]) // 4096 * 4096
    with bot.path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 200)
    store = DatabaseStore([bot.path])
    found = looked_through(store, "needle", store.sessions())
    readable = [
        (session.key, entry.position)
        for session in store.sessions()
        for entry in store.open(session).entries()
        if isinstance(entry.item, ChatMessage)
    ]
    assert [(hit.session.key, hit.position) for it in found for hit in it.hits] == readable
    assert 50 < len(readable) < 60


def test_a_hit_has_the_time_of_its_row_unless_its_text_has_one(tmp_path: Path) -> None:
    clock = iter(range(1_790_000_000_000_000_000, 1 << 62, 1_000_000_000))
    with closing(BotDatabase(tmp_path, clock=lambda: next(clock))) as bot:
        bot.append("al", "user", "a needle")
        bot.append("al", "user", "[2026-09-20 08:00:00 +00:00] another needle")
    store = DatabaseStore([bot.path])
    [found] = [it for it in looked_through(store, "needle", store.sessions()) if it.hits]
    assert [hit.time for hit in found.hits] == [1_790_000_000, 1_790_000_001]
    assert [hit.sent_ns for hit in found.hits] == [1_790_000_000_000_000_000, 1_789_891_200_000_000_000]
