"""What tests begin with: a folder, one session that the bot writes, a place of our own, who reads what."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from earwig.core.stores.jsonl import follower as follower_module
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Tally
from earwig.core.stores.watching import watch_thread
from tests.core.bot_writer import BotWriter
from tests.core.following import Deaf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder


@pytest.fixture
def alice(folder: Path) -> BotWriter:
    writer = BotWriter(folder / "alice.jsonl")
    writer.append("hello")
    return writer


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_thread, "Notified", Deaf)


@pytest.fixture
def no_reconcile(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first look, only notification tells."""
    monkeypatch.setattr(follower_module, "_RECONCILE", 3600.0)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder in which something may be kept from run to run."""
    return tmp_path / "state" / "earwig"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which sessions are read, and from which offsets on."""
    reads: list[tuple[str, int]] = []
    tally = FileTranscript.tally

    def noted(
        self: FileTranscript, start: int, budget: int, *, limit: int | None, parts: Collection[bytes] = ()
    ) -> Tally:
        found = tally(self, start, budget, limit=limit, parts=parts)
        if found.lines:
            reads.append((Path(self.path).stem, start))
        return found

    monkeypatch.setattr(FileTranscript, "tally", noted)
    return reads
