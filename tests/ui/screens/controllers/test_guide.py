"""A reader is led to sessions that are on the list, and to places in them; to others nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.screens.controllers.guide import Guide
from earwig.ui.screens.controllers.notice import notice_for
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.sidebar.session_list import SessionList
from earwig.ui.transcript.pane import TranscriptPane
from tests.ui.browsing import talk


class Host(App[None]):
    """A list of two sessions, and a pane."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        for key in ("al", "bo"):
            (folder / f"telegram_{key}.jsonl").write_bytes(talk(2))
        self.catalog = SessionCatalog(list(FolderStore([folder]).sessions()))
        self.opened: list[str] = []
        self.focused_last: Widget | None = None
        self.sessions = SessionList(self.catalog, self.opened.append)
        self.pane = TranscriptPane()
        self.guide = Guide(self.catalog, self.sessions, Panes(self.pane), self._note)

    def _note(self, widget: Widget) -> None:
        self.focused_last = widget

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
        assert app.guide.show(other)
        assert app.focused_last is None
        assert app.guide.go_to(newest)
        assert app.opened == [newest, other, newest]
        assert app.focused_last is app.pane.view


async def test_one_that_is_not_there_changes_nothing(app: Host) -> None:
    async with app.run_test():
        assert not app.guide.go_to(SessionId("no such session"))
        assert app.opened == []
        assert app.focused_last is None


async def test_an_empty_transcript_says_nothing_until_it_is_known_why(app: Host) -> None:
    async with app.run_test():
        assert notice_for(app.pane.view) is None
