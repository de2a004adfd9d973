"""What a reader sees while the bot rewrites a session in ways that leave few traces."""

from __future__ import annotations

import os
from functools import partial
from io import FileIO
from pathlib import Path

import pytest

from earwig.ui.session.messages import Place
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.ui.browsing import Browser, append, browsing, line, talk
from tests.ui.test_browser_past import struck

NOW = 1_700_000_000.0


@pytest.fixture
def bot(tmp_path: Path) -> BotWriter:
    folder = tmp_path / "sessions"
    folder.mkdir()
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(talk(10))
    return BotWriter(path)


def shows(browser: Browser, text: str) -> bool:
    return any(text in row for row in browser.transcript())


def is_shown_once(browser: Browser, text: str) -> bool:
    return sum(f"▌ {text}" in row for row in browser.transcript()) == 1


def write_at(file: FileIO, data: bytes, at: int) -> None:
    file.seek(at)
    file.write(data)


async def test_a_message_replaced_while_another_comes_is_not_shown_any_more(bot: BotWriter) -> None:
    first = line_of("user", "question 1")
    async with browsing(bot.path.parent, now=NOW, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        for number in range(2, 8):
            text = f"changed-{number:02}"
            with bot.path.open("r+b", buffering=0) as file:
                write_at(file, line("user", f"new {number}"), os.fstat(file.fileno()).st_size)
                # As the frame that shows the appended line is drawn, the first is another already.
                browser.view.cache.block(browser.view.viewport.entries[0])
                write_at(file, line_of("user", text), 0)
            assert len(line_of("user", text)) == len(first)
            for wanted in (text, f"new {number}"):
                await browser.wait_for(partial(shows, browser, f"▌ {wanted}"), wanted)
            await browser.wait_for(partial(is_shown_once, browser, "changed"), "the others are gone")


async def test_no_message_stands_as_removed_beside_itself(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        bot.rewrite([("user", "X")])
        await browser.wait_for(lambda: "question 1" in struck(browser), "what is gone")
        assert browser.view.reader is not None
        append(bot.path, line("user", "Y"))
        browser.view.reader.want(Place.NEWEST)
        await browser.wait_for(lambda: shows(browser, "▌ Y"), "the new one")
        append(bot.path, line("user", "question 1"))
        await browser.wait_for(lambda: shows(browser, "▌ question 1"), "it is back")
        assert "question 1" not in struck(browser)
        bot.rewrite([("user", "Z")])
        await browser.wait_for(lambda: shows(browser, "▌ Z"), "the next rewrite")
        assert struck(browser).count("question 1") == 1


async def test_what_is_written_over_far_above_the_end_is_shown(bot: BotWriter) -> None:
    messages = [("user", f"message {number:05} {'x' * 900}") for number in range(300)]
    bot.path.write_bytes(lines_of(messages))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("home")
        await browser.expect_shown("message 00000")
        with bot.path.open("r+b", buffering=0) as file:
            write_at(file, line_of("user", f"another 00000 {'x' * 900}"), 0)
        await browser.expect_shown("another 00000")
        await browser.wait_for(lambda: not shows(browser, "▌ message 00000"), "the old one is gone")


async def test_a_session_that_is_away_for_a_moment_leaves_place_and_contents(bot: BotWriter) -> None:
    bot.path.write_bytes(talk(200))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("pageup", "pageup", "up")
        before = browser.unruled()
        away = bot.path.with_name(bot.path.name + ".importing")
        for _ in range(3):
            bot.path.rename(away)
            browser.view.parts.pages.check()
            await browser.wait_for(lambda: browser.view.parts.session.gone, "gone")
            away.rename(bot.path)
            await browser.wait_for(lambda: not browser.view.parts.session.gone, "there again")
        await browser.pilot.pause(0.2)
        assert browser.unruled() == before
        assert not struck(browser)


async def test_what_was_asked_for_while_the_file_was_away_comes_when_it_is_back(bot: BotWriter) -> None:
    bot.path.write_bytes(talk(3000))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        away = bot.path.with_name(bot.path.name + ".importing")
        bot.path.rename(away)
        await browser.pilot.press(*["pageup"] * 12)
        await browser.wait_for(lambda: browser.view.parts.session.gone, "gone")
        away.rename(bot.path)  # to the same stamp and size: nothing may tell
        await browser.wait_for(lambda: not browser.view.parts.session.gone, "there again")
        await browser.pilot.press(*["pageup"] * 30)
        await browser.wait_for(lambda: len(browser.view.viewport.entries) > 150, "more of it")


async def test_the_place_is_found_again_when_a_rewrite_in_place_stalls(bot: BotWriter) -> None:
    data = talk(3000)
    bot.path.write_bytes(data)
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("pageup", "pageup")
        await browser.wait_for(lambda: not browser.view.following, "held")
        before = browser.unruled()
        part = data[: len(data) // 4 + 7]
        bot.path.write_bytes(part)
        await browser.wait_for(lambda: browser.unruled() != before, "the part that is there")
        with bot.path.open("ab") as file:
            file.write(data[len(part) :])
        await browser.wait_for(lambda: browser.unruled() == before, "what was read")
