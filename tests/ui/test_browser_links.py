"""A link is opened only from a screen that shows its whole address."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, browsing, line

LONG = "https://a.example/" + "0123456789" * 40
TEXT = f"**see** [bank.example](http://evil.example/login) and {LONG} or javascript:alert(1)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", "no link") + line("assistant", TEXT))
    return tmp_path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was given to the system's browser."""
    addresses: list[str] = []
    monkeypatch.setattr("earwig.core.system.viewer.open_address", addresses.append)
    monkeypatch.setattr("webbrowser.get", lambda *_: object())
    return addresses


def modal(browser: Browser) -> bool:
    return browser.app.screen is not browser.app.browser


async def test_the_whole_address_is_shown_and_nothing_opened_before_enter(
    folder: Path, opened: list[str]
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o")
        await browser.expect_shown("http://evil.example/login")
        await browser.expect_shown("leads to: evil.example")
        await browser.expect_shown("in the message: bank.example")
        await browser.expect_shown("Open this link? · 1 of 2")
        assert opened == []
        await browser.pilot.press("down")
        await browser.expect_shown("2 of 2")
        inside = [row[10:-10].replace("│", " ").strip() for row in browser.rows()]
        assert LONG in "".join(inside)
        assert opened == []
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: opened == [LONG], "the address opened")
        assert not modal(browser)


async def test_leaving_opens_nothing(folder: Path, opened: list[str]) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        for key in ("escape", "q", "n"):
            await browser.pilot.press("o")
            assert modal(browser)
            await browser.pilot.press(key)
            assert not modal(browser)
        assert opened == []


async def test_a_click_opens_nothing(folder: Path, opened: list[str]) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        (row,) = (y for y, text in enumerate(browser.transcript()) if "evil.example" in text)
        for x in range(2, 40, 3):
            await browser.pilot.click("#transcript", offset=(x, row))
        await browser.pilot.press("o")
        await browser.expect_shown("http://evil.example/login")
        for x in range(2, 40, 3):
            await browser.pilot.click("#address", offset=(x, 0))
        assert modal(browser)
        assert opened == []


async def test_where_there_is_none_a_word_says_so(folder: Path, opened: list[str]) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("K", "o")
        await browser.wait_for(browser.notifications, "a word")
        assert browser.notifications() == ["no link and no file in this message"]
        assert not modal(browser)


async def test_a_browser_that_would_take_the_terminal_is_not_started(
    folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Console:
        name = "lynx"

    monkeypatch.setattr("webbrowser.get", lambda *_: Console())
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o", "y")
        await browser.wait_for(browser.notifications, "a word")
        assert "nothing was opened" in browser.notifications()[0]
        assert opened == []


async def test_a_browser_that_cannot_be_started_is_told(
    folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_address: str) -> None:
        raise OSError(11, "no process")

    monkeypatch.setattr("earwig.core.system.viewer.open_address", full)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o", "y")
        await browser.wait_for(browser.notifications, "a word")
        assert browser.notifications() == ["The browser could not be started."]


async def test_hostile_links_are_shown_as_text(tmp_path: Path, opened: list[str]) -> None:
    text = " ".join(
        f"[{name} {text}](http://a.example/{name})" for name, text in HOSTILE.items() if "\n" not in text
    )
    safe = text.encode("utf-8", "replace").decode()
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", safe))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o")
        for _ in range(30):
            assert [harm for row in browser.rows() for harm in harm_in(row)] == []
            await browser.pilot.press("down")
    assert opened == []
