"""Only what a filter leaves is shown; what is read stays, and what comes is followed as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from earwig.core.find.hint import Hint
from earwig.core.stores.jsonl.scanned_lines import ScannedLines
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Scanned
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, append, browsing, line, talk

GUTTERS = "▌┃┊ "
FAILED = "[Task failed — not continuing this request]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of each ten lines: a question, a tool's result, eight answers; the last of 2,000 failed."""
    lines = [
        line("user", f"question {at}")
        if at % 10 == 0
        else line("tool", f"result {at}")
        if at % 10 == 1
        else line("assistant", f"answer {at}")
        for at in range(1, 2000)
    ]
    (tmp_path / "a.jsonl").write_bytes(b"".join([*lines, line("assistant", FAILED)]))
    return tmp_path


async def limit(browser: Browser, words: str) -> None:
    await browser.pilot.press("l", "ctrl+u", *words, "enter")


def contents(browser: Browser) -> list[str]:
    rows = [row.strip(GUTTERS) for row in browser.transcript()]
    return [row for row in rows if row and "#" not in row and "┄" not in row]


async def ready(browser: Browser) -> None:
    await browser.expect_shown("✗ failed")
    await browser.wait_for_counts()


async def test_only_what_is_left_is_shown_with_its_own_numbers(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:user")
        await browser.expect_shown("[role:user] hides 1,801  shows 199")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["question 1990"], "questions")
        assert {word.split()[0] for word in contents(browser)} == {"question"}
        assert any("#1990" in row for row in browser.transcript())
        assert not any("answered" in row for row in browser.transcript())  # what came behind is only hidden
        assert "● following" in browser.header()
        await browser.pilot.press("home")
        await browser.wait_for(lambda: contents(browser)[:1] == ["question 10"], "the first")
        await browser.pilot.press("escape")
        await browser.expect_shown("result 11")
        assert not any("hides" in row for row in browser.rows())
        assert any("question 10" in row for row in browser.transcript())


async def test_conditions_compose_and_each_says_what_it_hides(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "-tools -role:user 99")
        await browser.expect_shown("[-tools] hides 200  [-role:user] hides 199  [99] hides ")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["answer 1999"], "answers")
        await limit(browser, "failed")
        await browser.wait_for(lambda: not any("answer" in row for row in browser.transcript()), "no other")
        await browser.expect_shown("✗ failed")
        await limit(browser, "")
        await browser.expect_shown("[failed]")  # an empty field changes nothing
        await browser.pilot.press("escape")
        await browser.expect_shown("answer 1998")


async def test_what_was_typed_is_replaced_by_a_letter_and_gone_on_with_from_its_end(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:assistant")
        await browser.pilot.press("l", "end", *" 99", "enter")
        await browser.expect_shown("[role:assistant] hides")
        await browser.expect_shown("[99]")
        await browser.pilot.press("l", *"bad", "enter")
        await browser.wait_for(lambda: "[role" not in browser.transcript()[0], "another filter")
        await browser.expect_shown("[bad]")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("role:usr", "no role usr: user, assistant, tool, system"),
        ("rol:user", 'rol: is no filter; text in quotes: "rol:user"'),
        ("since:tomorow", 'since: is no filter; text in quotes: "since:tomorow"'),
    ],
)
async def test_an_unknown_role_or_word_is_told(folder: Path, typed: str, told: str) -> None:
    async with browsing(folder, size=(140, 30)) as browser:
        await ready(browser)
        await limit(browser, typed)
        await browser.expect_shown(told)


async def test_what_is_read_stays(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("colon", *"1000", "enter")
        await browser.wait_for(lambda: "#1000" in browser.transcript()[0], "line 1000")
        await limit(browser, "role:user")
        await browser.wait_for(lambda: "question 1010" in contents(browser), "questions")
        assert contents(browser)[0] == "question 1000"
        await browser.pilot.press("escape")
        await browser.expect_shown("answer 1002")
        assert contents(browser)[0] == "question 1000"
        await browser.pilot.press("J")
        await limit(browser, "role:user")
        await browser.wait_for(lambda: "question 1010" in contents(browser), "questions")
        assert "question 1000" in contents(browser)


async def test_what_comes_is_followed_or_counted_as_far_as_it_is_left(folder: Path) -> None:
    path = folder / "a.jsonl"
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:user")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["question 1990"], "questions")
        append(path, line("assistant", "not this") + line("user", "but this"))
        await browser.wait_for(lambda: contents(browser)[-1:] == ["but this"], "the new one")
        assert "● following" in browser.header()
        await browser.pilot.press("up")
        append(path, line("assistant", "nor that") + line("user", "and that"))
        await browser.expect_shown("▼ 1 new")
        await browser.pilot.press("end")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["and that"], "the newest")


