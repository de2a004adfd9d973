"""What every store promises of its sessions: how they are listed, found, told apart and watched."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.core.model.events import Vanished
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId, grouped, newest_first, ungrouped
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.store import Watcher, WatchOptions
from tests.core.following import LATER, Log, wait_for
from tests.core.stores.contract.scenes import Scene

HELLO = ("user", "hello")


@contextmanager
def watching(scene: Scene, *, grace: float = 0.1, poll: bool = False) -> Iterator[tuple[Log, Watcher]]:
    """What is told of a store's sessions but those that are there."""
    log = Log()
    watcher = scene.store.watcher(WatchOptions(log, known=scene.store.sessions(), grace=grace, poll=poll))
    watcher.start()
    try:
        yield log, watcher
    finally:
        watcher.stop()
        watcher.join(LATER)


def only_one(scene: Scene) -> Session:
    [session] = scene.store.sessions()
    return session


def keys(sessions: list[Session]) -> list[str]:
    return [session.key for session in sessions]


# Listing


def test_a_store_without_sessions_is_listed_whole(scene: Scene) -> None:
    unlisted: list[Unlisted] = []
    assert scene.store.sessions(unlisted) == []
    assert unlisted == []


def test_sessions_are_listed_once_each_newest_activity_first(scene: Scene) -> None:
    for key in ("al", "bo", "cy"):
        scene.append(key, HELLO)
    sessions = scene.store.sessions()
    assert sorted(keys(sessions)) == ["al", "bo", "cy"]
    assert sessions == sorted(sessions, key=newest_first)
    assert set(scene.store.in_any_order()) == set(sessions)


def test_a_session_says_when_it_was_written_to_and_how_much_there_is(scene: Scene) -> None:
    before = time.time_ns() - 10**10
    scene.append("al", HELLO)
    session = only_one(scene)
    assert before < session.activity_ns < time.time_ns() + 10**10
    assert session.extent > 0
    assert (session.problem, session.was_seen) == (None, True)


def test_a_session_is_opened_by_what_was_listed(scene: Scene) -> None:
    scene.append("al", HELLO, ("assistant", "good day"))
    page = scene.store.open(only_one(scene)).tail(10)
    assert [entry.item for entry in page.entries] == [
        ChatMessage("user", "hello"),
        ChatMessage("assistant", "good day"),
    ]


def test_a_place_that_is_away_is_told_and_not_taken_for_empty(scene: Scene) -> None:
    scene.append("al", HELLO)
    session = only_one(scene)
    scene.take_away()
    unlisted: list[Unlisted] = []
    assert scene.store.sessions(unlisted) == []
    assert [it.holds(session) for it in unlisted] == [True]
    scene.put_back()
    assert scene.store.sessions() == [session]


def test_a_listing_under_way_gives_what_is_listed_if_there_is_one(scene: Scene) -> None:
    scene.append("al", HELLO)
    begun = scene.store.listing()
    if begun is not None:
        *_, (sessions, has_newest) = begun
        assert (sessions, has_newest) == (scene.store.sessions(), True)


# Identity


def test_an_id_is_the_same_from_run_to_run(scene: Scene) -> None:
    scene.append("al", HELLO)
    again = scene.make(pickle.loads(pickle.dumps(scene.store.recipe)))  # noqa: S301 - our own
    assert again.recipe == scene.store.recipe
    assert [session.id for session in again.sessions()] == [only_one(scene).id]
    scene.append("al", HELLO)
    scene.append("bo", HELLO)
    there = {session.key: session.id for session in scene.store.sessions()}
    assert there["al"] == next(session.id for session in again.sessions() if session.key == "al")
    assert there["al"] != there["bo"]


def test_an_id_can_be_kept_in_two_parts(scene: Scene) -> None:
    scene.append("al", HELLO)
    group, rest = grouped(only_one(scene).id)
    assert group in scene.store.groups
    assert ungrouped(group, rest) == only_one(scene).id


@pytest.mark.parametrize(
    "key",
    [
        "telegram_-100_al",
        "with space",
        "a.b",
        "dot.jsonl",
        "ü",
        "手紙",
        "a/b",
        "a#b",
        "a%2Fb",
        "-w",
        "x" * 200,
    ],
)
def test_a_session_is_found_by_its_key_and_by_its_id(scene: Scene, key: str) -> None:
    scene.append(key, HELLO)
    scene.append("another", HELLO)
    found = scene.store.find(key)
    assert len(found) == 1
    assert found[0] in scene.store.sessions()
    for name in (found[0].id, found[0].key):
        assert scene.store.find(name) == found
    assert scene.store.look(found[0].id) == found[0]


@pytest.mark.parametrize(
    "name",
    ["nobody", "", ".", "..", "../al", "/etc/passwd", "nul\0", "\ud800", "x" * 5000, "al/", "al#", "#al"],
)
def test_nothing_is_found_by_what_is_no_name(scene: Scene, name: str) -> None:
    scene.append("al", HELLO)
    assert scene.store.find(name) == []
    assert scene.store.look(SessionId(name)) is None


def test_of_a_session_that_is_gone_nothing_is_seen(scene: Scene) -> None:
    scene.append("al", HELLO)
    session = only_one(scene)
    scene.remove("al")
    assert scene.store.look(session.id) is None
    assert scene.store.find("al") == []
    assert scene.store.sessions() == []


