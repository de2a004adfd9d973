"""What is told of databases, while another process writes to them."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.sqlite import watcher as watching
from earwig.core.stores.sqlite.snapshot import Cancelled
from earwig.core.stores.sqlite.store import DatabaseStore
from earwig.core.stores.sqlite.watcher import DatabaseWatcher
from earwig.core.stores.store import WatchOptions
from earwig.core.stores.watching import watch_thread
from tests.core.following import LATER, Log, wait_for
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, chat
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_process import BotProcess
from tests.core.stores.sqlite.looking import untouched
from tests.core.stores.sqlite.watched import is_quiet, is_watching

NEVER = 1000.0


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotProcess]:
    with BotProcess(tmp_path) as process:
        for key in ("al", "bo", "cy"):
            process.do("append", key, "user", "hello")
        yield process


@pytest.fixture
def only_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told by a listing, or by a look that the clock has made: but for one at the start."""
    monkeypatch.setattr(watching, "_LIST_PAUSE", NEVER)
    monkeypatch.setattr(watching, "TICK", NEVER)


@contextmanager
def watched(store: DatabaseStore, *, grace: float = 0.1) -> Iterator[tuple[Log, DatabaseWatcher]]:
    log = Log()
    watcher = DatabaseWatcher(store, WatchOptions(log, known=store.sessions(), grace=grace))
    watcher.start()
    try:
        wait_for(lambda: is_watching(watcher), LATER)
        yield log, watcher
    finally:
        watcher.stop()
        watcher.join(LATER)


def is_known(store: DatabaseStore, log: Log, key: str) -> Callable[[], bool]:
    """Whether the last that was told of a session is what it is now."""

    def told() -> bool:
        [session] = store.find(key)
        last = [it for events in tuple(log.events) for it in events.there if it.id == session.id]
        return bool(last) and last[-1] == session

    return told


@pytest.mark.usefixtures("only_commits")
def test_a_commit_of_another_process_is_told_without_a_listing(bot: BotProcess) -> None:
    store = DatabaseStore([bot.path])
    with watched(store) as (log, _):
        bot.do("append", "bo", "user", "more")
        wait_for(is_known(store, log, "bo"), LATER)
        bot.do("append", "new", "user", "hello")
        wait_for(is_known(store, log, "new"), LATER)
        bot.do("update_last", "bo", "assistant", "an answer that grows")
        wait_for(is_known(store, log, "bo"), LATER)
        bot.do("append", "bo", "user", "and more")
        bot.do("checkpoint", "TRUNCATE")
        bot.do("append", "new", "user", "in a new -wal")
        wait_for(is_known(store, log, "new"), LATER)
        wait_for(is_known(store, log, "bo"), LATER)
    assert [session.key for session in log.appeared] == ["new"]
    assert {session.key for session in log.changed} <= {"bo", "new"}


@pytest.mark.usefixtures("only_commits")
def test_what_is_watched_closely_is_looked_at_after_any_commit(bot: BotProcess) -> None:
    store = DatabaseStore([bot.path])
    [cy] = store.find("cy")
    with watched(store) as (log, watcher):
        watcher.watch_closely([cy.id])
        bot.do("remove_last", "cy")
        wait_for(is_known(store, log, "cy"), LATER)
        bot.do("set_state", "cy", "running", "turn")
        wait_for(is_known(store, log, "cy"), LATER)
    assert log.changed[-1].detail is not None
    assert log.changed[-1].detail.state == "running"


def test_what_brings_no_row_is_told_by_a_listing(bot: BotProcess) -> None:
    store = DatabaseStore([bot.path])
    with watched(store) as (log, _):
        bot.do("set_name", "al", "Alice")
        wait_for(is_known(store, log, "al"), LATER)
        bot.do("append_metadata", "only described")
        wait_for(is_known(store, log, "only described"), LATER)
        (bot.path.parent / "archive").mkdir()
        (bot.path.parent / "archive" / bot.path.name).touch()  # no session of it went there
        bot.do("delete_session", "cy")
        wait_for(lambda: log.vanished, LATER)
    assert [(it.id, it.removal_reason) for it in log.vanished] == [(f"{bot.path}#cy", RemovalReason.DELETED)]
    assert [session.key for session in log.appeared] == ["only described"]


def test_a_flood_of_commits_ends_in_what_is_there(bot: BotProcess) -> None:
    store = DatabaseStore([bot.path])
    with watched(store) as (log, _):
        for at in range(150):
            bot.do("append", f"k{at % 40}", "user", "hello")
        for at in range(40):
            wait_for(is_known(store, log, f"k{at}"), LATER)
    assert len(log.appeared) == len({session.id for session in log.appeared}) == 40


