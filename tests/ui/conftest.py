"""What the tests of the browser share: how they wait for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.settling import settle_by_condition


@pytest.fixture(autouse=True, scope="session")
def _settling() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        settle_by_condition(patch)
        # What one browser sets aside for ever would stay for all tests after it.
        patch.setattr("earwig.ui.app.app.begin_collections", lambda: None)
        yield
