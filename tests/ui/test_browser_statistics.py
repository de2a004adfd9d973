"""The panel of numbers: counted while one looks, and kept right while the bot writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.ui.rendering.number_rows import bar
from earwig.ui.screens.statistics import StatisticsScreen
from tests.ui.browsing import append, browsing, line, talk


async def test_the_numbers_of_all_sessions_are_shown_and_kept_right(tmp_path: Path) -> None:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(300) + b"{bad\n")
    (tmp_path / "discord_bo.jsonl").write_bytes(talk(4) + line("assistant", "[Task failed — no model]"))
    async with browsing(tmp_path, size=(100, 40)) as browser:
        await browser.pilot.press("ctrl+t")
        await browser.wait_for(lambda: isinstance(browser.app.screen, StatisticsScreen), "the numbers")
        await browser.expect_shown("2 sessions · 305 messages")
        await browser.expect_shown("1 bad lines")
        await browser.expect_shown("1 failed turns · 0 unanswered")
        rows = [" ".join(row.strip("│ ").split()) for row in browser.rows()]
        assert any(row.startswith("telegram 300 █") for row in rows)
        assert any(row.startswith("discord 5 ") for row in rows)
        append(tmp_path / "discord_bo.jsonl", line("user", "still there?"))
        await browser.expect_shown("2 sessions · 306 messages")
        await browser.expect_shown("1 failed turns · 1 unanswered")
        (tmp_path / "telegram_al.jsonl").unlink()
        await browser.expect_shown("1 sessions · 6 messages")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")


@pytest.mark.parametrize(
    ("share", "drawn"), [(1.0, "████"), (0.5, "██"), (0.0, ""), (0.0001, "▏"), (0.3, "█▎")]
)
def test_a_bar(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn
