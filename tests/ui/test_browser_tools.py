"""Tool traffic and what else is no text, in the running browser: pairs, folded, hidden, live."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from earwig.core.system.viewer import CannotView
from earwig.ui.rendering.shape import Level
from earwig.ui.screens import links
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.browsing import Browser, append, browsing, line, talk

NOW = 1_789_000_000.0


def call(id_: str, command: str) -> bytes:
    made = [{"arguments": json.dumps({"command": command}), "id": id_, "name": "shell"}]
    return line("assistant", json.dumps({"content": None, "tool_calls": made}))


def result(id_: str, text: str) -> bytes:
    return line("tool", json.dumps({"content": text, "tool_call_id": id_}))


ORDERS = "\n".join(f"order {at}" for at in range(12))
TURN = (
    line("user", "What is there?")
    + call("a", "ls -la /orders")
    + result("a", ORDERS)
    + call("b", "date")
    + result("b", "today")
    + line("assistant", "Twelve orders.")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_alice.jsonl").write_bytes(TURN)
    return tmp_path


def row_with(browser: Browser, text: str) -> int:
    (row,) = (at for at, shown in enumerate(browser.transcript()) if text in shown)
    return row


def shown(browser: Browser) -> list[str]:
    return [row for row in browser.transcript() if row]


def cursor(browser: Browser) -> int | None:
    """The number of the line that the cursor is on."""
    assert browser.view.parts.screenful.current is not None
    return browser.view.cache.numbers.number_of(browser.view.parts.screenful.current)


async def press_t(browser: Browser, level: Level) -> None:
    await browser.pilot.press("t")
    assert browser.view.cache.folds.tools is level
    await browser.pilot.pause()


async def test_a_call_and_its_result_are_one_item(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        rows = shown(browser)
        assert [row.split("  #")[0].rstrip() for row in rows] == [
            *("▌ user", "▌ What is there?"),
            *("┃▸ shell  ls -la /orders → 12 lines", "┃▸ shell  date → today"),
            *("┃ assistant", "┃ Twelve orders."),
        ]
        assert [row.split("#")[1] for row in rows if "#" in row] == ["1", "2", "4", "6"]
        assert row_with(browser, "date") == row_with(browser, "12 lines") + 1


async def test_t_shows_all_in_full_then_nothing_then_a_line(folder: Path) -> None:
    async with browsing(folder, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        await press_t(browser, Level.FULL)
        rows = shown(browser)
        assert sum("order" in row for row in rows) == 12 + 3
        assert any(row.startswith("┊ tool of shell") and row.endswith("#3") for row in rows)
        assert any('"command": "date"' in row for row in rows)
        assert "tools in full · 6 messages" in browser.header()
        await press_t(browser, Level.HIDDEN)
        rows = shown(browser)
        assert [row.split("  #")[0].rstrip() for row in rows[2:4]] == [
            "┃▸ 4 tool lines hidden",
            "┃ assistant",
        ]
        assert not any("shell" in row for row in rows)
        assert "tools hidden" in browser.header()
        await press_t(browser, Level.LINE)
        assert "tools" not in browser.header()
        assert any("→ 12 lines" in row for row in shown(browser))


async def test_z_unfolds_one_item_and_folds_it_again(folder: Path) -> None:
    async with browsing(folder, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        before = browser.transcript()
        await browser.pilot.press("K", "K", "z")
        assert row_with(browser, "order 11")
        assert not any('"command": "date"' in row for row in shown(browser))
        await browser.pilot.press("J")
        assert cursor(browser) == 3
        await browser.pilot.press("z")  # from the result, which is folded away with its call
        assert browser.transcript() == before
        assert cursor(browser) == 2


async def test_a_click_on_the_sign_unfolds(folder: Path) -> None:
    async with browsing(folder, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.click("#transcript", offset=(1, row_with(browser, "→ 12 lines")))
        assert row_with(browser, "order 11")
        await browser.pilot.click("#transcript", offset=(1, row_with(browser, "▾ shell")))
        assert not any("order 11" in row for row in browser.transcript())


async def test_hidden_lines_come_back_one_run_at_a_time(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(TURN * 2)
    async with browsing(folder, size=(100, 60)) as browser:
        await browser.wait_for_counts()
        await press_t(browser, Level.FULL)
        await press_t(browser, Level.HIDDEN)
        await browser.pilot.press("K", "z")
        rows = shown(browser)
        assert sum("4 tool lines hidden" in row for row in rows) == 1
        assert sum("→ 12 lines" in row for row in rows) == 1


async def test_the_place_is_kept(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(TURN * 200)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press(*["pageup"] * 3)
        while not browser.transcript()[0].startswith("▌ user"):
            await browser.pilot.press("up")
        top = browser.transcript()[0]
        for level in (Level.FULL, Level.HIDDEN, Level.LINE):
            await press_t(browser, level)
            assert browser.transcript()[0] == top
        while "date" not in browser.transcript()[0]:
            await browser.pilot.press("down")
        number = browser.transcript()[0].split("#")[1]
        await press_t(browser, Level.FULL)
        assert browser.transcript()[0].endswith("#" + number)


async def test_every_row_is_passed_and_every_message_stepped_on(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(TURN * 60)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        numbers = []
        for _ in range(30):
            numbers.append(cursor(browser))
            await browser.pilot.press("K")
        last = 360
        assert numbers[:9] == [
            last,
            last - 2,
            last - 4,
            last - 5,
            last - 6,
            last - 8,
            last - 10,
            last - 11,
            last - 12,
        ]
        await browser.pilot.press("home")
        await browser.wait_for(lambda: browser.transcript()[0].endswith("#1"), "the first line")
        seen: list[str] = []
        for _ in range(40):
            seen.append(browser.transcript()[0])
            await browser.pilot.press("down")
        assert [row.split("#")[1] for row in seen if "#" in row][:8] == [
            "1",
            "2",
            "4",
            "6",
            "7",
            "8",
            "10",
            "12",
        ]
        await browser.pilot.press("end")
        assert "● following" in browser.header()
        assert "Twelve orders." in shown(browser)[-1]


async def test_a_line_that_is_folded_away_is_shown_to_who_goes_there(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(TURN * 60)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("colon", *"27", "enter")
        await browser.wait_for(lambda: browser.transcript()[0].endswith("#27"), "line 27")
        assert "tool of shell" in browser.transcript()[0]
        for level in (Level.FULL, Level.HIDDEN):
            await press_t(browser, level)
        await browser.pilot.press("colon", *"33", "enter")
        await browser.wait_for(lambda: browser.transcript()[0].endswith("#33"), "line 33")


async def test_a_result_that_comes_completes_its_call(folder: Path) -> None:
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(talk(4) + call("z", "make tea"))
    async with browsing(folder) as browser:
        await browser.expect_shown("make tea → no result yet")
        rows = len(shown(browser))
        append(path, result("z", "done"))
        await browser.expect_shown("make tea → done")
        assert len(shown(browser)) == rows
        append(path, call("y", "make more") + line("assistant", "Sorry."))
        await browser.expect_shown("make more → no result")
        await browser.wait_for(lambda: not any("yet" in row for row in shown(browser)), "no result at all")


async def test_a_result_that_comes_while_held_moves_nothing(folder: Path) -> None:
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(TURN * 30 + call("z", "make tea"))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("up", "up", "up")
        await browser.wait_for(lambda: "‖ held" in browser.header(), "held")
        before = browser.unruled()
        append(path, result("z", "done"))
        await browser.wait_for(lambda: browser.view.parts.teller.new == 1, "one is new")
        after = browser.unruled()
        assert [row for row in after if "make tea" not in row] == [
            row for row in before if "make tea" not in row
        ]


async def test_who_waits_is_told_as_time_passes(tmp_path: Path) -> None:
    path = tmp_path / "telegram_alice.jsonl"
    path.write_bytes(line("user", "Hello?") + line("user", "Anybody?"))
    os.utime(path, (NOW, NOW))
    now = NOW + 4 * 60 + 5
    async with browsing(tmp_path, now=now) as browser:
        await browser.wait_for_counts()
        assert any("◌ not answered" in row and "#1" in row for row in shown(browser))
        assert any("◌ waiting 4 min" in row and "#2" in row for row in shown(browser))
        assert browser.view._waits.is_due
        browser.view.cache.clock = lambda: now + 120
        browser.view.commit(ViewChange.ROWS)
        await browser.expect_shown("◌ waiting 6 min")
        append(path, line("assistant", "Yes."))
        await browser.expect_shown("Yes.")
        assert not any("waiting" in row for row in shown(browser))
        assert not browser.view._waits.is_due


async def test_times_are_told_where_they_are_known(tmp_path: Path) -> None:
    path = tmp_path / "telegram_alice.jsonl"
    path.write_bytes(line("user", "[2026-09-10 00:30:00 +08:00] early") + line("assistant", "hm"))
    async with browsing(tmp_path, now=NOW) as browser:
        await browser.wait_for_counts()
        assert any(row.endswith("#1  2026-09-09 16:30") for row in shown(browser))
        assert any(row.endswith("#2") for row in shown(browser))
        append(path, line("user", "[2026-09-10 02:10:00 +02:00] now") + line("assistant", "yes"))
        await browser.expect_shown("#3  00:10")
        await browser.expect_shown("#4  seen 00:26")
        assert not any("+02:00" in row for row in shown(browser))


async def test_a_picture_is_opened_after_its_path_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewed: list[str] = []
    monkeypatch.setattr("earwig.ui.screens.links.view", viewed.append)
    picture = "/srv/bot/" + "deep/" * 30 + "photo.png"
    content = f"[IMAGE:{picture}]\n\nsee http://a.example [IMAGE:/etc/passwd]"
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", content))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        assert any("▣ image photo.png" in row for row in shown(browser))
        await browser.pilot.press("o")
        await browser.expect_shown("Open this file? · 1 of 2")
        inside = "".join(row[10:-10].replace("│", " ").strip() for row in browser.rows())
        assert picture in inside
        assert viewed == []
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: viewed == [picture], "the picture opened")


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", "[IMAGE:/nowhere/at/all.png]"))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o", "y")
        await browser.wait_for(browser.notifications, "a word")
        assert browser.notifications()[0].startswith("/nowhere/at/all.png is not there")


async def test_it_is_told_also_when_the_question_is_gone_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = threading.Event()

    def view_late(path: object) -> None:
        assert gone.wait(30)
        raise CannotView("is not there")

    monkeypatch.setattr(links, "view", view_late)
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", "[IMAGE:/nowhere/at/all.png]"))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("o")
        await browser.wait_for(lambda: isinstance(browser.app.screen, links.LinksScreen), "the question")
        question = browser.app.screen
        await browser.pilot.press("y")
        await browser.wait_for(lambda: not question.is_attached, "it is gone")
        gone.set()
        await browser.wait_for(browser.notifications, "a word")
        assert browser.notifications()[0].startswith("/nowhere/at/all.png is not there")


async def test_the_ruler_stands_above_any_line_and_covers_none(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        view = browser.view
        plain = shown(browser)
        for entry in view.viewport.entries[1:]:
            view.parts.painter.rule((entry.position, view.viewport.generation))
            view.cache.folds.ruled = entry.position
            view.viewport.settle()
            view.commit(ViewChange.ROWS)
            rows = shown(browser)
            assert [row for row in rows if not row.startswith("┄")] == plain
            (ruler,) = (at for at, row in enumerate(rows) if row.startswith("┄"))
            below = next((row for row in rows[ruler + 1 :] if "#" in row), "")
            number = view.cache.numbers.number_of(entry)
            assert below.endswith(f"#{number}") or number in (3, 5)


async def test_a_memory_is_unfolded_by_z_and_the_stored_text_by_v(tmp_path: Path) -> None:
    content = (
        "[Memory context]\n- likes: tea\n- name: Al\n[/Memory context]\n\n[2026-06-30 16:44:51 +08:00] Hi"
    )
    (tmp_path / "telegram_alice.jsonl").write_bytes(line("user", content))
    async with browsing(tmp_path) as browser:
        await browser.wait_for_counts()
        assert "▌▸ memory context · 2 lines" in shown(browser)
        assert not any("likes" in row for row in shown(browser))
        await browser.pilot.press("z")
        assert "▌▾ memory context · 2 lines" in shown(browser)
        assert any("- likes: tea" in row for row in shown(browser))
        await browser.pilot.press("z", "v")
        assert [row[2:] for row in shown(browser) if row[2:]][1:] == [
            row for row in content.split("\n") if row
        ]
