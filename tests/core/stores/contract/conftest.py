"""Each test of the contract runs once for every kind of store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.stores.contract.row_store import RowsInTable
from tests.core.stores.contract.rows import Table
from tests.core.stores.contract.scenes import SCENES, Scene
from tests.core.stores.contract.talk import InStore, Talk


@pytest.fixture(params=[*SCENES, "rows"])
def talk(request: pytest.FixtureRequest, tmp_path: Path) -> Talk:
    """A session without a message, in a store with another: of each kind, and of the least there can be."""
    made = SCENES.get(request.param)
    return Talk(Table() if made is None else InStore(made(tmp_path))).say_elsewhere(3)


@pytest.fixture(params=[*SCENES, "rows"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A store without sessions, and its writer: of each kind, and of the least there can be."""
    return SCENES.get(request.param, RowsInTable)(tmp_path)
