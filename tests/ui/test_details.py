"""What the browser tells of a session beside its messages."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from earwig.ui.app.app import EarwigApp
from tests.core.stores.combined.workspace import HELLO, Workspace
from tests.core.stores.sqlite.bot_acp_database import BotAcpDatabase, calls, chat
from tests.ui.browsing import Browser, listed


def rows_of(browser: Browser) -> list[str]:
    """The transcript's, without their numbers."""
    return [row.split("#")[0].rstrip() for row in browser.transcript()]


async def test_a_plan_is_shown_and_gone_on_with(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with closing(BotAcpDatabase(tmp_path)) as bot:
        row = bot.create_session("one", "/home/me/project")
        bot.append_turn("one", [chat("user", "go on"), calls("", [("c1", "shell", '{"command":"ls"}')])])
        bot.set_plan("one", [{"content": "read \x1b[2J", "status": "pending", "priority": "medium"}])
        bot.append_event(row, "fail", "failure", "no")
        app = EarwigApp(workspace.store, listed(workspace.store))
        async with app.run_test(size=(100, 30)) as pilot:
            browser = Browser(app, pilot, workspace.folder)
            await browser.expect_shown("no result yet")
            await pilot.press("d")
            await browser.expect_shown("plan: 0 of 1 step done")
            await browser.expect_shown("· read ␛[2J")
            await browser.expect_shown("fail  failure  no")
            await browser.expect_shown("/home/me/project")
            bot.set_plan("one", [{"content": "read", "status": "completed", "priority": "medium"}])
            bot.kill("one")
            await browser.expect_shown("✓ read")
            await browser.expect_shown("its last turn may have no end")
            await pilot.press("escape")
            await browser.wait_for(lambda: "killed" in browser.header(), "the frame says that it was killed")
            assert any("killed" in row for row in browser.sidebar())
            await browser.wait_for(
                lambda: any(row.rstrip().endswith("no result") for row in rows_of(browser)), "none comes"
            )


async def test_of_a_file_it_is_told_where_it_is(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    path = workspace.file("al.jsonl", HELLO)
    app = EarwigApp(workspace.store, listed(workspace.store))
    async with app.run_test(size=(140, 30)) as pilot:
        browser = Browser(app, pilot, workspace.folder)
        await browser.expect_shown("hello")
        await pilot.press("d")
        await browser.expect_shown("jsonl")
        await browser.expect_shown(path.name)
        path.unlink()
        await pilot.press("d")
        await browser.wait_for(lambda: not any("details" in row for row in browser.rows()), "closed")
