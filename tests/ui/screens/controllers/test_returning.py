"""Who comes back is told what has changed, once, and goes through it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.catalog.marks import Reading
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.screens.controllers.returning import IDLE, Returning
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


class Reader:
    """Reads two sessions, of which the first is open."""

    def __init__(self, host: FakeHost, folder: Path) -> None:
        for age, key in enumerate(("al", "bo")):
            path = folder / f"telegram_{key}.jsonl"
            path.write_bytes(talk(2))
            os.utime(path, (time.time() - 60 * age - 10,) * 2)
        self.folder = folder
        self.catalog = SessionCatalog(list(FolderStore([folder]).sessions()))
        self.chosen = self.catalog.newest
        self.went_to: list[str] = []
        self.returning = Returning(
            host, self.catalog, lambda: self.chosen, self.went_to.append, lambda: host.now
        )

    def remember(self, hours_ago: float) -> None:
        """Earwig was run so long ago, and nothing was looked at since."""
        then = time.time_ns() - round(hours_ago * 3600e9)
        self.catalog.remember(Reading(then, then))
        self.returning.remembered()

    @property
    def other(self) -> SessionId:
        return next(it for it in self.catalog.shown if it != self.chosen)


@pytest.fixture
def reader(host: FakeHost, tmp_path: Path) -> Reader:
    return Reader(host, tmp_path)


def test_what_has_changed_since_the_last_run_is_told_a_moment_after_the_start(
    host: FakeHost, reader: Reader
) -> None:
    reader.remember(1)
    assert host.words == []
    host.pass_time(1.5)
    assert host.words == ["1 session changed. The key . goes through them."]
    assert host.notifications[0].title == "While you were away"


def test_nothing_is_told_where_nothing_has_changed(host: FakeHost, reader: Reader) -> None:
    reader.remember(0)
    host.pass_time(1.5)
    assert host.words == []


def test_who_was_not_there_for_long_is_told(host: FakeHost, reader: Reader) -> None:
    reader.remember(1)
    reader.chosen = None
    reader.returning.note_use()
    host.pass_time(2)
    told = len(host.words)
    host.pass_time(IDLE - 10)
    reader.returning.note_use()
    assert len(host.words) == told
    host.pass_time(IDLE + 1)
    reader.returning.note_use()
    assert host.words[told:] == ["2 sessions changed. The key . goes through them."]


def test_one_key_goes_through_them(host: FakeHost, reader: Reader) -> None:
    reader.remember(1)
    reader.returning.look_at_next()
    assert reader.went_to == [reader.other]
    reader.catalog.look_at(reader.other)
    reader.returning.look_at_next()
    assert len(reader.went_to) == 1
    assert host.words == ["Nothing else has changed since you last looked."]
