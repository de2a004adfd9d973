"""What a reader sees of the bot's memory: the figures in the frame, and where it would begin."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from earwig.ui.session.messages import Remembered
from tests.core.bot_writer import BotWriter
from tests.data.hostile import HOSTILE
from tests.ui.browsing import Browser, append, browsing, line, talk

WORDS = "the bot would compact away what is above this line (estimate)"
WIDE = (200, 50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace" / "sessions"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def alice(folder: Path) -> Path:
    path = folder / "telegram_alice.jsonl"
    path.write_bytes(talk(60))
    return path


def hold(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def below_ruler(browser: Browser) -> str:
    """The first row under the ruler, and there is no other ruler."""
    rows = browser.transcript()
    (at,) = [at for at, row in enumerate(rows) if row.startswith("┄┄")]
    assert WORDS in rows[at]
    assert rows[at + 1].startswith("▌ user")
    return rows[at + 2]


async def expect_ruler_over(browser: Browser, text: str) -> None:
    await browser.wait_for(
        lambda: any(row.startswith("┄┄") for row in browser.transcript()) and text in below_ruler(browser),
        f"the ruler over {text!r}",
    )


async def test_the_frame_tells_how_full_the_memory_is(alice: Path) -> None:
    hold(alice, talk(38))
    async with browsing(alice.parent, size=WIDE) as browser:
        await browser.expect_shown("memory 257 of 32k tokens, 38 of 50 messages · 38 messages · ● following")
        append(alice, line("user", "x" * 40_000))
        await browser.expect_shown("memory 10.2k of 32k tokens, 39 of 50 messages")
        append(alice, talk(11))
        await browser.expect_shown("memory 10.3k of 32k tokens, 50 of 50 messages")
        append(alice, line("user", "one too many"))
        await browser.expect_shown("memory: newest 21 (over 50 messages) · 51 messages")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (talk(30) + line("user", "x" * 200_000), "memory: newest 21 (over 32k tokens) · 31 messages"),
        (line("user", "x" * 200_000), "memory over 32k tokens, nothing to compact · 1 message"),
        (b"", "memory 0 of 32k tokens, 0 of 50 messages · 0 messages"),
    ],
)
async def test_over_a_limit_it_tells_what_would_be_left(alice: Path, data: bytes, words: str) -> None:
    hold(alice, data)
    async with browsing(alice.parent, size=WIDE) as browser:
        await browser.expect_shown(words)


@pytest.mark.parametrize(
    ("size", "words"), [((120, 40), "memory: newest 20 · 60"), ((80, 24), " 60 messages · ● following")]
)
async def test_in_a_narrow_frame_it_is_short_or_gives_way(
    alice: Path, size: tuple[int, int], words: str
) -> None:
    async with browsing(alice.parent, size=size) as browser:
        await browser.wait_for_counts()
        assert words in browser.header()
        assert "alice" in browser.header()
        assert ("memory" in words) == ("memory" in browser.header())


async def test_the_ruler_stands_where_the_memory_would_begin_and_moves_on(alice: Path) -> None:
    async with browsing(alice.parent, size=(120, 90)) as browser:
        await expect_ruler_over(browser, "question 21")
        append(alice, line("user", "and then?"))
        await expect_ruler_over(browser, "question 21")
        append(alice, line("assistant", "nothing"))
        await expect_ruler_over(browser, "question 22")
        await browser.pilot.press("end")
        append(alice, talk(6, start=31))
        await expect_ruler_over(browser, "question 25")


async def test_held_the_ruler_moves_and_nothing_else_does(alice: Path) -> None:
    async with browsing(alice.parent, size=(120, 32)) as browser:
        await expect_ruler_in_sight(browser)
        before = browser.unruled()
        assert "question 21" in below_ruler(browser)
        append(alice, talk(4, start=31))
        await expect_ruler_over(browser, "question 23")
        assert browser.unruled() == before
        append(alice, talk(40, start=40))
        await browser.wait_for(lambda: "┄" not in "".join(browser.transcript()), "the ruler further down")
        assert browser.unruled() == before
        assert "‖ held" in browser.header()


async def test_only_a_ruler_that_moves_has_the_transcript_drawn_anew(
    alice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(alice.parent) as browser:
        await browser.wait_for_counts()
        view, drawn = browser.view, list[str]()
        known = view.parts.session.memory
        assert known is not None
        with monkeypatch.context() as patch:
            patch.setattr(view, "refresh", lambda: drawn.append("anew"))
            view.take(known)
            assert drawn == []
            moved = known.estimate._replace(kept_from=0)
            view.take(Remembered(known.reader, moved, known.generation, None))
            assert drawn == ["anew"]


async def expect_ruler_in_sight(browser: Browser) -> None:
    await browser.wait_for_counts()
    await browser.pilot.press("pageup")
    for _ in range(16):
        await browser.pilot.press("up")
    await browser.wait_for(lambda: any(row.startswith("┄┄") for row in browser.transcript()), "the ruler")


async def test_the_gutter_of_the_ruler_is_no_messages(alice: Path) -> None:
    forged = f"above\n┄┄ {WORDS} ┄┄\n{'┄' * 200}"
    hold(alice, talk(40) + line("user", forged) + line("assistant", forged) * 9 + talk(10))
    async with browsing(alice.parent, size=(120, 120)) as browser:
        await expect_ruler_over(browser, "above")
        assert sum(WORDS in row for row in browser.transcript()) > 5


async def test_a_rewrite_takes_the_ruler_to_its_new_place(alice: Path) -> None:
    bot = BotWriter(alice)
    async with browsing(alice.parent, size=(120, 90)) as browser:
        await expect_ruler_over(browser, "question 21")
        bot.remove_last()
        await browser.expect_shown("59 messages")
        await expect_ruler_over(browser, "question 20")
        bot.clear()
        await browser.expect_shown("0 messages")
        await browser.wait_for(lambda: "┄" not in "".join(browser.transcript()), "no ruler")


async def test_the_bots_own_limits_count_and_a_change_of_them_is_seen(alice: Path) -> None:
    settings = alice.parent.parent.parent / "config.toml"
    settings.write_text("[agent]\nmax_history_messages = 100\nmax_context_tokens = 1_234\n")
    async with browsing(alice.parent, size=WIDE) as browser:
        await browser.expect_shown("memory 411 of 1.2k tokens, 60 of 100 messages")
        settings.write_text("[agent]\nmax_context_tokens = 100\n")
        os.utime(settings, (1_700_000_000, 1_700_000_000))
        await browser.expect_shown("memory: newest 20 (over 100 tokens)")


async def test_settings_that_cannot_be_read_are_told_once_and_the_defaults_count(alice: Path) -> None:
    settings = alice.parent.parent.parent / "config.toml"
    settings.write_text("[red]secret[/] = ")
    (alice.parent / "discord_bob.jsonl").write_bytes(talk(4))
    os.utime(alice.parent / "discord_bob.jsonl", (1_700_000_000, 1_700_000_000))
    async with browsing(alice.parent, size=WIDE) as browser:
        await browser.expect_shown("memory: newest 20 (over 50 messages)")
        await browser.pilot.press("tab", "tab", "down")
        await browser.expect_shown("4 of 50 messages")
        (told,) = browser.notifications()
        assert told.endswith(
            "config.toml is not TOML: what the bot remembers is estimated by its default limits"
        )
        assert "secret" not in told


async def test_a_hostile_session_and_a_tiny_window_leave_the_ruler_whole(alice: Path) -> None:
    texts = list(HOSTILE.values())[:45]
    hold(alice, b"".join(line("user", text[:200]) for text in [*texts, *(["calm"] * 20)]))
    async with browsing(alice.parent, size=(200, 80)) as browser:
        await expect_ruler_over(browser, "calm")
    async with browsing(alice.parent, size=(34, 12)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("s", *["pageup"] * 5)
        for _ in range(60):
            if any(row.startswith("┄") for row in browser.transcript()):
                break
            await browser.pilot.press("up")
        ruler = [row for row in browser.transcript() if row.startswith("┄")]
        assert re.fullmatch("┄┄( (compacted|above: would be compacted away) )?┄+", ruler[0])