# Versions


def test_a_session_is_equal_as_long_as_nothing_happens(scene: Scene) -> None:
    scene.append("al", HELLO)
    scene.append("bo", HELLO)
    al = scene.store.find("al")[0]
    scene.append("bo", HELLO)
    assert scene.store.look(al.id) == al
    assert hash(scene.store.find("al")[0].version) == hash(al.version)


def test_what_is_appended_makes_another_version_and_more_of_it(scene: Scene) -> None:
    scene.append("al", HELLO)
    before = only_one(scene)
    scene.append("al", HELLO)
    after = only_one(scene)
    assert after != before
    assert after.extent > before.extent
    assert after.end > before.end
    assert after.goes_on_from(before)
    assert not before.goes_on_from(after)


def test_a_rewrite_of_the_same_length_makes_another_version(scene: Scene) -> None:
    scene.append("al", HELLO, ("assistant", "one"))
    before = only_one(scene)

    def is_another() -> bool:
        scene.rewrite("al", [HELLO, ("assistant", "two")])
        return scene.store.look(before.id) != before

    wait_for(is_another, LATER)  # a clock that stamps may go by steps
    assert only_one(scene).id == before.id


# Parts of a store


def test_a_store_of_some_sessions_has_no_others(scene: Scene) -> None:
    for key in ("al", "bo", "cy"):
        scene.append(key, HELLO)
    chosen = [session for session in scene.store.sessions() if session.key != "bo"]
    alone = scene.store.only(chosen)
    assert alone.sessions() == chosen
    assert alone.recipe != scene.store.recipe
    assert scene.make(alone.recipe).sessions() == chosen
    assert [alone.open(session).tail(1).entries[0].item for session in chosen] == 2 * [ChatMessage(*HELLO)]


def test_places_are_told_for_people_and_to_keep_out_of(scene: Scene, tmp_path: Path) -> None:
    scene.append("al", HELLO)
    session = only_one(scene)
    assert all(path.is_relative_to(tmp_path) for path in scene.store.places)
    assert session.path.parent in scene.store.bots_folders
    assert session.path.exists()
    assert session.file == str(session.path)
    assert session.key in session.place
    assert session.store


def test_what_has_come_since_a_listing_is_told(scene: Scene) -> None:
    scene.append("al", HELLO)
    additions = scene.store.additions()
    additions.begin(session.id for session in scene.store.sessions())
    assert list(additions.ids()) == []
    scene.append("bo", HELLO)
    assert [scene.store.look(it) for it in additions.ids()] == scene.store.find("bo")


# Watching


@pytest.mark.parametrize("poll", [False, True])
def test_what_happens_to_sessions_is_told_once(scene: Scene, poll: bool) -> None:
    scene.append("al", HELLO)
    al = only_one(scene)
    with watching(scene, poll=poll) as (log, watcher):
        watcher.watch_closely([al.id])
        scene.append("bo", HELLO)
        wait_for(lambda: log.appeared, LATER)
        scene.append("al", HELLO)
        # The second commit of an append to the other one may be told as late as this.
        wait_for(lambda: scene.store.look(al.id) in log.changed, LATER)
        scene.remove("al")
        wait_for(lambda: log.vanished, LATER)
    assert keys(log.appeared) == ["bo"]
    assert [it.id for it in log.vanished] == [al.id]
    assert {it.id for it in log.changed} <= {al.id, *(it.id for it in log.appeared)}
    assert isinstance(log.vanished[0], Vanished)


def test_what_is_known_is_not_told(scene: Scene) -> None:
    scene.append("al", HELLO)
    log = Log()
    watcher = scene.store.watcher(WatchOptions(log))
    watcher.know(scene.store.sessions())
    watcher.start()
    scene.append("bo", HELLO)
    wait_for(lambda: log.appeared, LATER)
    watcher.stop()
    watcher.join(LATER)
    assert keys(log.appeared) == ["bo"]


def test_all_that_is_not_known_has_appeared(scene: Scene) -> None:
    scene.append("al", HELLO)
    log = Log()
    watcher = scene.store.watcher(WatchOptions(log))
    watcher.start()
    wait_for(lambda: log.appeared, LATER)
    watcher.stop()
    watcher.join(LATER)
    assert log.appeared == scene.store.sessions()


def test_a_place_that_goes_away_and_is_back_loses_no_session(scene: Scene) -> None:
    scene.append("al", HELLO)
    session = only_one(scene)
    with watching(scene) as (log, _):
        scene.take_away()
        wait_for(lambda: log.unlisted, LATER)
        assert [it.holds(session) for it in log.unlisted] == [True]
        scene.put_back()
        wait_for(lambda: not log.unlisted, LATER)
        scene.append("al", HELLO)
        wait_for(lambda: log.changed, LATER)
    assert log.vanished == []
    assert log.appeared == []


def test_a_watcher_of_some_sessions_tells_of_no_others(scene: Scene) -> None:
    scene.append("al", HELLO)
    al = only_one(scene)
    log = Log()
    watcher = scene.store.only([al]).watcher(WatchOptions(log, known=[al]))
    watcher.start()
    scene.append("bo", HELLO)
    scene.append("al", HELLO)
    wait_for(lambda: log.changed, LATER)
    watcher.stop()
    watcher.join(LATER)
    assert {it.id for it in log.changed} == {al.id}
    assert log.appeared == []
