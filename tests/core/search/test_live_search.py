"""A search that goes on: what it keeps, what it counts, and what it looks through again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.model.session import SessionId
from earwig.core.query.found import Found
from earwig.core.query.hits import Hit
from earwig.core.query.search_query import SearchQuery
from earwig.core.search import live_search
from earwig.core.search.job import Portion, SearchJob
from earwig.core.search.live_search import LiveSearch, SearchNews
from earwig.core.search.server import SearchServer, ServerGone, Started
from earwig.core.stores.jsonl.folder import FolderStore
from tests.conftest import SECONDS
from tests.ui.browsing import line

LARGE = 12_000
"""Lines of a session that is read in parts, and on from where it was read to."""


class List:
    """What a reader has on the screen, of the news of a search."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.last: SearchNews | None = None
        self._more = threading.Condition()
        self._count = 0

    def tell(self, news: SearchNews) -> None:
        with self._more:
            if news.afresh:
                self.hits = []
            if news.anew is not None:
                self.hits = [hit for hit in self.hits if hit.session.id != news.anew]
            self.hits += news.hits
            self.last = news
            if news.done:
                self._count += 1
                self._more.notify_all()

    def wait(self, count: int) -> SearchNews:
        """Wait until so much was looked through: all, and each change."""
        with self._more:
            assert self._more.wait_for(lambda: self._count >= count, SECONDS)
            assert self.last is not None
            return self.last

    def numbers(self, name: str) -> list[int]:
        return sorted(hit.number for hit in self.hits if hit.session.key == name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "al.jsonl").write_bytes(
        b"".join(line("user", f"the needle {number} of very many") for number in range(LARGE))
    )
    return tmp_path


@pytest.fixture
def shown() -> List:
    return List()


@pytest.fixture
def search(folder: Path, shown: List) -> Iterator[LiveSearch]:
    search = LiveSearch(FolderStore([folder]), SearchQuery("needle"), shown.tell)
    yield search
    search.cancel()
    search.join(SECONDS)


def write(path: Path, data: bytes) -> None:
    """Append it, in one write."""
    with path.open("ab", buffering=0) as file:
        file.write(data)


def test_so_many_hits_are_kept_and_the_others_counted(
    folder: Path, search: LiveSearch, shown: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_search, "MOST", 5000)
    (folder / "bo.jsonl").write_bytes(line("user", "a needle"))
    search.start()
    news = shown.wait(1)
    assert len(shown.hits) == 5000
    assert (news.more, news.sessions) == (LARGE + 1 - 5000, 2)
    write(folder / "al.jsonl", line("user", "one more needle") * 2)
    search.look_again([SessionId(str(folder / "al.jsonl"))])
    news = shown.wait(2)
    assert (len(shown.hits), news.more, news.sessions) == (5000, LARGE + 3 - 5000, 2)


def test_of_what_has_grown_only_that_is_looked_through(
    folder: Path, search: LiveSearch, shown: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_search, "MOST", 2 * LARGE)
    path = folder / "al.jsonl"
    write(path, line("user", "an unfinished needle").rstrip(b"\n"))
    starts: list[int] = []
    look = SearchJob.look

    def noted(job: SearchJob, session: object, start: object) -> Iterator[Found]:
        starts.append(start.position)  # type: ignore[attr-defined]  # a `Stop`
        return look(job, session, start)  # type: ignore[arg-type]  # as it came

    search.start()
    assert shown.wait(1).more == 0
    assert shown.numbers("al") == [*range(1, LARGE + 2)]
    write(path, b"\n" + line("user", "no match") + line("user", "one more needle"))
    search.look_again([SessionId(str(path))])
    shown.wait(2)
    assert shown.numbers("al") == [*range(1, LARGE + 2), LARGE + 3]
    monkeypatch.setattr(SearchJob, "look", noted)
    size = path.stat().st_size
    write(path, line("user", "and another needle"))
    search.look_again([SessionId(str(path))])
    assert shown.wait(3).more == 0
    assert shown.numbers("al") == [*range(1, LARGE + 2), LARGE + 3, LARGE + 4]
    assert starts == [size]


@pytest.mark.parametrize("more", [b"", line("user", "and more")])
def test_what_was_rewritten_is_looked_through_anew(
    folder: Path, search: LiveSearch, shown: List, more: bytes
) -> None:
    path = folder / "al.jsonl"
    search.start()
    shown.wait(1)
    data = path.read_bytes()
    for at, text in enumerate((b"hay".join(data.split(b"needle 7 "))[: len(data) // 2], data + more), 2):
        path.with_suffix(".new").write_bytes(text)
        path.with_suffix(".new").rename(path)
        search.look_again([SessionId(str(path))])
        shown.wait(at)
        assert len(shown.hits) == min(10_000, text.count(b"needle"))


def test_a_session_that_cannot_be_read_for_a_moment_keeps_its_hits(
    folder: Path, search: LiveSearch, shown: List
) -> None:
    path = folder / "al.jsonl"
    (folder / "bo.jsonl").write_bytes(line("user", "a needle"))
    search.start()
    shown.wait(1)
    kept = len(shown.hits)
    path.rename(folder / "away")
    path.symlink_to("away")
    search.look_again([SessionId(str(path)), SessionId(str(folder / "gone.jsonl"))])
    write(folder / "bo.jsonl", line("user", "a needle"))
    search.look_again([SessionId(str(folder / "bo.jsonl"))])
    shown.wait(2)
    assert len(shown.numbers("al")) >= kept - 2


class Dying(SearchServer):
    """A server that dies after it has told of something."""

    def __init__(self, hits: list[Hit]) -> None:
        self._hits = hits

    def search(self, *_: object, **__: object) -> Iterator[Started | Portion]:  # type: ignore[override]
        yield Started(1)
        yield Portion(0, 0, [Found(self._hits[0].session, self._hits, len(self._hits), more=True)])
        raise ServerGone


def test_what_a_server_told_before_it_died_is_told_once(folder: Path, shown: List) -> None:
    store = FolderStore([folder])
    [session] = store.sessions()
    hits = list(next(SearchJob(SearchQuery("needle"), FolderStore()).look(session)).hits)
    search = LiveSearch(store, SearchQuery("needle"), shown.tell, Dying(hits))
    search.start()
    news = shown.wait(1)
    search.cancel()
    search.join(SECONDS)
    assert len(shown.hits) + news.more == LARGE
    assert shown.numbers("al") == [*range(1, 10_001)]