def test_a_bot_that_dies_and_comes_again_is_followed(tmp_path: Path) -> None:
    with BotProcess(tmp_path) as bot:
        bot.do("append", "al", "user", "hello")
        store = DatabaseStore([bot.path])
        with watched(store) as (log, _):
            bot.do("append", "al", "user", "more")
            wait_for(is_known(store, log, "al"), LATER)
            bot.kill()
            with BotProcess(tmp_path) as again:
                again.do("append", "al", "user", "it goes on")
                wait_for(is_known(store, log, "al"), LATER)
                again.do("close")
                with closing(BotDatabase(tmp_path)) as once_more:
                    once_more.append("bo", "user", "hello")
                    wait_for(is_known(store, log, "bo"), LATER)
    assert (log.vanished, log.unlisted) == ([], ())


def test_turns_of_editors_are_told(tmp_path: Path) -> None:
    with closing(BotAcpDatabase(tmp_path)) as bot:
        bot.create_session("one")
        store = DatabaseStore([bot.path])
        with watched(store) as (log, _):
            bot.append_turn("one", [chat("user", "hello"), chat("assistant", "good day")])
            wait_for(is_known(store, log, "one"), LATER)
            bot.create_session("two")
            bot.append_turn("two", [chat("user", "hello")])
            wait_for(is_known(store, log, "two"), LATER)


