"""What the tests of the follower begin with: a folder, and one session that the bot writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.following import follower as follower_module
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
    monkeypatch.setattr(follower_module, "Notified", Deaf)


@pytest.fixture
def no_reconcile(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first look, only notification tells."""
    monkeypatch.setattr(follower_module, "_RECONCILE", 3600.0)
