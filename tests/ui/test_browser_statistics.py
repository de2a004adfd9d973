"""The panel of numbers: counted while one looks, and kept right while the bot writes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from earwig.ui.rendering.number_rows import bar
from earwig.ui.screens.statistics import StatisticsScreen
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import append, browsing, line, talk

SURROGATE = re.compile("[\ud800-\udfff]")


async def test_the_numbers_of_all_sessions_are_shown_and_kept_right(tmp_path: Path) -> None:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(300) + b"{bad\n")
    (tmp_path / "discord_bo.jsonl").write_bytes(talk(4) + line("assistant", "[Task failed — no model]"))
    async with browsing(tmp_path, size=(100, 40)) as browser:
        await browser.pilot.press("ctrl+t")
        await browser.wait_for(lambda: isinstance(browser.app.screen, StatisticsScreen), "the numbers")
        await browser.expect_shown("2 sessions · 305 messages")
        await browser.expect_shown("1 bad line")
        await browser.expect_shown("1 failed turn · 0 unanswered")
        rows = [" ".join(row.strip("│ ").split()) for row in browser.rows()]
        assert any(row.startswith("telegram 300 █") for row in rows)
        assert any(row.startswith("discord 5 ") for row in rows)
        append(tmp_path / "discord_bo.jsonl", line("user", "still there?"))
        await browser.expect_shown("2 sessions · 306 messages")
        await browser.expect_shown("1 failed turn · 1 unanswered")
        (tmp_path / "telegram_al.jsonl").unlink()
        await browser.expect_shown("1 session · 6 messages")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")


async def test_days_are_columns_the_newest_at_the_right(tmp_path: Path) -> None:
    for name, messages, day in (("al", 8, 10), ("bo", 2, 12), ("cy", 4, 13)):
        path = tmp_path / f"telegram_{name}.jsonl"
        path.write_bytes(talk(messages))
        os.utime(path, (day * 86_400, day * 86_400))
    async with browsing(tmp_path, size=(80, 24)) as browser:
        await browser.pilot.press("ctrl+t")
        await browser.expect_shown("1970-01-10 to 1970-01-14 · at most 8")
        rows = [row[1:-1].strip() for row in browser.rows()]
        at = next(number for number, row in enumerate(rows) if "at most" in row)
        # A day has six cells. Of three rows, or 24 eighths, 8 messages have all, 4 the half, 2 a quarter.
        assert rows[at + 1 : at + 4] == [
            "█" * 6,
            "█" * 6 + " " * 12 + "▄" * 6,
            "▁" * 6 + "█" * 6 + "▁" * 6 + "▆" * 6 + "█" * 6,
        ]


async def test_names_of_roles_and_sessions_are_shown_as_text(tmp_path: Path) -> None:
    roles = [text for text in HOSTILE.values() if text and not SURROGATE.search(text)]
    for number, role in enumerate(roles):
        (tmp_path / f"{number}.jsonl").write_bytes(9 * line(role, "said"))
    for name in ("[bold]loud", "\x1b[31mred", "right\u202eleft", "\U0001f468\u200d\U0001f469" * 40):
        (tmp_path / f"{name[:60]}.jsonl").write_bytes(talk(30))
    async with browsing(tmp_path, size=(100, 60)) as browser:
        await browser.pilot.press("ctrl+t")
        await browser.expect_shown(f"{len(roles) + 4} sessions")
        await browser.expect_shown("[bold]loud")
        for row in browser.rows():
            assert not harm_in(row)


async def test_one_day_is_no_plot(tmp_path: Path) -> None:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(3))
    async with browsing(tmp_path, size=(80, 24)) as browser:
        await browser.pilot.press("ctrl+t")
        await browser.expect_shown("busiest sessions")
        assert not any("at most" in row for row in browser.rows())


@pytest.mark.parametrize(
    ("share", "drawn"), [(1.0, "████"), (0.5, "██"), (0.0, ""), (0.0001, "▏"), (0.3, "█▎")]
)
def test_a_bar(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn
