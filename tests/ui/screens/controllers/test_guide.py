"""A reader is led to sessions that are on the list, and to places in them; to others nowhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App, ComposeResult

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import SessionId
from earwig.core.query.search_query import SearchQuery
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.screens.browser import notice_for
from earwig.ui.screens.controllers.guide import Guide
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.sidebar.session_list import SessionList
from earwig.ui.transcript.pane import TranscriptPane
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


class Host(App[None]):
    """A list of two sessions, and a pane."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        for key in ("al", "bo"):
            (folder / f"telegram_{key}.jsonl").write_bytes(talk(2))
        self.catalog = SessionCatalog(list(FolderStore([folder]).sessions()))
        self.opened: list[str] = []
        self.host = FakeHost()
        self.sessions = SessionList(self.catalog, self.opened.append)
        self.pane = TranscriptPane()
        self.guide = Guide(self.host, self.catalog, self.sessions, Panes(self.pane))

    def compose(self) -> ComposeResult:
        yield self.sessions
        yield self.pane


@pytest.fixture
def app(tmp_path: Path) -> Host:
    return Host(tmp_path)


async def test_a_session_on_the_list_is_shown_and_given_the_keys(app: Host) -> None:
    async with app.run_test():
        newest, other = app.catalog.shown
        app.guide.show_newest()
        assert app.opened == [newest]
        assert app.host.focused is None
        assert app.guide.go_to(other)
        assert app.opened == [newest, other]
        assert app.host.focused is app.pane.view


async def test_one_that_is_not_there_changes_nothing(app: Host) -> None:
    async with app.run_test():
        assert not app.guide.go_to(SessionId("no such session"))
        gone: Any = SimpleNamespace(session=SimpleNamespace(id="gone"))
        app.guide.go_to_hit(gone, SearchQuery("x"))
        assert app.host.words == ["The session is not there any more."]
        assert app.opened == []
        assert app.host.focused is None


async def test_an_empty_transcript_says_nothing_until_it_is_known_why(app: Host) -> None:
    async with app.run_test():
        assert notice_for(app.pane.view) is None
