"""The browser on every kind of store, and on the least that one can be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from earwig.core.settings.settings import Settings
from earwig.core.stores.first_look import FirstLook
from earwig.ui.app.app import EarwigApp
from tests.core.stores.contract.row_store import RowsInTable
from tests.core.stores.contract.scenes import SCENES, Scene
from tests.ui.browsing import Browser


@pytest.fixture(params=[*SCENES, "rows"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A store with two sessions, and its writer."""
    scene = SCENES.get(request.param, RowsInTable)(tmp_path)
    scene.append("telegram_bo", ("user", "Where is my order?"))
    scene.append("telegram_al", ("user", "hello"), ("assistant", "It left our depot."))
    return scene


@asynccontextmanager
async def browsing(scene: Scene, folder: Path) -> AsyncIterator[Browser]:
    first = FirstLook(scene.store)
    first.start()
    first.join()
    app = EarwigApp(scene.store, lambda: first.beginning(0.0), settings=Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        yield Browser(app, pilot, folder)


def has(browser: Browser, *texts: str) -> Callable[[], bool]:
    return lambda: all(any(text in row for row in browser.rows()) for text in texts)


async def test_sessions_are_listed_opened_and_followed(scene: Scene, tmp_path: Path) -> None:
    async with browsing(scene, tmp_path) as browser:
        await browser.expect_shown("It left our depot.")
        assert {browser.app.browser.catalog[it].key for it in browser.app.browser.catalog.shown} == {
            "telegram_al",
            "telegram_bo",
        }
        scene.append("telegram_al", ("assistant", "and is on its way"))
        await browser.expect_shown("and is on its way")
        scene.append("discord_cy", ("user", "a third one"))
        await browser.wait_for(lambda: len(browser.app.browser.catalog) == 3, "a third session")
        [cy] = scene.store.find("discord_cy")
        browser.app.browser.sessions.choose(cy.id)
        await browser.expect_shown("a third one")
        scene.rewrite("discord_cy", [("user", "a rewritten one")])
        await browser.expect_shown("a rewritten one")


async def test_a_hit_of_a_search_is_opened(scene: Scene, tmp_path: Path) -> None:
    async with browsing(scene, tmp_path) as browser:
        await browser.expect_shown("It left our depot.")
        await browser.pilot.press("ctrl+s")
        await browser.expect_shown("search in all sessions")
        await browser.pilot.press(*"order", "enter")
        await browser.expect_shown("my order?")
        while browser.app.screen is not browser.app.browser:  # a key may come before the row can be opened
            await browser.pilot.press("enter")
        await browser.wait_for(
            lambda: browser.view.reader is not None and browser.view.reader.session.key == "telegram_bo",
            "opened",
        )
        await browser.wait_for(has(browser, "Where is my order?"), "its message")


async def test_a_session_that_goes_is_told_of(scene: Scene, tmp_path: Path) -> None:
    async with browsing(scene, tmp_path) as browser:
        await browser.expect_shown("It left our depot.")
        scene.remove("telegram_bo")
        await browser.wait_for(lambda: len(browser.app.browser.catalog) == 1, "gone")


async def test_a_store_that_is_away_is_told_of(scene: Scene, tmp_path: Path) -> None:
    async with browsing(scene, tmp_path) as browser:
        await browser.expect_shown("It left our depot.")
        scene.take_away()
        await browser.expect_shown("rying")
        assert len(browser.app.browser.catalog) == 2
        scene.put_back()
        await browser.wait_for(lambda: not has(browser, "rying")(), "reached again")


async def test_the_bytes_of_a_message_say_where_they_are(scene: Scene, tmp_path: Path) -> None:
    async with browsing(scene, tmp_path) as browser:
        await browser.wait_for(has(browser, "It left our depot."), "the newest session")
        await browser.pilot.press("enter")
        [place] = {"at offset" if session.is_file else "in row" for session in scene.store.sessions()}
        await browser.wait_for(has(browser, f"bytes {place} "), "the place of the bytes")
