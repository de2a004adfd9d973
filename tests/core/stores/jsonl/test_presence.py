"""What looks at sessions add to what is known of them: without a thread, by real files."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import SessionId
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore, look_at, unseen
from earwig.core.stores.jsonl.reach import FolderReach
from earwig.core.stores.watching.presence import Presence
from tests.core.bot_writer import BotWriter
from tests.core.outages import FailingScan, move

LONG = 3600.0
"""A grace that does not end while a test runs."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for name in ("alice", "bob", "carol"):
        BotWriter(folder / f"{name}.jsonl").append("a text that is longer than the next one")
    return folder / "alice.jsonl"


class Looks:
    """Somebody who looks at the sessions of a folder, all of them or one."""

    def __init__(self, store: FolderStore, *, grace: float = LONG, begun_ns: int | None = None) -> None:
        self.store = store
        unlisted: list[Unlisted] = []
        known = store.sessions(unlisted)
        self.reach = FolderReach(store, unlisted)
        self.presence = Presence(self.reach, known, grace, begun_ns=begun_ns)
        self.at_all()

    def at(self, *paths: Path) -> list[StoreEvents]:
        return self.presence.compare({SessionId(str(path)): look_at(str(path)) for path in paths})

    def at_all(self) -> list[StoreEvents]:
        unlisted: list[Unlisted] = []
        found = {session.id: session for session in self.store.in_any_order(unlisted)}
        late = {it for it in found if it not in self.presence.known and self.reach.is_late(it)}
        self.reach.judge(unlisted, found, self.presence.known)
        return self.presence.compare(found, late)


def keys(sessions: Iterable[object]) -> list[str]:
    return sorted(str(getattr(session, "key")) for session in sessions)  # noqa: B009 - of any kind


@pytest.mark.parametrize("away", ["alice.jsonl.importing", "elsewhere"])
def test_a_file_that_is_back_within_the_grace_was_never_gone(path: Path, away: str) -> None:
    looks = Looks(FolderStore([path.parent]))
    moved = move(path, away)
    BotWriter(moved).append("meanwhile")
    assert looks.at(path) == []
    assert list(looks.presence.missing) == [str(path)]
    # Who waits for a change is not woken by that.
    assert not looks.presence.has_changed(SessionId(str(path)), None)
    move(moved, path.name)
    assert looks.presence.has_changed(SessionId(str(path)), look_at(str(path)))
    [events] = looks.at(path)
    assert events == StoreEvents(changed=events.changed)
    assert looks.at(path) == []


def test_a_file_that_was_begun_anew_within_the_grace_is_another_one(path: Path) -> None:
    looks = Looks(FolderStore([path.parent]))
    path.unlink()
    looks.at(path)
    BotWriter(path).append("anew")
    gone, events = looks.at(path)
    assert gone == StoreEvents(vanished=(Vanished(SessionId(str(path)), RemovalReason.DELETED),))
    assert keys(events.appeared) == ["alice"]


def test_after_the_grace_it_is_gone_and_then_it_appears(path: Path) -> None:
    looks = Looks(FolderStore([path.parent]), grace=0.0)
    away = move(path, "alice.jsonl.migrated")
    assert looks.at(path) == [StoreEvents(vanished=(Vanished(SessionId(str(path)), RemovalReason.MIGRATED),))]
    move(away, path.name)
    [events] = looks.at(path)
    assert keys(events.appeared) == ["alice"]


def test_a_file_that_cannot_be_looked_at_keeps_what_is_known_of_it(path: Path) -> None:
    looks = Looks(FolderStore([path.parent]), grace=0.0)
    known = look_at(str(path))
    assert known is not None
    refusal = unseen(str(path), OSError(errno.EIO, os.strerror(errno.EIO)))
    [events] = looks.presence.compare({SessionId(str(path)): refusal})
    assert events == StoreEvents(changed=(known._replace(problem=refusal.problem),))
    assert looks.presence.compare({SessionId(str(path)): refusal}) == []
    assert looks.at(path) == [StoreEvents(changed=(known,))]


def test_of_a_folder_that_is_out_of_reach_nothing_vanishes(path: Path) -> None:
    looks = Looks(FolderStore([path.parent]), grace=0.0)
    away = move(path.parent, "away")
    assert looks.at(path) == []
    assert looks.presence.is_doubtful  # the folder is another one, or none: it is to be listed again
    assert looks.at_all() == []
    assert looks.at(path, path.with_name("bob.jsonl")) == []
    (away / "alice.jsonl").unlink()
    BotWriter(away / "alice.jsonl").append("anew")
    move(away, path.parent.name)
    gone, events = looks.at_all()
    assert [it.id for it in gone.vanished] == [str(path)]
    assert keys(events.appeared) == ["alice"]
    assert not events.changed


@pytest.mark.parametrize("since", [-LONG, LONG])
def test_what_a_broken_first_listing_did_not_show_was_there_before(path: Path, since: float) -> None:
    """By the files' last change, which neither moving a folder nor mounting it sets."""
    scan = FailingScan(1)
    begun_ns = time.time_ns() + round(since * 1e9)
    looks = Looks(FolderStore([path.parent], scan=scan), begun_ns=begun_ns)
    [known] = looks.presence.known.values()
    scan.broken = False
    [events] = looks.at_all()
    others = sorted({"alice", "bob", "carol"} - {known.key})
    assert keys(events.found if since > 0 else events.appeared) == others
    assert not (events.appeared if since > 0 else events.found)
    BotWriter(path.with_name("new.jsonl")).append("hello")
    [events] = looks.at_all()
    assert keys(events.appeared) == ["new"]
