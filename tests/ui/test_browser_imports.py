"""The browser while the bot makes rows of a database of what is open."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from earwig.core.catalog.reading_state import NAME, ReadingState
from earwig.core.model.message import ChatMessage
from earwig.core.model.message_link import MessageLink, digest_of
from earwig.core.model.session import SessionId
from earwig.ui.app.app import EarwigApp
from earwig.ui.screens.live import LiveScreen
from earwig.ui.screens.search import SearchScreen
from tests.core.stores.combined.workspace import HELLO, Workspace
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import import_jsonl
from tests.ui.browsing import Browser, line, listed

KEY = "telegram_alice"


@asynccontextmanager
async def browsing(workspace: Workspace, state: Path | None = None) -> AsyncIterator[Browser]:
    store = workspace.store
    reading = None if state is None else ReadingState(state)
    app = EarwigApp(store, listed(store), reading=reading)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        yield Browser(app, pilot, workspace.folder)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.file(f"{KEY}.jsonl", *[("user", f"message {number}") for number in range(200)])
    workspace.file("discord_bob.jsonl", HELLO)
    os.utime(workspace.folder / "discord_bob.jsonl", (1_700_000_000,) * 2)
    return workspace


def is_at(browser: Browser, said: str) -> bool:
    entry = browser.view.parts.screenful.current
    return entry is not None and entry.item == ChatMessage("user", said)


def shown(browser: Browser) -> str:
    reader = browser.view.reader
    return "" if reader is None else reader.session.store


@pytest.mark.parametrize("era", ["v0.8.4", "head"])
async def test_what_follows_goes_on_in_the_database(workspace: Workspace, era: str) -> None:
    async with browsing(workspace) as browser:
        await browser.wait_for_counts()
        await browser.expect_shown("message 199")
        with closing(BotDatabase(workspace.path, era=era)) as bot:
            import_jsonl(bot)
            bot.append(KEY, "assistant", "just after")
            await browser.wait_for(lambda: shown(browser) == "sqlite", "the rows are open")
            await browser.expect_shown("just after")
            bot.append(KEY, "assistant", "later")
            await browser.expect_shown("later")
            await browser.wait_for(lambda: "following" in browser.header(), "followed")
            await browser.wait_for(lambda: "202 messages" in browser.header(), "all are counted")
            for text in ("message 199", "just after", "later"):
                assert sum(text in row for row in browser.transcript()) == 1
            chosen = browser.app.browser.sessions.chosen
            assert chosen == f"{bot.path}#{KEY}"
            assert "⊘" not in "".join(browser.rows())
            catalog = browser.app.browser.catalog
            keys = ["discord_bob", KEY]
            await browser.wait_for(
                lambda: sorted(catalog[it].key for it in catalog.shown) == keys, "each once"
            )


@pytest.mark.parametrize(("is_kept", "era"), [(True, "head"), (True, "v0.8.4"), (False, "head")])
async def test_what_is_held_stays_where_it_is(workspace: Workspace, is_kept: bool, era: str) -> None:
    file = workspace.folder / f"{KEY}.jsonl"
    file.write_bytes(b"no JSON\n" * 3 + file.read_bytes())
    async with browsing(workspace) as browser:
        await browser.wait_for_counts()
        await browser.expect_shown("message 199")
        await browser.pilot.press("colon", *"101", "enter")
        await browser.wait_for(lambda: "message 97" in "\n".join(browser.transcript()[:4]), "line 101")
        await browser.pilot.press("down")
        before = [row.split("#")[0].rstrip() for row in browser.transcript()]
        with closing(BotDatabase(workspace.path, era=era)) as bot:
            import_jsonl(bot)
            if not is_kept:
                os.rename(f"{file}.migrated", workspace.path / "elsewhere")  # noqa: PTH104
            bot.append(KEY, "assistant", "just after")
            if is_kept:
                await browser.wait_for(lambda: shown(browser) == "sqlite", "the rows are open")
                await browser.wait_for(lambda: "1 new" in browser.rows()[-2], "one is new")
                assert [row.split("#")[0].rstrip() for row in browser.transcript()] == before
                assert browser.view.viewport.entries[browser.view.viewport.top].number == 98
                bot.append(KEY, "assistant", "later")
                await browser.wait_for(lambda: "2 new" in browser.rows()[-2], "two are new")
                await browser.pilot.press("end")
                await browser.expect_shown("later")
            else:
                await browser.wait_for(lambda: "⊘" in browser.header(), "gone")


async def test_a_search_and_a_filter_stay(workspace: Workspace) -> None:
    async with browsing(workspace) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("l", *"message", "enter")
        await browser.pilot.press("slash", *"message 5", "enter")
        await browser.wait_for(lambda: browser.view.parts.finder.matches is not None, "counted")
        with closing(BotDatabase(workspace.path)) as bot:
            import_jsonl(bot)
            await browser.wait_for(lambda: shown(browser) == "sqlite", "the rows are open")
            assert browser.view.parts.session.filter is not None
            await browser.wait_for(
                lambda: (
                    browser.view.parts.finder.matches is not None
                    and browser.view.parts.finder.matches.total == 11
                ),
                "found again",
            )


async def test_what_was_found_in_all_sessions_is_found_where_it_is_now(workspace: Workspace) -> None:
    async with browsing(workspace) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("ctrl+s", *"message 150")
        await browser.expect_shown("1 message in 1 session")
        screen = browser.app.screen
        assert isinstance(screen, SearchScreen)
        with closing(BotDatabase(workspace.path)) as bot:
            import_jsonl(bot)
            found = screen._results
            await browser.wait_for(lambda: [it.session.store for it in found.hits] == ["sqlite"], "once")
            await browser.expect_shown("1 message in 1 session")
            await browser.pilot.press("enter")
            await browser.wait_for(lambda: shown(browser) == "sqlite", "the rows are open")
            await browser.wait_for(lambda: is_at(browser, "message 150"), "where it was found")


async def test_the_second_pane_goes_on_as_well(workspace: Workspace) -> None:
    async with browsing(workspace) as browser:
        await browser.pilot.resize_terminal(140, 30)
        await browser.expect_shown("message 199")
        screen = browser.app.browser
        await screen.action_split()
        bob = next(it for it in screen.catalog.shown if screen.catalog[it].key == "discord_bob")
        screen.sessions.choose(bob)
        await browser.expect_shown("hello")
        with closing(BotDatabase(workspace.path)) as bot:
            import_jsonl(bot)
            bot.append(KEY, "assistant", "for alice")
            bot.append("discord_bob", "assistant", "for bob")
            await browser.expect_shown("for alice")
            await browser.expect_shown("for bob")
            views = screen.panes.views
            await browser.wait_for(
                lambda: all(it.reader and it.reader.session.store == "sqlite" for it in views), "both"
            )
            assert screen.sessions.chosen == f"{bot.path}#discord_bob"


async def test_what_was_read_before_an_import_is_read(workspace: Workspace, tmp_path: Path) -> None:
    state = tmp_path / "state" / NAME
    async with browsing(workspace, state) as browser:
        await browser.wait_for(lambda: browser.app.browser.sidebar._remembered, "known")
        await browser.expect_shown("message 199")
        await browser.wait_for(
            lambda: browser.app.browser.catalog.summary(SessionId(str(workspace.folder / f"{KEY}.jsonl"))), ""
        )
    workspace.do_import(KEY)
    workspace.do_import("discord_bob")
    workspace.rows("discord_bob", HELLO, HELLO)
    workspace.rows(KEY, ("assistant", "one more"))
    async with browsing(workspace, state) as browser:
        catalog = browser.app.browser.catalog
        bob = SessionId(f"{workspace.bot.path}#discord_bob")
        await browser.wait_for(lambda: (it := catalog.summary(bob)) and it.unread == 2, "two are unread")


async def test_a_link_of_the_file_is_followed_in_the_rows(workspace: Workspace) -> None:
    file = workspace.folder / f"{KEY}.jsonl"
    odd = b'{ "role": "user", "content": "odd" }'
    file.write_bytes(b"no JSON\n" + file.read_bytes() + odd + b"\n")
    workspace.file(f"{KEY}.jsonl", HELLO)
    usual = line("user", "message 50")[:-1]
    for message in [("user", f"message {number}") for number in range(200)] + [("user", "odd"), HELLO]:
        workspace.rows(KEY, message)
    file.rename(f"{file}.migrated")
    async with browsing(workspace) as browser:
        await browser.expect_shown("hello")
        for number, stored, said in ((52, usual, "message 50"), (202, odd, "odd")):
            assert shown(browser) == "sqlite"
            link = MessageLink(KEY, number, digest_of(stored)).told()
            await browser.pilot.press("colon", *link, "enter")
            await browser.wait_for(partial(is_at, browser, said), said)


@pytest.mark.parametrize("data", [b"", b'{"role":"user","content":"begun"}'])
async def test_what_holds_little_goes_on_too(tmp_path: Path, data: bytes) -> None:
    """Nothing at all; one message that no newline ends."""
    workspace = Workspace(tmp_path)
    (workspace.folder / f"{KEY}.jsonl").write_bytes(data)
    async with browsing(workspace) as browser:
        await browser.expect_shown("begun" if data else "No messages yet")
        with closing(BotDatabase(workspace.path)) as bot:
            import_jsonl(bot)
            await browser.wait_for(lambda: shown(browser) == "sqlite", "the rows are open")
            bot.append(KEY, "assistant", "later")
            await browser.expect_shown("later")
            await browser.wait_for(lambda: "following" in browser.header(), "followed")
            assert sum("begun" in row for row in browser.transcript()) == bool(data)
            assert not any("struck" in row or "removed" in row for row in browser.transcript())


async def test_a_file_that_is_put_back_stays_open(workspace: Workspace) -> None:
    """As the bot does with one that it refuses."""
    file = workspace.folder / f"{KEY}.jsonl"
    async with browsing(workspace) as browser:
        await browser.expect_shown("message 199")
        workspace.rows(KEY, ("user", "another history"))
        os.rename(file, f"{file}.importing")  # noqa: PTH104
        await browser.wait_for(lambda: browser.view.parts.session.gone, "gone for a moment")
        os.rename(f"{file}.importing", file)  # noqa: PTH104
        workspace.file(file.name, ("assistant", "goes on here"))
        await browser.expect_shown("goes on here")
        assert shown(browser) == "jsonl"
        assert sum("message 199" in row for row in browser.transcript()) == 1


async def test_what_came_live_is_gone_to_in_the_rows(workspace: Workspace) -> None:
    async with browsing(workspace) as browser:
        await browser.expect_shown("message 199")
        await browser.pilot.press("a")
        await browser.wait_for(lambda: isinstance(browser.app.screen, LiveScreen), "the live view")
        workspace.file("discord_bob.jsonl", ("user", "before the import"))
        await browser.expect_shown("before the import")
        with closing(BotDatabase(workspace.path)) as bot:
            import_jsonl(bot)
            catalog = browser.app.browser.catalog
            rows = SessionId(f"{bot.path}#discord_bob")
            old = SessionId(str(workspace.folder / "discord_bob.jsonl"))
            await browser.wait_for(lambda: rows in catalog and old not in catalog, "imported")
            await browser.pilot.press("end", "enter")
            await browser.wait_for(lambda: not isinstance(browser.app.screen, LiveScreen), "left")
            await browser.wait_for(lambda: is_at(browser, "before the import"), "there")
            assert browser.app.browser.sessions.chosen == rows
