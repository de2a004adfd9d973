"""Lines that are no plain message: bad ones, unfinished ones, sessions that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.color import Color

from earwig.ui.screens.stored_line import StoredLineScreen
from earwig.ui.widgets.bytes_view import BytesView
from tests.this_system import make_pipe
from tests.ui.browsing import Browser, append, browsing, line, talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def test_a_bad_line_stands_in_its_place_and_is_counted(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(talk(4) + b"{not json}\n" + talk(2, start=3))
    async with browsing(folder) as browser:
        await browser.expect_shown("✗ 1 bad line")
        await browser.expect_shown("6 messages")
        rows = browser.transcript()
        bad = next(at for at, row in enumerate(rows) if "line 5 is not JSON" in row)
        assert rows[bad].startswith("✗")
        assert any("answer 2" in row for row in rows[:bad])
        assert any("question 3" in row for row in rows[bad:])
        assert browser.sidebar()[0].startswith("!")


async def show_bytes(browser: Browser) -> None:
    await browser.pilot.press("enter")
    await browser.wait_for(lambda: isinstance(browser.app.screen, StoredLineScreen), "the line's bytes")


async def test_enter_on_a_bad_line_shows_its_bytes(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(talk(2) + b'{"role":"user"\xff\x1b]52;c;x\x07}\n')
    async with browsing(folder) as browser:
        await browser.expect_shown("line 3 is not UTF-8")
        await show_bytes(browser)
        await browser.expect_shown("The bot skips this line")
        await browser.expect_shown("␛]52;c;x␇}")
        await browser.pilot.press("x")
        await browser.expect_shown("22 ff 1b")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: not isinstance(browser.app.screen, StoredLineScreen), "back")


async def test_its_bytes_are_shown_in_the_colours_of_a_theme_that_is_chosen_meanwhile(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(talk(2) + b"a bad line\n")
    async with browsing(folder) as browser:
        await browser.expect_shown("line 3 is not")
        await show_bytes(browser)
        stored = browser.app.screen.query_one(BytesView)

        def colour() -> Color | None:
            text = next(it for it in stored.render_line(0) if "a bad line" in it.text)
            return text.style.color if text.style is not None else None

        browser.app.theme = "textual-dark"
        await browser.pilot.pause()
        dark = colour()
        browser.app.theme = "textual-light"
        await browser.wait_for(lambda: colour() != dark, "the light theme's colours")


async def test_a_last_line_without_newline_is_shown_if_it_is_whole(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(talk(2) + line("user", "whole but not ended")[:-1])
    async with browsing(folder) as browser:
        await browser.expect_shown("whole but not ended")
        assert "bad line" not in browser.header()


async def test_a_line_still_being_written_is_never_bad_and_appears_once(folder: Path) -> None:
    path = folder / "a.jsonl"
    whole = line("user", "torn in two")
    path.write_bytes(talk(2) + whole[:20])
    async with browsing(folder) as browser:
        await browser.expect_shown("line 3 is still being written")
        await browser.wait_for_counts()
        assert "bad line" not in browser.header()
        with path.open("ab") as file:
            file.write(whole[20:])
        await browser.expect_shown("torn in two")
        assert not any("still being written" in row for row in browser.rows())
        assert sum("torn in two" in row for row in browser.transcript()) == 1
        append(path, line("assistant", "whole"))
        await browser.expect_shown("4 messages")
        assert sum("torn in two" in row for row in browser.transcript()) == 1


async def test_fused_lines_are_one_bad_line(folder: Path) -> None:
    fused = line("user", "one")[:-1] + line("user", "two")[:-1] + b"\n\n"
    (folder / "a.jsonl").write_bytes(talk(2) + fused)
    async with browsing(folder) as browser:
        await browser.expect_shown("✗ 1 bad line")
        await browser.expect_shown("2 messages")


async def test_things_that_are_no_session_say_why_and_block_nothing(folder: Path) -> None:
    (folder / "good.jsonl").write_bytes(talk(2))
    (folder / "folder.jsonl").mkdir()
    (folder / "link.jsonl").symlink_to("/etc/passwd")
    make_pipe(folder / "pipe.jsonl")
    for name in ("folder", "link", "pipe"):
        os.utime(folder / f"{name}.jsonl", (1, 1), follow_symlinks=False)
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 1")
        sidebar = "\n".join(browser.sidebar())
        assert "is a folder" in sidebar
        assert "is a symbolic link" in sidebar
        assert "is a named pipe" in sidebar
        await browser.pilot.press("tab", "tab", "end")
        await browser.expect_shown("This session is a")
        await browser.pilot.press("home")
        await browser.expect_shown("answer 1")


async def test_odd_names_are_listed_safely(folder: Path) -> None:
    names = [
        b"a b",
        b"new\nline",
        b"esc\x1b]0;x\x07",
        b"latin-\xe9",
        "क्षि".encode(),
        b"[x]",
        b"[@click=app.quit]q[x]",
    ]
    for name in names:
        (folder / f"{os.fsdecode(name)}.jsonl").write_bytes(talk(2))
    async with browsing(folder, size=(100, 40)) as browser:
        await browser.expect_shown("answer 1")
        text = "\n".join(browser.sidebar())
        for shown in (
            "a␣b",
            r"new\x0aline",
            r"esc\x1b]0;x\x07",
            r"latin-\xe9",
            "[x]",
            "[@click=app.quit]q[x]",
        ):
            assert shown in text
        for _ in names:
            await browser.pilot.press("tab", "tab", "down")
        assert browser.app.is_running


async def test_an_empty_session_says_so(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(b"")
    async with browsing(folder) as browser:
        await browser.expect_shown("No messages yet.")
        append(folder / "a.jsonl", line("user", "the first"))
        await browser.expect_shown("the first")
