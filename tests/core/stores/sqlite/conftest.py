"""What tests of databases begin with."""

from __future__ import annotations

import pytest

import earwig.core.stores.sqlite.by_apsw  # noqa: F401 - an ordinary user may not be allowed to read it later
from earwig.core.stores.sqlite import database


@pytest.fixture
def without_apsw(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where apsw is not installed."""
    monkeypatch.setattr(database, "has_plain_reads", lambda: False)
