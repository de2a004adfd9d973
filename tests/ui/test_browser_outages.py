"""What a reader sees while the sessions folder, or one file, is away: all as before, and a sentence."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from earwig.core.catalog.reading_state import ReadingState
from earwig.core.model.session import SessionId
from earwig.core.stores.jsonl.folder import FolderStore, Scan
from earwig.ui.app.app import EarwigApp
from tests.core.outages import FailingScan, move
from tests.ui.browsing import Browser, append, line, listed, talk

COUNT = 40
AWAY = "cannot be reached"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bot" / "sessions"
    folder.mkdir(parents=True)
    for number in range(COUNT):
        (folder / f"u{number:02}.jsonl").write_bytes(talk(60))
    return folder


@asynccontextmanager
async def reading(folder: Path, tmp_path: Path, scan: Scan = os.scandir) -> AsyncIterator[Browser]:
    """The browser, with a memory of its own."""
    store = FolderStore([folder], scan=scan)
    app = EarwigApp(store, listed(store), reading=ReadingState(tmp_path / "reading.json"))
    async with app.run_test(size=(100, 30)) as pilot:
        browser = Browser(app, pilot, folder)
        await browser.wait_for(lambda: app.browser.sidebar._remembered, "what earlier runs left")
        yield browser


def make(folder: Path) -> None:
    folder.mkdir()


def replace_by_empty(folder: Path) -> Path:
    """Put an empty folder in its place; where it is then."""
    away = move(folder, "mounted")
    folder.mkdir()
    return away


def unread(browser: Browser) -> dict[str, int]:
    catalog = browser.app.browser.catalog
    summaries = {session_id: catalog.summary(session_id) for session_id in catalog.shown}
    return {Path(it).stem: known.unread for it, known in summaries.items() if known and known.unread}


def questioned(browser: Browser) -> set[str]:
    """The sessions that may hold something unread, on the screen or not."""
    catalog = browser.app.browser.catalog
    return {Path(it).stem for it in catalog.marks.may_be_unread({at: catalog[at] for at in catalog.shown})}


def text(browser: Browser) -> str:
    return " ".join("\n".join(browser.rows()).split())


def sentence(browser: Browser) -> str:
    outage = browser.app.browser.sidebar.query_one("#outage")
    return str(outage.render()) if outage.display else ""


async def test_an_outage_of_the_folder_changes_nothing_but_a_sentence(folder: Path, tmp_path: Path) -> None:
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        screen = browser.app.browser
        await browser.pilot.press("shift+tab", *["j"] * 12, "p", *["j"] * 3, "enter", "home", "pagedown")
        await browser.wait_for_counts()
        chosen, shown, pinned = (
            screen.sessions.chosen,
            list(screen.catalog.shown),
            set(screen.catalog.marks.pinned),
        )
        transcript = browser.unruled()
        assert not unread(browser)
        away = move(folder, "away")
        await browser.wait_for(lambda: AWAY in sentence(browser), "the sentence")
        await browser.wait_for(lambda: "⊘ not there" in browser.header(), "the transcript's state")
        assert "Trying again" in sentence(browser)
        assert screen.catalog.shown == shown
        assert browser.unruled() == transcript
        append(away / "u30.jsonl", line("assistant", "while it was away"))
        (away / "u31.jsonl").unlink()
        move(away, folder.name)
        await browser.wait_for(lambda: not sentence(browser), "no sentence")
        await browser.wait_for(lambda: "⊘" not in browser.header(), "the transcript's state")
        deleted = SessionId(str(folder / "u31.jsonl"))
        await browser.wait_for(lambda: deleted not in screen.catalog, "what was deleted")
        assert questioned(browser) == {"u30"}
        assert set(screen.catalog.shown) == set(shown) - {deleted}
        assert screen.sessions.chosen == chosen
        assert screen.catalog.marks.pinned == pinned
        await browser.wait_for_counts()
        assert browser.unruled() == transcript
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        assert questioned(browser) <= {"u30"}  # which is the newest: opened at the start, and so read
        assert browser.app.browser.catalog.marks.pinned == pinned


def write_many_times(folder: Path) -> None:
    """More than a page of lines in the newest session."""
    (folder / "u39.jsonl").write_bytes(talk(600))


async def test_a_mount_point_without_its_file_system_is_waited_for(folder: Path, tmp_path: Path) -> None:
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        shown = list(browser.app.browser.catalog.shown)
        away = replace_by_empty(folder)
        await browser.wait_for(lambda: "it is empty, and was not" in sentence(browser), "the sentence")
        assert browser.app.browser.catalog.shown == shown
        move(folder, "mount-point")
        move(away, folder.name)
        await browser.wait_for(lambda: not sentence(browser), "no sentence")
        assert browser.app.browser.catalog.shown == shown
        assert not questioned(browser)


async def test_another_folder_with_sessions_in_it_is_what_counts(folder: Path, tmp_path: Path) -> None:
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("shift+tab", "j")
        move(folder, "before")
        await browser.wait_for(lambda: "it was deleted or moved" in sentence(browser), "the sentence")
        make(folder)
        (folder / "u05.jsonl").write_bytes(talk(2))
        (folder / "new.jsonl").write_bytes(talk(2))
        catalog, kept = browser.app.browser.catalog, browser.app.browser.sessions.chosen
        await browser.wait_for(lambda: len(catalog) == 3 and not sentence(browser), "what is there now")
        assert {Path(it).stem for it in catalog.shown if it != kept} == {"u05", "new"}
        assert questioned(browser) == {"u05", "new"}


@pytest.mark.parametrize("away", ["{}.jsonl.importing", "{}.elsewhere"])
async def test_a_file_that_is_away_and_back_is_as_it_was(folder: Path, tmp_path: Path, away: str) -> None:
    write_many_times(folder)
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        catalog = browser.app.browser.catalog
        await browser.pilot.press("home", "pagedown", "pagedown")
        await browser.wait_for_counts()
        transcript, shown, size = browser.unruled(), list(catalog.shown), len(catalog)
        for name in ("u39", "u30"):
            move(folder / f"{name}.jsonl", away.format(name))
        fate = "migrated" if "importing" in away else "deleted"
        await browser.wait_for(lambda: f"⊘ {fate}" in browser.header(), "its fate")
        put_away = 2 if "importing" in away else 0  # they are listed by their new names
        await browser.wait_for(lambda: len(catalog) == size - 1 + put_away, "one is off the list")
        assert browser.unruled() == transcript
        append(folder / away.format("u30"), line("assistant", "meanwhile"))
        for name in ("u39", "u30"):
            move(folder / away.format(name), f"{name}.jsonl")
        await browser.wait_for(lambda: len(catalog) == size and "⊘" not in browser.header(), "all of them")
        await browser.wait_for_counts()
        assert browser.unruled() == transcript
        assert set(catalog.shown) == set(shown)
        assert questioned(browser) == {"u30"}
        await browser.wait_for(lambda: unread(browser) == {"u30": 1}, "what came meanwhile")


async def test_a_session_that_is_gone_to_meanwhile_is_shown_when_it_is_back(
    folder: Path, tmp_path: Path
) -> None:
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        away = move(folder, "away")
        await browser.wait_for(lambda: AWAY in sentence(browser), "the sentence")
        await browser.pilot.press("shift+tab", "j")
        await browser.expect_shown("This session is not there; it is looked for again and again.")
        move(away, folder.name)
        await browser.expect_shown("answer 30")
        await browser.wait_for(lambda: "● following" in browser.header(), "all is well")


async def test_a_start_with_half_a_listing_says_so_and_lists_the_rest_later(
    folder: Path, tmp_path: Path
) -> None:
    scan = FailingScan(15)
    async with reading(folder, tmp_path, scan) as browser:
        catalog = browser.app.browser.catalog
        await browser.wait_for(lambda: "listed only in part: Input/output error" in sentence(browser), "it")
        assert len(catalog) == 15
        await browser.pilot.press("ctrl+s")
        await browser.wait_for(lambda: any("only in part" in it for it in browser.notifications()), "a word")
        await browser.pilot.press("escape")
        scan.broken = False
        await browser.wait_for(lambda: len(catalog) == COUNT and not sentence(browser), "all of them")
        assert not questioned(browser)
    async with reading(folder, tmp_path) as browser:
        assert not questioned(browser)


async def test_numbers_that_were_asked_for_meanwhile_are_those_of_all_once_it_is_over(
    folder: Path, tmp_path: Path
) -> None:
    async with reading(folder, tmp_path) as browser:
        await browser.wait_for_counts()
        away = move(folder, "away")
        await browser.wait_for(lambda: AWAY in sentence(browser), "the sentence")
        await browser.pilot.press("ctrl+t")
        await browser.expect_shown("0 sessions · 0 messages")
        move(away, folder.name)
        await browser.expect_shown(f"{COUNT} sessions · {60 * COUNT:,} messages")
