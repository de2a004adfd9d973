"""Watch rules in the browser: a flag in the list, the bell, a word on the screen, each message once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from earwig.core.find.matcher import Query
from earwig.core.model.session import SessionId
from earwig.core.settings.settings import Settings
from earwig.core.settings.settings_source import load_settings
from earwig.core.text.safe_text import own_text
from earwig.core.watch_rules.rules import Watched, WatchRule
from earwig.ui.app.app import EarwigApp
from tests.ui.browsing import append, browsing, line, talk

REFUND = WatchRule(Query("refund", regex=True).matcher(), roles=("user",))


def rules(*does: str, rule: WatchRule = REFUND) -> Settings:
    return Settings(watch=(Watched(own_text("money"), rule, frozenset(does)),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for age, key in enumerate(("al", "bo")):
        path = tmp_path / f"telegram_{key}.jsonl"
        path.write_bytes(talk(4) + line("user", "an old refund"))
        os.utime(path, (time.time() - 60 * age - 10,) * 2)
    return tmp_path


async def test_a_message_that_a_rule_is_about_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(EarwigApp, "bell", lambda _: rung.append(1))
    async with browsing(folder, settings=rules("mark", "bell", "notify")) as browser:
        await browser.expect_shown("an old refund")
        await browser.wait_for(lambda: browser.app.browser.parts.watching.is_watching, "watching")
        path = folder / "telegram_bo.jsonl"
        append(path, line("assistant", "no refund") + line("user", "[b]my refund[/b]\x1b[2J"))
        await browser.wait_for(browser.notifications, "a word on it")
        path.write_bytes(path.read_bytes())  # rewritten as it is
        append(path, line("user", "bye"))
        await browser.expect_shown("user: bye")
        assert browser.notifications() == ["telegram_bo  user: [b]my refund[/b]␛[2J"]
        assert rung == [1]
        assert any("⚑" in row and "bo" in row for row in browser.sidebar())
        browser.app.browser.sessions.choose(SessionId(str(path)))
        await browser.wait_for(lambda: not any("⚑" in row for row in browser.sidebar()), "no flag any more")


async def test_a_message_that_waits_too_long_is_told(folder: Path) -> None:
    settings = rules("notify", rule=WatchRule(unanswered=0.5))
    async with browsing(folder, settings=settings) as browser:
        await browser.wait_for(lambda: browser.app.browser.parts.watching.is_watching, "watching")
        append(folder / "telegram_bo.jsonl", line("user", "hello?"))
        await browser.wait_for(browser.notifications, "a word on it")
        assert browser.notifications() == ["telegram_bo  user: hello?"]


async def test_without_rules_nothing_is_watched(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("an old refund")
        assert not browser.app.browser.parts.watching.is_watching


async def test_what_is_wrong_with_a_rule_is_told_with_its_line(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[watch]]\nmatch = "a("\n[[watch]]\nmatch = "refund"\ndo = "notify"\n')
    settings = load_settings({"EARWIG_CONFIG": str(path)}).settings
    async with browsing(folder, settings=settings) as browser:
        await browser.wait_for(browser.notifications, "a word on it")
        assert "config.toml, line 1: rule 1 of [[watch]]" in browser.notifications()[0]
        append(folder / "telegram_bo.jsonl", line("user", "a refund"))
        await browser.wait_for(lambda: len(browser.notifications()) > 1, "the other rule")
