"""All that comes in any session as one stream: each message once, in batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.core.follow.live import AT_FIRST, Arrival, LiveFeed
from earwig.core.model.events import StoreEvents
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from tests.cli.running import lines
from tests.core.outages import move

SECONDS = 30.0


@contextmanager
def feeding(folder: Path) -> Iterator[tuple[LiveFeed, list[Arrival], Callable[[Callable[[], object]], None]]]:
    told: list[Arrival] = []
    feed = LiveFeed(FolderStore([folder]), told.extend)
    feed.start()

    def wait_for(condition: Callable[[], object]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, told
            time.sleep(0.01)

    try:
        yield feed, told, wait_for
    finally:
        feed.stop()
        feed.join(SECONDS)


def changed(path: Path) -> StoreEvents:
    session = look_at(str(path))
    assert session is not None
    return StoreEvents(changed=(session,))


def append(path: Path, data: bytes) -> StoreEvents:
    with path.open("ab") as file:
        file.write(data)
    return changed(path)


def test_what_was_away_when_it_began_is_not_new_when_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    one = folder / "one.jsonl"
    one.write_bytes(lines("a", "b"))
    away = move(folder, "away")
    with feeding(folder) as (feed, told, wait_for):
        wait_for(lambda: feed._live)
        move(away, folder.name)
        feed.take(StoreEvents(unlisted=()))
        feed.take(changed(one))  # while it was away
        wait_for(lambda: not feed._unlisted)
        feed.take(append(one, lines("c")))
        wait_for(lambda: told)
        assert [it.message.content for it in told] == ["c"]


def test_the_newest_of_each_session_then_what_comes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_bytes(lines("a", "b"))
    two.write_bytes(lines("c"))
    with feeding(tmp_path) as (feed, told, wait_for):
        wait_for(lambda: len(told) == 2)
        assert {(it.message.content, it.seen) for it in told} == {("b", None), ("c", None)}
        feed.take(append(one, lines("d", "e")))
        feed.take(append(two, lines("f")))
        wait_for(lambda: len(told) == 5)
        assert [(it.session.key, it.message.content, it.number) for it in told[2:]] == [
            ("one", "d", 3),
            ("one", "e", 4),
            ("two", "f", 2),
        ]
        assert told[2].position == len(lines("a", "b"))
        assert all(it.seen is not None for it in told[2:])
        one.write_bytes(lines("a", "b", "d", "e", "g"))  # rewritten where it stands
        feed.take(changed(one))
        wait_for(lambda: len(told) == 6)
        assert told[-1].message.content == "g"


def test_of_many_sessions_only_what_comes_is_told(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:03}.jsonl" for number in range(AT_FIRST + 5)]
    for path in paths:
        path.write_bytes(lines("old", "older"))
    with feeding(tmp_path) as (feed, told, wait_for):
        wait_for(lambda: len(told) == AT_FIRST)
        for path in paths:
            feed.take(append(path, lines(f"new in {path.stem}")))
        wait_for(lambda: len(told) == AT_FIRST + len(paths))
        assert sorted(it.message.content for it in told[AT_FIRST:]) == [f"new in {it.stem}" for it in paths]
        assert {it.number for it in told[AT_FIRST:]} == {3}


def test_a_fault_in_its_thread_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.jsonl").write_bytes(lines("a"))
    reported: list[str] = []
    monkeypatch.setattr(
        threading, "excepthook", lambda told: reported.append(f"{told.exc_value} in {told.thread.name}")
    )

    def fail(_arrivals: list[Arrival]) -> None:
        raise ValueError("no one listens")

    feed = LiveFeed(FolderStore([tmp_path]), fail)
    feed.start()
    feed.join(SECONDS)
    assert reported == ["no one listens in earwig-live"]
