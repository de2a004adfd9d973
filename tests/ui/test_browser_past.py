"""What a reader sees when the bot changes the past."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.strip import Strip

from earwig.core.model.entries import RemovedEntry
from earwig.core.model.message import ChatMessage
from tests.core.bot_writer import BotWriter, lines_of
from tests.data.hostile import HOSTILE, harm_in
from tests.ui.browsing import Browser, append, browsing, line, talk

NOW = 1_700_000_000.0
TIME = "22:13"


@pytest.fixture(params=[False, True], ids=["in place", "temp and rename"])
def bot(request: pytest.FixtureRequest, tmp_path: Path) -> BotWriter:
    folder = tmp_path / "sessions"
    folder.mkdir()
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(talk(60))
    return BotWriter(path, renames=request.param)


def struck(browser: Browser) -> list[str]:
    """The texts of the transcript that have a line through them."""
    return [text for y in range(browser.view.size.height) if (text := _struck(browser.view.render_line(y)))]


def _struck(row: Strip) -> str:
    return "".join(piece.text for piece in row if piece.style is not None and piece.style.strike).strip()


def headers(browser: Browser, words: str) -> list[str]:
    return [row for row in browser.transcript() if words in row]


def write_bob(bot: BotWriter) -> None:
    """Another session, to go to and come back from."""
    other = bot.path.with_name("discord_bob.jsonl")
    other.write_bytes(talk(2))
    os.utime(other, (NOW, NOW))


async def test_a_message_that_was_removed_stays_struck_with_the_time(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.remove_last()
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost")
        await browser.expect_shown("59 messages")
        (header,) = headers(browser, "withdrawn")
        assert header.startswith("╌ assistant")
        assert header.endswith(f"withdrawn {TIME}")
        assert "#" not in header
        assert "● following" in browser.header()
        rows = [row for row in browser.transcript() if row.strip("▌┃╌ ")]
        assert rows[-4].startswith("▌ user  ◌ waiting ")
        assert rows[-4].endswith("#59")
        assert rows[-3] == "▌ question 30"
        append(bot.path, line("user", "and then?"))
        await browser.wait_for(lambda: headers(browser, "and then?"), "the new message")
        assert struck(browser) == ["answer 30"]
        assert headers(browser, "#60")
        assert browser.transcript().index("╌ answer 30") < browser.transcript().index("▌ and then?")


async def test_a_message_that_was_replaced_stays_struck_before_the_new_one(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.update_last("something else")
        await browser.wait_for(lambda: headers(browser, "something else"), "the new text")
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost")
        (header,) = headers(browser, "replaced")
        assert header.endswith(f"replaced {TIME}")
        rows = browser.transcript()
        assert rows.index("╌ answer 30") < rows.index("┃ something else")
        assert headers(browser, "#60")
        assert browser.view.following
        bot.update_last("something else again")
        await browser.wait_for(lambda: headers(browser, "something else again"), "the new text")
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "only what was lost is a ghost")


async def test_a_replaced_message_is_called_so_beside_a_bad_line_that_goes(bot: BotWriter) -> None:
    bot.append_fused("one", "other")
    bot.append("the last", role="assistant")
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.expect_shown("the bot skips this line: it would have been 2 messages")
        bot.update_last("the very last")
        await browser.wait_for(lambda: headers(browser, "replaced"), "the replaced one")
        (header,) = headers(browser, "replaced")
        assert header.startswith("╌ assistant")
        assert len(headers(browser, "withdrawn")) == 1


async def test_a_held_reader_stays_and_finds_the_removed_below(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("pageup", "pageup")
        before = browser.unruled()
        bot.remove_last()
        await browser.expect_shown("59 messages")
        assert browser.unruled() == before
        assert "‖ held" in browser.header()
        await browser.pilot.press("end")
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost")
        assert not browser.view.parts.teller.new


async def test_the_message_that_is_read_stays_where_it_is_when_it_goes(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("pageup", "pageup", "up")
        before = browser.unruled()
        texts = [row[2:] for row in before if "question" in row or "answer" in row]
        bot.clear()
        await browser.wait_for(lambda: struck(browser) == texts, "ghosts of all that was on the screen")
        after = browser.unruled()
        assert [row[2:20].rstrip() for row in after] == [row[2:20].rstrip() for row in before]
        assert "0 messages" in browser.header()
        await browser.pilot.press("home")
        assert "question 1" in struck(browser)
        append(bot.path, line("user", "a new beginning"))
        await browser.pilot.press("end")
        await browser.wait_for(lambda: headers(browser, "a new beginning"), "the new message")
        assert headers(browser, "#1")
        assert struck(browser)[-1] == "answer 30"


async def test_far_up_what_is_read_is_among_what_is_kept(bot: BotWriter) -> None:
    bot.path.write_bytes(talk(3000))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press(*["pageup"] * 45)
        await browser.wait_for(lambda: len(browser.view.viewport.entries) > 450, "some hundreds held")
        texts = [row[2:] for row in browser.transcript() if "question" in row or "answer" in row]
        bot.clear()
        await browser.wait_for(lambda: struck(browser) == texts, "ghosts of all that was on the screen")


async def test_the_cursor_stays_on_a_message_that_goes(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("K", "K", "K")
        bot.clear()
        await browser.wait_for(lambda: "answer 30" in struck(browser), "the ghosts")
        current = browser.view.parts.screenful.current
        assert current is not None
        assert isinstance(current.item, RemovedEntry)
        assert current.item.item == ChatMessage("user", "question 29")


async def test_a_removed_is_there_when_the_reader_scrolls_back_to_it(bot: BotWriter) -> None:
    write_bob(bot)
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.remove_last()
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost")
        append(bot.path, talk(250, start=100))
        await browser.wait_for(lambda: headers(browser, "answer 224"), "the newest")
        await browser.pilot.press("tab", "tab", "down")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob")
        await browser.pilot.press("up")
        await browser.wait_for(lambda: headers(browser, "answer 224"), "the newest")
        assert not struck(browser)
        await browser.pilot.press("tab")
        for _ in range(60):
            await browser.pilot.press("pageup")
            if struck(browser):
                break
        assert struck(browser) == ["answer 30"]


async def test_what_compacting_drops_is_a_removed_in_its_place(bot: BotWriter) -> None:
    bot.path.write_bytes(talk(4) + b"not JSON\n" + talk(4, start=3))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.compact()
        await browser.wait_for(lambda: struck(browser) == ["not JSON"], "the ghost")
        rows = [row[2:] for row in browser.transcript() if row[2:]]
        at = rows.index("not JSON")
        assert rows[at - 2] == "answer 2"
        assert rows[at + 2] == "question 3"
        assert rows[at - 1].startswith("a bad line")
        await browser.expect_shown("8 messages")
        assert "bad line" not in browser.header()
        await browser.pilot.press(*["K"] * 4)
        await browser.pilot.press("enter")
        await browser.expect_shown("8 bytes, not in the session any more")
        await browser.expect_shown("The bot skips this line")


async def test_of_many_only_so_many_are_kept_and_the_others_counted(bot: BotWriter) -> None:
    bot.path.write_bytes(talk(3000))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.clear()
        await browser.wait_for(lambda: "answer 1500" in struck(browser), "removed entries")
        await browser.expect_shown("0 messages")
        held = sum(isinstance(entry.item, RemovedEntry) for entry in browser.view.viewport.entries)
        await browser.pilot.press("home")
        await browser.expect_shown(f"and {3001 - held:,} more messages")
        assert held <= 201


async def test_a_key_that_comes_back_shows_what_it_held_as_removed_entries(bot: BotWriter) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.delete()
        await browser.expect_shown("⊘ deleted")
        assert not struck(browser)
        append(bot.path, line("user", "hello again"))
        await browser.wait_for(lambda: headers(browser, "hello again"), "the new message")
        assert struck(browser)[-1] == "answer 30"
        await browser.expect_shown("● following")


@pytest.mark.parametrize("name", [".migrated", ".importing", "archive"])
async def test_a_session_that_vanished_says_what_became_of_it(bot: BotWriter, name: str) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        before = browser.transcript()
        target = bot.path.with_name(bot.path.name + name)
        if name == "archive":
            target = bot.path.parent / "archive" / bot.path.name
            target.parent.mkdir()
        bot.path.rename(target)
        await browser.expect_shown("⊘ archived" if name == "archive" else "⊘ migrated")
        assert browser.transcript() == before


def seen_to(browser: Browser) -> int:
    """Where the last line ends that is in the file and on the list of what is held."""
    entries = browser.view.viewport.entries
    return max(entry.next for entry in entries if not isinstance(entry.item, RemovedEntry))


@pytest.mark.parametrize("writes", [0, 1, 2, 3], ids="{} more writes seen".format)
async def test_a_rewrite_seen_midway_leaves_no_removed_entries(bot: BotWriter, writes: int) -> None:
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("pageup")
        before = browser.transcript()
        messages = bot.messages()
        calls = bot.rewriting(messages[:-1])
        for _ in range(0 if bot.renames else 20):
            next(calls)
        if not bot.renames:
            await browser.wait_for(lambda: struck(browser), "ghosts of what is not written yet")
            assert [row[2:20] for row in browser.transcript()] == [row[2:20] for row in before]
            for _ in range(writes):  # a line without its newline, the newline, ...
                next(calls)
                await browser.wait_for(
                    lambda: seen_to(browser) == bot.path.stat().st_size, "what is written so far"
                )
        bot.perform(calls)
        await browser.expect_shown("59 messages")
        await browser.wait_for(lambda: browser.transcript() == before, "all of it back")
        await browser.pilot.press("end")
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the one ghost")


async def test_removed_entries_are_there_when_the_reader_comes_back(bot: BotWriter) -> None:
    write_bob(bot)
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.remove_last()
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost")
        await browser.pilot.press("tab", "tab", "down")
        await browser.wait_for(lambda: "discord · bob" in browser.header(), "bob")
        await browser.wait_for(lambda: any("answer 1" in row for row in browser.transcript()), "bob's")
        assert not struck(browser)
        await browser.pilot.press("up")
        await browser.wait_for(lambda: struck(browser) == ["answer 30"], "the ghost again")


async def test_a_removed_folds_shows_its_source_and_says_that_its_bytes_are_gone(bot: BotWriter) -> None:
    append(bot.path, line("assistant", "**bold**\n\n" + "\n\n".join(f"row {at}" for at in range(6))))
    async with browsing(bot.path.parent, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.remove_last()
        await browser.wait_for(lambda: "row 5" in struck(browser), "the ghost")
        await browser.pilot.press("v")
        assert "**bold**" in struck(browser)
        await browser.pilot.press("enter")
        await browser.wait_for(browser.notifications, "a word about the bytes")
        assert browser.notifications() == ["Its bytes are not kept; v shows its text as it was stored."]
        await browser.pilot.press("z")
        assert "row 5" not in struck(browser)
        assert headers(browser, "more rows")
        await browser.pilot.press("K")
        assert browser.view.parts.screenful.current is not None
        assert browser.view.cache.numbers.number_of(browser.view.parts.screenful.current) == 60
        await browser.pilot.press("J")
        assert isinstance(browser.view.parts.screenful.current.item, RemovedEntry)


async def test_hostile_text_is_as_safe_in_a_removed_as_in_a_message(tmp_path: Path) -> None:
    path = tmp_path / "telegram_alice.jsonl"
    bot = BotWriter(path, renames=True)
    unsafe = ("csi-clear-screen", "clipboard-bel", "bidi-override", "markup-action", "zalgo", "link-sequence")
    path.write_bytes(lines_of([("user", HOSTILE[name]) for name in unsafe]))
    async with browsing(tmp_path, now=NOW) as browser:
        await browser.wait_for_counts()
        bot.clear()
        await browser.wait_for(
            lambda: len(headers(browser, "withdrawn")) > len(unsafe) - 1, "removed entries"
        )
        assert [harm for row in browser.rows() for harm in harm_in(row)] == []
        for y in range(browser.view.size.height):
            for piece in browser.view.render_line(y):
                assert piece.control is None
                assert piece.style is None or (piece.style.link is None and not piece.style.meta)
