"""What the follower does where notification fails, folders come and go, and disks are slow."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl import follower as follower_module
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.jsonl.follower import Follower
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching import wakeup, watch_thread
from tests.core.bot_writer import BotWriter
from tests.core.following import LATER, Deaf, be_noticed, following, listening, wait_for
from tests.core.permissions import ordinary_user
from tests.this_system import handles

# Without notification


def test_what_is_watched_closely_is_looked_at_every_tick(
    alice: BotWriter, deaf: None, no_reconcile: None
) -> None:
    bob = BotWriter(alice.path.with_name("bob.jsonl"))
    bob.append("hello")
    with following(FolderStore([alice.path.parent]), known=()) as (log, follower):
        wait_for(lambda: len(log.appeared) == 2, LATER)
        follower.watch_closely([SessionId(str(alice.path))])
        bob.append("more")
        alice.append("more")
        wait_for(lambda: log.changed, LATER)
        assert [session.key for session in log.changed] == ["alice"]


def test_what_is_watched_closely_is_noticed_before_the_watcher_tells(
    alice: BotWriter, no_reconcile: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = BotWriter(alice.path.with_name("bob.jsonl"))
    bob.append("hello")
    monkeypatch.setattr(wakeup, "_GLANCES", 2_000)  # milliseconds between two questions to it
    with following(FolderStore([alice.path.parent])) as (log, follower):
        follower.watch_closely([SessionId(str(alice.path))])
        wait_for(lambda: follower._next_reconcile, LATER)  # all was looked at, for the first time

        def is_first() -> bool:
            before = len(log.changed)
            bob.append("more")
            alice.append("more")
            wait_for(lambda: {"alice", "bob"} <= {it.key for it in log.changed[before:]}, LATER)
            return log.changed[before].key == "alice"

        # On a busy machine, the one may be told before the other is written.
        assert any(is_first() for _ in range(10))


class SlowStore(FolderStore):
    """A listing that takes its time, as one of 15,000 files does."""

    listings = 0

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        self.listings += 1
        time.sleep(0.05)
        return super().in_any_order(unlisted)


@pytest.mark.parametrize("poll", [False, True])
def test_looks_at_everything_take_a_small_share_of_the_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    for pause in ("_POLL", "_RECONCILE", "TICK"):
        monkeypatch.setattr(follower_module, pause, 0.01)
    store = SlowStore([folder])
    with following(store, known=(), poll=poll):
        wait_for(lambda: store.listings, LATER)
        begun, before = time.monotonic(), store.listings
        time.sleep(1.0)
        listings = store.listings - before
        passed = time.monotonic() - begun
    assert listings <= 1 + passed // (0.05 * follower_module._POLL_SHARE)


class ForgetfulStore(FolderStore):
    """A listing that leaves a file out, as one made while the file is renamed over may."""

    listings = 0

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        self.listings += 1
        return iter(()) if self.listings > 1 else super().in_any_order(unlisted)


def test_a_listing_that_leaves_a_file_out_does_not_make_it_vanish(
    alice: BotWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "_POLL", 0.01)
    store = ForgetfulStore([alice.path.parent])
    with following(store, known=(), poll=True) as (log, _):
        wait_for(lambda: store.listings > 3, LATER)
        assert not log.vanished
        alice.append("more")
        wait_for(lambda: log.changed, LATER)
        alice.delete()
        wait_for(lambda: log.vanished, LATER)
    assert len(log.appeared) == 1


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_a_name_that_is_not_utf8_ends_the_watch_but_not_the_following(
    alice: BotWriter, no_reconcile: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watch_thread, "_RETRY", 0.3)
    folder = alice.path.parent
    odd = BotWriter(folder / os.fsdecode(b"\xff.jsonl"))

    def watch_ended() -> int:
        return sum("file notification ended" in record.message for record in caplog.records)

    with caplog.at_level(logging.WARNING), listening(folder) as log:
        odd.append("hello")
        wait_for(lambda: log.appeared, LATER)
        assert [session.key for session in log.appeared] == ["\udcff"]
        wait_for(lambda: watch_ended() == 1, LATER)
        alice.append("more")
        wait_for(lambda: log.changed, LATER)

        def ended_again() -> bool:
            odd.append("more")
            return watch_ended() == 2

        wait_for(ended_again, LATER)  # so it was tried again
        wait_for(lambda: "\udcff" in {session.key for session in log.changed}, LATER)


class BusyStore(FolderStore):
    """A listing after which something happens at once."""

    listings = 0

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        found = list(super().in_any_order(unlisted))
        self.listings += 1
        if self.listings == 1:
            (self.folders[0] / "new.jsonl").touch()
        return iter(found)


def test_the_watch_stands_before_the_first_look(folder: Path, no_reconcile: None) -> None:
    with following(BusyStore([folder]), known=()) as (log, _):
        wait_for(lambda: log.appeared, LATER)


class Breaking(Deaf):
    """A watch that stands until it breaks."""

    broken = threading.Event()

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        if self.broken.is_set():
            raise RuntimeError("broken")
        return super().wait(0.01)


def test_what_happened_when_the_watch_broke_is_noticed_at_once(
    alice: BotWriter, no_reconcile: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_thread, "Notified", Breaking)
    monkeypatch.setattr(Breaking, "broken", threading.Event())
    with following(FolderStore([alice.path.parent]), known=()) as (log, _):
        wait_for(lambda: log.appeared, LATER)
        alice.append("more")
        Breaking.broken.set()
        wait_for(lambda: log.changed, LATER)


class Ending(Deaf):
    """A watch that cannot start: the system has none left to give."""

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        raise OSError(28, "No space left on device")


def test_a_system_without_watches_to_give_is_polled(
    alice: BotWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_thread, "Notified", Ending)
    monkeypatch.setattr(follower_module, "_POLL", 0.1)
    with listening(alice.path.parent) as log:
        alice.append("more")
        wait_for(lambda: log.changed, LATER)


# Folders that come and go


def test_a_folder_that_is_not_there_yet(tmp_path: Path, no_reconcile: None) -> None:
    folder = tmp_path / "workspace" / "sessions"
    with following(FolderStore([folder])) as (log, _):
        folder.mkdir(parents=True)
        writer = BotWriter(folder / "alice.jsonl")
        writer.append("hello")
        wait_for(lambda: log.appeared, LATER)
        be_noticed(log, folder)
        writer.append("more")
        wait_for(lambda: log.changed, LATER)


def test_one_folder_is_there_and_one_is_not_yet(folder: Path, no_reconcile: None) -> None:
    late = folder.with_name("late")
    with following(FolderStore([late, folder])) as (log, _):
        be_noticed(log, folder)
        late.mkdir()
        be_noticed(log, late)
        be_noticed(log, folder)
        assert not log.events


@pytest.mark.parametrize("noticed_between", [False, True])
def test_a_folder_that_is_deleted_and_made_again(
    alice: BotWriter, no_reconcile: None, noticed_between: bool
) -> None:
    folder = alice.path.parent
    with listening(folder) as log:
        shutil.rmtree(folder)
        if noticed_between:
            wait_for(lambda: log.unlisted, LATER)
        assert not log.vanished  # who knows where it is
        folder.mkdir()
        be_noticed(log, folder)  # with a session in it, it is the one that counts
        alice.append("again")
        wait_for(lambda: log.appeared, LATER)
        alice.append("more")
        wait_for(lambda: log.changed, LATER)


def test_a_folder_that_is_replaced_by_another(alice: BotWriter, no_reconcile: None) -> None:
    folder = alice.path.parent
    other = folder.with_name("restored")
    other.mkdir()
    (other / "bob.jsonl").touch()
    with listening(folder) as log:
        folder.rename(folder.with_name("old"))
        other.rename(folder)
        wait_for(lambda: log.vanished and log.appeared, LATER)
        assert [gone.id for gone in log.vanished] == [str(alice.path)]
        be_noticed(log, folder)


def test_a_folder_below_that_is_closed_or_linked_does_not_matter(
    no_reconcile: None, caplog: pytest.LogCaptureFixture
) -> None:
    with ordinary_user() as folder:
        (folder / "loop").symlink_to(folder)
        (folder / "gone").symlink_to(folder / "nothing")
        (folder / "archive").mkdir(mode=0o000)
        with listening(folder):
            assert not caplog.records


# Ending


@pytest.mark.parametrize("state", ["notified", "polled", "waiting for a folder"])
def test_stop_ends_the_thread_promptly(folder: Path, state: str) -> None:
    place = folder / "nothing" if state == "waiting for a folder" else folder
    follower = Follower(FolderStore([place]), WatchOptions(lambda events: None, poll=state == "polled"))
    follower.start()
    time.sleep(0.3)  # any moment of its work
    follower.stop()
    follower.join(LATER)
    assert not follower.is_alive()


def test_stopped_before_it_started(folder: Path) -> None:
    told: list[StoreEvents] = []
    follower = Follower(FolderStore([folder]), WatchOptions(told.append))
    follower.stop()
    follower.start()
    follower.join(LATER)
    assert not follower.is_alive()
    assert not told


def descriptors() -> int:
    return len(handles())


def test_few_handles_are_held_and_all_are_given_back(alice: BotWriter) -> None:
    folder = alice.path.parent
    for number in range(200):
        (folder / f"{number}.jsonl").touch()
    held = descriptors()
    with listening(folder):
        for _ in range(3):
            folder.chmod(0o755)  # has the watch set up anew
            time.sleep(0.2)
        assert descriptors() <= held + 8
    wait_for(lambda: descriptors() <= held, LATER)  # the watcher's own thread closes them


def test_events_come_in_the_followers_own_thread(alice: BotWriter) -> None:
    threads: list[threading.Thread] = []
    follower = Follower(
        FolderStore([alice.path.parent]), WatchOptions(lambda _: threads.append(threading.current_thread()))
    )
    follower.start()
    wait_for(lambda: threads, LATER)
    follower.stop()
    assert threads == [follower]
    assert follower.daemon
