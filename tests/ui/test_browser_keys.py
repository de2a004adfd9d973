"""Keys, mouse, sizes and themes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import HelpPanel, Input

from tests.ui.browsing import browsing, line, talk

MARKDOWN = """\
# Your order

It left **this morning**:

1. packed
2. loaded

| item | weight |
|---|---|
| lamp | 2 kg |

```python
def total(x):
    return x
```

See [the page](https://example.org/track).

<thinking>Is that so?</thinking>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for at, name in enumerate(("telegram_alice", "discord_bob", "slack_C1_carol")):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(talk(60 - at * 20))
        os.utime(path, (1_700_000_000 - at, 1_700_000_000 - at))
    return tmp_path


async def test_tab_goes_between_the_panes(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        assert browser.view.has_focus
        await browser.pilot.press("shift+tab")
        assert browser.app.browser.sessions.has_focus
        await browser.pilot.press("tab")
        assert browser.view.has_focus


async def test_arrows_in_the_list_open_sessions(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("shift+tab", "down")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob")
        await browser.expect_shown("answer 20")
        await browser.pilot.press("j")
        await browser.wait_for(lambda: "slack · C1_carol" in browser.header(), "carol")
        await browser.pilot.press("k", "k", "enter")
        await browser.wait_for(lambda: "telegram · alice" in browser.header(), "alice")
        assert browser.view.has_focus


@pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k"), ("pagedown", "pageup")])
async def test_keys_scroll_there_and_back(folder: Path, down: str, up: str) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("pageup", "pageup")
        before = browser.transcript()
        await browser.pilot.press(up)
        assert browser.transcript() != before
        await browser.pilot.press(down)
        assert browser.transcript() == before


async def test_the_wheel_scrolls_and_holds(folder: Path) -> None:
    from textual.events import MouseScrollUp

    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        before = browser.transcript()
        view = browser.view
        view.post_message(MouseScrollUp(view, 5, 5, 0, -1, 0, False, False, False))
        await browser.wait_for(lambda: browser.transcript() != before, "scrolled")
        assert browser.transcript()[3:] == before[:-3]
        assert "‖ held" in browser.header()


async def test_the_cursor_goes_from_message_to_message(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.wait_for_counts()
        current = browser.view.parts.screenful.current
        assert current is not None
        assert current.number == 60
        await browser.pilot.press("K", "shift+up")
        current = browser.view.parts.screenful.current
        assert current is not None
        assert current.number == 58
        await browser.pilot.press("J")
        current = browser.view.parts.screenful.current
        assert current is not None
        assert current.number == 59


async def test_a_click_puts_the_cursor_on_a_message(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        row = next(at for at, text in enumerate(browser.transcript()) if "answer 28" in text)
        await browser.pilot.click("#transcript", offset=(5, row))
        current = browser.view.parts.screenful.current
        assert current is not None
        assert current.number == 56


async def test_slash_filters_and_escape_clears(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("shift+tab", "slash", *"caro")
        assert len([row for row in browser.sidebar() if row.strip()]) == 2
        assert "1 of 3" in browser.rows()[0]
        await browser.pilot.press("enter")
        await browser.wait_for(lambda: "C1_carol" in browser.header(), "carol")
        await browser.pilot.press("ctrl+o", "escape")
        assert browser.app.browser.query_one(Input).value == ""
        assert len([row for row in browser.sidebar() if row.strip()]) == 6


async def test_a_filter_that_hides_everything_says_so(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("ctrl+o", *"zzz")
        await browser.expect_shown("The filter hides all")
        await browser.pilot.press("escape")
        await browser.wait_for(lambda: "alice" in browser.sidebar()[0], "all again")


async def test_help_lists_the_keys_of_the_pane(folder: Path) -> None:
    async with browsing(folder, size=(140, 40)) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("question_mark")
        await browser.wait_for(lambda: bool(browser.app.screen.query(HelpPanel)), "help")
        await browser.expect_shown("holds")
        await browser.pilot.press("question_mark")
        await browser.wait_for(lambda: not browser.app.screen.query(HelpPanel), "no help")


async def test_the_palette_opens(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("ctrl+p")
        await browser.expect_shown("Theme")
        await browser.pilot.press("escape")


async def test_q_quits(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("q")
        await browser.wait_for(lambda: not browser.app.is_running, "quit")
        assert browser.app.return_code == 0


async def test_at_80_by_24_the_sidebar_can_be_hidden(folder: Path) -> None:
    async with browsing(folder, size=(80, 24)) as browser:
        await browser.expect_shown("answer 30")
        assert any("alice" in row for row in browser.sidebar())
        assert "● following" in browser.header()
        narrow = browser.view.size.width
        await browser.pilot.press("s")
        await browser.pilot.pause()
        assert browser.view.size.width > narrow + 20
        assert browser.view.following
        assert any("answer 30" in row for row in browser.transcript())
        await browser.pilot.press("s")
        await browser.pilot.pause()
        assert browser.view.size.width == narrow


async def test_a_resize_keeps_the_message_that_is_read(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("pageup", "pageup")
        top = browser.view.viewport.anchor
        await browser.pilot.resize_terminal(60, 20)
        await browser.pilot.pause()
        assert browser.view.viewport.anchor == top
        await browser.pilot.resize_terminal(140, 45)
        await browser.pilot.pause()
        assert top in browser.view.viewport.entries[: browser.view.viewport.top + 45]
        assert not browser.view.following


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "ansi-dark"])
async def test_every_theme_draws_the_same_text(folder: Path, theme: str) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(line("user", "hi") + line("assistant", MARKDOWN))
    async with browsing(folder, theme=theme, size=(110, 40)) as browser:
        await browser.expect_shown("Your order")
        await browser.wait_for_counts()
        rows = browser.transcript()
        text = "\n".join(rows)
        assert "**" not in text
        assert "https://example.org/track" in text
        assert "<thinking>Is that so?</thinking>" in text
        assert "return x" in text
        assert any("lamp" in row and "2 kg" in row and "|" not in row for row in rows)


async def test_changing_the_theme_changes_the_colours_at_once(folder: Path) -> None:
    async with browsing(folder, theme="textual-dark") as browser:
        await browser.expect_shown("answer 30")
        before = browser.view.render_line(1)
        browser.app.theme = "textual-light"
        await browser.pilot.pause()
        after = browser.view.render_line(1)
        assert before.text == after.text
        assert [segment.style for segment in before] != [segment.style for segment in after]


async def test_roles_differ_without_colour(folder: Path) -> None:
    roles = ("user", "assistant", "tool", "system", "moderator")
    (folder / "telegram_alice.jsonl").write_bytes(b"".join(line(role, "same") for role in roles))
    async with browsing(folder) as browser:
        await browser.expect_shown("moderator")
        gutters = {row[0] for row in browser.transcript() if "same" in row}
        assert len(gutters) == len(roles)
        text = "\n".join(browser.transcript())
        assert all(role in text for role in roles)


async def test_keys_in_one_burst_do_what_they_would_do_one_by_one(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(talk(2000))
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 1000")
        view = browser.view
        view.commit(view.parts.actions()["oldest"]())
        view.commit(view.parts.actions()["scroll_pages"](1))
        view.commit(view.parts.actions()["newest"]())
        assert view.reader is not None
        view.reader.number([0])  # its answer comes after the page that the jump asked for
        await browser.wait_for(lambda: 0 in view.cache.numbers.known, "an answer")
        assert view.following
        assert any("answer 1000" in row for row in browser.transcript())
        view.commit(view.parts.actions()["oldest"]())
        view.commit(view.parts.actions()["scroll_rows"](3))
        await browser.wait_for(lambda: view.parts.screenful.rows[0] == (1, 0), "the first, and on by rows")


async def test_a_filter_typed_in_one_burst_is_a_filter(folder: Path) -> None:
    from textual.events import Key

    async with browsing(folder) as browser:
        await browser.expect_shown("answer 30")
        await browser.pilot.press("shift+tab")
        for key in ("slash", "c", "a", "r", "enter"):
            browser.app.post_message(Key(key, key if len(key) == 1 else "/" if key == "slash" else "\r"))
        await browser.wait_for(lambda: "C1_carol" in browser.header(), "carol")


async def test_where_all_is_on_the_screen_there_is_nothing_to_hold(folder: Path) -> None:
    (folder / "telegram_alice.jsonl").write_bytes(talk(4))
    async with browsing(folder) as browser:
        await browser.expect_shown("answer 2")
        await browser.pilot.press("pageup", "up")
        assert "● following" in browser.header()
