"""The sidebar under a reader's keys: orders, groups, pins, what is left out, and what is remembered."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from earwig.core.catalog import whole_sessions
from earwig.core.catalog.reading_state import NAME, ReadingState, decoded
from earwig.core.catalog.session_counting import SessionCounting
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.app.app import EarwigApp
from earwig.ui.sidebar import sidebar
from earwig.ui.sidebar.sidebar import Sidebar
from tests.ui.browsing import Browser, append, browsing, line, listed, talk

MARKS = "●◌✗!○⊘·"
FAILED = "[Task failed — not continuing this request]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    contents = {
        "telegram_alice": talk(4),
        "discord_bob": talk(9),
        "slack_carol": line("user", "hi") + line("assistant", FAILED),
        "telegram_dave": b"{not json\n" + line("assistant", "the invoice is on its way"),
        "notes": line("user", "remember the milk"),
    }
    for at, (name, data) in enumerate(contents.items()):
        path = folder / f"{name}.jsonl"
        path.write_bytes(data)
        os.utime(path, (1_700_000_000 - at,) * 2)
    return folder


@asynccontextmanager
async def remembering(folder: Path, file: Path) -> AsyncIterator[Browser]:
    store = FolderStore([folder])
    app = EarwigApp(store, listed(store), reading=ReadingState(file))
    async with app.run_test(size=(100, 30)) as pilot:
        browser = Browser(app, pilot, folder)
        await browser.wait_for(lambda: app.browser.sidebar._remembered, "what was read is known")
        yield browser


def names(browser: Browser) -> list[str]:
    """The names in the list, from the top."""
    return [row[2:].split()[0] for row in browser.sidebar() if row and row[0] in MARKS]


def above(browser: Browser) -> list[str]:
    """What stands between the filter and the list."""
    chips = browser.app.browser.sidebar._chips
    return [strip.text.strip() for strip in chips.render_lines(chips.size.region)] if chips.display else []


async def in_the_list(browser: Browser) -> Pilot[int]:
    await browser.wait_for(lambda: not any(row.startswith("·") for row in browser.sidebar()), "summed up")
    await browser.pilot.press("shift+tab")
    assert browser.app.browser.sessions.has_focus
    return browser.pilot


async def test_o_goes_through_the_orders_and_the_reader_stays_where_they_are(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("down")
        await browser.wait_for(lambda: "bob" in browser.header(), "bob")
        orders = {
            "by name": ["alice", "bob", "carol", "dave", "notes"],
            "by size": ["bob", "alice", "carol", "dave", "notes"],
            "by unread": ["alice", "bob", "carol", "dave", "notes"],
            "by health": ["carol", "dave", "bob", "notes", "alice"],
        }
        for label, expected in orders.items():
            await pilot.press("o")
            assert any(label in row for row in browser.rows()), label
            assert names(browser) == expected, label
            assert "bob" in browser.header()
            assert browser.app.browser.sessions.chosen == str(folder / "discord_bob.jsonl")
        await pilot.press("o")
        assert names(browser) == ["alice", "bob", "carol", "dave", "notes"]
        assert not any(" by " in row for row in browser.rows())


async def test_c_groups_by_channel_and_p_keeps_a_session_at_the_top(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("c")
        rows = [row.rstrip("─").rstrip() for row in browser.sidebar() if row.startswith("──")]
        headings = ["── discord · 1", "── slack · 1", "── telegram · 2", "── no channel · 1"]
        assert rows == headings
        await pilot.press("end", "p")
        rows = [row.rstrip("─").rstrip() for row in browser.sidebar() if row.startswith("──")]
        assert rows == ["── pinned · 1", *headings[:-1]]
        assert browser.sidebar()[1].startswith("◌★notes")
        await pilot.press("c")
        assert names(browser) == ["notes", "alice", "bob", "carol", "dave"]
        await pilot.press("p")
        assert names(browser)[-1] == "notes"


async def test_a_click_below_a_heading_chooses_what_is_there(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("c")
        row = next(at for at, text in enumerate(browser.sidebar()) if "dave" in text)
        await pilot.click("#sessions", offset=(4, row))
        await browser.wait_for(lambda: "dave" in browser.header(), "dave")
        heading = next(at for at, text in enumerate(browser.sidebar()) if text.startswith("── slack"))
        await pilot.click("#sessions", offset=(4, heading))
        assert "dave" in browser.header()


async def test_restrictions_say_what_they_hide_and_escape_clears_the_latest(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("w")
        assert names(browser) == ["bob", "notes"]
        assert above(browser) == ["✕ unanswered · 3 hidden"]
        assert "sessions · 2 of 5" in browser.rows()[0]
        await pilot.press("f")
        both = ["✕ unanswered · 3 hidden", "✕ failed · 2 hidden"]
        await browser.wait_for(lambda: above(browser) == both, "told of all, and not so far")
        text = " ".join(row.strip() for row in browser.sidebar() if row.strip())
        assert text == "“failed” hides all 2 sessions. Escape clears it."
        await pilot.press("escape")
        assert names(browser) == ["bob", "notes"]
        await pilot.press("ctrl+o", *"notes", "enter", "escape")
        assert names(browser) == ["bob", "notes"]
        await pilot.press("escape")
        assert len(names(browser)) == 5
        assert above(browser) == []
        await pilot.press("escape")
        assert browser.view.has_focus


async def test_an_emptied_list_keeps_the_keys_and_the_same_key_clears(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("u")
        assert "“unread” hides all 5 sessions." in " ".join(row.strip() for row in browser.sidebar())
        assert browser.app.browser.sessions.has_focus
        await pilot.press("u", "x")
        assert names(browser) == ["dave"]
        await pilot.click("#chips", offset=(2, 0))
        assert len(names(browser)) == 5


async def test_messages_are_found_after_names(folder: Path) -> None:
    async with browsing(folder) as browser:
        await in_the_list(browser)
        await browser.pilot.press("ctrl+o", *"milk")
        assert names(browser) == ["notes"]
        assert browser.sidebar()[0].startswith("── in the newest message · 1 ─")


async def test_what_a_letter_interrupts_is_looked_through_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        said = "milk and honey" if number == 3 else "hi"
        path = tmp_path / f"telegram_u{number:03}.jsonl"
        path.write_bytes(line("user", said))
        os.utime(path, (1_700_000_000 + number,) * 2)
    now, tries = [100.0], [0]
    sum_up_some = Sidebar._sum_up_some

    def tried(self: Sidebar) -> None:
        tries[0] += 1
        sum_up_some(self)

    monkeypatch.setattr(sidebar, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(Sidebar, "_sum_up_some", tried)
    async with browsing(tmp_path) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("ctrl+o", "m")
        # Longer than the list waits for the next letter has passed, and here that letter is.
        now[0] += 10
        await pilot.press("i")
        begun = tries[0]
        await browser.wait_for(lambda: tries[0] > begun + 3, "looked for, and put off")
        now[0] += 10
        await browser.wait_for(lambda: names(browser) == ["u003"], "the one that says it")
        assert not any("looking through" in row for row in above(browser))


async def test_far_down_the_list_is_looked_through_little_by_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        path = tmp_path / f"telegram_u{number:03}.jsonl"
        path.write_bytes(line("user", "hi") if number % 40 else line("assistant", FAILED))
        os.utime(path, (1_700_000_000 + number,) * 2)
    monkeypatch.setattr(sidebar, "PACE", 0.01)
    step, free = SessionCounting.step, threading.Event()

    def held(self: SessionCounting, session: Session) -> Troubles | None:
        return step(self, session) if free.is_set() else None

    monkeypatch.setattr(SessionCounting, "step", held)
    monkeypatch.setattr(whole_sessions, "LARGE", 1)
    async with browsing(tmp_path) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("f")
        seen = [row for row in above(browser) if row]
        assert seen[0].endswith("hidden so far")
        assert seen[1].startswith("looking through ")
        free.set()
        await browser.wait_for(lambda: above(browser) == ["✕ failed · 117 hidden"], "all are known")
        assert names(browser) == ["u080", "u040", "u000"]
        await pilot.press("escape", "ctrl+o", *"failed")
        await browser.wait_for(lambda: names(browser) == ["u080", "u040", "u000"], "messages found")


async def test_what_is_read_stays_until_the_reader_goes_on(folder: Path) -> None:
    async with browsing(folder) as browser:
        pilot = await in_the_list(browser)
        for name in ("discord_bob", "slack_carol"):
            append(folder / f"{name}.jsonl", line("user", "and now?"))
        await browser.wait_for(lambda: sum(row.endswith("1") for row in browser.sidebar()) == 2, "unread")
        await pilot.press("u")
        assert sorted(names(browser)) == ["bob", "carol"]
        first, second = names(browser)
        await pilot.press("home")
        await browser.wait_for(lambda: first in browser.header(), first)
        await browser.expect_shown("and now?")
        assert names(browser) == [first, second]
        await pilot.press("down")
        await browser.wait_for(lambda: names(browser) == [second], "the first one is read")


async def test_pins_and_what_was_read_come_back(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "state" / NAME
    async with remembering(folder, file) as browser:
        pilot = await in_the_list(browser)
        await pilot.press("end", "p")
        await browser.wait_for(lambda: "notes" in browser.header(), "notes")
    assert decoded(file.read_bytes()).marks[SessionId(str(folder / "notes.jsonl"))].pinned_ns > 0
    append(folder / "slack_carol.jsonl", line("user", "one") + line("user", "two"))
    # A file's clock is coarser than ours. The newest one is opened at the start, and so looked at.
    os.utime(folder / "slack_carol.jsonl", (time.time() + 5,) * 2)
    os.utime(folder / "telegram_alice.jsonl", (time.time() + 9,) * 2)
    async with remembering(folder, file) as browser:
        await browser.wait_for(lambda: names(browser)[0] == "notes", "the pin")
        await browser.wait_for(lambda: any(row.endswith(" 2") for row in browser.sidebar()), "unread")
        pilot = await in_the_list(browser)
        await pilot.press("n")
        assert names(browser) == ["carol"]


async def test_what_cannot_be_remembered_is_told_and_the_rest_works(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(b"\x00 not ours [@click=app.quit]")
    async with remembering(folder, file) as browser:
        await browser.wait_for(browser.notifications, "a word")
        assert "was damaged" in browser.notifications()[0]
        pilot = await in_the_list(browser)
        await pilot.press("p")
        assert browser.sidebar()[0].startswith("●★alice")


async def test_when_the_filter_ends_the_chosen_session_is_in_sight(tmp_path: Path) -> None:
    for at in range(40):
        path = tmp_path / f"telegram_u{at:02}.jsonl"
        path.write_bytes(talk(2))
        os.utime(path, (1_700_000_000 - at,) * 2)
    async with browsing(tmp_path) as browser:
        pilot, sessions = await in_the_list(browser), browser.app.browser.sessions
        await pilot.press(*["down"] * 25)
        chosen = sessions.chosen
        assert chosen in sessions.on_screen
        for typed, end in (("u3", ["escape"]), ("u3", ["enter", "escape"]), ("u", ["backspace"])):
            sessions.choose(chosen)
            await pilot.press("ctrl+o", *typed)
            await browser.wait_for(lambda: browser.app.browser.catalog.filtered, "filtered")
            await pilot.press(*end)
            await browser.wait_for(lambda: not browser.app.browser.catalog.filtered, "all are back")
            assert sessions.chosen in sessions.on_screen
            await pilot.press("escape", "shift+tab")
