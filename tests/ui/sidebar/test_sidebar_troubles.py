"""Sessions in which something is the matter, wherever in them: marks, restrictions, and what a row tells."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwig.core.catalog.reading_state import NAME
from earwig.core.settings.settings import Settings
from tests.ui.browsing import Browser, append, browsing, line, talk
from tests.ui.sidebar.test_sidebar import above, in_the_list, names, remembering

FAILED = line("assistant", "[Task failed — not continuing this request]")
LONG = line("assistant", f"[Task failed — {'a very long reason ' * 40}]")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC).timestamp()
BAD = b"{not json\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    contents = {
        "telegram_calm": talk(80),
        "telegram_bad": talk(40) + BAD + talk(40),
        "telegram_failed": talk(20) + FAILED * 9 + talk(60),
        "telegram_last": BAD + FAILED + talk(60) + LONG,
        "telegram_long": talk(2) + LONG,
    }
    for at, (name, data) in enumerate(contents.items(), 1):
        path = folder / f"{name}.jsonl"
        path.write_bytes(data)
        os.utime(path, (NOON - 3600 * at,) * 2)
    return folder


def marks(browser: Browser) -> dict[str, str]:
    """How each session in the list stands."""
    return {row[2:].split()[0]: row[0] for row in browser.sidebar()[::2] if row.strip()}


def told(browser: Browser) -> dict[str, str]:
    """What is said of each at the right end of its second row."""
    rows = browser.sidebar()
    pairs = zip(rows[::2], rows[1::2], strict=False)
    return {top[2:].split()[0]: below.split("  ")[-1].strip() for top, below in pairs if top.strip()}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_of_a_session_makes_its_mark_and_a_row_tells_how_much_and_when(
    folder: Path, size: tuple[int, int]
) -> None:
    settings = Settings(time="utc")
    async with browsing(folder, size=size, now=NOON, settings=settings) as browser:
        pilot = await in_the_list(browser)
        expected = {"calm": "●", "bad": "!", "failed": "●", "last": "✗", "long": "✗"}
        await browser.wait_for(lambda: marks(browser) == expected, "the marks")
        await pilot.press("x")
        await browser.wait_for(lambda: above(browser) == ["✕ bad lines · 3 hidden"], "all are counted")
        assert {name: it.split()[-2:] for name, it in told(browser).items()} == {
            "bad": ["!", "1"],
            "last": ["!", "1"],
        }
        await pilot.press("x", "f")
        await browser.wait_for(lambda: above(browser) == ["✕ failed · 2 hidden"], "all are counted")
        rows = "\n".join(browser.sidebar())
        assert names(browser) == ["failed", "last", "long"]
        assert "✗ 9 · #29" in rows
        assert "✗ 2 · 08:00Z" in rows
        assert "✗ 1 · 07:00Z" in rows


async def test_a_turn_that_fails_now_is_counted_with_its_time(folder: Path) -> None:
    path = folder / "telegram_failed.jsonl"
    async with browsing(folder, size=(80, 24), settings=Settings(time="utc")) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("f")
        await browser.wait_for(lambda: above(browser) == ["✕ failed · 2 hidden"], "all are counted")
        append(path, FAILED)
        now = time.strftime("✗ 10 · %H:", time.gmtime())
        await browser.wait_for(lambda: any(now in row for row in browser.sidebar()), "one more, just now")
        append(path, talk(2))
        await browser.wait_for(lambda: marks(browser)["failed"] == "●", "answered")
        assert any(now in row for row in browser.sidebar())
        path.write_bytes(talk(6))
        await browser.wait_for(lambda: "failed" not in names(browser), "rewritten")


async def test_what_is_not_counted_yet_is_told_so_far(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwig.core.catalog.session_counting.SessionCounting.step", lambda *_: None)
    monkeypatch.setattr("earwig.core.catalog.whole_sessions.LARGE", 1)
    async with browsing(folder, size=(80, 24), now=NOON, settings=Settings(time="utc")) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("f")
        await browser.wait_for(lambda: above(browser)[-1].startswith("looking through 0 of 5"), "so far")
        assert above(browser)[0] == "✕ failed · −3 so far"
        assert "✗ 1+ · 07:00Z" in "\n".join(browser.sidebar())


async def test_what_was_counted_is_known_in_the_next_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwig.core.catalog.counted.SETTLED_NS", 0)
    file = tmp_path / "state" / NAME
    async with remembering(folder, file) as browser:
        await in_the_list(browser)
        await browser.wait_for(lambda: marks(browser)["bad"] == "!", "counted")
        await browser.wait_for(file.with_name("counted.json").exists, "written down")
    monkeypatch.setattr("earwig.core.catalog.session_counting.SessionCounting.step", lambda *_: 1 / 0)
    async with remembering(folder, file) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("x")
        await browser.wait_for(lambda: above(browser) == ["✕ bad lines · 3 hidden"], "known")
        assert names(browser) == ["bad", "last"]


async def test_who_leaves_with_the_first_frame_meets_no_fault(folder: Path) -> None:
    async with browsing(folder, now=NOON) as browser:
        browser.app.exit()
        browser.app.browser.sidebar.mount_hidden()  # after the first frame, which the reader saw
    assert browser.app.fault is None
