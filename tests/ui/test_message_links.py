"""A message's link leads to the message: at the start, and typed where a line's number is."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.message_link import MessageLink, digest_of
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.app.app import EarwigApp
from tests.ui.browsing import Browser, browsing, line, listed, talk

KEY = "telegram_alice"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "discord_bob.jsonl").write_bytes(talk(4))
    path = tmp_path / f"{KEY}.jsonl"
    path.write_bytes(talk(1000))
    return path


def link(number: int, text: str, role: str = "user") -> MessageLink:
    return MessageLink(KEY, number, digest_of(line(role, text)[:-1]))


async def follow(browser: Browser, text: str) -> None:
    await browser.pilot.press("colon")
    for char in text:
        await browser.pilot.press(char)
    await browser.pilot.press("enter")


def current(browser: Browser) -> object:
    entry = browser.view.parts.screenful.current
    return None if entry is None else entry.item


async def test_typed_in(path: Path) -> None:
    async with browsing(path.parent) as browser:
        await browser.wait_for_counts()
        await follow(browser, link(201, "question 101").told())
        await browser.expect_shown("question 101")
        await browser.wait_for(lambda: browser.view.parts.screenful.has_cursor, "the cursor on it")
        assert getattr(current(browser), "content", "") == "question 101"
        assert not browser.view.following
        await follow(browser, "discord_bob:1~0123456789")
        await browser.wait_for(
            lambda: (
                "That link is of another session: earwig discord_bob:1~0123456789 opens it."
                in browser.notifications()
            ),
            "told",
        )
        await follow(browser, "12~01")
        await browser.expect_shown("that is not a whole link")


@pytest.fixture
def rewritten(path: Path) -> Path:
    path.write_bytes(line("user", "before") * 300 + path.read_bytes())
    return path


async def test_after_a_rewrite_it_is_found_elsewhere(rewritten: Path) -> None:
    wanted = link(201, "question 101")
    async with browsing(rewritten.parent) as browser:
        await browser.wait_for_counts()
        await follow(browser, wanted.told())
        await browser.expect_shown("question 101")
        await browser.wait_for(lambda: browser.view.parts.screenful.has_cursor, "the cursor on it")
        assert getattr(current(browser), "content", "") == "question 101"
        await browser.expect_shown("#501")


async def test_what_is_gone_is_told_at_its_place(path: Path) -> None:
    async with browsing(path.parent) as browser:
        await browser.wait_for_counts()
        await follow(browser, link(201, "gone").told())
        await browser.expect_shown("question 101")
        assert browser.notifications()[-1] == (
            "That message is not in this session any more; this is where line 201 is."
        )


async def test_the_reader_s_next_step_ends_the_search(path: Path) -> None:
    async with browsing(path.parent) as browser:
        await browser.wait_for_counts()
        browser.view.commit(browser.view.parts.links.go_to(link(201, "gone")))
        await browser.pilot.press("home")
        assert browser.view.parts.pursuit.link is None


async def test_at_the_start(path: Path) -> None:
    store = FolderStore([path.parent])
    sessions = store.sessions()
    (session,) = (session for session in sessions if session.key == KEY)
    app = EarwigApp(store, listed(store), link=(session, link(201, "question 101")))
    async with app.run_test(size=(100, 30)) as pilot:
        browser = Browser(app, pilot, path.parent)
        await browser.expect_shown("question 101")
        await browser.wait_for(lambda: browser.view.parts.screenful.has_cursor, "the cursor on it")
        assert getattr(current(browser), "content", "") == "question 101"
        assert "alice" in browser.header()
