"""The browser without anything that Textual keeps private: it works, only slower."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual.command import CommandPalette

from earwig.ui.screens.search import SearchScreen
from earwig.ui.textual_compat.private_use import public_only
from earwig.ui.transcript.pane import TranscriptPane
from tests.ui.browsing import append, browsing, line, talk


@pytest.fixture(autouse=True)
def without() -> Iterator[None]:
    with public_only():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in ("al", "bo"):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(60) + line("user", f"this is {key}"))
    return tmp_path


async def test_reading_following_finding_and_searching(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        press, screen = browser.pilot.press, browser.app.browser
        assert type(screen._compositor) is Compositor
        await browser.wait_for_counts()
        await press("pageup")
        await browser.wait_for(lambda: not browser.view.following, "held")
        await press("end")
        assert screen.sessions.chosen is not None
        append(Path(screen.sessions.chosen), line("assistant", "one more"))
        await browser.expect_shown("one more")
        await press("slash")
        await browser.wait_for(lambda: browser.app.focused is not browser.view, "a field")
        await press(*"answer 7", "enter")
        await browser.expect_shown("1 of 1")
        await press("escape", "ctrl+s")
        await browser.wait_for(lambda: isinstance(browser.app.screen, SearchScreen), "the search")
        await press(*"one more")
        await browser.wait_for(
            lambda: any("1 message" in row or "one more" in row for row in browser.rows()), "it"
        )
        await press("escape")
        await browser.wait_for(lambda: browser.app.screen is screen, "back")


async def test_panes_palette_help_mouse_and_copies(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        press, screen = browser.pilot.press, browser.app.browser
        await browser.wait_for_counts()
        await press("vertical_line")
        await browser.wait_for(lambda: len(screen.query(TranscriptPane)) == 2, "two panes")
        await press("vertical_line")
        await browser.wait_for(lambda: len(screen.query(TranscriptPane)) == 1, "one pane")
        await press("ctrl+p")
        await browser.wait_for(lambda: type(browser.app.screen) is CommandPalette, "the palette")
        await press("escape")
        await browser.wait_for(lambda: browser.app.screen is screen, "no palette")
        await press("question_mark")
        await browser.wait_for(lambda: screen.query("HelpPanel"), "help")
        await press("question_mark", "m")
        await browser.wait_for(browser.notifications, "a word on the mouse")
        assert browser.notifications()[0].startswith("It cannot be given away here")
        await browser.pilot.resize_terminal(80, 24)
        await browser.wait_for(lambda: browser.app.size.width == 80, "narrow")
