"""The live view of all sessions: follows, holds, filters, and leads to a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from earwig.ui.screens import live_list
from earwig.ui.screens.live import LiveScreen
from earwig.ui.screens.live_list import LiveList
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, append, browsing, line, talk

SURROGATE = re.compile("[\ud800-\udfff]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(300))
    (tmp_path / "discord_bo.jsonl").write_bytes(talk(4))
    return tmp_path


async def live(browser: Browser) -> LiveList:
    await browser.pilot.press("a")
    await browser.wait_for(lambda: isinstance(browser.app.screen, LiveScreen), "the live view")
    await browser.expect_shown("2 messages")
    return browser.app.screen.query_one(LiveList)


async def test_what_comes_in_any_session_is_shown(folder: Path) -> None:
    async with browsing(folder) as browser:
        await live(browser)
        append(folder / "discord_bo.jsonl", line("user", "hello from bo"))
        await browser.expect_shown("hello from bo")
        append(folder / "telegram_al.jsonl", line("assistant", "hello from al"))
        await browser.expect_shown("hello from al")
        rows = [row.strip("│ ") for row in browser.rows()]
        at = next(at for at, row in enumerate(rows) if "hello from bo" in row)
        assert re.fullmatch(r"▌ bo  discord  user +seen \d\d:\d\d  #5", rows[at - 1])
        assert "┃ hello from al" in rows[at + 2]
        assert "4 messages · ● following" in browser.rows()[0]


async def test_one_step_up_holds_and_counts_and_end_follows(folder: Path) -> None:
    async with browsing(folder) as browser:
        await live(browser)
        await browser.pilot.press("up")
        await browser.expect_shown("‖ held")
        append(folder / "discord_bo.jsonl", line("user", "one") + line("user", "two"))
        await browser.expect_shown("▼ 2 new · End to follow")
        await browser.pilot.press("end")
        await browser.expect_shown("● following")
        assert not any("new ·" in row for row in browser.rows())


async def test_enter_opens_a_message_in_its_session(folder: Path) -> None:
    async with browsing(folder) as browser:
        await live(browser)
        append(folder / "telegram_al.jsonl", line("user", "look here") + talk(200))
        await browser.expect_shown("following")
        await browser.wait_for(lambda: len(browser.app.screen.query_one(LiveList)) == 203, "all of them")
        await browser.pilot.press("slash", *"here", "enter")
        await browser.expect_shown("look here")
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")
        await browser.wait_for(lambda: any("look here" in row for row in browser.transcript()), "the message")
        assert "held" in browser.header()


async def test_a_filter_by_words_roles_and_sessions(folder: Path) -> None:
    async with browsing(folder) as browser:
        await live(browser)
        append(folder / "discord_bo.jsonl", line("user", "my Invoice") + line("assistant", "no invoice"))
        append(folder / "telegram_al.jsonl", line("user", "an invoice"))
        await browser.expect_shown("5 messages")
        await browser.pilot.press("slash", *"invoice")
        await browser.expect_shown("3 messages")
        await browser.pilot.press(*" role:user")
        await browser.expect_shown("2 messages")
        await browser.pilot.press(*" @bo")
        await browser.expect_shown("1 messages")
        append(folder / "discord_bo.jsonl", line("user", "invoice again") + line("assistant", "invoice no"))
        await browser.expect_shown("2 messages")
        await browser.pilot.press("escape")
        await browser.expect_shown("7 messages")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")


async def test_so_many_are_kept_and_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_list, "KEPT", 50)
    monkeypatch.setattr(live_list, "_SLACK", 10)
    async with browsing(folder) as browser:
        found = await live(browser)
        for number in range(30):
            append(folder / "discord_bo.jsonl", b"".join(line("user", f"{number}-{at}") for at in range(10)))
        await browser.expect_shown("29-9")
        assert 50 <= len(found) <= 60


async def test_what_comes_is_shown_as_text(folder: Path) -> None:
    texts = [text for text in HOSTILE.values() if not SURROGATE.search(text)]
    async with browsing(folder, size=(100, 60)) as browser:
        await live(browser)
        for text in texts:
            append(folder / "discord_bo.jsonl", line("user", f"zebra {text}"))
        await browser.wait_for(
            lambda: len(browser.app.screen.query_one(LiveList)) == len(texts) + 2, "all of them"
        )
        for _ in range(len(texts) // 25):
            assert not [row for row in browser.rows() if harm_in(row)]
            await browser.pilot.press("pageup")
