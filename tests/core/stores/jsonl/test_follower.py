"""What the follower says of a folder in which a bot works; real threads, real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from earwig.core.stores.watching.presence import removal_reason_of
from tests.core.bot_writer import BotWriter
from tests.core.following import LATER, following, listening, wait_for

# What happens to a session


def test_append_is_noticed_at_once(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        for _ in range(3):
            alice.append("more")
            wait_for(lambda: log.changed and log.changed[-1].extent == len(alice.data), LATER)
        assert {session.id for session in log.changed} == {str(alice.path)}
        assert not log.appeared
        assert not log.vanished


def test_every_fact_holds_the_session_as_it_is(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        alice.append_in_two("more")
        wait_for(lambda: log.changed and log.changed[-1] == look_at(str(alice.path)), LATER)


def test_new_session_is_noticed_at_once(folder: Path, no_reconcile: None) -> None:
    with listening(folder) as log:
        BotWriter(folder / "bob.jsonl").append("first")
        (folder / "sessions.db-wal").touch()
        wait_for(lambda: log.appeared, LATER)
        assert {session.key for session in log.appeared} == {"bob"}


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        (None, RemovalReason.DELETED),
        ("alice.jsonl.migrated", RemovalReason.MIGRATED),
        ("alice.jsonl.importing", RemovalReason.MIGRATED),
        ("archive/alice.jsonl", RemovalReason.ARCHIVED),
        ("archive/alice_2.jsonl", RemovalReason.ARCHIVED),
        ("somewhere else", RemovalReason.DELETED),
    ],
)
def test_what_became_of_a_vanished_session(
    alice: BotWriter, no_reconcile: None, name: str | None, fate: RemovalReason
) -> None:
    folder = alice.path.parent
    (folder / "archive").mkdir()
    if name == "archive/alice_2.jsonl":  # the names before it are taken by sessions archived long ago
        for taken in ("alice.jsonl", "alice_1.jsonl"):
            (folder / "archive" / taken).touch()
        append_later_than(alice, folder / "archive/alice_1.jsonl")
    with listening(folder) as log:
        if name is None:
            alice.delete()
        else:
            alice.path.rename(folder / name)
        wait_for(lambda: log.vanished, LATER)
        assert log.vanished == [Vanished(SessionId(str(alice.path)), fate)]


def append_later_than(writer: BotWriter, path: Path) -> None:
    """The key is in use again, by the file system's coarse clock."""

    def changed_later() -> bool:
        writer.append("again")
        return writer.path.lstat().st_ctime_ns > path.lstat().st_ctime_ns

    wait_for(changed_later, LATER)


def test_what_was_migrated_or_archived_before_is_no_fate(alice: BotWriter) -> None:
    folder = alice.path.parent
    (folder / "archive").mkdir()
    for name in ("alice.jsonl.migrated", "archive/alice.jsonl"):
        (folder / name).touch()
    append_later_than(alice, folder / "archive/alice.jsonl")
    session = look_at(str(alice.path))
    assert session is not None
    alice.delete()
    assert removal_reason_of(session) is RemovalReason.DELETED


def test_what_is_being_imported_was_migrated(alice: BotWriter) -> None:
    importing = alice.path.with_name("alice.jsonl.importing")
    alice.path.rename(importing)
    session = look_at(str(importing))
    assert session is not None
    importing.rename(importing.with_suffix(".migrated"))
    assert removal_reason_of(session) is RemovalReason.MIGRATED
    importing.with_suffix(".migrated").unlink()
    assert removal_reason_of(session) is RemovalReason.DELETED


def test_a_name_too_long_for_a_suffix_was_deleted(folder: Path) -> None:
    assert (
        removal_reason_of(Session(SessionId(str(folder / ("x" * 249 + ".jsonl"))), 0, 0, (0, 0)))
        is RemovalReason.DELETED
    )


def test_replacement_by_rename_is_one_change(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        alice.renames = True
        alice.update_last("HELLO")  # the same size, another inode
        wait_for(lambda: log.changed, LATER)
        assert log.changed[-1] == look_at(str(alice.path))
        assert not log.vanished
        assert not log.appeared


def test_same_size_rewrite_in_place_is_noticed(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        alice.update_last("HELLO")
        wait_for(lambda: log.changed, LATER)


def test_change_of_mode_is_noticed(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        alice.path.chmod(0o600)
        wait_for(lambda: log.changed, LATER)


def test_deleted_and_back_under_the_same_name(alice: BotWriter, no_reconcile: None) -> None:
    with listening(alice.path.parent) as log:
        alice.delete()
        wait_for(lambda: log.vanished, LATER)
        alice.append("again")
        wait_for(lambda: log.appeared, LATER)


def test_a_burst_is_told_in_few_events_and_ends_with_what_is(folder: Path) -> None:
    writers = [BotWriter(folder / f"{number}.jsonl") for number in range(30)]
    with listening(folder) as log:
        for _ in range(20):
            for writer in writers:
                writer.append("x")

        def all_told() -> bool:
            told = {str(session.id): session for session in (*log.appeared, *log.changed)}
            return all(told.get(str(writer.path)) == look_at(str(writer.path)) for writer in writers)

        wait_for(all_told, LATER)
    assert len(log.appeared) == 30
    assert len(log.events) < 300


# What is there at the start


def test_what_changed_between_the_listing_and_the_watch(alice: BotWriter) -> None:
    folder = alice.path.parent
    (folder / "gone.jsonl").touch()
    store = FolderStore([folder])
    known = store.sessions()
    alice.append("meanwhile")
    (folder / "gone.jsonl").unlink()
    (folder / "new.jsonl").touch()
    with following(store, known=known) as (log, _):
        wait_for(lambda: log.vanished, LATER)
    [events, later] = log.events
    assert [session.key for session in events.appeared] == ["new"]
    assert [session.key for session in events.changed] == ["alice"]
    assert later.vanished == (Vanished(SessionId(str(folder / "gone.jsonl")), RemovalReason.DELETED),)


def test_with_nothing_known_everything_appears(alice: BotWriter, no_reconcile: None) -> None:
    with following(FolderStore([alice.path.parent]), known=()) as (log, _):
        wait_for(lambda: log.events, LATER)
    assert [session.key for session in log.appeared] == ["alice"]


def test_one_file_alone_is_followed_and_its_neighbours_are_not(alice: BotWriter, no_reconcile: None) -> None:
    with following(FolderStore(files=(alice.path,))) as (log, _):
        bob = BotWriter(alice.path.with_name("bob.jsonl"))

        def noticed() -> bool:
            bob.append("not for us")
            alice.append("more")
            return bool(log.changed)

        wait_for(noticed, LATER)
        alice.delete()
        wait_for(lambda: log.vanished, LATER)
        alice.append("again")
        wait_for(lambda: log.appeared, LATER)
        assert {session.key for session in (*log.appeared, *log.changed)} == {"alice"}


def test_several_folders(folder: Path, no_reconcile: None) -> None:
    other = folder.with_name("other")
    other.mkdir()
    with listening(folder, other) as log:
        for place in (folder, other):
            (place / "same.jsonl").touch()
        wait_for(lambda: len(log.appeared) == 2, LATER)
        assert {session.path.parent for session in log.appeared} == {folder, other}
