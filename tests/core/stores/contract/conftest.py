"""Each test of the contract runs once for every kind of store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.stores.contract.scenes import SCENES, Scene


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A store without sessions, and its writer."""
    return SCENES[request.param](tmp_path)
