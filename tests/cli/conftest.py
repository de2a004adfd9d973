"""A home without a bot, and sessions to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Program


@pytest.fixture
def program(home: Path) -> Program:
    return Program(home)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    workspace = tmp_path / "bot"
    (workspace / "sessions").mkdir(parents=True)
    return workspace


@pytest.fixture
def sessions(workspace: Path) -> Path:
    return workspace / "sessions"
