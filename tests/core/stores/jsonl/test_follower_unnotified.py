"""What the follower does where no notification comes: lost ones, full queues, file systems without any."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason
from earwig.core.stores.jsonl import follower as follower_module
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.watching import filesystems, watch_thread
from earwig.core.stores.watching.wakeup import Notified
from tests.core.bot_writer import BotWriter
from tests.core.following import LATER, be_noticed, following, listening, wait_for


def test_reconcile_finds_what_notification_missed(
    alice: BotWriter, deaf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "_RECONCILE", 0.4)
    monkeypatch.setattr(follower_module, "TICK", 0.1)
    folder = alice.path.parent
    with listening(folder) as log:
        alice.append("more")
        (folder / "new.jsonl").touch()
        wait_for(lambda: log.appeared and log.changed, LATER)
        alice.delete()
        wait_for(lambda: log.vanished, LATER)
    assert [session.key for session in log.appeared] == ["new"]
    assert {session.key for session in log.changed} == {"alice"}
    assert [(gone.id, gone.removal_reason) for gone in log.vanished] == [
        (str(alice.path), RemovalReason.DELETED)
    ]


class Full(Notified):
    """A watch whose queue is full at times: the system drops what happens then."""

    full = threading.Event()

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        changes = super().wait(seconds, glance)
        return frozenset() if self.full.is_set() else changes


def test_a_full_queue_loses_nothing_for_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_thread, "Notified", Full)
    monkeypatch.setattr(Full, "full", threading.Event())
    monkeypatch.setattr(follower_module, "_RECONCILE", 0.5)
    writers = [BotWriter(folder / f"{number}.jsonl") for number in range(50)]
    with listening(folder) as log:
        Full.full.set()
        for writer in writers:
            writer.append("lost")
        wait_for(lambda: len(log.appeared) == len(writers), LATER)
        for writer in writers:
            writer.append("lost too")
        writers[0].delete()
        wait_for(lambda: log.vanished, LATER)
        newest = {writer.path.stem: len(writer.data) for writer in writers[1:]}
        # One that was seen before its first line was written has changed twice.
        wait_for(lambda: newest.items() <= {s.key: s.extent for s in log.changed}.items(), LATER)
        Full.full.clear()
        monkeypatch.setattr(follower_module, "_RECONCILE", 3600.0)
        be_noticed(log, folder)


def test_polling_notices_everything(alice: BotWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower_module, "_POLL", 0.1)
    folder = alice.path.parent
    with listening(folder, poll=True) as log:
        alice.append("more")
        wait_for(lambda: log.changed, LATER)
        alice.path.rename(folder / "alice.jsonl.migrated")
        wait_for(lambda: log.vanished, LATER)
        assert log.vanished[0].removal_reason is RemovalReason.MIGRATED
        alice.append("again")
        wait_for(lambda: log.appeared, LATER)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_where_other_machines_may_write_polling_is_chosen_by_itself(
    alice: BotWriter, deaf: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A watch that tells of nothing, and no look at everything but for polling's."""
    monkeypatch.setattr(follower_module, "_RECONCILE", 3600.0)
    folder = alice.path.parent.resolve()
    table = folder.parent / "mountinfo"
    table.write_text(f"21 1 8:1 / / rw - ext4 /dev/sda rw\n36 21 0:40 / {folder} rw - {kind} server rw\n")
    monkeypatch.setattr(filesystems, "_MOUNTS", table)
    with following(FolderStore([folder])) as (log, _):
        alice.append("more")
        wait_for(lambda: log.changed, LATER)
        (folder / "bob.jsonl").touch()
        wait_for(lambda: log.appeared, LATER)
