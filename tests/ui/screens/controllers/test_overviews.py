"""The screens over all sessions are made once, and told what changes from then on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from earwig.core.model.events import StoreEvents
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.screens.controllers.overviews import Overviews
from earwig.ui.screens.live import LiveScreen
from earwig.ui.screens.statistics import StatisticsScreen
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


def test_each_is_made_when_it_is_wanted_and_told_from_then_on(
    host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(2))
    store = FolderStore([tmp_path])
    events = StoreEvents(changed=tuple(store.sessions()))
    taken: list[StoreEvents] = []
    counted: list[Sequence[str]] = []
    listable: list[int] = []
    monkeypatch.setattr(LiveScreen, "take", lambda _screen, it: taken.append(it))
    monkeypatch.setattr(StatisticsScreen, "changed", lambda _screen, ids: counted.append(ids))
    monkeypatch.setattr(StatisticsScreen, "listable", lambda _screen: listable.append(1))
    overviews = Overviews(host, store, time.time, lambda _: None)
    overviews.take_live(events)
    overviews.changed([events])
    assert (taken, counted) == ([], [])
    for _ in range(2):
        overviews.open_live()
        overviews.open_statistics()
    assert host.shown == ["live", "statistics"] * 2
    assert host.made == 2
    overviews.take_live(events)
    overviews.changed([events, events])
    assert taken == [events]
    assert counted == [[session.id for session in events.changed]]
    assert listable == []
    overviews.changed([StoreEvents(unlisted=())])
    assert listable == [1]
