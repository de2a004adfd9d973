"""Rows with any number that SQLite lets one have: each is there once, in order, wherever they are counted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.follow.arrivals import Arrivals
from earwig.core.model.entries import Entry
from earwig.core.model.events import StoreEvents
from earwig.core.model.message import ChatMessage
from earwig.core.query.search_query import SearchQuery
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.reading.newest import newest
from earwig.core.search.job import SearchJob
from earwig.core.stores.sqlite.store import DatabaseStore
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, compact
from tests.core.stores.sqlite.bot_database import BotDatabase

MAX, MIN = (1 << 63) - 1, -(1 << 63)
IDS = [
    (1, 2, MAX),
    (0,),
    (0, 1, 2),
    (-5, -1, 3),
    (MIN, MIN + 1, 0, MAX - 1, MAX),
    (1, 10, 1 << 40, 1 << 44, 1 << 62, MAX - 1, MAX),
    (MIN,),
    (MAX,),
    (MIN, MAX),
    (-(1 << 62) - 1, 1 << 62),
]
KEY = "al"


class Rows:
    """A database whose rows get the numbers that they are given."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._kind = kind
        self.bot: BotDatabase | BotAcpDatabase
        if kind == "sessions":
            self.bot = BotDatabase(folder)
        else:
            self.bot = BotAcpDatabase(folder, era="v0.8.0-beta-1" if kind == "acp first" else "head")
            self.row = self.bot.create_session(KEY)

    def put(self, number: int, said: str) -> None:
        now = self.bot.now()
        if self._kind == "sessions":
            names, values = "session_key, role, content", (KEY, "user", said)
        elif self._kind == "acp":
            names, values = "session_id, role, content", (str(self.row), "user", said)
        else:
            message = compact({"type": "Chat", "data": {"role": "user", "content": said}})
            names, values = "session_id, message_json", (KEY, message)  # type: ignore[assignment]
        table = "sessions" if self._kind == "sessions" else "acp_messages"
        places = ", ".join("?" * len(values))
        self.bot.con.execute(
            f"INSERT INTO {table} (id, created_at, {names}) VALUES (?, ?, {places})",  # noqa: S608
            (number, now, *values),
        )


@pytest.fixture(params=["sessions", "acp", "acp first"])
def rows(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rows]:
    made = Rows(tmp_path / "bot", request.param)
    with closing(made.bot):
        yield made


def contents(entries: Sequence[Entry]) -> list[str]:
    return [entry.item.content for entry in entries if isinstance(entry.item, ChatMessage)]


@pytest.mark.parametrize("ids", IDS, ids=str)
def test_all_rows_are_there_in_order(rows: Rows, ids: tuple[int, ...]) -> None:
    for number in reversed(ids):
        rows.put(number, f"row {number}")
    said = [f"row {number}" for number in ids]
    store = DatabaseStore([rows.bot.path])
    [session] = store.sessions()
    assert session.extent == len(ids)
    transcript = store.open(session)
    transcript.refresh()
    assert transcript.end == session.end
    everything = list(transcript.entries())
    assert contents(everything) == said
    assert [entry.number for entry in everything] == list(range(1, len(ids) + 1))
    assert all(0 <= entry.position < entry.next for entry in everything)
    assert contents(transcript.tail(2).entries) == said[-2:]
    assert contents(list(newest(transcript, 2, lambda _: True))) == said[-2:]
    assert contents(transcript.after(0, 99).entries) == said
    last = everything[-1].position
    assert contents(transcript.before(last, 99).entries) == said[:-1]
    assert contents(transcript.around(last, 99, 99).entries) == said
    while not transcript.index_step():
        pass
    assert transcript.lines == len(ids)
    for entry in everything:
        place = transcript.locate(entry.number or 0)
        assert place is not None
        assert (place.position, place.certain) == (entry.position, True)
        assert transcript.numbers_of([entry.position]) == [entry.number]
        assert transcript.row_of(entry.position) == ids[(entry.number or 0) - 1]
        assert transcript.raw(entry, 99)
    assert transcript.locate(len(ids) + 1) is None
    assert transcript.tally(0).messages == len(ids)
    counter = MatchCounter(transcript, lambda _: 1)
    while not counter.step():
        pass
    assert counter.total == len(ids)
    assert transcript.still_has(transcript.ending())
    with closing(SearchJob(SearchQuery("row"), store).run([session])) as portions:
        hits = [hit for portion in portions for found in portion.found for hit in found.hits]
    assert [(hit.snippet, hit.number) for hit in hits] == [(it, at) for at, it in enumerate(said, 1)]


@pytest.mark.parametrize("ids", [(1, 5), (-9, -1), (MIN, 0), (MIN,), (1 << 62, MAX - 9)], ids=str)
def test_what_comes_is_told_once_and_nothing_else(rows: Rows, ids: tuple[int, ...]) -> None:
    for number in ids:
        rows.put(number, f"row {number}")
    store, told = DatabaseStore([rows.bot.path]), list[str]()
    arrivals = Arrivals(
        store,
        lambda _: lambda heard: told.append(heard.message.content),
        lambda _, sentence: told.append(sentence),
    )
    known = store.sessions()
    arrivals.know(known)
    rows.put(ids[-1] + 1, "new")
    for _ in range(3):
        arrivals.take(StoreEvents(changed=tuple(store.sessions())), time.monotonic())
    assert told == ["new"]


def test_the_first_row_below_0_moves_no_row_away(rows: Rows) -> None:
    rows.put(1, "one")
    store = DatabaseStore([rows.bot.path])
    [session] = store.sessions()
    transcript = store.open(session)
    transcript.refresh()
    before, generation = transcript.tail(9), transcript.generation
    rows.put(-1, "minus one")
    transcript.refresh()
    assert transcript.generation > generation
    assert contents(before.entries) == ["one"]
    assert contents(list(transcript.entries())) == ["minus one", "one"]
    [again] = store.sessions()
    assert again.end == transcript.end
