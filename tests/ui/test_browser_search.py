"""Searching all sessions in the browser: as one types, kept, growing, and gone to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from earwig.core.search import live_search
from earwig.ui.screens.search import SearchScreen
from tests.conftest import SECONDS
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, append, browsing, line, talk

SURROGATE = re.compile("[\ud800-\udfff]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_al.jsonl").write_bytes(talk(300) + line("user", "my Invoice, please") + talk(60))
    (tmp_path / "discord_bo.jsonl").write_bytes(line("assistant", "the café has an invoice") + talk(4))
    return tmp_path


async def search(browser: Browser, text: str) -> SearchScreen:
    await browser.pilot.press("ctrl+s")
    await browser.wait_for(lambda: isinstance(browser.app.screen, SearchScreen), "the search")
    await browser.pilot.press(*text)
    assert isinstance(browser.app.screen, SearchScreen)
    return browser.app.screen


def found(browser: Browser) -> list[str]:
    """The rows of the results, blanks pressed together."""
    rows = (" ".join(row.strip("│ ").split()) for row in browser.rows()[3:-2])
    return sorted(row for row in rows if row)


async def test_what_is_typed_is_found_in_all_sessions(folder: Path) -> None:
    async with browsing(folder) as browser:
        await search(browser, "invoice")
        await browser.expect_shown("2 messages in 2 sessions")
        both = [("┃ bo", "1 the café has an invoice"), ("▌ al", "301 my Invoice, please")]
        # What a part of the word had found is taken away when the whole of it is looked for.
        await browser.wait_for(
            lambda: [(row[:4], row.partition("#")[2]) for row in found(browser)] == both, "both of them"
        )
        await browser.pilot.press("x")
        await browser.expect_shown("nothing found")
        await browser.pilot.press("backspace", "alt+c")
        await browser.expect_shown("1 message in 1 session")


async def test_a_hit_has_the_age_of_its_message_if_that_has_a_time(tmp_path: Path) -> None:
    sent = datetime.now(UTC) - timedelta(days=3, hours=1)
    said = f"[{sent:%Y-%m-%d %H:%M:%S} +00:00] of a time"
    (tmp_path / "al.jsonl").write_bytes(line("user", said) + line("assistant", "of no time"))
    async with browsing(tmp_path) as browser:
        await search(browser, "of ")
        await browser.expect_shown("2 messages in 1 session")
        await browser.wait_for(lambda: len(found(browser)) == 2, "both of them")
        first, second = found(browser)
        assert re.fullmatch(r"┃ al \d+s #2 of no time", first)
        assert second.startswith("▌ al 3d #1")


@pytest.mark.parametrize(
    ("typed", "key", "words"),
    [
        ("inv.ice", "alt+r", "2 messages in 2 sessions"),
        ("voice", "alt+w", "nothing found"),
        ("cafe", "alt+a", "1 message in 1 session"),
        ("a(", "alt+r", "missing )"),
        ("invoice", "alt+o", "1 message in 1 session"),
    ],
)
async def test_how_it_is_looked_for_can_be_switched(folder: Path, typed: str, key: str, words: str) -> None:
    async with browsing(folder) as browser:
        await search(browser, typed)
        await browser.pilot.press(key)
        await browser.expect_shown(words)


async def test_enter_opens_the_session_at_the_match(folder: Path) -> None:
    async with browsing(folder) as browser:
        await search(browser, "my invoice")
        await browser.expect_shown("1 message in 1 session")
        await browser.pilot.press("enter")
        await browser.expect_shown("1 of 1")
        await browser.wait_for_counts()
        [row] = [row for row in range(browser.view.size.height) if "my Invoice" in browser.transcript()[row]]
        styled = ((segment.text, segment.style) for segment in browser.view.render_line(row))
        marked = [text for text, style in styled if style and style.reverse and style.bold]
        assert marked[1:] == ["my Invoice"]  # behind the gutter of the message that the reader is on
        assert "following" not in browser.header()


async def test_a_key_goes_through_what_was_found_from_session_to_session(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwig.ui.screens.controllers.search_history._SHOWN", SECONDS)  # else it may be gone
    async with browsing(folder) as browser:
        await browser.pilot.press("right_parenthesis")
        assert browser.notifications() == ["Nothing was looked for yet: Ctrl+S searches all sessions."]
        await search(browser, "invoice")
        await browser.expect_shown("2 messages in 2 sessions")
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")
        first = browser.app.browser.sessions.chosen
        await browser.pilot.press("right_parenthesis")
        assert browser.notifications()[-1] == "2 of 2 found"
        await browser.expect_shown("my Invoice, please" if "bo" in str(first) else "the café has an invoice")
        assert browser.app.browser.sessions.chosen != first
        await browser.pilot.press("right_parenthesis")
        assert browser.notifications()[-1] == "No more was found."
        await browser.pilot.press("left_parenthesis")
        assert browser.notifications()[-1] == "1 of 2 found"
        assert browser.app.browser.sessions.chosen == first


async def test_a_key_goes_through_the_roles(folder: Path) -> None:
    async with browsing(folder) as browser:
        await search(browser, "invoice")
        for role, row in (("user", "my Invoice, please"), ("assistant", "the café has an invoice")):
            await browser.pilot.press("alt+o")
            await browser.expect_shown("1 message in 1 session")
            await browser.expect_shown(role)
            await browser.expect_shown(row)
        await browser.pilot.press("alt+o", "alt+o")
        await browser.expect_shown("nothing found")
        await browser.pilot.press("alt+o")
        await browser.expect_shown("2 messages in 2 sessions")


async def test_what_was_found_stays_and_grows(folder: Path) -> None:
    async with browsing(folder) as browser:
        await search(browser, "invoice")
        await browser.expect_shown("2 messages in 2 sessions")
        await browser.pilot.press("down", "escape")
        await browser.expect_shown("question")
        append(folder / "discord_bo.jsonl", line("user", "another invoice"))
        await browser.pilot.press("ctrl+s")
        await browser.expect_shown("3 messages in 2 sessions")
        await browser.expect_shown("another invoice")
        (folder / "web_new.jsonl").write_bytes(line("user", "an invoice in a new session"))
        await browser.expect_shown("4 messages in 3 sessions")
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")


async def test_so_many_are_listed_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_search, "MOST", 50)
    path = tmp_path / "telegram_al.jsonl"
    path.write_bytes(b"".join(line("user", f"invoice {number}") for number in range(60)))
    async with browsing(tmp_path) as browser:
        screen = await search(browser, "invoice")
        await browser.expect_shown("the first 50 messages, and 10 more: a longer text finds fewer")
        append(path, line("user", "one more invoice"))
        await browser.expect_shown("the first 50 messages, and 11 more: a longer text finds fewer")
        assert len(screen._results.hits) == 50
        await browser.pilot.press(*["down"] * 49, "enter")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")
        await browser.pilot.press("right_parenthesis", "left_parenthesis")
        assert browser.notifications()[-2:] == [
            "The last one listed: 11 more were found; search for a longer text.",
            "49 of 61 found",
        ]


async def test_what_is_found_is_shown_as_text(folder: Path) -> None:
    texts = [text for text in HOSTILE.values() if not SURROGATE.search(text)]
    (folder / "hostile.jsonl").write_bytes(b"".join(line("user", f"zebra {text}") for text in texts))
    async with browsing(folder, size=(100, 60)) as browser:
        await search(browser, "zebra")
        await browser.expect_shown(f"{len(texts)} messages in 1 session")
        for row in browser.rows():
            assert not harm_in(row)


async def test_an_accent_alone_is_nothing_to_look_for_where_accents_do_not_matter(folder: Path) -> None:
    async with browsing(folder) as browser:
        screen = await search(browser, "e")
        await browser.pilot.press("alt+a")
        screen._field.value = "\u0301"  # as pasted
        await browser.wait_for(lambda: found(browser) == [], "the results of before gone")
        await browser.pilot.press("x")
        await browser.expect_shown("nothing found")


async def test_enter_before_anything_is_found_opens_the_first_of_it(folder: Path) -> None:
    async with browsing(folder) as browser:
        screen = await search(browser, "invoice")
        await browser.expect_shown("2 messages in 2 sessions")
        field = screen.query_one(Input)
        field.value = "my invoice"
        await field.action_submit()  # in the same moment: what is on the screen is of another text
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser")
        await browser.expect_shown("my Invoice, please")


async def test_enter_for_what_is_changed_at_once_opens_nothing(folder: Path) -> None:
    async with browsing(folder) as browser:
        screen = await search(browser, "nowhere")
        await browser.expect_shown("nothing found")
        field = screen.query_one(Input)
        field.value = "invoice"
        await field.action_submit()  # and nothing runs before the next line
        field.value = "my invoice"
        await browser.expect_shown("1 message in 1 session")
        assert browser.app.screen is screen
        field.value = "nowhere"
        await field.action_submit()
        await browser.expect_shown("nothing found")
        await browser.pilot.press("escape", "ctrl+s")
        assert browser.app.screen is screen