def test_a_listing_that_takes_long_holds_nothing_up_and_undoes_nothing(
    bot: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DatabaseStore([bot.path])
    listed, go_on = threading.Event(), threading.Event()
    with watched(store) as (log, _):
        list_all = store.in_any_order

        def slowly(unlisted: list[Unlisted] | None = None, *cancelled: Cancelled) -> Iterator[Session]:
            found = list(list_all(unlisted, *cancelled))
            listed.set()
            assert go_on.wait(LATER)
            yield from found

        monkeypatch.setattr(store, "in_any_order", slowly)
        bot.do("append", "al", "user", "one")
        assert listed.wait(LATER)
        bot.do("append", "al", "user", "two")
        bot.do("append", "new", "user", "hello")
        wait_for(is_known(store, log, "al"), LATER)
        wait_for(is_known(store, log, "new"), LATER)
        told = len(log.events)
        go_on.set()
        bot.do("set_name", "bo", "Bob")
        wait_for(is_known(store, log, "bo"), LATER)
        assert {it.key for events in log.events[told:] for it in events.there} == {"bo"}
    assert log.vanished == []


# Places


def test_a_database_that_is_deleted_takes_its_sessions_with_it(tmp_path: Path) -> None:
    bot = BotDatabase(tmp_path)
    bot.append("al", "user", "hello")
    bot.close()
    store = DatabaseStore([bot.path])
    with watched(store) as (log, _):
        bot.path.unlink()
        wait_for(lambda: log.vanished, LATER)
        with closing(BotDatabase(tmp_path)) as anew:
            anew.append("bo", "user", "hello")
            wait_for(is_known(store, log, "bo"), LATER)
    assert [it.id for it in log.vanished] == [f"{bot.path}#al"]
    assert [it.key for it in log.appeared] == ["bo"]


def test_a_database_that_is_put_back_at_once_was_never_away(tmp_path: Path) -> None:
    bot = BotDatabase(tmp_path)
    bot.append("al", "user", "hello")
    bot.close()
    store = DatabaseStore([bot.path])
    with watched(store, grace=NEVER) as (log, _):
        bot.path.rename(bot.path.with_name("away"))
        bot.path.with_name("away").rename(bot.path)
        with closing(BotDatabase(tmp_path)) as again:
            again.append("al", "user", "more")
            wait_for(is_known(store, log, "al"), LATER)
    assert (log.vanished, log.appeared) == ([], [])


def test_another_database_under_the_name_has_other_sessions(tmp_path: Path) -> None:
    bot, other = BotDatabase(tmp_path), BotDatabase(tmp_path / "other")
    for at, writer in enumerate((bot, other)):
        writer.append("both", "user", "hello")
        writer.append(f"only {at}", "user", "hello")
        writer.close()
    store = DatabaseStore([bot.path])
    with watched(store) as (log, _):
        other.path.rename(bot.path)
        wait_for(is_known(store, log, "both"), LATER)
        wait_for(is_known(store, log, "only 1"), LATER)
        wait_for(lambda: log.vanished, LATER)
    assert [it.id for it in log.vanished] == [f"{bot.path}#only%200"]


def test_a_database_that_cannot_be_read_is_told_and_loses_no_session(tmp_path: Path) -> None:
    bot = BotDatabase(tmp_path)
    bot.append("al", "user", "hello")
    bot.close()
    store, whole = DatabaseStore([bot.path]), bot.path.read_bytes()
    with watched(store) as (log, _):
        bot.path.write_bytes(b"?" * len(whole))
        # While it is written it may be empty, or cut.
        wait_for(lambda: any("is not a SQLite database" in it.reason for it in log.unlisted), LATER)
        bot.path.write_bytes(whole)
        wait_for(lambda: not log.unlisted, LATER)
    assert log.vanished == []


@pytest.mark.usefixtures("only_commits")
def test_a_database_of_which_a_page_is_damaged_goes_on_being_told(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for at in range(200):
            bot.append(f"k{at}", "user", "hello " * 50)
        store = DatabaseStore([bot.path])
        log = Log()
        known = store.sessions()
        partly = [Unlisted(str(bot.path), "is damaged: a page of it cannot be read", partial=True)]
        watcher = DatabaseWatcher(store, WatchOptions(log, known=known, unlisted=partly))
        watcher.start()
        wait_for(lambda: is_watching(watcher), LATER)
        bot.append("new", "user", "hello")
        wait_for(is_known(store, log, "new"), LATER)
        watcher.stop()
        watcher.join(LATER)
    assert [it.key for it in log.appeared] == ["new"]


def test_of_a_database_that_could_not_be_read_at_first_only_what_is_written_since_is_new(
    tmp_path: Path,
) -> None:
    with closing(BotDatabase(tmp_path, clock=lambda: time.time_ns() - 3600 * 10**9)) as bot:
        bot.append("al", "user", "hello")
    store, whole = DatabaseStore([bot.path]), bot.path.read_bytes()
    bot.path.write_bytes(b"?" * len(whole))
    unlisted: list[Unlisted] = []
    log = Log()
    watcher = DatabaseWatcher(store, WatchOptions(log, known=store.sessions(unlisted), unlisted=unlisted))
    watcher.start()
    wait_for(lambda: is_watching(watcher), LATER)
    away = bot.path.with_name("whole")
    away.write_bytes(whole)
    with closing(BotDatabase(tmp_path / "whole")) as other:
        other.append("bo", "user", "hello")
    with closing(sqlite3.connect(away)) as connection:
        connection.execute("ATTACH ? AS other", (str(other.path),))
        connection.execute(
            "INSERT INTO sessions SELECT 2, session_key, role, content, created_at FROM other.sessions"
        )
        connection.commit()
        connection.execute("PRAGMA journal_mode = DELETE")
    away.rename(bot.path)
    wait_for(is_known(store, log, "al"), LATER)
    wait_for(is_known(store, log, "bo"), LATER)
    watcher.stop()
    watcher.join(LATER)
    assert [it.key for it in log.appeared] == ["bo"]
    assert [it.key for events in log.events for it in events.found] == ["al"]


def test_a_folder_that_is_another_and_empty_is_taken_for_one_without_its_disk(tmp_path: Path) -> None:
    bot = BotDatabase(tmp_path)
    bot.append("al", "user", "hello")
    bot.close()
    store, folder = DatabaseStore([bot.path]), bot.folder
    with watched(store) as (log, _):
        folder.rename(tmp_path / "disk")
        folder.mkdir()
        wait_for(lambda: [it for it in log.unlisted if "empty" in it.reason], LATER)
        folder.rmdir()
        (tmp_path / "disk").rename(folder)
        wait_for(lambda: not log.unlisted, LATER)
    assert (log.vanished, log.appeared) == ([], [])


def test_a_database_that_is_made_later_is_found(tmp_path: Path) -> None:
    store = DatabaseStore([tmp_path / "sessions" / "sessions.db"])
    with watched(store) as (log, _), closing(BotDatabase(tmp_path)) as bot:
        bot.append("al", "user", "hello")
        wait_for(is_known(store, log, "al"), LATER)
    assert [it.key for it in log.appeared] == ["al"]


# The thread


def test_watching_leaves_no_trace(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append("al", "user", "hello")
        store = DatabaseStore([bot.path])
        with untouched(tmp_path), watched(store) as (_, watcher):
            watcher.watch_closely([store.sessions()[0].id])
            wait_for(lambda: is_quiet(watcher), LATER)


def test_a_fault_of_a_listing_is_reported_and_no_session_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type[BaseException] | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda it: reported.append(it.exc_type))
    monkeypatch.setattr(watch_thread, "_RETRY", 0.01)
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append("al", "user", "hello")
        store = DatabaseStore([bot.path])
        with watched(store) as (log, _):
            good, store.in_any_order = store.in_any_order, _fails  # type: ignore[method-assign]  # a fault
            bot.append("al", "user", "more")
            wait_for(lambda: reported, LATER)
            store.in_any_order = good  # type: ignore[method-assign]  # it is mended
            bot.set_name("al", "Alice")
            wait_for(is_known(store, log, "al"), LATER)
    assert set(reported) == {ZeroDivisionError}
    assert log.vanished == []


def _fails(unlisted: object = None, cancelled: object = None) -> Iterator[Session]:
    raise ZeroDivisionError
