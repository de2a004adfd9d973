"""What lists, remembers, searches and counts all sessions comes out right on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.catalog.reading_state import ReadingState
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.session_counting import SessionCounting
from earwig.core.catalog.summing_up import sum_up
from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session
from earwig.core.query.found import MOST_HITS, Found
from earwig.core.query.hits import Hit
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.search.known_sessions import KnownSessions
from earwig.core.search.live_search import LiveSearch, SearchNews
from earwig.core.statistics.live import LiveStatistics, Picture
from earwig.core.statistics.troubles import Troubles
from tests.core.following import LATER, wait_for
from tests.core.stores.contract.scenes import Scene

HELLO, NEEDLE = ("user", "hello"), ("assistant", "a needle")


def look_for(scene: Scene, query: SearchQuery, *, hits: bool = True) -> list[Found]:
    portions = SearchJob(query, scene.store, hits=hits).run(scene.store.sessions())
    return [found for portion in portions for found in portion.found]


def places(hits: list[Hit]) -> list[tuple[str, int, str]]:
    return sorted((hit.session.key, hit.number, hit.snippet) for hit in hits)


# Search


def test_a_search_finds_what_is_said_wherever_it_is(scene: Scene) -> None:
    scene.append("al", HELLO, NEEDLE)
    scene.append("bo", HELLO)
    scene.append("cy", ("user", "Needle"), HELLO)
    scene.append("al", HELLO, ("user", "needles"))
    found = look_for(scene, SearchQuery("needle"))
    expected = [("al", 2, "a needle"), ("al", 4, "needles"), ("cy", 1, "Needle")]
    assert places([hit for each in found for hit in each.hits]) == expected
    assert sum(each.matches for each in found) == len(expected)
    for each in found:
        for hit in each.hits:
            [entry] = scene.store.open(each.session).after(hit.position, 1).entries
            assert (entry.position, entry.next, entry.size) == (hit.position, hit.next, hit.size)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (SearchQuery("needle", roles=("user",)), 1),
        (SearchQuery("needle", sessions=("c*",)), 1),
        (SearchQuery("n[e]+dle", regex=True), 2),
        (SearchQuery("needle", whole_words=True), 1),
        (SearchQuery("nothing"), 0),
        (SearchQuery("", bad_lines=True, roles=()), None),
    ],
)
def test_a_search_finds_only_what_is_asked_for(scene: Scene, query: SearchQuery, count: int | None) -> None:
    scene.append("al", NEEDLE)
    scene.append("cy", ("user", "needles"))
    if count is None:
        with pytest.raises(ValueError, match=r"."):
            look_for(scene, query)
        return
    assert sum(len(found.hits) for found in look_for(scene, query)) == count
    assert sum(found.matches for found in look_for(scene, query, hits=False)) == count


def test_damaged_ones_are_found_where_they_are_asked_for(scene: Scene) -> None:
    scene.append("al", HELLO)
    scene.append_damaged("al")
    [entry] = scene.store.open(scene.store.sessions()[0]).tail(1).entries
    raw = scene.store.open(scene.store.sessions()[0]).raw(entry, 100).decode("utf-8", "backslashreplace")
    found = look_for(scene, SearchQuery(raw, bad_lines=True))
    assert [(hit.number, hit.bad) for each in found for hit in each.hits] == [(2, True)]


def test_very_many_hits_come_in_parts(scene: Scene) -> None:
    scene.append("al", *[NEEDLE] * 4 * MOST_HITS)
    found = look_for(scene, SearchQuery("needle"))
    assert [hit.number for each in found for hit in each.hits] == list(range(1, 4 * MOST_HITS + 1))
    assert all(len(each.hits) < 2 * MOST_HITS for each in found)


@pytest.fixture
def live(scene: Scene) -> Iterator[tuple[LiveSearch, list[SearchNews]]]:
    scene.append("al", HELLO, NEEDLE)
    scene.append("bo", HELLO)
    news: list[SearchNews] = []
    search = LiveSearch(scene.store, SearchQuery("needle"), news.append)
    search.start()
    wait_for(lambda: news and news[-1].done, LATER)
    yield search, news
    search.cancel()
    search.join(LATER)


def test_a_search_goes_on_as_sessions_change(scene: Scene, live: tuple[LiveSearch, list[SearchNews]]) -> None:
    search, news = live
    [al], [bo] = scene.store.find("al"), scene.store.find("bo")
    assert places([hit for each in news for hit in each.hits]) == [("al", 2, "a needle")]
    scene.append("bo", NEEDLE)
    search.look_again([bo.id])
    wait_for(lambda: news[-1].anew == bo.id, LATER)
    assert places(news[-1].hits) == [("bo", 2, "a needle")]
    scene.append("al", HELLO, ("user", "needles"))
    search.look_again([al.id])
    wait_for(lambda: news[-1].anew == al.id, LATER)
    assert places(news[-1].hits) == [("al", 2, "a needle"), ("al", 4, "needles")]
    scene.rewrite("al", [HELLO])
    search.look_again([al.id])
    wait_for(lambda: news[-1].anew == al.id and not news[-1].hits, LATER)
    assert news[-1].sessions == 1


def test_what_a_listing_found_serves_the_next_search(scene: Scene) -> None:
    scene.append("al", NEEDLE)
    known = KnownSessions()
    listed, _ = known.of(scene.store)
    assert known.of(scene.make(scene.store.recipe)) == (listed, False)
    scene.append("bo", NEEDLE)
    [al] = scene.store.find("al")
    scene.append("al", NEEDLE)
    assert known.of(scene.store, changed=[al.id]) == (listed, False)
    assert sorted(listed.newer_ones()) == sorted(scene.store.sessions())


# What is remembered


def test_up_to_where_sessions_were_read_is_remembered(scene: Scene, tmp_path: Path) -> None:
    for key in ("al", "bo", "cy"):
        scene.append(key, HELLO, NEEDLE)

    def begun() -> tuple[SessionCatalog, ReadingState]:
        catalog, state = SessionCatalog(scene.store.sessions()), ReadingState(tmp_path / "reading.json")
        catalog.remember(state.load()[0])
        return catalog, state

    def unread(catalog: SessionCatalog) -> dict[str, int]:
        wanted = catalog.wanted(catalog.shown)
        catalog.learn(*sum_up(scene.store, [(catalog[it], read_to) for it, read_to in wanted.items()]))
        summaries = {catalog[it].key: catalog.summary(it) for it in catalog.shown}
        return {key: it.unread for key, it in sorted(summaries.items()) if it is not None}

    catalog, state = begun()
    assert unread(catalog) == {"al": 0, "bo": 0, "cy": 0}
    for session in scene.store.sessions():
        catalog.mark_read(session.id)
    [bo] = scene.store.find("bo")
    catalog.pin(bo.id)
    assert state.save(catalog.changed_marks(), scene.store) is None
    scene.append("al", ("assistant", "more"), ("assistant", "and more"))
    scene.rewrite("cy", [HELLO, NEEDLE, ("assistant", "again")])
    catalog, _ = begun()
    assert unread(catalog) == {"al": 2, "bo": 0, "cy": 1}
    assert catalog.marks.pinned == {bo.id}


def test_what_was_counted_is_remembered(scene: Scene, tmp_path: Path) -> None:
    scene.append("al", HELLO)
    scene.append_damaged("al")

    def counted(counting: SessionCounting, session: Session) -> Troubles:
        while (troubles := counting.step(session)) is None:
            pass
        return troubles

    counting = SessionCounting(scene.store, tmp_path / "state")
    counting.load()
    [session] = scene.store.sessions()
    troubles = counted(counting, session)
    assert troubles.bad_lines == 1
    counting.save()
    again = SessionCounting(scene.make(scene.store.recipe), tmp_path / "state")
    again.load()
    assert again.known(session) in (troubles, None)  # what has only just been written may yet be otherwise
    scene.append_damaged("al")
    [session] = scene.store.sessions()
    assert again.known(session) is None
    assert counted(again, session).bad_lines == 2


# All at once


def test_what_comes_in_any_session_is_told_once(scene: Scene) -> None:
    scene.append("al", HELLO)
    heard: list[tuple[str, str]] = []

    def listen(session: Session) -> Listener:
        return lambda it: heard.append((session.key, it.message.content))

    arrivals = Arrivals(scene.store, listen, lambda _session, _sentence: None)
    [al] = scene.store.sessions()
    arrivals.begin(al, 1)
    arrivals.know([al])
    scene.append("al", NEEDLE)
    scene.append("bo", ("user", "first"))
    arrivals.take(StoreEvents((scene.store.find("bo")[0],), (scene.store.find("al")[0],)), 0.0)
    arrivals.take(StoreEvents((), (scene.store.find("al")[0],)), 1.0)
    scene.rewrite("al", [HELLO, NEEDLE, ("user", "new")])
    arrivals.take(StoreEvents((), (scene.store.find("al")[0],)), 2.0)
    arrivals.take(StoreEvents(), 1e9)
    assert sorted(heard) == [("al", "a needle"), ("al", "hello"), ("al", "new"), ("bo", "first")]


def test_statistics_are_of_all_sessions_and_follow_them(scene: Scene) -> None:
    scene.append("al", HELLO, NEEDLE)
    scene.append("bo", HELLO)
    pictures: list[Picture] = []
    live = LiveStatistics(scene.store, pictures.append)
    live.start()

    def messages() -> dict[str, int]:
        return {it.key: numbers.messages for it, numbers in pictures[-1].counted.items()} if pictures else {}

    wait_for(lambda: messages() == {"al": 2, "bo": 1}, LATER)
    scene.append("bo", HELLO)
    [bo] = scene.store.find("bo")
    live.look_again([bo.id])
    wait_for(lambda: messages() == {"al": 2, "bo": 2}, LATER)
    scene.remove("bo")
    live.look_again([bo.id])
    wait_for(lambda: messages() == {"al": 2}, LATER)
    live.stop()
    live.join(LATER)
