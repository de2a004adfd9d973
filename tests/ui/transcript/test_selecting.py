"""Text selected with the mouse: what is copied is the source, whatever is drawn of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import MouseMove

from tests.ui.browsing import Browser, append, browsing, line

LONG = "**It left** our depot " + "and went on " * 20 + "`at last`."
LIST = "# Head\n\n- one thing\n- other **thing**\n\n```sh\nls -la\n  x\n```\n\nend &amp; done"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = line("user", "Where is my order?") + line("assistant", LONG) + line("assistant", LIST)
    (tmp_path / "telegram_alice.jsonl").write_bytes(data)
    return tmp_path


def place(browser: Browser, text: str, *, end: bool = False) -> tuple[int, int]:
    """Where a text is in the transcript: column and row of its first cell, or of its last."""
    for y, row in enumerate(browser.transcript()):
        if text in row:
            return row.index(text) + (len(text) - 1 if end else 0), y
    raise AssertionError(f"{text!r} is not shown\n" + "\n".join(browser.rows()))


async def drag(browser: Browser, start: tuple[int, int], stop: tuple[int, int]) -> None:
    """Press the button on one cell, move, and let it go on another."""
    await browser.pilot.mouse_down("#transcript", offset=start)
    for at in (start, stop):
        # A move with the button held, which Pilot has no public way to.
        await browser.pilot._post_mouse_events([MouseMove], "#transcript", offset=at, button=1)
    await browser.pilot.mouse_up("#transcript", offset=stop)
    await browser.pilot.pause()


async def select(browser: Browser, first: str, last: str) -> str:
    """Select from one text to the end of another; what is selected."""
    await drag(browser, place(browser, first), place(browser, last, end=True))
    return browser.view.parts.selection.text()


async def test_a_wrapped_paragraph_is_one_line_again(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        assert await select(browser, "It left", "at last.") == LONG
        assert await select(browser, "our depot", "at last.") == LONG[len("**It left** ") :]
        assert (await select(browser, "our depot", "and went")) == "our depot and went"


async def test_lists_and_code_are_as_they_were_written(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        await drag(browser, place(browser, "other"), place(browser, "other thing", end=True))
        assert browser.view.parts.selection.text() == "- other **thing**"
        assert await select(browser, "ls -la", "  x") == "ls -la\n  x"
        assert await select(browser, "Head", "done") == LIST


async def test_several_messages_with_a_blank_line_between(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        selected = await select(browser, "order?", "Head")
        assert selected == f"order?\n\n{LONG}\n\n# Head"


async def test_backwards_is_the_same(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        await drag(browser, place(browser, "at last.", end=True), place(browser, "It left"))
        assert browser.view.parts.selection.text() == LONG


async def test_a_selection_stays_with_its_text_while_more_comes(folder: Path) -> None:
    path = folder / "telegram_alice.jsonl"
    async with browsing(folder, size=(90, 20)) as browser:
        await browser.wait_for_counts()
        _, row = place(browser, "ls -la")
        await select(browser, "ls -la", "  x")
        marked = browser.view.render_line(row).crop(2, 60)
        append(path, line("user", "more"))
        await browser.expect_shown("more")
        _, now = place(browser, "ls -la")
        assert browser.view.parts.selection.text() == "ls -la\n  x"
        assert now < row
        assert browser.view.render_line(now).crop(2, 60) == marked


async def test_only_selected_rows_are_made_anew(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        before = [browser.view.render_line(y) for y in range(browser.view.size.height)]
        await select(browser, "ls -la", "  x")
        after = [browser.view.render_line(y) for y in range(browser.view.size.height)]
        _, first = place(browser, "ls -la")
        changed = [y for y, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other]
        cursor = [y for y in changed if y not in (first, first + 1)]
        assert {first, first + 1} <= set(changed)
        assert [after[y].text for y in cursor] == [before[y].text for y in cursor]
        assert [strip.text for strip in after] == [strip.text for strip in before]


async def test_keys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[bytes] = []
    async with browsing(folder, size=(90, 40)) as browser:
        monkeypatch.setattr(browser.app.browser.parts.clipboard, "copy", copied.append)
        await browser.wait_for_counts()
        for key in ("c", "ctrl+c"):
            await select(browser, "ls -la", "  x")
            await browser.pilot.press(key)
            assert browser.view.parts.selection.text()
            await browser.pilot.press("escape")
            assert not browser.view.parts.selection.text()
            assert copied.pop() == b"ls -la\n  x"
        await browser.pilot.press("ctrl+c")
        assert copied == []
        await browser.pilot.press("c")
        assert copied == [LIST.encode()]


async def test_a_click_selects_nothing_and_lets_go(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        await select(browser, "ls -la", "  x")
        current = browser.view.parts.screenful.current
        x, y = place(browser, "Where is")
        assert browser.view.parts.screenful.current is current
        await browser.pilot.click("#transcript", offset=(x, y))
        assert not browser.view.parts.selection.exists
        assert browser.view.parts.screenful.current is browser.view.viewport.entries[0]


async def test_what_is_drawn_otherwise_is_not_selected_any_more(folder: Path) -> None:
    async with browsing(folder, size=(90, 40)) as browser:
        await browser.wait_for_counts()
        await select(browser, "It left", "at last.")
        await browser.pilot.resize_terminal(70, 40)
        await browser.pilot.pause()
        assert browser.view.parts.selection.text() == ""
        await select(browser, "It left", "at last.")
        (folder / "telegram_alice.jsonl").write_bytes(line("user", "anew"))
        await browser.expect_shown("anew")
        assert not browser.view.parts.selection.exists
