"""A listing of a store beside looks at what commits bring: it stands still while these are drawn."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite import listing_thread
from earwig.core.stores.sqlite.listing_thread import Listing
from earwig.core.stores.sqlite.store import DatabaseStore
from tests.core.following import LATER
from tests.core.stores.sqlite.bot_database import BotDatabase

MOMENT = 0.05


@pytest.fixture
def store(tmp_path: Path) -> DatabaseStore:
    with closing(BotDatabase(tmp_path)) as bot:
        for key in ("al", "bo"):
            bot.append(key, "user", "hello")
        return DatabaseStore([bot.path])


def test_it_waits_for_the_end_of_a_moment_in_which_others_are_busy(store: DatabaseStore) -> None:
    asked: list[float] = []

    def busy_until() -> float:
        asked.append(time.monotonic())
        return asked[0] + MOMENT

    listing, began = Listing(store, busy_until), time.monotonic()
    listing.start()
    listing.join(LATER)
    took = time.monotonic() - began
    assert listing.is_done()
    assert listing.found == {session.id: session for session in store.sessions()}
    assert any(at >= asked[0] + MOMENT for at in asked)
    assert listing.cost <= took - MOMENT


def test_it_does_not_wait_for_ever(store: DatabaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_thread, "_PATIENCE", MOMENT)
    listing = Listing(store, lambda: time.monotonic() + 1.0)
    listing.start()
    listing.join(LATER)
    assert listing.is_done()
    assert len(listing.found) == 2


def test_nobody_is_waited_for_where_nobody_is_busy(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
    listing = Listing(store)
    listing.run()
    assert listing.fault is None
    assert len(listing.found) == 2
