"""What a transcript asks for goes to the part that does it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from textual.app import App
from textual.screen import Screen

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.entries import Entry
from earwig.core.settings.settings import Settings
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.system.background import Background
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.controllers.clipboard import Clipboard
from earwig.ui.screens.controllers.programs import Programs
from earwig.ui.screens.controllers.session_copies import SessionCopies
from earwig.ui.screens.controllers.transcript_requests import TranscriptRequests
from earwig.ui.screens.copying import CopyScreen
from earwig.ui.screens.export import ExportScreen
from earwig.ui.screens.links import LinksScreen
from earwig.ui.screens.stored_line import StoredLineScreen
from earwig.ui.transcript import requests
from earwig.ui.transcript.view import TranscriptView
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


class Asked:
    """Two messages of a session, and what is done with them."""

    def __init__(self, host: FakeHost, folder: Path) -> None:
        (folder / "telegram_al.jsonl").write_bytes(talk(2))
        self.store = store = FolderStore([folder])
        (self.session,) = store.sessions()
        background = Background()
        self.copies = SessionCopies(host, store, background)
        self.requests = TranscriptRequests(
            host,
            store,
            Settings(),
            background,
            SessionCatalog([self.session]),
            time.time,
            Clipboard(host, tuple),
            self.copies,
            Programs(host, background),
        )
        self.view = TranscriptView()

    @property
    def entry(self) -> Entry:
        transcript = self.store.open(self.session)
        transcript.refresh()
        return transcript.tail(1).entries[0]


@pytest.fixture
def asked(host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PAGER", "no-such-pager")
    return Asked(host, tmp_path)


def test_what_is_to_be_copied_is_kept_to_be_written(host: FakeHost, asked: Asked) -> None:
    asked.requests.answer(requests.CopyWanted(b""), asked.view)
    assert host.words == ["It is empty: nothing was copied."]


async def test_what_is_wanted_over_the_browser_is_put_there(host: FakeHost, asked: Asked) -> None:
    entry = asked.entry
    messages = (
        requests.MoreWanted(entry, b"some `code`", "selected"),
        requests.StoredWanted(entry, own_text("2"), b"{}"),
        requests.LinksWanted([]),
        requests.ExportWanted(asked.session, None),
    )
    async with App[None]().run_test() as pilot:  # fields cannot be made outside one
        for message in messages:
            pilot.app.call_later(asked.requests.answer, message, asked.view)
        await pilot.pause()
    assert [type(screen) for screen in host.shown] == [
        CopyScreen,
        StoredLineScreen,
        LinksScreen,
        ExportScreen,
    ]


def test_the_number_of_a_line_is_told_only_where_its_bytes_are_shown(
    host: FakeHost, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[str] = []
    monkeypatch.setattr(StoredLineScreen, "learn", lambda _screen, _entry, number: learnt.append(number))
    message = requests.LineKnown(asked.entry, own_text("1202"))
    host.over = Screen()
    asked.requests.answer(message, asked.view)
    assert learnt == []
    host.over = StoredLineScreen(asked.entry, own_text("~1202"), b"{}", None)
    asked.requests.answer(message, asked.view)
    assert learnt == ["1202"]


def test_without_a_pager_no_session_is_copied(host: FakeHost, asked: Asked) -> None:
    asked.requests.answer(requests.SessionWanted(), asked.view)
    assert [told.severity for told in host.notifications] == ["warning"]
    asked.requests.answer(requests.LetGo(), asked.view)
