"""From the last of a kind on to the first, and back: wherever the reader is, whatever is read and shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.ui.browsing import Browser, append, browsing, line, talk
from tests.ui.test_browser_jumps import is_at

FAILED = line("assistant", "[Task failed — not continuing this request]")
BAD = b"{not json\n"


def said(browser: Browser) -> str:
    """What the transcript's frame says at its bottom."""
    return str(browser.app.browser.pane.border_subtitle)


async def ready(browser: Browser) -> None:
    await browser.wait_for_counts()


async def says(browser: Browser, text: str) -> None:
    await browser.wait_for(lambda: said(browser) == text, text)


async def at(browser: Browser, place: int) -> None:
    await browser.wait_for(partial(is_at, browser, place), f"at line {place}")


@pytest.mark.parametrize("calm", [4, 40, 3000])
async def test_opened_at_its_end_the_next_one_is_the_first(tmp_path: Path, calm: int) -> None:
    """All on the screen, all held, and far more than is held."""
    (tmp_path / "a.jsonl").write_bytes(talk(calm) + BAD + FAILED + talk(calm) + BAD + talk(calm))
    async with browsing(tmp_path) as browser:
        await ready(browser)
        await browser.pilot.press("x")
        await says(browser, "no more bad lines below · on from the top")
        await at(browser, calm + 1)
        await browser.pilot.press("x")
        await at(browser, 2 * calm + 3)
        assert "on from" not in said(browser)
        await browser.pilot.press("home", "F")
        await says(browser, "no more failed turns above · on from the end")
        await at(browser, calm + 2)
        await browser.pilot.press("end", "F")
        await at(browser, calm + 2)
        for key, words in (
            ("F", "the only failed turn in this session"),
            ("f", "the only failed turn in this"),
        ):
            await browser.pilot.press(key)
            await browser.wait_for(lambda words=words: said(browser).startswith(words), words)  # type: ignore[misc]  # a default is no parameter
            await at(browser, calm + 2)
        for key in ("right_square_bracket", "left_square_bracket"):
            await browser.pilot.press("end", key)
            await says(browser, "no tool call in this session")
            assert "● following" in browser.header()
        append(tmp_path / "a.jsonl", BAD)
        await browser.expect_shown("not JSON")
        await browser.pilot.press("home", "X")
        await says(browser, "no more bad lines above · on from the end")
        await at(browser, 3 * calm + 4)


async def test_where_the_reader_is_on_the_only_one_nothing_moves(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(BAD + talk(60) + line("assistant", "[Task failed — no]")[:-1])
    async with browsing(tmp_path) as browser:
        await ready(browser)
        before = browser.transcript()
        for key in ("f", "F"):
            await browser.pilot.press(key)
            await says(browser, "the only failed turn in this session")
        assert browser.transcript() == before
        assert "● following" in browser.header()
        await browser.pilot.press("home", "x")
        await says(browser, "the only bad line in this session")
        assert "#1" in browser.transcript()[0] or "line 1 " in browser.transcript()[0]
        await browser.pilot.press("X")
        await says(browser, "the only bad line in this session")
        await browser.pilot.press("F")
        await says(browser, "no more failed turns above · on from the end")
        await at(browser, 62)


@pytest.mark.parametrize("calm", [10, 1500])
async def test_a_filter_says_that_it_is_of_what_it_shows(tmp_path: Path, calm: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(FAILED + talk(calm) + BAD + talk(calm))
    async with browsing(tmp_path) as browser:
        await ready(browser)
        await browser.pilot.press("l", *"-bad", "enter")
        await browser.wait_for(lambda: browser.view.parts.session.filter is not None, "a filter")
        await browser.pilot.press("x")
        await says(browser, "no bad line that the filter shows")
        await browser.pilot.press("f")
        await says(browser, "no more failed turns below · on from the top")
        await at(browser, 1)
        await browser.pilot.press("f")
        await says(browser, "the only failed turn that the filter shows")


async def test_a_held_view_goes_round_and_one_step_back_is_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(FAILED + talk(200))
    async with browsing(tmp_path) as browser:
        await ready(browser)
        await browser.pilot.press("pageup", "up")
        held = browser.transcript()
        await browser.pilot.press("f")
        await says(browser, "no more failed turns below · on from the top")
        await at(browser, 1)
        append(tmp_path / "a.jsonl", talk(2))
        await browser.pilot.press("less_than_sign")
        await browser.wait_for(lambda: browser.transcript() == held, "as it was")


async def test_the_only_match_is_said_to_be_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(talk(300) + line("user", "the needle") + talk(300))
    async with browsing(tmp_path) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"needle", "enter")
        await browser.expect_shown("1 of 1")
        for key in ("n", "N"):
            await browser.pilot.press(key)
            await browser.expect_shown("the only match")
            await at(browser, 301)


async def test_keys_that_follow_a_jump_at_once_begin_where_it_leads(tmp_path: Path) -> None:
    """However long it takes to read what is there: nothing of it has come when the next key does."""
    calm = 3000
    (tmp_path / "a.jsonl").write_bytes(talk(calm) + BAD + FAILED + talk(calm) + BAD + talk(calm))
    async with browsing(tmp_path) as browser:
        await ready(browser)
        view = browser.view
        view.commit(view.parts.actions()["oldest"]())
        view.commit(view.parts.actions()["jump"]("failed", -1))
        await says(browser, "no more failed turns above · on from the end")
        await at(browser, calm + 2)
        view.commit(view.parts.actions()["newest"]())
        view.commit(view.parts.actions()["jump"]("bad", -1))
        await at(browser, 2 * calm + 3)
        assert "on from" not in said(browser)
        view.commit(view.parts.actions()["oldest"]())
        await browser.expect_shown("question 2")
        view.commit(view.parts.actions()["step_message"](1))
        assert view.parts.screenful.current is not None
        second = view.parts.screenful.current.number
        view.commit(view.parts.actions()["newest"]())
        await browser.expect_shown(f"#{3 * calm + 3}")
        view.commit(view.parts.actions()["oldest"]())
        view.commit(view.parts.actions()["step_message"](1))
        await browser.wait_for(
            lambda: (
                view.parts.screenful.current is not None and view.parts.screenful.current.number == second
            ),
            "the same",
        )
        view.commit(view.parts.actions()["newest"]())
        view.commit(view.parts.actions()["scroll_pages"](-1))
        await browser.expect_shown("answer 1494")
        assert "‖ held" in browser.header()
        view.commit(view.parts.actions()["oldest"]())
        view.commit(view.parts.actions()["newest"]())
        view.commit(view.parts.actions()["jump"]("failed", 1))
        await says(browser, "no more failed turns below · on from the top")
        await at(browser, calm + 2)
