"""Keys that come in one burst (a paste, a script, a slow line) do what they would do one by one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.keys import key_to_character
from textual.widgets import Input

from tests.ui.browsing import Browser, browsing, talk

LETTERS = {"colon": ":", "enter": "\r", "backspace": "\x7f"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for at, name in enumerate(("telegram_alice", "discord_bob", "slack_C1_carol")):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(talk(60 - at * 10))
        os.utime(path, (1_700_000_000 - at, 1_700_000_000 - at))
    return tmp_path


def burst(browser: Browser, *keys: str) -> None:
    """Give the app all keys before it can look at the first."""
    for key in keys:
        browser.app.post_message(Key(key, LETTERS.get(key) or key_to_character(key)))


def field(browser: Browser) -> Input:
    return browser.app.browser.query_one("#filter", Input)


async def test_what_is_struck_out_in_the_filter_is_what_was_before_it(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        burst(browser, "ctrl+o", *"abc", "backspace", "backspace", *"de", "home", "x", "right", "y")
        await browser.wait_for(lambda: field(browser).value == "xayde", "the text")


async def test_what_is_selected_is_replaced(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        burst(browser, "ctrl+o", *"abc", "shift+left", "shift+left", "z")
        await browser.wait_for(lambda: field(browser).value == "az", "the text")


async def test_keys_behind_enter_in_the_list_are_the_transcripts(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("home", "shift+tab")
        assert not browser.view.following
        burst(browser, "enter", "end")
        await browser.wait_for(lambda: browser.view.following, "following")
        assert "telegram · alice" in browser.header()


async def test_a_key_before_the_filters_own_is_the_transcripts(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        burst(browser, "home", "ctrl+o", "b")
        await browser.wait_for(lambda: field(browser).value == "b", "the text")
        assert not browser.view.following


async def test_keys_behind_enter_in_the_filter_are_the_lists(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        # All three have a "c": the reader stays where it is, and goes down from there.
        burst(browser, "ctrl+o", "c", "enter", "j", "enter", "home")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob")
        assert field(browser).value == "c"
        await browser.wait_for(lambda: not browser.view.following, "the first line")


async def test_keys_behind_enter_in_go_to_are_the_transcripts(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("home")
        assert not browser.view.following
        burst(browser, "colon", *"xx", "backspace", "backspace", "7", "enter", "end")
        await browser.wait_for(lambda: browser.view.following, "following")
        await browser.expect_shown("answer 30")


async def test_a_session_that_a_key_opens_has_the_keys_behind_it(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("shift+tab")
        burst(browser, "down", "enter", "home")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob")
        await browser.expect_shown("answer 1")
        assert not browser.view.following


async def test_letters_in_one_burst_with_the_palettes_key_are_typed_there(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("ctrl+p")
        palette = browser.app.screen
        burst(browser, *"abc", "backspace", "backspace", *"de")
        await browser.wait_for(lambda: palette.query_one(Input).value == "ade", "the text")


async def test_keys_behind_enter_in_find_are_the_transcripts(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("home")
        burst(browser, "slash", *"answer", "enter", "colon", "3", "enter", "end")
        await browser.wait_for(lambda: browser.view.following, "following")
        await browser.expect_shown("“answer”")


async def test_keys_behind_enter_in_the_filter_of_messages_are_the_transcripts(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("home")
        burst(browser, "l", *"bad", "enter", "l", "end", *" failed", "enter", "end")
        await browser.wait_for(lambda: browser.view.following, "following")
        await browser.expect_shown("[bad]")
        await browser.expect_shown("[failed]")


async def test_what_is_pasted_stands_where_it_was_pasted(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        burst(browser, "ctrl+o", "a", "b")
        browser.app.post_message(Paste("one\ntwo"))
        burst(browser, "backspace", "c", "home")
        for text in ("", "\n"):
            browser.app.post_message(Paste(text))
        burst(browser, "d", "shift+end")
        browser.app.post_message(Paste("all"))
        burst(browser, "e")
        await browser.wait_for(lambda: field(browser).value == "dalle", "all of it in its order")


async def test_a_screen_that_is_closed_twice_takes_not_the_browser_along(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("a")
        live = browser.app.screen
        assert live is not browser.app.browser
        live.dismiss()
        live.dismiss()
        browser.app.pop_screen()
        await browser.pilot.press("home")
        await browser.expect_shown("question 1")
        assert browser.app.screen is browser.app.browser
