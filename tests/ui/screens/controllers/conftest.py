"""What the tests of the parts share."""

from __future__ import annotations

import pytest

from tests.ui.screens.controllers.fake_host import FakeHost


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()
