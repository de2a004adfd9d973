"""Going to a line by its number, numbers that are guessed, folding, and what stays in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.strip import Strip
from textual.widgets import Input

from earwig.core.model.entries import Entry
from earwig.core.stores.jsonl.known_file import KnownFile
from earwig.core.stores.jsonl.line_index import BLOCK
from earwig.core.text.safe_text import SafeText
from earwig.ui.transcript.go_to import GoToBar
from tests.ui.browsing import Browser, append, browsing, line, talk

LINES = 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_bytes(talk(400))
    return tmp_path


@pytest.fixture
def uncounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """A session of which only the first part is counted, as long as the list holds nothing."""
    (tmp_path / "a.jsonl").write_bytes(talk(LINES))
    counts: list[bool] = []
    step = KnownFile.index_step

    def some(self: KnownFile, fd: int, size: int) -> bool:
        if counts or self.index.size < 2 * BLOCK:
            return step(self, fd, BLOCK) and self.index.size >= self.size
        return False

    monkeypatch.setattr(KnownFile, "index_step", some)
    yield counts
    counts.append(True)


async def go_to(browser: Browser, place: str) -> None:
    await browser.pilot.press("colon", *place, "enter")


def guessed(browser: Browser) -> list[int]:
    """The numbers on the screen that are not sure."""
    return [int(row.rpartition("#~")[2]) for row in browser.transcript() if "#~" in row]


def bar_is_there(browser: Browser) -> bool:
    return any(bar.display for bar in browser.app.screen.query(GoToBar))


def first_line(browser: Browser) -> str:
    return browser.transcript()[0].split()[-1]


async def test_a_number_leads_to_its_line(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await browser.wait_for_counts()
        await go_to(browser, "77")
        await browser.wait_for(lambda: first_line(browser) == "#77", "line 77 at the top")
        assert "question 39" in browser.transcript()[1]
        current = browser.view.parts.screenful.current
        assert current is not None
        assert current.number == 77
        assert "‖ held" in browser.header()
        assert browser.view.has_focus
        assert not bar_is_there(browser)


@pytest.mark.parametrize(
    ("place", "said"),
    [("abc", "a number, as in #1204, or 50%"), ("-3", "a number"), ("0", "lines count from 1")],
)
async def test_what_is_no_place_is_said_and_can_be_mended(folder: Path, place: str, said: str) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await go_to(browser, place)
        await browser.expect_shown(said)
        assert "● following" in browser.header()
        await browser.pilot.press(*["backspace"] * len(place), *"#1,00", "enter")
        await browser.wait_for(lambda: first_line(browser) == "#100", "line 100 at the top")


async def test_beyond_the_last_line_nothing_moves(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(talk(400) + line("user", "whole")[:-1])
    async with browsing(folder) as browser:
        await browser.expect_shown("whole")
        await browser.wait_for_counts()
        await go_to(browser, "402")
        await browser.expect_shown("there are 401 lines")
        assert "● following" in browser.header()
        await browser.pilot.press("up")
        assert not any("there are" in row for row in browser.rows())


async def test_escape_leaves_everything_as_it_is(folder: Path) -> None:
    async with browsing(folder, size=(80, 24)) as browser:
        await browser.expect_shown("answer 200")
        await browser.pilot.press("pageup", "up")
        before = browser.transcript()
        await browser.pilot.press("ctrl+g", *"12")
        await browser.expect_shown("Go to line 12")
        assert browser.transcript() == before
        assert browser.view.size.height == 21
        await browser.pilot.press("escape")
        assert browser.view.has_focus
        assert browser.transcript() == before
        assert not any("Go to line" in row for row in browser.rows())


async def test_tab_leaves_the_bar(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await browser.pilot.press("colon", "5", "tab")
        await browser.wait_for(lambda: not bar_is_there(browser), "no bar")
        assert not browser.view.has_focus


async def test_a_number_typed_in_one_burst_with_its_colon_is_a_number(folder: Path) -> None:
    from textual.events import Key

    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        for key, char in (("colon", ":"), ("4", "4"), ("2", "2"), ("enter", "\r")):
            browser.app.post_message(Key(key, char))
        await browser.wait_for(lambda: first_line(browser) == "#42", "line 42 at the top")


async def test_a_colon_in_the_filter_is_a_colon(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await browser.pilot.press("ctrl+o", "colon")
        assert browser.app.screen.query_one("#filter", Input).value == ":"


@pytest.mark.parametrize(("place", "number"), [("0%", 1), ("50%", 203), ("100%", 400)])
async def test_a_percentage_leads_to_a_part_of_the_session(folder: Path, place: str, number: int) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await browser.wait_for_counts()
        await go_to(browser, place)
        await browser.wait_for(lambda: "‖ held" in browser.header(), "held")
        await browser.wait_for(lambda: not browser.view.parts.navigator.jumping, "there")
        numbers = [int(row.rpartition("#")[2]) for row in browser.transcript() if "#" in row]
        assert number in (numbers[0] - 1, numbers[0], numbers[-1])


async def test_all_that_comes_after_a_jump_is_counted_as_new(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        await go_to(browser, "7")
        await browser.wait_for(lambda: first_line(browser) == "#7", "line 7 at the top")
        append(folder / "a.jsonl", talk(3, start=300))
        await browser.expect_shown("▼ 3 new · End to follow")


async def test_until_lines_are_counted_their_numbers_are_about(folder: Path, uncounted: list[bool]) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        numbers = guessed(browser)
        assert len(numbers) > 5
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert abs(numbers[-1] - LINES) < LINES // 5
        await browser.pilot.press("pageup", "pageup")
        further = guessed(browser)
        assert further == list(range(further[0], further[0] + len(further)))
        assert further[-1] < numbers[0]
        uncounted.append(True)
        await browser.pilot.press("end")
        await browser.wait_for(lambda: any(f"#{LINES}" in row for row in browser.transcript()), "the number")
        assert not guessed(browser)


async def test_what_is_appended_to_a_counted_session_is_numbered_at_once(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        seen: list[str] = []
        words = browser.view.cache.numbers.words

        def watched(entry: Entry) -> SafeText:
            seen.append(words(entry))
            return words(entry)

        browser.view.cache.numbers.words = watched  # type: ignore[method-assign] # it only looks on
        append(folder / "a.jsonl", line("user", "a new one"))
        await browser.expect_shown("a new one")
        assert "401" in seen
        assert not [number for number in seen if not number.isdecimal()]


async def test_an_uncounted_line_is_gone_to_at_once_and_found_when_it_is_counted(
    folder: Path, uncounted: list[bool]
) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        await go_to(browser, "15000")
        await browser.wait_for(lambda: first_line(browser) == "#~15000", "about line 15000 at the top")
        await browser.expect_shown("about line 15,000 · still counting")
        numbers = guessed(browser)
        assert numbers == list(range(15000, 15000 + len(numbers)))
        assert 6_500 < int(browser.transcript()[1].split()[-1]) < 8_500
        uncounted.append(True)
        await browser.wait_for(lambda: first_line(browser) == "#15000", "line 15000 at the top")
        assert "answer 7500" in browser.transcript()[1]
        assert not any("still counting" in row for row in browser.rows())


async def test_a_counted_line_is_exact_while_others_are_counted(folder: Path, uncounted: list[bool]) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        await go_to(browser, "500")
        await browser.wait_for(lambda: first_line(browser) == "#500", "line 500 at the top")
        assert "answer 250" in browser.transcript()[1]


async def test_a_step_ends_the_search_for_a_line(folder: Path, uncounted: list[bool]) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        await go_to(browser, "15000")
        await browser.expect_shown("still counting")
        await browser.pilot.press("pagedown")
        assert not any("still counting" in row for row in browser.rows())
        top = browser.view.viewport.anchor
        uncounted.append(True)
        await browser.wait_for_counts()
        assert browser.view.viewport.anchor == top
        assert top is not None
        await browser.wait_for(lambda: not guessed(browser), "exact numbers")


async def test_beyond_the_end_of_an_uncounted_session(folder: Path, uncounted: list[bool]) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        await go_to(browser, "999999")
        await browser.expect_shown("about line 999,999")
        uncounted.append(True)
        await browser.expect_shown("there are 20,000 lines")


async def test_the_bytes_of_a_line_say_about_until_its_number_is_known(
    folder: Path, uncounted: list[bool]
) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown(f"answer {LINES // 2}")
        await browser.pilot.press("enter")
        await browser.expect_shown("line ~")
        uncounted.append(True)
        await browser.expect_shown(f"─ line {LINES} ─")


async def test_a_bad_line_has_its_number_too(folder: Path, uncounted: list[bool]) -> None:
    (folder / "a.jsonl").write_bytes(talk(LINES) + b"{\n")
    async with browsing(folder) as browser:
        await browser.expect_shown("is not JSON")
        await browser.expect_shown("line ~")
        uncounted.append(True)
        await browser.expect_shown(f"line {LINES + 1} is not JSON")


LONG = "\n".join(f"part {at}" for at in range(40))


@pytest.fixture
def long_messages(tmp_path: Path) -> Path:
    data = b"".join(line("system", f"long {at}\n{LONG}") + line("user", f"short {at}") for at in range(50))
    (tmp_path / "a.jsonl").write_bytes(data)
    return tmp_path


async def test_a_message_is_folded_and_says_how_much_is_away(long_messages: Path) -> None:
    async with browsing(long_messages) as browser:
        await browser.expect_shown("short 49")
        await browser.pilot.press("K", "z")
        rows = browser.transcript()
        assert "╏▸ 38 more rows" in rows
        assert any("short 49" in row for row in rows)
        await browser.pilot.press("z")
        assert not any("more rows" in row for row in browser.transcript())
        assert any("part 39" in row for row in browser.transcript())


async def test_folding_all_keeps_what_is_at_the_top(long_messages: Path) -> None:
    async with browsing(long_messages) as browser:
        await browser.expect_shown("short 49")
        await go_to(browser, "41")
        await browser.wait_for(lambda: "#41" in browser.transcript()[0], "line 41 at the top")
        await browser.pilot.press("Z")
        assert "#41" in browser.transcript()[0]
        assert browser.transcript().count("╏▸ 38 more rows") >= 3
        await browser.pilot.press("Z")
        assert "#41" in browser.transcript()[0]
        assert "╏ part 20" in browser.transcript()


async def test_folding_all_keeps_the_message_of_the_cursor_on_its_row(long_messages: Path) -> None:
    async with browsing(long_messages) as browser:
        await browser.expect_shown("short 49")
        await go_to(browser, "41")
        await browser.wait_for(lambda: "#41" in browser.transcript()[0], "line 41 at the top")
        await browser.pilot.press("Z", "J", "J")
        row = next(at for at, text in enumerate(browser.transcript()) if "#43" in text)
        await browser.pilot.press("up", "up")
        await browser.pilot.press("Z")
        assert "#43" in browser.transcript()[row + 2]


async def test_reading_inside_a_long_message_folding_brings_its_first_row(long_messages: Path) -> None:
    async with browsing(long_messages) as browser:
        await browser.expect_shown("short 49")
        await go_to(browser, "41")
        await browser.wait_for(lambda: "#41" in browser.transcript()[0], "line 41 at the top")
        await browser.pilot.press(*["down"] * 12)
        await browser.pilot.press("z")
        assert "#41" in browser.transcript()[0]
        assert "▸ 38 more rows" in browser.transcript()[4]


async def test_what_was_drawn_is_drawn_for_all_in_proportion_to_the_screen(long_messages: Path) -> None:
    (long_messages / "a.jsonl").write_bytes(b"".join(line("system", LONG) for _ in range(5000)))
    async with browsing(long_messages) as browser:
        await browser.wait_for_counts()
        drawn = browser.view.cache._cache
        before = len(drawn)
        await browser.pilot.press("Z")
        assert len(drawn) - before < 3 * browser.view.size.height


async def test_the_row_that_says_more_unfolds_at_a_click(long_messages: Path) -> None:
    async with browsing(long_messages) as browser:
        await browser.expect_shown("short 49")
        await browser.pilot.press("Z", "up", "up", "up")
        row = browser.transcript().index("╏▸ 38 more rows")
        await browser.pilot.click("#transcript", offset=(5, row))
        assert browser.transcript()[row] != "╏▸ 38 more rows"
        assert "part 5" in "\n".join(browser.transcript())


async def test_the_first_frame_of_another_size_is_right(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(line("user", "many words " * 80))
    async with browsing(folder, size=(100, 30)) as browser:
        await browser.expect_shown("many words")
        frames: list[int] = []
        view = browser.view
        draw = view.render_line

        def watched(y: int) -> Strip:
            strip = draw(y)
            if view.size.width > 70:
                frames.append(strip.cell_length)
            return strip

        view.render_line = watched  # type: ignore[method-assign] # it only looks on
        await browser.pilot.resize_terminal(130, 30)
        await browser.wait_for(lambda: frames, "a frame")
        assert set(frames) == {view.size.width}


async def test_a_neighbouring_screen_is_drawn_before_a_key_asks_for_it(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 200")
        view = browser.view
        above = view.viewport.entries[view.viewport.top - 5]
        await browser.wait_for(lambda: view.cache.is_drawn(above), "drawn ahead")
        far = view.viewport.entries[view.viewport.top - 50]
        assert not view.cache.is_drawn(far)
