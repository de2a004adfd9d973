"""Finding text in the open session: marked, counted, gone to, and left again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input

from earwig.ui.transcript.row_painter import GUTTER
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, append, browsing, line, rewrite, talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    words = {10: "the Invoice of May", 100: "no invoice", 395: "an invoice and an INVOICE"}
    lines = [line("user", words.get(at, f"message {at}.")) for at in range(1, 401)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    return tmp_path


def marked(browser: Browser) -> list[str]:
    """What stands out in the transcript; the current match in brackets."""
    found = []
    for y in range(browser.view.size.height):
        for segment in browser.view.render_line(y).crop(GUTTER):
            style = segment.style
            if style is not None and style.bold and style.reverse:
                found.append(f"[{segment.text}]")
            elif style is not None and style.bold and style.underline:
                found.append(segment.text)
    return found


def says(browser: Browser, text: str) -> bool:
    return any(text in row for row in browser.rows())


async def ready(browser: Browser) -> None:
    await browser.expect_shown("message 400")
    await browser.wait_for_counts()


async def test_what_is_typed_is_found_marked_and_counted(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice")
        await browser.expect_shown("3 of 4")
        await browser.wait_for(lambda: marked(browser) == ["[invoice]", "INVOICE"], "both marked")
        await browser.pilot.press("enter")
        assert browser.view.has_focus
        await browser.expect_shown("“invoice” 3 of 4")
        await browser.pilot.press("n")
        await browser.expect_shown("4 of 4")
        assert marked(browser) == ["invoice", "[INVOICE]"]
        await browser.pilot.press("n")
        await browser.expect_shown("no more matches below · on from the top")
        await browser.wait_for(lambda: marked(browser) == ["[Invoice]"], "the first one")
        await browser.pilot.press("N")
        await browser.expect_shown("no more matches above · on from the end")
        await browser.pilot.press("N", "N")
        await browser.expect_shown("2 of 4")
        await browser.wait_for(lambda: marked(browser) == ["[invoice]"], "the one far above")
        await browser.pilot.press("N")
        await browser.expect_shown("1 of 4")
        assert "‖ held" in browser.header()
        await browser.pilot.press("escape")
        assert marked(browser) == []
        assert not says(browser, "invoice”")


async def test_escape_in_the_bar_goes_back_and_follows_again(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        before = browser.transcript()
        await browser.pilot.press("slash", *"of May")
        await browser.expect_shown("1 of 1")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: browser.transcript() == before, "as it was")
        assert "● following" in browser.header()
        assert browser.view.has_focus
        await browser.pilot.press("pageup", "up")
        held = browser.transcript()
        await browser.pilot.press("slash", *"zzz")
        await browser.expect_shown("no match")
        await browser.pilot.press("escape")
        assert browser.transcript() == held


async def test_what_was_found_last_is_offered_and_a_letter_takes_its_place(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice", "enter")
        await browser.expect_shown("“invoice” 3 of 4")
        await browser.pilot.press("slash")
        await browser.expect_shown("3 of 4")
        await browser.pilot.press(*"of May")
        await browser.expect_shown("1 of 1")
        await browser.pilot.press("enter")
        await browser.expect_shown("“of May” 1 of 1")


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["backspace", "enter"], ["backspace", "escape"]])
async def test_a_field_that_is_as_it_was_or_empty_keeps_what_was_found(folder: Path, keys: list[str]) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice", "enter")
        await browser.expect_shown("“invoice” 3 of 4")
        await browser.pilot.press("slash", *keys)
        await browser.wait_for(lambda: browser.view.has_focus, "the bar is gone")
        await browser.expect_shown("“invoice”")
        await browser.wait_for(lambda: "invoice" in "".join(marked(browser)).lower(), "marked")
        await browser.pilot.press("n")
        # Behind an empty field it looks on from the row where the reader is, which has two of them.
        await browser.expect_shown("3 of 4" if "backspace" in keys else "4 of 4")


async def test_so_does_one_that_is_left_empty_for_another_part_of_the_screen(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice", "enter")
        await browser.expect_shown("“invoice” 3 of 4")
        await browser.pilot.press("slash", "backspace", "tab")
        await browser.wait_for(lambda: not browser.view.has_focus, "another part has the keys")
        await browser.expect_shown("“invoice”")
        await browser.wait_for(lambda: "invoice" in "".join(marked(browser)).lower(), "marked")


async def test_what_was_given_up_is_found_again_by_enter(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"of May", "escape")
        await browser.expect_shown("message 400")
        await browser.pilot.press("slash", "enter")
        await browser.expect_shown("“of May” 1 of 1")


async def test_the_place_before_a_find_is_one_key_back(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"of May", "enter")
        await browser.expect_shown("1 of 1")
        await browser.pilot.press("less_than_sign")
        await browser.expect_shown("message 400")
        assert "● following" in browser.header()


async def test_case_and_expressions_are_switched_by_keys(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice")
        await browser.expect_shown("of 4")
        await browser.pilot.press("alt+c")
        await browser.expect_shown("of 2")
        await browser.pilot.press("ctrl+t")
        await browser.expect_shown("of 4")
        await browser.pilot.press(*["backspace"] * 7, *"Inv")
        await browser.expect_shown("1 of 1")
        await browser.pilot.press(*["backspace"] * 3, *"in.oice (a|o)")
        await browser.expect_shown("no match")
        await browser.pilot.press("alt+r")
        await browser.expect_shown("of 2")
        await browser.pilot.press(*["backspace"] * 3)
        await browser.expect_shown("missing )")
        await browser.pilot.press("ctrl+r")
        await browser.expect_shown("no match")


async def test_an_expression_that_would_never_end_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"".join(line("user", "a" * 4000 + "Ab!") for _ in range(60)))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("slash", "alt+r")
        field = browser.app.focused
        assert isinstance(field, Input)
        field.value = "^(([a-z])+.)+[A-Z]([a-z])+$"
        await browser.expect_shown("this expression takes too long")
        await browser.pilot.press("escape", "home")
        await browser.expect_shown("#1")


async def test_new_messages_join(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice", "enter")
        await browser.expect_shown("3 of 4")
        append(folder / "a.jsonl", line("assistant", "one more invoice"))
        await browser.expect_shown("3 of 5")
        await browser.pilot.press("n", "n")
        await browser.expect_shown("5 of 5")
        await browser.wait_for(lambda: "[invoice]" in marked(browser), "the new one")


async def test_a_burst_is_typed_into_the_bar(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        for key, char in (
            ("slash", "/"),
            ("n", "n"),
            ("o", "o"),
            ("space", " "),
            ("i", "i"),
            ("enter", "\r"),
        ):
            browser.app.post_message(Key(key, char))
        await browser.expect_shown("“no i” 1 of 1")


async def test_a_slash_in_the_list_filters_the_sessions(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("shift+tab", "slash", *"zz")
        await browser.expect_shown("sessions · 0 of 1")


async def test_a_folded_message_is_opened_for_a_match(tmp_path: Path) -> None:
    long = "\n".join(f"row {at}" for at in range(60)) + "\nthe needle\n" + "\n".join("abcdefghij")
    (tmp_path / "a.jsonl").write_bytes(talk(100) + line("tool", long) + talk(100, start=100))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("Z", "slash", *"needle", "enter")
        await browser.expect_shown("the needle")
        assert marked(browser) == ["[needle]"]


async def test_what_markdown_hides_is_shown_as_it_is_stored(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line("user", "see [here](https://example.org/needle)") + talk(100))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("slash", *"needle", "enter")
        await browser.wait_for(lambda: marked(browser) == ["[needle]"], "marked")


async def test_wide_letters_and_broken_lines_are_marked_whole(tmp_path: Path) -> None:
    text = "日本語の請求書 " * 30 + "Straße und " + "x" * 300 + "ENDE"
    (tmp_path / "a.jsonl").write_bytes(line("tool", text))
    async with browsing(tmp_path, size=(80, 30)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("slash", *"請求書")
        await browser.expect_shown("1 of 30")
        await browser.wait_for(lambda: "".join(marked(browser)).count("請求書") == 30, "all")
        await browser.pilot.press("escape", "slash", *"strasse")
        await browser.expect_shown("1 of 1")
        await browser.wait_for(lambda: marked(browser) == ["[Straße]"], "folded")
        await browser.pilot.press("escape", "slash", *"xENDE")
        await browser.expect_shown("1 of 1")
        await browser.wait_for(lambda: "".join(marked(browser)).endswith("ENDE]"), "the end")


async def test_a_rewrite_meanwhile_is_counted_anew(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("slash", *"invoice", "enter")
        await browser.expect_shown("of 4")
        rewrite(folder / "a.jsonl", talk(30) + line("user", "invoice, the only one"))
        await browser.expect_shown("invoice, the only o… 31")
        await browser.wait_for(lambda: says(browser, "of 1") or says(browser, "1 matches"), "one match")
        await browser.pilot.press("home", "n")
        await browser.expect_shown("1 of 1")


async def test_another_session_is_not_searched(folder: Path) -> None:
    (folder / "b.jsonl").write_bytes(talk(10))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("slash", *"e", "enter", "shift+tab", "down", "enter")
        await browser.wait_for(lambda: browser.view.parts.finder.find is None, "nothing looked for")
        assert marked(browser) == []


async def test_whatever_strangers_write_is_found_and_does_no_harm(tmp_path: Path) -> None:
    texts = [
        text for text in HOSTILE.values() if text and not any("\ud800" <= char < "\ue000" for char in text)
    ]
    (tmp_path / "a.jsonl").write_bytes(b"".join(line("user", text) for text in texts))
    async with browsing(tmp_path, size=(80, 24)) as browser:
        await browser.wait_for_counts()
        for regex in ([], ["alt+r"]):
            await browser.pilot.press("slash", *regex)
            field = browser.app.focused
            assert isinstance(field, Input)
            for text in texts[:: 3 if regex else 1]:
                field.value = text[:400]
                await browser.pilot.pause()
                assert [harm for row in browser.rows() for harm in harm_in(row)] == []
            await browser.pilot.press("enter", "n")
            assert [harm for row in browser.rows() for harm in harm_in(row)] == []
            await browser.pilot.press("escape", "escape")
