"""How many frames a step takes, and when: a reader sees each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input

from earwig.ui.textual_compat.immediate_frame import ImmediateFrame
from earwig.ui.transcript.go_to import GoToBar
from tests.conftest import SECONDS
from tests.ui.browsing import Browser, append, browsing, line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_bytes(b"".join(line("user", f"message {at}.") for at in range(1, 3001)))
    return tmp_path


@contextmanager
def frames(monkeypatch: pytest.MonkeyPatch, browser: Browser) -> Iterator[list[list[str]]]:
    """The screen as it is in each frame that is sent to the terminal."""
    seen: list[list[str]] = []
    display: Callable[..., None] = App._display

    def see(app: App[object], screen: object, renderable: object) -> None:
        if renderable is not None:
            seen.append(browser.rows())
        display(app, screen, renderable)

    with monkeypatch.context() as patch:
        patch.setattr(App, "_display", see)
        yield seen


def shows(rows: list[str], text: str) -> bool:
    return any(text in row for row in rows)


async def test_a_jump_is_one_frame(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never the old place without the question, which would be a flicker."""
    monkeypatch.setattr("earwig.ui.transcript.pane._LONGEST_HOLD", SECONDS)  # the disk may be busy
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        for number in (500, 2500, 40):
            await browser.pilot.press("colon", *str(number))
            await browser.wait_for(lambda: browser.app.screen.query(GoToBar), "asked where to go")
            with frames(monkeypatch, browser) as seen:
                await browser.pilot.press("enter")
                await browser.expect_shown(f"message {number}.")
            assert seen
            assert all(shows(rows, f"message {number}.") for rows in seen), seen


async def test_a_message_is_drawn_before_anything_else_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        with frames(monkeypatch, browser) as seen:
            known: list[bool] = []
            heard = browser.app.browser._mark_read

            def hear() -> None:
                known.append(any(shows(rows, "a new one") for rows in seen))
                heard()

            monkeypatch.setattr(browser.app.browser, "_mark_read", hear)
            append(folder / "a.jsonl", line("user", "a new one"))
            await browser.wait_for(lambda: known, "the move is heard of")
        assert known[0]


async def test_what_is_drawn_at_once_keeps_the_pace_of_frames(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.wait_for(lambda: not browser.view._ahead.is_due, "all is drawn")
        monkeypatch.setattr("earwig.ui.textual_compat.immediate_frame.UPDATE_PERIOD", SECONDS)
        immediate = ImmediateFrame(browser.view)
        with frames(monkeypatch, browser) as seen:
            for _ in range(100):
                browser.view.refresh()
                immediate.draw()
        assert len(seen) == 1


async def test_nothing_is_drawn_at_once_below_another_screen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("question_mark")
        await browser.pilot.pause()
        with frames(monkeypatch, browser) as seen:
            ImmediateFrame(browser.view).draw()
        assert not seen
        append(folder / "a.jsonl", line("user", "a new one"))
        await browser.wait_for(lambda: "a new one" in browser.transcript()[-2], "it is read")
        await browser.pilot.press("escape")
        await browser.expect_shown("a new one")


async def test_what_another_screen_covers_is_drawn_when_it_is_seen_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("ctrl+s")
        await browser.expect_shown("search all sessions")
        for field in browser.app.screen.query(Input):
            field.cursor_blink = False
        await browser.pilot.pause()
        with frames(monkeypatch, browser) as seen:
            append(folder / "a.jsonl", line("user", "a new one"))
            await browser.wait_for(lambda: "a new one" in browser.transcript()[-2], "it is read")
        assert not seen
        await browser.pilot.resize_terminal(110, 34)
        await browser.wait_for(lambda: browser.app.screen.size.height == 34, "another size")
        await browser.pilot.press("escape")
        await browser.expect_shown("a new one")
        assert len(browser.rows()[0]) == 110
