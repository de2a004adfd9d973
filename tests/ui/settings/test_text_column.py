"""The column of text: how wide it is, whether its lines are wrapped, and that the reader's place is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from earwig.core.model.message import ChatMessage
from earwig.core.settings.settings import NARROWEST, Settings
from earwig.ui.rendering.entry import render_entry
from earwig.ui.transcript.entry_cache import REACH
from earwig.ui.transcript.row_painter import MORE_LEFT, MORE_RIGHT
from tests.ui.browsing import Browser, append, browsing, line
from tests.ui.rendering.drawing import PALETTE, entry_of, texts

WORDS = " ".join(f"w{number:03}" for number in range(100))
WIDE = {
    "cjk": "日本語テキスト" * 40,
    "joined": "👩\u200d👩\u200d👧 family " * 30,
    "right-to-left": "שלום לכולם " * 30,
    "marks": "e\u0301a\u0308" * 200,
    "code": "```python\nreturn " + "x + " * 80 + "1\n\nend\n```",
    "table": "| a | b |\n|---|---|\n| " + WORDS + " | 日本 |",
    "list": "- " + WORDS + "\n- two",
    "rule": "one\n\n---\n\ntwo",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said = [line("user" if at % 2 else "assistant", f"{at}: {WORDS}") for at in range(40)]
    (tmp_path / "telegram_alice.jsonl").write_bytes(b"".join(said))
    return tmp_path


def widest(browser: Browser) -> int:
    """Cells of the longest row of the transcript, without the gutter."""
    return max(cell_len(row) for row in browser.transcript()) - 2


def row_with(browser: Browser, text: str) -> int:
    return next(at for at, row in enumerate(browser.transcript()) if text in row)


async def test_on_a_wide_screen_text_takes_a_hundred_cells(folder: Path) -> None:
    async with browsing(folder, size=(200, 50)) as browser:
        await browser.wait_for_counts()
        assert browser.view.size.width > 140
        assert 95 <= widest(browser) <= 100
        bar = [browser.view.render_line(y).text[-1] for y in range(browser.view.size.height)]
        assert "┃" in bar, "the scroll mark is at the edge of the pane"


@pytest.mark.parametrize(("width", "most"), [(60, 60), (0, 150), (1000, 150)])
async def test_the_setting_bounds_it(width: int, most: int, folder: Path) -> None:
    async with browsing(folder, size=(200, 50), settings=Settings(width=width)) as browser:
        await browser.wait_for_counts()
        assert most - 8 < widest(browser) <= most


async def test_on_a_narrow_screen_it_takes_what_there_is(folder: Path) -> None:
    async with browsing(folder, size=(80, 24)) as browser:
        await browser.wait_for_counts()
        assert browser.view.cache.width == browser.view.size.width - 3


async def test_keys_make_it_narrower_and_wider_to_both_ends(folder: Path) -> None:
    async with browsing(folder, size=(160, 40), settings=Settings(width=95)) as browser:
        await browser.wait_for_counts()
        widths = [browser.view.cache.width]
        for key in ("-", "-", "=", "+", "+"):
            await browser.pilot.press(key)
            widths.append(browser.view.cache.width)
        room = browser.view.size.width - 3
        assert 100 < room < 110
        assert widths == [95, 90, 80, 90, 100, room]
        await browser.pilot.press("+")
        assert browser.notifications() == ["The text is as wide as it can be."]
        await browser.pilot.press(*"-----------")
        assert browser.view.cache.width == NARROWEST
        assert browser.notifications()[-1] == "The text is as narrow as it can be."


async def test_a_resize_leaves_what_the_reader_chose(folder: Path) -> None:
    async with browsing(folder, size=(200, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("-", "-")
        await browser.pilot.resize_terminal(100, 30)
        await browser.pilot.pause()
        await browser.pilot.resize_terminal(200, 40)
        await browser.pilot.pause()
        assert browser.view.cache.width == 80


@pytest.mark.parametrize("keys", [("-",), ("-", "-", "-"), ("w",), ("w", "w"), ("w", "-", "w")], ids="".join)
async def test_the_message_with_the_cursor_stays_on_its_row(keys: tuple[str, ...], folder: Path) -> None:
    async with browsing(folder, size=(120, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("home", "pagedown", "pagedown", "J", "J")
        entry = browser.view.parts.screenful.current
        assert entry is not None
        words = f"#{entry.number}"
        before = row_with(browser, words)
        await browser.pilot.press(*keys)
        assert row_with(browser, words) == before
        assert browser.view.parts.screenful.current == entry


@pytest.mark.parametrize("keys", [("-",), ("w",), ("w", "w")], ids="".join)
async def test_what_is_at_the_top_stays_and_following_goes_on(keys: tuple[str, ...], folder: Path) -> None:
    async with browsing(folder, size=(120, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press(*keys)
        assert browser.view.following
        assert "39: w000" in "".join(browser.transcript())
        await browser.pilot.press(*["pageup"] * 6)
        top = browser.view.viewport.anchor
        await browser.pilot.press(*keys)
        assert browser.view.viewport.anchor == top
        append(folder / "telegram_alice.jsonl", line("user", "the newest"))
        await browser.wait_for(lambda: browser.view.parts.teller.new == 1, "one new")
        assert browser.view.viewport.anchor == top


async def test_unwrapped_a_line_is_a_row_with_a_mark_where_it_goes_on(folder: Path) -> None:
    async with browsing(folder, size=(120, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("w")
        rows = [row for row in browser.transcript() if "w000" in row]
        assert len(rows) > 8
        assert all(row.endswith(MORE_RIGHT) for row in rows)
        assert all(cell_len(row) == browser.view.cache.width + 2 for row in rows)
        await browser.pilot.press("shift+right", "shift+right")
        assert browser.view.parts.options.sideways == 16
        moved = [row for row in browser.transcript() if MORE_LEFT in row]
        assert len(moved) == len(rows)
        assert all(row[2] == MORE_LEFT and row.endswith(MORE_RIGHT) for row in moved)
        headers = [row for row in browser.transcript() if "#" in row]
        assert len(headers) == len(rows), "who speaks stays"
        await browser.pilot.press("shift+left", "shift+left", "shift+left")
        assert browser.view.parts.options.sideways == 0


async def test_unwrapped_the_end_of_the_longest_line_is_the_furthest_one_goes(folder: Path) -> None:
    async with browsing(folder, size=(120, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("w", *["shift+right"] * 80)
        rows = [row for row in browser.transcript() if "w099" in row]
        assert rows
        assert not any(row.endswith(MORE_RIGHT) for row in rows)
        there = browser.view.parts.options.sideways
        append(folder / "telegram_alice.jsonl", line("user", "short"))
        await browser.wait_for(lambda: browser.view.viewport.entries[-1].number == 41, "the new message")
        assert browser.view.parts.options.sideways == there, "what is appended moves nothing sideways"
        await browser.pilot.press("w")
        assert browser.view.parts.options.sideways == 0
        assert not any(MORE_LEFT in row for row in browser.transcript())


async def test_another_session_begins_at_its_left(folder: Path) -> None:
    (folder / "telegram_bob.jsonl").write_bytes(line("user", WORDS))
    async with browsing(folder, size=(120, 40), settings=Settings(wrap=False)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("shift+right")
        assert browser.view.parts.options.sideways == 8
        browser.app.browser.sessions.focus()
        chosen = browser.app.browser.sessions.chosen
        await browser.pilot.press("down" if chosen == browser.app.browser.catalog.shown[0] else "up")
        await browser.wait_for(lambda: browser.app.browser.sessions.chosen != chosen, "another session")
        await browser.wait_for_counts()
        assert browser.view.parts.options.sideways == 0


async def test_where_lines_are_wrapped_sideways_says_why_not(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("shift+right")
        assert browser.view.parts.options.sideways == 0
        assert browser.notifications() == ["Long lines are wrapped: w cuts them at the edge."]


@pytest.mark.parametrize("name", sorted(WIDE))
async def test_every_cell_of_every_script_is_in_its_column(name: str, tmp_path: Path) -> None:
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("assistant", WIDE[name]))
    async with browsing(tmp_path, size=(120, 40)) as browser:
        await browser.wait_for_counts()
        for keys in ((), ("-",), ("w",), ("shift+right",), ("-",), ("w",)):
            await browser.pilot.press(*keys)
            for y in range(browser.view.size.height):
                strip = browser.view.render_line(y)
                assert strip.cell_length == cell_len(strip.text) == browser.view.size.width


@pytest.mark.parametrize("name", sorted(WIDE))
def test_unwrapped_nothing_of_a_message_is_lost(name: str) -> None:
    entry = entry_of(ChatMessage("assistant", WIDE[name]))
    wrapped, whole = (texts(render_entry(entry, 60, PALETTE, reach=reach)) for reach in (0, REACH))
    if name != "table":  # there the cells of one row are side by side
        assert "".join("".join(wrapped).split("─")).split() != []
        assert [c for c in "".join(wrapped) if c.isalnum()] == [c for c in "".join(whole) if c.isalnum()]
    assert len(whole) <= len(wrapped)


@given(st.text(st.sampled_from("ab 日é\u0301\n|`-"), max_size=400), st.integers(8, 40))
def test_unwrapped_rows_are_as_wide_as_they_say(text: str, width: int) -> None:
    block = render_entry(entry_of(ChatMessage("assistant", text)), width, PALETTE, reach=REACH)
    for strip in block.rows:
        assert strip.cell_length == cell_len(strip.text)
        assert width <= strip.cell_length <= REACH


def test_a_line_beyond_reach_goes_on_in_the_next_row() -> None:
    block = render_entry(entry_of(ChatMessage("tool", "x" * (REACH + 5))), 60, PALETTE, reach=REACH)
    assert [row for row in texts(block) if row.startswith("x")] == ["x" * REACH, "x" * 5]
