"""What was read stays read while sessions are away: in one run, and from run to run; in real files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.catalog.marks import Mark, Marks, Reading
from earwig.core.catalog.reading_state import NAME, decoded
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.events import StoreEvents
from earwig.core.model.read_to import Witness
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.jsonl.folder import look_at, unseen
from tests.core.bot_writer import lines_of
from tests.core.outages import move
from tests.core.reading_run import Run

TEXT = [("user", "where is the parcel?"), ("assistant", "behind the shed"), ("user", "thank you")]
NAMES = ("alice", "bob", "carol")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / NAME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.jsonl").write_bytes(lines_of(TEXT))
        os.utime(folder / f"{name}.jsonl", (1_700_000_000,) * 2)
    return folder


def say(path: Path, *contents: str) -> None:
    with path.open("ab") as session:
        session.write(lines_of([("assistant", content) for content in contents]))


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize("read", [False, True])
def test_a_session_that_went_and_is_back_is_read_as_far_as_it_was(
    folder: Path, file: Path, read: bool, saved: bool
) -> None:
    run = Run(folder, file)
    if read:
        run.read(*NAMES)
    if saved:
        run.save()
    away = [move(folder / f"{name}.jsonl", f"{name}.jsonl.importing") for name in NAMES]
    run.goes(*NAMES)
    assert not len(run.catalog)
    say(away[1], "meanwhile")
    for path in away:
        move(path, path.name.removesuffix(".importing"))
    run.comes(*NAMES)
    assert run.unread() == {"alice": 0, "bob": 1, "carol": 0}
    run.save()
    assert Run(folder, file).unread() == {"alice": 0, "bob": 1, "carol": 0}


def test_where_they_are_away_when_the_run_ends_nothing_is_forgotten(folder: Path, file: Path) -> None:
    first = Run(folder, file)
    first.read("alice")
    first.catalog.pin(first.at("bob"))
    first.save()
    marks = decoded(file.read_bytes()).marks
    away = move(folder, "away")
    folder.mkdir()
    first.goes(*NAMES)
    first.save()
    assert decoded(file.read_bytes()).marks == marks
    second = Run(folder, file)
    assert not len(second.catalog)
    second.save()
    assert decoded(file.read_bytes()).marks == marks
    folder.rmdir()
    say(away / "alice.jsonl", "meanwhile")
    move(away, folder.name)
    second.comes(*NAMES)
    second.save()
    for run in (second, Run(folder, file)):
        assert run.unread() == {"alice": 1, "bob": 0, "carol": 0}
        assert run.catalog.shown[0] == run.at("bob")


def test_an_outage_at_the_first_start_of_all_makes_nothing_unread(folder: Path, file: Path) -> None:
    away = move(folder, "away")
    run = Run(folder, file)
    run.save()
    move(away, folder.name)
    (folder / "new.jsonl").write_bytes(lines_of(TEXT))
    os.utime(folder / "new.jsonl", (time.time() + 5,) * 2)
    run.comes(*NAMES, "new")
    assert run.unread() == {"alice": 0, "bob": 0, "carol": 0, "new": 3}
    run.save()
    assert Run(folder, file).unread() == {"alice": 0, "bob": 0, "carol": 0, "new": 3}


@pytest.mark.parametrize("longer", [-1, 0, 5])
@pytest.mark.parametrize("copied", [False, True])
def test_another_text_under_its_name_is_unread(folder: Path, file: Path, longer: int, copied: bool) -> None:
    """Also where the system gives the new file the number of the old one."""
    run = Run(folder, file)
    run.read("alice")
    run.save()
    path = folder / "alice.jsonl"
    before = run.seen("alice")
    path.unlink()
    run.goes("alice")
    other = [(role, content.upper()) for role, content in TEXT]
    path.write_bytes(lines_of([*other, *other][: len(other) + longer]))
    session = run.seen("alice")
    if copied:
        session = session._replace(version=(before.version[0], session.version[1]))
    run.catalog.apply(StoreEvents(appeared=(session,)))
    assert run.unread()["alice"] == len(other) + min(longer, len(other))


def test_a_session_that_cannot_be_looked_at_is_not_written_down_as_empty(folder: Path, file: Path) -> None:
    run = Run(folder, file)
    run.read("alice")
    run.save()
    refused = unseen(run.at("alice"), PermissionError(13, "Permission denied"))
    later = Run(folder, file)
    later.catalog = SessionCatalog([refused])
    later.catalog.remember(later.state.load()[0])
    later.read("alice")
    later.catalog.look_at(run.at("alice"))
    later.save()
    later.catalog.apply(StoreEvents(changed=(run.seen("alice"),)))
    assert later.unread() == {"alice": 0}
    later.save()
    assert Run(folder, file).unread()["alice"] == 0


def test_what_is_known_of_a_session_stays_while_its_file_is_away(folder: Path, file: Path) -> None:
    run = Run(folder, file)
    assert run.unread() == {"alice": 0, "bob": 0, "carol": 0}
    before = run.catalog.summary(run.at("alice"))
    away = move(folder, "away")
    say(away / "alice.jsonl", "meanwhile")
    session = look_at(str(away / "alice.jsonl"))
    assert session is not None
    run.catalog.apply(StoreEvents(changed=(session._replace(id=run.at("alice")),)))
    run.unread()
    assert run.catalog.summary(run.at("alice")) == before
    move(away, folder.name)
    assert run.unread() == {"alice": 1, "bob": 0, "carol": 0}


def test_a_hash_is_not_lost_where_the_file_cannot_be_read_when_it_is_written_again() -> None:
    witnesses = (Witness(100, "abcd"),)
    known, again = Mark(100, witnesses, read_ns=1), Mark(100, read_ns=2)
    assert again.merged(known) == known.merged(again) == Mark(100, witnesses, read_ns=2)
    assert not Mark(90, read_ns=2).merged(known).witnesses


MS = 1_000_000


@pytest.mark.parametrize(
    ("sizes", "pause", "unread_from"),
    [((0, 40, 90), 20 * MS, 90), ((50, 130), 500 * MS, 100), ((0, 40, 90), 5_000 * MS, 0), ((0, 40), 0, 40)],
    ids=["the last is taken back", "and one comes", "another conversation", "midway"],
)
def test_a_rewrite_in_place_that_is_seen_midway_makes_nothing_unread(
    sizes: tuple[int, ...], pause: int, unread_from: int
) -> None:
    since = 1_700_000_000 * 10**9
    session = Session(SessionId("a"), 100, since, version=(1, 1))
    marks = Marks()
    marks.remember(Reading(since, since))
    for size in sizes:
        before = session
        session = before._replace(extent=size, activity_ns=before.activity_ns + pause + 1)
        marks.grown(before, session)
    assert marks.read_to(session).position == unread_from
