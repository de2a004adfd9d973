"""What was looked for is kept, gone through by a key, and looked for again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.screens.controllers.search_history import SearchHistory
from earwig.ui.screens.search import SearchScreen
from tests.ui.screens.controllers.fake_host import FakeHost


def made(host: FakeHost, folder: Path) -> SearchHistory:
    return SearchHistory(host, FolderStore([folder]), time.time, lambda _hit, _query: None)


def test_before_the_first_search_there_is_nothing_to_go_through(host: FakeHost, tmp_path: Path) -> None:
    searches = made(host, tmp_path)
    searches.step(1)
    searches.changed([SessionId("a session")])
    assert host.words == ["Nothing was looked for yet: Ctrl+S searches all sessions."]


def test_one_screen_is_made_and_gone_back_to(
    host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[SafeText | None] = [own_text("2 of 2"), None]
    changed: list[str] = []
    monkeypatch.setattr(SearchScreen, "step", lambda _screen, _by: found.pop(0))
    monkeypatch.setattr(SearchScreen, "changed", lambda _screen, ids: changed.extend(ids))
    searches = made(host, tmp_path)
    searches.show()
    searches.show()
    assert host.shown == ["search", "search"]
    assert host.made == 1
    searches.step(1)
    searches.step(1)
    assert host.words == ["2 of 2", "No more was found."]
    searches.changed([SessionId("al")])
    assert changed == ["al"]
