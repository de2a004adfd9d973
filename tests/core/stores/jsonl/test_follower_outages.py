"""What the follower says while a folder, or a file, is away: that, and nothing that is not so."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import SessionId
from earwig.core.model.unlisted import DELETED, EMPTY
from earwig.core.stores.jsonl.folder import FolderStore
from tests.core.bot_writer import BotWriter
from tests.core.following import LATER, Log, following, wait_for
from tests.core.outages import FailingScan, move
from tests.core.permissions import ordinary_user

COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bot" / "sessions"
    folder.mkdir(parents=True)
    for number in range(COUNT):
        BotWriter(folder / f"u{number:02}.jsonl").append("hello")
    return folder


def keys(log: Log) -> tuple[set[str], set[str], set[str]]:
    """The sessions that appeared, changed and vanished."""
    gone = {Path(vanished.id).stem for vanished in log.vanished}
    return {it.key for it in log.appeared}, {it.key for it in log.changed}, gone


@pytest.mark.parametrize("poll", [False, True])
@pytest.mark.parametrize("what", ["the folder", "its workspace"])
def test_a_folder_that_is_away_and_back(folder: Path, what: str, poll: bool) -> None:
    moved = folder if what == "the folder" else folder.parent
    with following(FolderStore([folder]), poll=poll) as (log, follower):
        follower.watch_closely([SessionId(str(folder / "u05.jsonl"))])
        away = move(moved, "away")
        wait_for(lambda: log.unlisted, LATER)
        [unlisted] = log.unlisted
        assert unlisted.folder == str(folder)
        assert unlisted.reason == (DELETED if moved == folder else "the folder that holds it is not there")
        inside = away if what == "the folder" else away / "sessions"
        BotWriter(inside / "u03.jsonl").append("meanwhile")
        BotWriter(inside / "new.jsonl").append("meanwhile")
        (inside / "u04.jsonl").unlink()
        time.sleep(0.05)  # some looks, all of which find nothing
        assert keys(log) == (set(), set(), set())
        move(away, moved.name)
        wait_for(lambda: log.events and not log.unlisted and log.vanished, LATER)
    assert keys(log) == ({"new"}, {"u03"}, {"u04"})


def test_where_an_empty_folder_stands_in_its_place_it_is_waited_for(folder: Path) -> None:
    with following(FolderStore([folder])) as (log, _):
        away = move(folder, "mounted")
        folder.mkdir()
        wait_for(lambda: [it.reason for it in log.unlisted] == [EMPTY], LATER)
        folder.rmdir()
        move(away, folder.name)
        wait_for(lambda: not log.unlisted, LATER)
    assert keys(log) == (set(), set(), set())


def test_a_folder_that_was_emptied_is_no_other_one(folder: Path) -> None:
    with following(FolderStore([folder])) as (log, _):
        for path in folder.iterdir():
            path.unlink()
        wait_for(lambda: len(log.vanished) == COUNT, LATER)
        assert not log.unlisted


@pytest.mark.parametrize("instead", ["a file", "a link that leads nowhere"])
def test_what_stands_in_its_place_is_told(folder: Path, instead: str) -> None:
    with following(FolderStore([folder])) as (log, _):
        away = move(folder, "away")
        if instead == "a file":
            folder.touch()
        else:
            folder.symlink_to("nothing")
        reason = "it is no folder" if instead == "a file" else f"it is {instead}"
        wait_for(lambda: [it.reason for it in log.unlisted] == [reason], LATER)
        folder.unlink()
        move(away, folder.name)
        wait_for(lambda: not log.unlisted, LATER)
    assert keys(log) == (set(), set(), set())


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_permission_that_is_taken_and_given_back(mode: int) -> None:
    with ordinary_user() as place:
        folder = place / "sessions"
        folder.mkdir()
        BotWriter(folder / "alice.jsonl").append("hello")
        with following(FolderStore([folder])) as (log, follower):
            follower.watch_closely([SessionId(str(folder / "alice.jsonl"))])
            folder.chmod(mode)
            wait_for(lambda: log.unlisted, LATER)
            folder.chmod(0o700)
            wait_for(lambda: not log.unlisted, LATER)
        assert log.events
        assert keys(log) == (set(), set(), set())


@pytest.mark.parametrize("after", [0, 5])
def test_a_listing_that_breaks_off_is_no_whole_one(folder: Path, after: int) -> None:
    scan = FailingScan(after)
    scan.broken = False
    store = FolderStore([folder], scan=scan)
    with following(store, poll=True) as (log, _):
        scan.broken = True
        wait_for(lambda: log.unlisted, LATER)
        [unlisted] = log.unlisted
        assert (unlisted.reason, unlisted.partial) == ("Input/output error", after > 0)
        (folder / "u07.jsonl").unlink()
        scan.broken = False
        wait_for(lambda: not log.unlisted and log.vanished, LATER)
    assert keys(log) == (set(), set(), {"u07"})


def test_of_two_folders_one_is_away(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    bob = BotWriter(other / "bob.jsonl")
    bob.append("hello")
    with following(FolderStore([folder, other])) as (log, _):
        away = move(folder, "away")
        wait_for(lambda: [it.folder for it in log.unlisted] == [str(folder)], LATER)
        bob.append("more")
        wait_for(lambda: log.changed, LATER)
        move(away, folder.name)
        wait_for(lambda: not log.unlisted, LATER)
        bob.delete()
        wait_for(lambda: log.vanished, LATER)
    assert keys(log) == (set(), {"bob"}, {"bob"})


def test_a_single_file_whose_folder_is_away(folder: Path) -> None:
    path = folder / "u01.jsonl"
    with following(FolderStore(files=[path])) as (log, follower):
        follower.watch_closely([SessionId(str(path))])
        away = move(folder, "away")
        wait_for(lambda: [it.folder for it in log.unlisted] == [str(folder)], LATER)
        move(away, folder.name)
        wait_for(lambda: not log.unlisted, LATER)
        path.unlink()
        wait_for(lambda: log.vanished, LATER)
    assert keys(log) == (set(), set(), {"u01"})


def test_a_file_that_is_away_for_longer_is_gone_and_comes_back(folder: Path) -> None:
    path = folder / "u01.jsonl"
    with following(FolderStore([folder]), grace=0.1) as (log, _):
        away = move(path, "u01.jsonl.importing")
        wait_for(lambda: [it.removal_reason for it in log.vanished] == [RemovalReason.MIGRATED], LATER)
        move(away, path.name)
        wait_for(lambda: log.appeared, LATER)


def test_what_is_deleted_with_its_folder_is_kept_until_the_folder_holds_something(folder: Path) -> None:
    with following(FolderStore([folder]), grace=0.1) as (log, _):
        shutil.rmtree(folder)
        wait_for(lambda: log.unlisted, LATER)
        folder.mkdir()
        wait_for(lambda: [it.reason for it in log.unlisted] == [EMPTY], LATER)
        assert not log.vanished
        BotWriter(folder / "new.jsonl").append("hello")
        wait_for(lambda: len(log.vanished) == COUNT and log.appeared, LATER)
        assert not log.unlisted
