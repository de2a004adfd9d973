"""All text can be read in every theme, wherever it stands; and nothing is told by a colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from earwig.ui.app.contrast_filter import ContrastFilter
from earwig.ui.rendering.palette import MIN_CONTRAST, contrast
from earwig.ui.rendering.roles import BAD_GUTTER, GHOST_GUTTER, GUTTERS, OTHER_GUTTER, UNREAD_GUTTER
from earwig.ui.sidebar.session_row import MARKS
from tests.ui.browsing import Browser, browsing, line
from tests.ui.drawn import drawn
from tests.ui.rendering.drawing import THEMES

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
BLACK = Color(0, 0, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    roles = ("user", "assistant", "tool", "system", "stranger")
    said = b"".join(line(role, "text **strong** `code` [link](https://example.com)") for role in roles)
    (tmp_path / "telegram_alice.jsonl").write_bytes(said + b"{bad\n")
    (tmp_path / "telegram_bob.jsonl").write_bytes(line("user", "hello"))
    return tmp_path


def unreadable(browser: Browser) -> Iterator[tuple[str, float]]:
    """Text on the screen with too little contrast."""
    for strip in drawn(browser.app.screen):
        for text, style, _ in strip:
            if style is None or style.color is None or style.bgcolor is None:
                continue
            if not any(char.isalnum() or char in "●◌✗!○⊘" for char in text):
                continue
            found = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
            if found < MIN_CONTRAST:
                yield text.strip(), round(found, 2)


@pytest.mark.parametrize("theme", [theme for theme in THEMES if not theme.startswith("ansi")])
async def test_all_text_on_the_screen_can_be_read(theme: str, folder: Path) -> None:
    async with browsing(folder, size=(120, 40), theme=theme) as browser:
        await browser.wait_for_counts()
        places: list[Widget] = [browser.view, browser.app.browser.sessions]
        for place in places:
            browser.app.browser.set_focus(place)
            await browser.pilot.pause()
            assert list(unreadable(browser)) == []
        await browser.pilot.press("question_mark")
        await browser.wait_for(lambda: browser.app.screen.query("HelpPanel"), "the help")
        assert list(unreadable(browser)) == []


@given(COLOURS, COLOURS)
def test_whatever_two_colours_meet(text: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    style = Style(color=RichColor.from_rgb(*text), bgcolor=RichColor.from_rgb(*ground), bold=True)
    (segment,) = ContrastFilter().apply([Segment("word", style)], BLACK)
    assert segment.style is not None
    assert segment.style.bold
    assert segment.style.bgcolor == style.bgcolor
    assert segment.style.color is not None
    found = contrast(Color.from_rich_color(segment.style.color), Color(*ground))
    assert found >= MIN_CONTRAST
    if contrast(Color(*text), Color(*ground)) >= MIN_CONTRAST:
        assert segment.style.color == style.color


def test_lines_and_what_has_no_colour_of_its_own_stay() -> None:
    faint = Style(color=RichColor.parse("#222222"), bgcolor=RichColor.parse("#000000"))
    ansi = Style(color=RichColor.parse("blue"), bgcolor=RichColor.default())
    segments = [Segment(" ── ┃▌", faint), Segment("text", ansi), Segment("text"), Segment("  ", faint)]
    assert ContrastFilter().apply(segments, BLACK) is segments


def test_who_speaks_is_told_by_shape_and_by_word() -> None:
    gutters = [*GUTTERS.values(), OTHER_GUTTER, BAD_GUTTER, UNREAD_GUTTER, GHOST_GUTTER]
    assert len(set(gutters)) == len(gutters)


def test_how_a_session_stands_is_told_by_shape() -> None:
    assert len(set(MARKS.values())) == len(MARKS)


async def test_the_chosen_session_is_told_by_shape(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        before = browser.sidebar()[:4]
        browser.app.browser.sessions.focus()
        await browser.pilot.press("down")
        await browser.pilot.pause()
        after = browser.sidebar()[:4]
        assert [row.startswith("▸ ") for row in before] == [False, True, False, False]
        assert [row.startswith("▸ ") for row in after] == [False, False, False, True]
