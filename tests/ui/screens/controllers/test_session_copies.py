"""Copies of whole sessions: one at a time, told of while they are made, gone if nobody waits."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from earwig.core.model.session import Session
from earwig.core.reading import session_copy
from earwig.core.reading.session_text import as_source
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.system.background import Background
from earwig.core.system.copies import Copy
from earwig.ui.screens.controllers.session_copies import SessionCopies
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


class Copying:
    """Two sessions, and what became of copying them."""

    def __init__(self, host: FakeHost, store: FolderStore) -> None:
        self.background = Background()
        self.copies = SessionCopies(host, store, self.background)
        self.sessions = sorted(store.sessions(), key=lambda session: session.key)
        self.made: list[Copy] = []
        self.waiting: list[bool] = []

    def begin(self, session: Session | None = None) -> None:
        session = session or self.sessions[0]
        self.copies.make(session, "session.txt", as_source, self.made.append, self.waiting.append)


@pytest.fixture
def copying(host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copying:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for key in ("al", "bo"):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(6))
    return Copying(host, FolderStore([tmp_path]))


def test_a_session_is_copied_and_somebody_waits_for_it(host: FakeHost, copying: Copying) -> None:
    copying.begin()
    assert copying.waiting == [True]
    copying.background.start()
    host.run_until(lambda: copying.made)
    copying.background.stop()
    assert b"question 1" in b"".join(copying.made[0].pieces())
    assert copying.waiting == [True, False]
    copying.made[0].remove()


def test_what_nobody_waits_for_any_more_leaves_no_file(
    host: FakeHost, copying: Copying, tmp_path: Path
) -> None:
    copying.begin()
    copying.copies.stop()
    assert copying.waiting == [True, False]
    copying.begin(copying.sessions[1])
    copying.background.start()
    host.run_until(lambda: copying.made)
    copying.background.stop()
    assert len(copying.made) == 1
    copying.made[0].remove()
    assert list((tmp_path / "temporary").rglob("*.txt")) == []


def test_one_that_is_stopped_when_it_is_done_is_not_used(
    host: FakeHost, copying: Copying, tmp_path: Path
) -> None:
    copying.begin()
    copying.background.start()
    host.wait_for(lambda: host.is_queued)
    copying.copies.stop()
    host.run()
    copying.background.stop()
    assert copying.made == []
    assert list((tmp_path / "temporary").rglob("*.txt")) == []


def test_how_far_it_is_is_told_until_it_is_stopped(
    host: FakeHost, copying: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_copy, "_STEP", -1.0)  # no step ends it
    copying.begin()
    host.pass_time(2.0)
    host.pass_time(2.0)
    assert host.words == ["Copying the session: 0%. Escape stops it."] * 2
    copying.copies.stop()
    host.pass_time(2.0)
    assert len(host.words) == 2
    assert not host.waits


def test_a_session_that_is_gone_is_told_of(host: FakeHost, copying: Copying, tmp_path: Path) -> None:
    (tmp_path / "telegram_al.jsonl").unlink()
    copying.begin()
    copying.background.start()
    host.run_until(lambda: host.words)
    copying.background.stop()
    assert host.words[0].startswith("Nothing was copied: the session ")
    assert host.notifications[0].severity == "warning"
    assert copying.waiting == [True, False]
    assert copying.made == []
