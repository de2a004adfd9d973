"""Who comes back is told what has changed meanwhile, and goes through it with one key."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from earwig.core.catalog.reading_state import ReadingState
from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.app.app import EarwigApp
from earwig.ui.screens.controllers import returning
from earwig.ui.screens.controllers.returning import Returning
from tests.ui.browsing import Browser, append, line, listed, talk

FAILURE = line("assistant", "[Task failed — no model]")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told soon, but once it is known how these sessions stand, also on a busy machine."""
    monkeypatch.setattr(returning, "_FIRST", 0.2)
    tell = Returning.tell_away

    def tell_when_known(
        self: Returning, since_ns: int = 0, among: Container[SessionId] | None = None
    ) -> None:
        asked = among if isinstance(among, frozenset) else frozenset[SessionId]()
        if any(self._catalog.summary(it) is None for it in asked):
            self._host.call_in(0.05, lambda: tell_when_known(self, since_ns, among))
        else:
            tell(self, since_ns, among)

    monkeypatch.setattr(Returning, "tell_away", tell_when_known)


@asynccontextmanager
async def run(folder: Path, state: Path, *, toasts: bool = False) -> AsyncIterator[Browser]:
    store = FolderStore([folder])
    app = EarwigApp(store, listed(store), reading=ReadingState(state))
    async with app.run_test(size=(100, 30), notifications=toasts) as pilot:
        await pilot.pause()
        yield Browser(app, pilot, folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for age, key in enumerate(("al", "bo", "cy", "di"), 1):
        path = folder / f"telegram_{key}.jsonl"
        path.write_bytes(talk(4))
        os.utime(path, (time.time() - 3600 * age,) * 2)
    return folder


async def be_gone(folder: Path, tmp_path: Path) -> Path:
    """Have a first run, which looks at the newest session and writes down what was read."""
    state = tmp_path / "reading.json"
    async with run(folder, state) as browser:
        await browser.expect_shown("answer")
        await browser.wait_for(state.exists, "what was read, written down")
    gone, clock = time.time_ns(), tmp_path / "clock"
    while not clock.exists() or clock.stat().st_mtime_ns <= gone:
        clock.touch()  # a file system's clock is some milliseconds late
    return state


async def test_what_changed_is_told_and_gone_through(folder: Path, tmp_path: Path) -> None:
    state = await be_gone(folder, tmp_path)
    append(folder / "telegram_bo.jsonl", line("user", "still there?"))
    append(folder / "telegram_cy.jsonl", FAILURE)
    append(folder / "telegram_di.jsonl", line("assistant", "done"))
    append(folder / "telegram_al.jsonl", line("assistant", "shown at the start"))
    async with run(folder, state) as browser:
        await browser.wait_for(browser.notifications, "a word on what has changed")
        assert browser.notifications() == [
            "3 sessions changed, 1 waits for an answer, 1 failed. The key . goes through them."
        ]
        order = []
        for _ in range(3):
            await browser.pilot.press("full_stop")
            await browser.pilot.pause()
            order.append(Path(browser.app.browser.sessions.chosen or "").stem)
        assert order == ["telegram_cy", "telegram_bo", "telegram_di"]
        await browser.pilot.press("full_stop")
        await browser.wait_for(
            lambda: "Nothing else has changed since you last looked." in browser.notifications(), "the end"
        )


async def test_what_changes_before_the_readers_eyes_is_not_told(folder: Path, tmp_path: Path) -> None:
    state = await be_gone(folder, tmp_path)
    append(folder / "telegram_bo.jsonl", line("user", "still there?"))
    append(folder / "telegram_al.jsonl", line("assistant", "shown at the start"))
    async with run(folder, state) as browser:
        append(folder / "telegram_cy.jsonl", FAILURE)
        await browser.wait_for(browser.notifications, "a word on what has changed")
        assert browser.notifications()[0].startswith("1 session changed, 1 waits for an answer.")


async def test_what_is_told_leaves_the_newest_message_to_be_seen(folder: Path, tmp_path: Path) -> None:
    (folder / "telegram_al.jsonl").write_bytes(talk(40))
    state = await be_gone(folder, tmp_path)
    append(folder / "telegram_bo.jsonl", line("user", "still there?"))
    append(folder / "telegram_al.jsonl", line("assistant", "shown at the start"))
    async with run(folder, state, toasts=True) as browser:
        await browser.expect_shown("While you were away")
        newest = line("assistant", "long enough to reach the right side of it: the very last word")
        append(folder / "telegram_al.jsonl", newest)
        await browser.expect_shown("very last word")


async def test_nothing_is_told_where_nothing_changed_or_nobody_was_here(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "reading.json"
    for _ in range(2):
        async with run(folder, state) as browser:
            await browser.expect_shown("answer 2")
            await browser.wait_for(state.exists, "what was read, written down")
            await browser.pilot.pause(0.5)
            assert browser.notifications() == []


async def test_a_long_silence_is_an_absence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "IDLE", 1.0)
    async with run(folder, tmp_path / "reading.json") as browser:
        await browser.expect_shown("answer 2")
        await browser.pilot.press("down")
        append(folder / "telegram_cy.jsonl", FAILURE)
        await browser.expect_shown("cy")
        await browser.pilot.pause(1.2)
        await browser.pilot.press("down")
        await browser.wait_for(browser.notifications, "a word on what has changed")
        assert browser.notifications()[0].startswith("1 session changed")
