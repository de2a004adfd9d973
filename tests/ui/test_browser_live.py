"""What a reader sees while another process appends: following, holding, the list."""

from __future__ import annotations

import os
import random
import re
import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from earwig.core.model.read_to import ReadTo
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.first_look import Beginning, ListedSoFar
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.app.app import EarwigApp
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.browsing import Browser, append, browsing, line, rewrite, talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "telegram_alice.jsonl").write_bytes(talk(60))
    (folder / "discord_bob.jsonl").write_bytes(talk(4))
    os.utime(folder / "discord_bob.jsonl", (1_700_000_000, 1_700_000_000))
    return folder


async def test_opens_at_the_newest_message_of_the_newest_session(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        assert "telegram · alice" in browser.header()
        assert "● following" in browser.header()
        sidebar = browser.sidebar()
        assert "alice" in sidebar[0]
        assert "bob" in sidebar[2]
        await browser.expect_shown("60 messages")
        assert any("#60" in row for row in browser.transcript())


async def test_an_appended_message_is_on_screen_and_numbered(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        append(folder / "telegram_alice.jsonl", line("user", "a new one"))
        await browser.expect_shown("a new one")
        assert any("#61" in row and "seen" in row for row in browser.transcript())
        await browser.expect_shown("61 messages")


async def test_scrolled_up_nothing_moves_and_the_new_ones_are_counted(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("pageup", "up")
        assert "‖ held" in browser.header()
        before = browser.transcript()
        append(folder / "telegram_alice.jsonl", talk(50, start=100))
        await browser.expect_shown("▼ 50 new · End to follow")
        assert browser.transcript() == before
        await browser.pilot.press("end")
        await browser.expect_shown("answer 124")
        assert "● following" in browser.header()
        assert not any("new · End" in row for row in browser.rows())


async def test_scrolling_back_to_the_newest_row_follows_again(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("up", "up", "down", "down")
        assert browser.view.following
        append(folder / "telegram_alice.jsonl", line("user", "seen at once"))
        await browser.expect_shown("seen at once")


async def test_home_reaches_line_one_and_page_down_never_leaves_the_pane_blank(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("home")
        await browser.expect_shown("question 1")
        assert "#1" in browser.transcript()[0]
        for _ in range(60):
            await browser.pilot.press("pagedown")
        assert any("answer 30" in row for row in browser.transcript())
        assert browser.view.following


async def test_the_list_sorts_anew_and_the_reader_stays_where_they_are(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        append(folder / "discord_bob.jsonl", line("user", "and the invoice?"))
        await browser.wait_for(lambda: "bob" in browser.sidebar()[0], "bob first")
        await browser.expect_shown("user: and the invoice?")
        sidebar = browser.sidebar()
        assert sidebar[1].rstrip().endswith("1")
        assert "alice" in sidebar[2]
        assert browser.app.browser.sessions.chosen == str(folder / "telegram_alice.jsonl")
        assert "telegram · alice" in browser.header()


async def test_opening_a_session_marks_it_read(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        append(folder / "discord_bob.jsonl", line("user", "one") + line("user", "two"))
        await browser.wait_for(lambda: browser.sidebar()[1].rstrip().endswith("2"), "two unread")
        await browser.pilot.press("tab", "tab", "home")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob open")
        await browser.wait_for(lambda: not browser.sidebar()[1].rstrip().endswith("2"), "read")


async def test_new_sessions_appear_and_deleted_ones_go(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        (folder / "slack_C1_carol.jsonl").write_bytes(talk(2))
        await browser.wait_for(lambda: "C1_carol" in browser.sidebar()[0], "carol")
        (folder / "discord_bob.jsonl").unlink()
        await browser.wait_for(lambda: not any("bob" in row for row in browser.sidebar()), "bob gone")


async def test_a_deleted_session_stays_readable_until_the_reader_leaves_it(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        (folder / "telegram_alice.jsonl").unlink()
        await browser.expect_shown("⊘ deleted")
        assert any("answer 30" in row for row in browser.transcript())
        assert any("alice" in row for row in browser.sidebar())
        await browser.pilot.press("tab", "tab", "down")
        await browser.wait_for(lambda: not any("alice" in row for row in browser.sidebar()), "alice gone")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob open")


@pytest.mark.parametrize("name", ["telegram_alice.jsonl.migrated", "telegram_alice.jsonl.importing"])
async def test_a_migrated_session_says_so(folder: Path, name: str) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        (folder / "telegram_alice.jsonl").rename(folder / name)
        await browser.expect_shown("⊘ migrated")


async def test_a_session_made_again_is_read_anew(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        (folder / "telegram_alice.jsonl").unlink()
        await browser.expect_shown("⊘ deleted")
        (folder / "telegram_alice.jsonl").write_bytes(line("user", "hello again"))
        await browser.wait_for(lambda: "▌ hello again" in browser.transcript(), "the new message")
        assert "╌ answer 30" in browser.transcript()
        await browser.expect_shown("● following")


async def test_a_rewrite_shows_the_new_content_and_stays_held(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("pageup", "pageup")
        before = browser.unruled()
        rewrite(folder / "telegram_alice.jsonl", talk(59))
        await browser.expect_shown("59 messages")
        assert browser.unruled() == before
        await browser.pilot.press("end")
        await browser.wait_for(lambda: "▌ question 30" in browser.transcript(), "the newest")
        assert "╌ answer 30" in browser.transcript()


async def test_sessions_that_come_to_an_empty_folder_are_shown(tmp_path: Path) -> None:
    folder = tmp_path / "not there yet" / "sessions"
    async with browsing(folder) as browser:
        await browser.expect_shown("No sessions yet.")
        assert any(str(tmp_path)[:20] in row for row in browser.rows())
        folder.mkdir(parents=True)
        (folder / "telegram_dora.jsonl").write_bytes(talk(2))
        await browser.expect_shown("answer 1")
        assert "telegram · dora" in browser.header()


async def test_holding_does_not_make_the_count_look_unfinished(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("60 messages")
        seen: list[str] = []
        for _ in range(6):
            await browser.pilot.press("up", "end")
            seen.append(browser.header())
        assert not [header for header in seen if "60+" in header]


@pytest.mark.parametrize("touched", [False, True])
async def test_a_listing_that_takes_long_is_shown_in_part_and_then_whole(folder: Path, touched: bool) -> None:
    store = FolderStore([folder])
    whole = store.sessions()
    assert whole[0].key == "telegram_alice"
    go_on = threading.Event()

    def rest() -> ListedSoFar:
        assert go_on.wait(30)
        return ListedSoFar(whole, True)

    app = EarwigApp(store, lambda: Beginning(whole[1:], rest=rest))
    async with app.run_test(size=(100, 30)) as pilot:
        browser = Browser(app, pilot, folder)
        await browser.expect_shown("answer 2")
        assert "sessions · 1+ …" in browser.header()
        if touched:
            await pilot.press("tab")
        go_on.set()
        await browser.wait_for(lambda: "alice" in browser.sidebar()[0], "alice")
        await browser.wait_for(lambda: ("discord · bob" in browser.header()) == touched, "the choice")
        assert "+ …" not in browser.header()
        append(folder / "telegram_alice.jsonl", line("user", "and live"))
        await browser.expect_shown("user: and live")


async def test_before_anything_is_listed_nothing_is_said_to_be_missing(folder: Path) -> None:
    store = FolderStore([folder])
    whole = store.sessions()
    listings: SimpleQueue[ListedSoFar] = SimpleQueue()
    app = EarwigApp(store, lambda: Beginning([], rest=listings.get))
    async with app.run_test(size=(100, 30)) as pilot:
        browser = Browser(app, pilot, folder)
        await browser.expect_shown("Listing the sessions…")
        assert app.browser.sessions.has_focus
        assert "─ sessions · … ─" in browser.header()
        listings.put(ListedSoFar(whole[1:], False))
        await browser.expect_shown("sessions · 1+ …")
        await browser.expect_shown("discord · bob")
        assert browser.view.has_focus
        listings.put(ListedSoFar(whole[:1], False))
        await browser.expect_shown("telegram · alice")
        listings.put(ListedSoFar(whole, True))
        await browser.expect_shown("sessions · 2 ─")
        assert "telegram · alice" in browser.header()


async def test_a_session_that_goes_before_it_is_summed_up_is_left_out(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        sessions = browser.app.browser.sessions
        append(folder / "discord_bob.jsonl", line("user", "and more"))
        both = [SessionId(str(folder / name)) for name in ("gone.jsonl", "discord_bob.jsonl")]
        sessions.post_message(sessions.Visible(dict.fromkeys(both, ReadTo(0))))
        await browser.expect_shown("user: and more")


async def test_after_many_changes_the_list_is_as_a_fresh_one(tmp_path: Path) -> None:
    chance = random.Random(5)
    paths = [tmp_path / f"telegram_u{number:03}.jsonl" for number in range(150)]
    for path in paths:
        path.write_bytes(talk(2))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()

        def change() -> None:
            for number in range(1500):
                path = chance.choice(paths)
                if chance.random() < 0.1 and path.exists():
                    path.unlink()
                else:
                    append(path, line("user", f"change {number}"))

        changes = threading.Thread(target=change)
        changes.start()
        await browser.wait_for(lambda: not changes.is_alive(), "all changes made")
        fresh = FolderStore([tmp_path]).sessions()
        catalog = browser.app.browser.catalog

        def vanished() -> set[str]:
            return {
                session_id for session_id in catalog.shown if catalog.removal_reason(session_id) is not None
            }

        def shown() -> list[Session]:
            return [catalog[session_id] for session_id in catalog.shown if session_id not in vanished()]

        await browser.wait_for(lambda: shown() == fresh, "the list as it is on the disk")
        assert vanished() <= {browser.app.browser.sessions.chosen}

        def on_screen() -> list[str]:
            return [found[0] for row in browser.rows()[2:] if (found := re.findall("u[0-9]{3}", row[:34]))]

        await browser.wait_for(lambda: len(on_screen()) > 5, "the list on the screen")
        await browser.wait_for(
            lambda: on_screen() == [catalog[it].key[-4:] for it in catalog.shown][: len(on_screen())],
            "its order",
        )


async def test_a_look_that_finds_nothing_new_draws_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        browser.view.parts.pages.check()
        append(folder / "telegram_alice.jsonl", line("user", "the last"))
        await browser.expect_shown("the last")
        await browser.wait_for_counts()
        drawn: list[object] = []

        def commit(change: ViewChange) -> None:
            if ViewChange.ROWS in change:
                drawn.append(change)

        monkeypatch.setattr(browser.view, "commit", commit)
        reader = browser.view.reader
        assert reader is not None
        browser.view.parts.pages.check()
        reader.number([0])  # what comes of this comes after what comes of the look
        await browser.wait_for(lambda: drawn, "an answer")
        assert drawn == [ViewChange.PLACE]


async def test_new_messages_are_all_counted_however_many_there_are(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(talk(40_000))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        assert browser.view.reader is not None
        browser.view.reader.count_new(0)

        def new() -> int:
            return 0 if browser.view.parts.session.counted is None else browser.view.parts.session.counted.new

        await browser.wait_for(lambda: new() == 40_000, "all of them counted as new")