async def test_where_nothing_is_left_it_says_why(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:user failed")
        await browser.expect_shown("Nothing here is left by the filter role:user failed")
        await browser.expect_shown("Esc clears it")
        append(folder / "a.jsonl", line("user", "no"))
        await browser.pilot.press("escape")
        await browser.expect_shown("answer 1999")


async def test_jumps_and_finds_keep_to_what_is_left(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:user")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["question 1990"], "questions")
        ones = sum(f"question {at}".count("1") for at in range(10, 2000, 10))
        await browser.pilot.press("slash", *"1", "enter")
        await browser.expect_shown(f"of {ones}")
        await browser.pilot.press("colon", *"1003", "enter")
        await browser.wait_for(lambda: contents(browser)[0] == "question 1010", "the next that is left")
        await browser.pilot.press("U")
        await browser.wait_for(lambda: contents(browser)[0] == "question 1000", "the one before")
        await browser.pilot.press("escape")
        assert browser.view.parts.finder.find is None
        assert browser.view.parts.session.filter is not None


async def test_a_session_that_is_rewritten_is_filtered_anew(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await limit(browser, "role:user")
        await browser.wait_for(lambda: contents(browser)[-1:] == ["question 1990"], "questions")
        (folder / "a.jsonl").write_bytes(talk(60, start=5000))
        await browser.wait_for(lambda: "question 5029" in contents(browser), "the new questions")
        await browser.expect_shown("[role:user] hides 30  shows 30")


async def test_a_rare_thing_far_above_is_found_page_by_page(tmp_path: Path) -> None:
    pad = "x" * 900
    lines = [line("user", "rare")] + [line("assistant", f"{at} {pad}") for at in range(20_000)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    async with browsing(tmp_path) as browser:
        await browser.expect_shown("19999 x")
        await limit(browser, "role:user")
        await browser.wait_for(lambda: contents(browser) == ["rare"], "the only one")


async def test_while_it_looks_it_says_so_and_can_be_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: FileTranscript, stop: int, *, hint: Hint | None, limit: int) -> Scanned:
        return ScannedLines(b"\n", max(1, stop - 1), limit)  # a blank line, and no end to them

    async with browsing(folder) as browser:
        await ready(browser)
        monkeypatch.setattr(FileTranscript, "scan_before", never)
        monkeypatch.setattr("earwig.core.reading.gathering.BUDGET", 1)
        await limit(browser, "nowhere")
        await browser.expect_shown("Looking for nowhere")
        await browser.pilot.press("escape")
        await browser.expect_shown("answer 1999")


async def test_words_are_ended_by_tab_and_told_when_half(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        await browser.pilot.press("l", *"role:", "enter")
        await browser.expect_shown("which role?")
        await browser.pilot.press("u")
        await browser.pilot.pause()
        await browser.pilot.press("tab", "enter")
        await browser.expect_shown("[role:user]")


async def test_a_burst_is_typed_into_the_bar(folder: Path) -> None:
    async with browsing(folder) as browser:
        await ready(browser)
        for key in ("l", "b", "a", "d", "enter"):
            browser.app.post_message(Key(key, "\r" if key == "enter" else key))
        await browser.expect_shown("[bad] hides 2,000")


async def test_whatever_is_typed_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(talk(20))
    async with browsing(tmp_path, size=(80, 24)) as browser:
        await browser.wait_for_counts()
        for text in [*HOSTILE.values()][::12]:
            await browser.pilot.press("l", "ctrl+u")
            field = browser.app.focused
            assert field is not None
            field.value = text[:300]  # type: ignore[attr-defined] # it is the bar's field
            await browser.pilot.press("enter")
            await browser.pilot.pause()
            assert [harm for row in browser.rows() for harm in harm_in(row)] == []
            await browser.pilot.press("escape", "escape")
