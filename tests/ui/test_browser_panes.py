"""Two sessions side by side: each follows, and the one with the focus has the keys and the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.ui.transcript.pane import TranscriptPane
from tests.ui.browsing import Browser, append, browsing, line, talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, key in enumerate(("al", "bo", "cy")):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(60) + line("user", f"this is {key} {number}"))
    return tmp_path


async def side_by_side(browser: Browser) -> tuple[str, str]:
    """Open the first session beside the second; their keys."""
    await browser.expect_shown("this is")
    sessions = browser.app.browser.sessions
    left = Path(sessions.chosen or "").stem
    await browser.pilot.press("vertical_line")
    await browser.wait_for(lambda: len(browser.app.screen.query(TranscriptPane)) == 2, "two panes")
    await browser.pilot.press("down")
    right = Path(sessions.chosen or "").stem
    assert left != right
    for key in (left, right):
        await browser.expect_shown(f"this is {key[-2:]}")
    return left, right


async def test_both_follow(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        left, right = await side_by_side(browser)
        append(folder / f"{left}.jsonl", line("assistant", "hello on the left"))
        append(folder / f"{right}.jsonl", line("assistant", "hello on the right"))
        await browser.expect_shown("hello on the left")
        await browser.expect_shown("hello on the right")
        head = browser.rows()[0]
        assert head.index(f" {left[-2:]} ") < head.index(f" {right[-2:]} ")
        assert head.count("● following") == 2
        # The other one has the focus; in its frame there is no room for a count.
        await browser.wait_for(lambda: "62 messages" in browser.rows()[0], "counted on the left")


async def test_the_pane_with_the_focus_has_the_keys_and_the_list(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        left, right = await side_by_side(browser)
        await browser.pilot.press("tab", "pageup")
        await browser.wait_for(lambda: browser.rows()[0].count("● following") == 1, "one is held")
        assert Path(browser.app.browser.sessions.chosen or "").stem == left
        assert browser.rows()[0].index("‖ held") < browser.rows()[0].index("● following")
        await browser.pilot.press("tab")
        await browser.wait_for(lambda: Path(browser.app.browser.sessions.chosen or "").stem == right, "right")
        await browser.pilot.press("slash", *"answer 1", "enter")
        await browser.expect_shown("n N · Esc clears")
        assert browser.app.browser.panes.other is not None
        assert browser.app.browser.panes.other.view.parts.finder.find is None


async def test_the_same_key_closes_the_one_without_the_focus(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        left, right = await side_by_side(browser)
        await browser.pilot.press("tab", "vertical_line")
        await browser.wait_for(lambda: len(browser.app.screen.query(TranscriptPane)) == 1, "one pane")
        await browser.wait_for(lambda: browser.rows()[0].count("following") == 1, "one in the frame")
        assert f" {right[-2:]} " not in browser.rows()[0]
        assert f" {left[-2:]} " in browser.rows()[0]
        append(folder / f"{left}.jsonl", line("assistant", "still followed"))
        await browser.expect_shown("still followed")


async def test_where_there_is_no_room_it_says_so(folder: Path) -> None:
    async with browsing(folder, size=(90, 30)) as browser:
        await browser.expect_shown("this is")
        await browser.pilot.press("vertical_line")
        await browser.wait_for(browser.notifications, "why not")
        assert browser.notifications() == ["Side by side needs 100 columns; there are 90."]


async def test_a_narrower_screen_hides_the_other_one(folder: Path) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        await side_by_side(browser)
        await browser.pilot.resize_terminal(80, 30)
        await browser.wait_for(lambda: browser.rows()[0].count("following") == 1, "one pane")
        await browser.pilot.resize_terminal(140, 30)
        await browser.wait_for(lambda: browser.rows()[0].count("● following") == 2, "two again")
