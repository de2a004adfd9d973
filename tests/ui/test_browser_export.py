"""A session is exported from the browser: chosen, looked at, written in the background."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from earwig.core.reading.filtering import read_filter
from earwig.core.redaction import redactor
from earwig.core.redaction.matches import Match
from earwig.core.settings.settings import NamedPattern, Settings
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.export import ExportScreen
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, browsing, line

MAIL = "write to bob.jones@example.com or call +49 30 901820"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    data = line("user", MAIL) + line("assistant", "**done**, Alice") + b"{broken\n"
    (folder / "telegram_alice.jsonl").write_bytes(data)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def screen(browser: Browser) -> ExportScreen:
    assert isinstance(browser.app.screen, ExportScreen)
    return browser.app.screen


async def written(browser: Browser) -> str:
    await browser.wait_for(browser.notifications, "a word of what was written")
    return browser.notifications()[0]


async def test_masked_unless_told_otherwise(folder: Path, here: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e")
        await browser.expect_shown("2 messages · masked: email 1, handle 2, phone 1")
        await browser.expect_shown("#1 write to [email-1] or call [phone-1]")
        await browser.expect_shown("The file's name is not masked")
        assert files(here) == []
        await browser.pilot.press("enter")
        told = await written(browser)
    (file,) = files(here)
    text = file.read_text()
    assert file.name == "telegram_alice.md"
    assert str(file.stat().st_size) in told
    assert "telegram_alice.md" in told
    assert "> write to [email-1] or call [phone-1]" in text
    assert "lice" not in text


async def test_as_html_with_everything(folder: Path, here: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e", "right", "down", "down", "down", "right")
        await browser.expect_shown("Nothing is masked")
        await browser.pilot.press("enter")
        await written(browser)
    assert "bob.jones@example.com" in (here / "telegram_alice.html").read_text()


async def test_a_range_and_a_role(folder: Path, here: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e", "down", "right", "right", "down", *"1-2", "enter")
        await written(browser)
    text = (here / "telegram_alice.md").read_text()
    assert "filtered: 1 of 2 messages (lines 1 to 2; role user)" in text
    assert "done" not in text


async def test_what_cannot_be_is_said_and_can_be_mended(folder: Path, here: Path) -> None:
    (here / "telegram_alice.md").write_text("mine")
    async with browsing(folder, size=(140, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e", "enter")
        await browser.expect_shown("telegram_alice.md is there already; give another name")
        screen(browser).query_one("#lines", Input).value = "9-1"
        await browser.expect_shown("9-1 is no range of lines")
        screen(browser).query_one("#lines", Input).value = ""
        screen(browser).query_one("#file", Input).value = str(folder / "x.md")
        await browser.pilot.press("enter")
        await browser.expect_shown("bot's sessions folder, where earwig never writes")
        screen(browser).query_one("#file", Input).value = "other.md"
        await browser.pilot.press("enter")
        await written(browser)
    assert (here / "telegram_alice.md").read_text() == "mine"
    assert (here / "other.md").exists()
    assert len(files(folder)) == 1


async def test_it_can_be_stopped_and_keys_answer_meanwhile(
    folder: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(line("user", MAIL) * 60_000)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e", "enter")
        await browser.expect_shown("Writing…")
        await browser.pilot.press("escape")
        await browser.expect_shown("Stopped: nothing was written.")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: browser.app.screen is browser.app.browser, "the browser again")
    assert files(here) == []


async def test_a_fault_of_redaction_writes_nothing(
    folder: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> Iterator[Match]:
        raise ZeroDivisionError(text)

    monkeypatch.setattr(redactor, "emails", broken)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e", "enter")
        await browser.expect_shown("redaction failed (ZeroDivisionError)")
    assert files(here) == []


async def test_hostile_text_is_shown_as_text(tmp_path: Path, here: Path) -> None:
    names = (
        os.fsdecode(b"telegram_\xff\x1b[2J\xe2\x80\xae[x]"),
        "telegram_[@click=app.quit]x",
    )
    data = b"".join(
        line("user", f"{text.encode('utf-8', 'replace').decode()} a{n}@example.com {text[:9]!r}")
        for n, text in enumerate(HOSTILE.values())
    )
    for name in names:
        folder = tmp_path / str(len(name))
        folder.mkdir()
        (folder / f"{name}.jsonl").write_bytes(data)
        async with browsing(folder) as browser:
            await browser.wait_for_counts()
            await browser.pilot.press("e")
            await browser.expect_shown("masked: ")
            assert [harm for row in browser.rows() for harm in harm_in(row)] == []
            await browser.pilot.press("enter")
            await written(browser)
    assert len(files(here)) == len(names)


async def test_what_the_filter_shows_is_offered_first(folder: Path, here: Path) -> None:
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(line("user", "call bob@example.com") + line("user", "no") + line("assistant", "yes"))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        browser.view.commit(browser.view.parts.filtering.set(read_filter("role:user bob@example.com")))
        await browser.pilot.press("e")
        await browser.expect_shown("what the filter shows")
        await browser.expect_shown("1 messages · masked: email 2")
        await browser.pilot.press("enter")
        await written(browser)
        browser.view.commit(browser.view.parts.filtering.set(None))
        await browser.pilot.press("e")
        await browser.expect_shown("3 messages · masked: email 1")
        assert "what the filter shows" not in "\n".join(browser.rows())
    text = (here / "telegram_alice.md").read_text()
    assert "filtered: 1 of 3 messages (filter role:user \\[email-1\\])" in text
    assert "bob@" not in text
    assert "yes" not in text


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            Settings(redact_patterns=(NamedPattern(own_text("order"), re.compile("(?:a|a|aa)+$")),)),
            "the redaction pattern order took longer than 1 s on one text",
        ),
        (Settings(redact_fault=own_text("line 2: pattern 1 is none")), "Nothing is written: it might not be"),
    ],
)
async def test_patterns_of_the_settings_that_fail(
    folder: Path, here: Path, settings: Settings, told: str
) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(line("user", "a" * 60 + "b"))
    async with browsing(folder, settings=settings, size=(140, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e")
        await browser.expect_shown(told)
        await browser.pilot.press("enter")
        await browser.expect_shown(told)
    assert files(here) == []


async def test_patterns_of_the_settings_mask(folder: Path, here: Path) -> None:
    pattern = NamedPattern(own_text("kind word"), re.compile("done"))
    async with browsing(folder, settings=Settings(redact_patterns=(pattern,)), size=(140, 40)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("e")
        await browser.expect_shown("#2 **[kind-word-1]**")
