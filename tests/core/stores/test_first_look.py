"""What is read before the screen is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores import first_look
from earwig.core.stores.first_look import LINES, FirstLook, Opened
from earwig.core.stores.jsonl.folder import FolderStore
from tests.conftest import SECONDS, Workspace
from tests.this_system import make_pipe

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


class SlowStore(FolderStore):
    """Lists when it is allowed to."""

    def __init__(self, folder: Path) -> None:
        super().__init__([folder])
        self.allowed = threading.Event()

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        found = list(super().in_any_order(unlisted))
        yield from found[:1]
        assert self.allowed.wait(SECONDS)
        yield from found[1:]


class DeletingStore(FolderStore):
    """The newest session goes right after it is listed."""

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        for session in super().in_any_order(unlisted):
            yield session
            session.path.unlink()


class BrokenStore(FolderStore):
    """Cannot list at all."""

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        raise RuntimeError("no listing today")


def look(store: FolderStore) -> tuple[list[str], Opened | None]:
    """The keys of the sessions, and the newest one's page."""
    first = FirstLook(store)
    first.start()
    newest = first.newest(SECONDS)
    return [session.key for session in first.sessions()], newest


def test_the_sessions_come_newest_first_and_the_newest_with_its_newest_lines(workspace: Workspace) -> None:
    workspace.say("old", "before")
    workspace.grow_old("old", 60)
    workspace.say("new", *(f"message {number}" for number in range(LINES + 5)))
    keys, newest = look(FolderStore([workspace.sessions]))
    assert keys == ["new", "old"]
    assert newest is not None
    assert newest.session.key == "new"
    items = [entry.item for entry in newest.page.entries]
    assert items == [ChatMessage("user", f"message {number}") for number in range(5, LINES + 5)]
    assert (newest.page.at_start, newest.page.at_end) == (False, True)


def test_its_transcript_goes_on_where_the_page_ends(workspace: Workspace) -> None:
    workspace.say("new", "one")
    _, newest = look(FolderStore([workspace.sessions]))
    assert newest is not None
    assert newest.transcript.end == newest.page.stop
    workspace.say("new", "two")
    after = newest.transcript.after(newest.page.stop, 10)
    assert [entry.item for entry in after.entries] == [ChatMessage("user", "two")]
    assert after.generation == newest.page.generation


def test_without_sessions_there_is_nothing_to_open(workspace: Workspace) -> None:
    assert look(FolderStore([workspace.sessions])) == ([], None)


def test_a_newest_session_that_is_no_file_is_listed_and_not_opened(workspace: Workspace) -> None:
    workspace.say("old", "before")
    workspace.grow_old("old", 60)
    make_pipe(workspace.file("new"))
    assert look(FolderStore([workspace.sessions])) == (["new", "old"], None)


def test_a_newest_session_that_goes_meanwhile_is_listed_and_not_opened(workspace: Workspace) -> None:
    workspace.say("new", "gone")
    assert look(DeletingStore([workspace.sessions])) == (["new"], None)


def test_who_waits_for_the_newest_lines_waits_no_longer_than_asked(workspace: Workspace) -> None:
    workspace.say("new", "at last")
    store = SlowStore(workspace.sessions)
    first = FirstLook(store)
    first.start()
    assert first.newest(0.01) is None
    store.allowed.set()
    assert [session.key for session in first.sessions()] == ["new"]
    newest = first.newest(SECONDS)
    assert newest is not None
    assert [entry.item for entry in newest.page.entries] == [ChatMessage("user", "at last")]


def test_with_a_head_start_all_is_ready_that_no_disk_holds_up(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.say("new", "at last")
    monkeypatch.setattr(first_look, "_HEAD_START", SECONDS)
    first = FirstLook(FolderStore([workspace.sessions]))
    first.start()
    first.go_ahead()
    assert first.newest(0.0) is not None


def test_a_head_start_ends_where_the_disk_is_slow(workspace: Workspace) -> None:
    workspace.say("new", "at last")
    store = SlowStore(workspace.sessions)
    first = FirstLook(store)
    first.start()
    first.go_ahead()
    assert first.newest(0.0) is None
    store.allowed.set()
    first.join(SECONDS)


def test_a_listing_that_fails_is_reported_and_leaves_nobody_waiting(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda details: reported.append(str(details.exc_value)))
    assert look(BrokenStore([workspace.sessions])) == ([], None)
    assert reported == ["no listing today"]


def test_more_sessions_than_a_frame_waits_for_are_listed_when_they_are_wanted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "EAGER", 2)
    for number in range(5):
        workspace.say(f"s{number}", "hello")
    first = FirstLook(FolderStore([workspace.sessions]))
    first.start()
    assert first.newest(SECONDS) is None
    listings = [first.so_far(), first.more(), first.so_far(), first.more()]
    assert [(len(sessions), complete) for sessions, complete in listings] == [
        (2, False),
        (5, True),
        (5, True),
        (5, True),
    ]
    assert first.so_far().sessions == first.sessions()


def test_a_slow_listing_gives_what_it_has(workspace: Workspace) -> None:
    workspace.say("one", "hello")
    workspace.say("two", "hello")
    store = SlowStore(workspace.sessions)
    first = FirstLook(store)
    first.start()
    while len(first.so_far().sessions) < 1:
        assert not first.so_far().complete
    assert [session.key for session in first.so_far().sessions] in (["one"], ["two"])
    store.allowed.set()
    assert len(first.sessions()) == 2
