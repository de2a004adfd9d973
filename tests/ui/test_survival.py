"""What comes between two events of the browser must not end it."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.ui.session.messages import EventsArrived
from earwig.ui.textual_compat.styles_cache import let_go_of_removed_widgets
from earwig.ui.widgets.bytes_view import BytesView
from tests.ui.browsing import browsing, talk

SIZES = [(1, 1), (2, 2), (10, 3), (3, 10), (120, 1), (1, 36), (41, 2), (39, 4), (100, 30)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for name in ("telegram_alice", "discord_bob", "slack_carol"):
        (folder / f"{name}.jsonl").write_bytes(talk(20))
    return folder


async def test_a_session_that_goes_while_the_reader_has_gone_on_to_the_next(folder: Path) -> None:
    async with browsing(folder) as browser:
        screen = browser.app.browser
        first, second = (location for location in screen.catalog.shown if location != screen.sessions.chosen)
        screen.sessions.choose(first)
        screen.sessions.choose(second)
        # The reader is not there any more, so its row need not stay; that it was chosen is still to be heard.
        screen.catalog.apply(StoreEvents(vanished=(Vanished(first, RemovalReason.DELETED),)), keep=second)
        screen.post_message(EventsArrived(StoreEvents()))
        await browser.pilot.pause()
        assert screen.sessions.chosen == second
        assert browser.view.reader is not None
        assert browser.view.reader.session.id == second


@pytest.mark.parametrize("keys", [[], ["question_mark"], ["enter"], ["colon"], ["slash"], ["tab"]], ids=str)
async def test_every_screen_can_be_drawn_in_any_size(folder: Path, keys: list[str]) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press(*keys)
        for columns, rows in SIZES:
            await browser.pilot.resize_terminal(columns, rows)
            await browser.pilot.pause()
            assert len(browser.rows()) == rows
        await browser.expect_shown("answer 10")


async def test_the_rows_of_closed_screens_are_not_kept(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        rows = []
        for _ in range(5):
            await browser.pilot.press("enter")
            await browser.expect_shown("bytes at offset")
            rows.append(weakref.ref(browser.app.screen.query_one(BytesView)._styles_cache))
            await browser.pilot.press("escape")
            await browser.expect_shown("answer 10")

        let_go_of_removed_widgets()
        gc.collect()

        # The last may still be known to what comes with the next event.
        assert [cache() for cache in rows[:-1]] == [None] * 4
