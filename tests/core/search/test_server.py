"""The process that searches for the browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.model.session import SessionId
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import Portion
from earwig.core.search.live_search import LiveSearch, SearchNews
from earwig.core.search.server import SearchServer, ServerGone, Started
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from tests.conftest import SECONDS, need_tool, wait_until
from tests.this_system import needs_unix
from tests.ui.browsing import line, talk

needs_unix("copies of a process")
assert sys.platform != "win32"


@pytest.fixture
def server() -> Iterator[SearchServer]:
    with closing(SearchServer()) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    for name in ("al", "bo", "cy"):
        (tmp_path / f"{name}.jsonl").write_bytes(talk(6) + line("user", f"needle of {name}"))
    (tmp_path / "di.jsonl").write_bytes(talk(6))
    return FolderStore([tmp_path])


def in_order(told: Iterator[Started | Portion]) -> list[str]:
    """What was found."""
    portions = [each for each in told if isinstance(each, Portion)]
    return [hit.snippet for portion in portions for found in portion.found for hit in found.hits]


def snippets(told: Iterator[Started | Portion]) -> list[str]:
    """What was found, sorted."""
    return sorted(in_order(told))


NEEDLES = ["needle of al", "needle of bo", "needle of cy"]


def test_it_searches_again_and_again_what_is_on_disk(server: SearchServer, store: FolderStore) -> None:
    first, *rest = server.search(store, SearchQuery("needle"))
    assert first == Started(sum(path.stat().st_size for path in store.folders[0].iterdir()))
    assert snippets(iter(rest)) == NEEDLES
    (store.folders[0] / "new.jsonl").write_bytes(line("user", "a new needle"))
    assert snippets(server.search(store, SearchQuery("needle"))) == ["a new needle", *NEEDLES]
    assert snippets(server.search(store, SearchQuery("bo", whole_words=True))) == ["needle of bo"]


def test_it_lists_beforehand(server: SearchServer, store: FolderStore) -> None:
    server.get_ready(store)
    server.get_ready(FolderStore([store.folders[0] / "none"]))
    server.get_ready(store)
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES


def test_a_hit_has_its_session_as_it_is_now(server: SearchServer, store: FolderStore) -> None:
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES
    path = store.folders[0] / "di.jsonl"
    with path.open("ab") as file:
        file.write(line("user", "needle of di"))
    (store.folders[0] / "al.jsonl").unlink()
    portions = [told for told in server.search(store, SearchQuery("needle")) if isinstance(told, Portion)]
    hits = [hit for portion in portions for found in portion.found for hit in found.hits]
    assert sorted(hit.snippet for hit in hits) == ["needle of bo", "needle of cy", "needle of di"]
    assert {hit.session for hit in hits} == {look_at(hit.session.id) for hit in hits}


def test_what_has_changed_comes_first_and_once(server: SearchServer, store: FolderStore) -> None:
    listed = in_order(server.search(store, SearchQuery("needle")))
    path = store.folders[0] / f"{listed[-1][-2:]}.jsonl"
    with path.open("ab") as file:
        file.write(line("user", "needle as well"))
    server.note_changed([SessionId(str(path))])
    for _ in range(2):
        again = in_order(server.search(store, SearchQuery("needle")))
        assert again == [listed[-1], "needle as well", *listed[:-1]]


def test_by_time_sessions_count_as_they_are_now(server: SearchServer, store: FolderStore) -> None:
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES
    since = SearchQuery("needle", since_ns=time.time_ns() + 10**12)
    assert snippets(server.search(store, since)) == []
    later = time.time_ns() + 2 * 10**12
    os.utime(store.folders[0] / "bo.jsonl", ns=(later, later))
    assert snippets(server.search(store, since)) == ["needle of bo"]


def test_a_search_can_be_left(server: SearchServer, store: FolderStore) -> None:
    for _ in range(3):
        left = server.search(store, SearchQuery("needle"))
        next(left)
        left.close()
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES


def test_after_so_many_hits_matches_are_only_counted(server: SearchServer, tmp_path: Path) -> None:
    text = b"".join(line("user", f"the needle {number} of very many") for number in range(1000))
    for name in ("al", "bo"):
        (tmp_path / f"{name}.jsonl").write_bytes(text * 20)
    told = list(server.search(FolderStore([tmp_path]), SearchQuery("needle"), most=1000))
    portions = [each for each in told if isinstance(each, Portion)]
    assert 1000 <= sum(portion.hits for portion in portions) < 20_000
    assert sum(found.matches for portion in portions for found in portion.found) == 40_000


def test_the_first_hits_come_before_a_large_session_is_read(server: SearchServer, tmp_path: Path) -> None:
    path = tmp_path / "al.jsonl"
    path.write_bytes(b"".join(line("user", f"the needle {number} of very many") for number in range(5000)))
    os.truncate(path, 10**12)  # nothing on the disk, and nobody comes to its end in time
    left = []
    for query in (SearchQuery("needle"), SearchQuery("n.edle", regex=True)):
        told = server.search(FolderStore([tmp_path]), query)
        assert next(told) == Started(10**12)
        first = next(told)
        assert isinstance(first, Portion)
        assert first.hits
        left.append(told)  # not closed: the next search ends it as well
    for told in left:
        told.close()


def test_its_end_is_told(store: FolderStore) -> None:
    server = SearchServer()
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES
    os.kill(server._process.pid, signal.SIGKILL)
    server._process.wait()
    with pytest.raises(ServerGone):
        list(server.search(store, SearchQuery("needle")))
    with pytest.raises(ServerGone):
        server.get_ready(store)
    server.close()


def test_the_next_search_ends_the_one_before(server: SearchServer, tmp_path: Path) -> None:
    path = tmp_path / "al.jsonl"
    path.write_bytes(line("user", "a needle"))
    os.truncate(path, 10**12)
    group = server._process.pid
    before = server.search(FolderStore([tmp_path]), SearchQuery("needle"))
    next(before)
    wait_until(lambda: len(running_in(group)) >= 3, "those that search")
    searching = set(running_in(group)) - {str(group)}
    other = tmp_path / "other"
    other.mkdir()
    (other / "bo.jsonl").write_bytes(line("user", "a needle of bo"))
    assert snippets(server.search(FolderStore([other]), SearchQuery("needle"))) == ["a needle of bo"]
    wait_until(lambda: not searching & set(running_in(group)), "the search before ended")
    before.close()


def test_nothing_of_it_is_left_behind(store: FolderStore) -> None:
    handles = len(list(Path("/dev/fd").iterdir()))
    server = SearchServer()
    assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES
    server.close()
    assert len(list(Path("/dev/fd").iterdir())) <= handles
    wait_until(lambda: not running_in(server._process.pid), "no process of it left")


def large(folder: Path) -> FolderStore:
    """Sessions that are worth processes."""
    filler = line("user", "nothing of note " * 60)
    for number in range(20):
        size = 1024 * 1024 // len(filler)
        (folder / f"large{number:02}.jsonl").write_bytes(filler * size + line("user", f"needle {number:02}"))
    return FolderStore([folder])


LARGE = [f"needle {number:02}" for number in range(20)]


def test_the_next_search_is_waited_for(server: SearchServer, tmp_path: Path) -> None:
    store, query = large(tmp_path), SearchQuery("needle")
    group = server._process.pid
    server.get_ready(store)

    def search_for(found: list[str]) -> None:
        found += snippets(server.search(store, query))

    ended = {group}

    def who_waits() -> set[int]:
        """Once those of the last search have ended, and enough have come to wait."""
        others = {int(pid) for pid in running_in(group)}
        return others - ended if others & ended == {group} and len(others - ended) >= 2 else set()

    for _ in range(3):
        wait_until(lambda: bool(who_waits()), "those that wait for the next search")
        waiting = who_waits()
        for pid in waiting:
            os.kill(pid, signal.SIGSTOP)
        found: list[str] = []
        search = threading.Thread(target=search_for, args=(found,))
        search.start()
        search.join(0.3)
        assert not found  # they and no others are to find it
        for pid in waiting:
            os.kill(pid, signal.SIGCONT)
        search.join(SECONDS)
        assert found == LARGE
        ended |= waiting


def test_who_waits_is_replaced_if_it_dies(server: SearchServer, tmp_path: Path) -> None:
    store = large(tmp_path)
    group = server._process.pid
    server.get_ready(store)
    wait_until(lambda: len(running_in(group)) >= 3, "the server, and who waits with one or more")
    for pid in set(running_in(group)) - {str(group)}:
        os.kill(int(pid), signal.SIGKILL)
    wait_until(lambda: running_in(group) == [str(group)], "only the server")
    for _ in range(2):
        assert snippets(server.search(store, SearchQuery("needle"))) == LARGE


def test_some_of_the_sessions_are_searched_by_others(server: SearchServer, tmp_path: Path) -> None:
    store = large(tmp_path)
    server.get_ready(store)
    some = SearchQuery("needle", sessions=("large0*",))
    assert snippets(server.search(store, some)) == LARGE[:10]
    assert snippets(server.search(store, SearchQuery("needle"))) == LARGE
    assert snippets(server.search(FolderStore(), SearchQuery("needle"))) == []


def test_all_that_wait_end_with_the_browser(tmp_path: Path) -> None:
    server = SearchServer()
    server.get_ready(large(tmp_path))
    group = server._process.pid
    wait_until(lambda: len(running_in(group)) >= 3, "the server, and who waits with one or more")
    server._socket.close()
    assert server._process.wait(SECONDS) == 0
    wait_until(lambda: not running_in(group), "no process of it left")


def running_in(group: int) -> list[str]:
    """The processes of a group that have not ended; who has ended may wait for its parent."""
    asked = subprocess.run(
        [need_tool("ps"), "-A", "-o", "pgid=,stat=,pid="], capture_output=True, check=True, text=True
    )
    rows = (line.split() for line in asked.stdout.splitlines())
    return [pid for pgid, state, pid in rows if int(pgid) == group and not state.startswith("Z")]


def test_it_ends_with_the_browser() -> None:
    server = SearchServer()
    server._socket.close()
    assert server._process.wait(SECONDS) == 0


def test_a_live_search_goes_on_without_it(store: FolderStore) -> None:
    server = SearchServer()
    os.kill(server._process.pid, signal.SIGKILL)
    server._process.wait()
    told: list[SearchNews] = []
    done = threading.Event()

    def tell(news: SearchNews) -> None:
        told.append(news)
        if news.done:
            done.set()

    search = LiveSearch(store, SearchQuery("needle"), tell, server)
    search.start()
    assert done.wait(SECONDS)
    search.cancel()
    search.join(SECONDS)
    server.close()
    assert sorted(hit.snippet for news in told for hit in news.hits) == NEEDLES


def test_a_named_module_of_the_folder_one_is_in_is_not_taken(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    trace = elsewhere / "was-here"
    (elsewhere / "orjson.py").write_text(f"open({str(trace)!r}, 'w')\n")
    monkeypatch.chdir(elsewhere)
    with closing(SearchServer()) as server:
        assert snippets(server.search(store, SearchQuery("needle"))) == NEEDLES
    assert not trace.exists()
