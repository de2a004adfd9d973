"""The frame of a transcript says which session it is; no session's name can say more."""

from __future__ import annotations

from pathlib import Path

from tests.ui.browsing import browsing, talk


async def test_a_name_draws_nothing_that_the_frame_draws(tmp_path: Path) -> None:
    (tmp_path / "telegram_al ─── 80 messages · ● following ╮.jsonl").write_bytes(talk(4))
    async with browsing(tmp_path, size=(200, 20)) as browser:
        await browser.expect_shown("answer 2")
        await browser.wait_for_counts()
        frame = browser.header().split("╮╭")[1]
        name, _, state = frame.strip("─╮ ").partition(" ─")
        assert name == r"telegram · al \u2500\u2500\u2500 80 messages \u00b7 \u25cf following \u256e"
        assert state.endswith("4 messages · ● following")


async def test_a_name_in_any_language_stays(tmp_path: Path) -> None:
    (tmp_path / "telegram_gr\u00fc\u00dfe_\u65e5\u672c.jsonl").write_bytes(talk(4))
    async with browsing(tmp_path) as browser:
        await browser.expect_shown("telegram · gr\u00fc\u00dfe_\u65e5\u672c ─")
