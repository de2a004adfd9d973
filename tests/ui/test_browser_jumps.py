"""From one thing of a kind to the next, however far it is, and back to where the reader was."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from earwig.core.find.hint import Hint
from earwig.core.stores.jsonl.scanned_lines import ScannedLines
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Scanned
from tests.ui.browsing import Browser, append, browsing, line, rewrite, talk

FAILED = "[Task failed — not continuing this request]"
CALL = '{"content":null,"tool_calls":[{"arguments":"{}","id":"t","name":"search"}]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Line 3 failed, line 5 calls a tool, line 7 is bad; they come again 2,000 lines further down."""
    odd = [
        line("user", "first"),
        line("user", "second"),
        line("assistant", FAILED),
        line("user", "third"),
        line("assistant", CALL),
        line("tool", '{"content":"found","tool_call_id":"t"}'),
        b"{not json\n",
    ]
    calm = [line("assistant", f"calm {at}.") for at in range(2000)]
    (tmp_path / "a.jsonl").write_bytes(b"".join([*odd, *calm, *odd, *calm[:40]]))
    return tmp_path


def current(browser: Browser) -> int | None:
    entry = browser.view.parts.screenful.current
    return None if entry is None else browser.view.cache.numbers.number_of(entry)


def is_at(browser: Browser, place: int) -> bool:
    return current(browser) == place


async def ready(browser: Browser) -> None:
    await browser.expect_shown("calm 39")
    await browser.wait_for_counts()


@pytest.mark.parametrize(
    ("down", "up", "places"),
    [
        ("u", "U", [1, 2, 4, 2008, 2009, 2011]),
        ("f", "F", [3, 2010]),
        ("x", "X", [7, 2014]),
        ("right_square_bracket", "left_square_bracket", [5, 2012]),
    ],
)
async def test_each_of_a_kind_is_gone_to_in_turn(folder: Path, down: str, up: str, places: list[int]) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        for place in reversed(places):
            await browser.pilot.press(up)
            await browser.wait_for(partial(is_at, browser, place), f"at line {place}")
        await browser.pilot.press(up)
        await browser.expect_shown("above · on from the end")
        await browser.wait_for(partial(is_at, browser, places[-1]), "at the last one")
        await browser.pilot.press(down)
        await browser.expect_shown("below · on from the top")
        await browser.wait_for(partial(is_at, browser, places[0]), "at the first one")
        for place in places[1:]:
            await browser.pilot.press(down)
            await browser.wait_for(partial(is_at, browser, place), f"at line {place}")
        assert "‖ held" in browser.header()
        assert [row for row in browser.rows() if "on from" in row] == []


async def test_when_following_it_goes_on_from_the_top(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("u")
        await browser.expect_shown("no more user turns below · on from the top")
        await browser.wait_for(partial(is_at, browser, 1), "at the first one")
        assert "‖ held" in browser.header()
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: "● following" in browser.header(), "back at the newest")


async def test_a_long_search_says_how_far_it_is_and_ends_with_escape_or_a_step(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = FileTranscript.scan_before
    held = [True]

    def slowly(self: FileTranscript, stop: int, *, hint: Hint | None, limit: int) -> Scanned:
        if held[0] and stop < self.end // 2:
            # There is no end to it.
            return ScannedLines(b"", stop - 1 if stop > self.end // 4 else self.end // 2 - 1, limit)
        return step(self, stop, hint=hint, limit=limit)

    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("F")
        await browser.wait_for(lambda: current(browser) == 2010, "the near one")
        monkeypatch.setattr(FileTranscript, "scan_before", slowly)
        for leave in ("escape", "pageup"):
            await browser.pilot.press("F")
            await browser.expect_shown("Esc stops")
            await browser.pilot.press(leave)
            await browser.wait_for(lambda: browser.view.parts.pursuit.seek is None, "no search")
            assert not any("Esc stops" in row for row in browser.rows())
            assert browser.view.has_focus
        held[0] = False


async def test_back_and_forward(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("F")
        await browser.wait_for(lambda: current(browser) == 2010, "the near one")
        near = browser.transcript()
        await browser.pilot.press("F")
        await browser.wait_for(lambda: current(browser) == 3, "the far one")
        await browser.pilot.press("home")
        await browser.wait_for(lambda: "first" in browser.transcript()[1], "the first line")
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: "#3" in browser.transcript()[0], "the far one")
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: browser.transcript()[2:] == near[2:], "the near one")
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: "● following" in browser.header(), "the newest")
        await browser.pilot.press("less_than_sign")
        assert "● following" in browser.header()
        for _ in range(3):
            await browser.pilot.press("greater_than_sign")
        await browser.wait_for(lambda: "first" in browser.transcript()[1], "the first line")
        await browser.pilot.press("greater_than_sign")
        assert "first" in browser.transcript()[1]


async def test_back_to_where_a_rewrite_has_put_it(folder: Path) -> None:
    path = folder / "a.jsonl"
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("F")
        await browser.wait_for(lambda: current(browser) == 2010, "the near one")
        await browser.pilot.press("end")
        data = path.read_bytes()
        rewrite(path, talk(30) + data)
        await browser.wait_for(lambda: browser.view.viewport.generation > 0, "the rewrite")
        await browser.wait_for_counts()
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: any("#2040" in row for row in browser.transcript()), "it again")
        append(path, line("user", "late"))
        await browser.expect_shown("1 new")
