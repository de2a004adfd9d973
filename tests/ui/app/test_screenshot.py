"""A picture of the screen, which holds what was said, is its owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.this_system import permissions_of
from tests.ui.browsing import browsing, talk


async def test_it_is_private_and_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, here = tmp_path / "bot" / "sessions", tmp_path / "here"
    for path in (folder, here):
        path.mkdir(parents=True)
    (folder / "telegram_alice.jsonl").write_bytes(talk(2))
    monkeypatch.chdir(here)
    before = os.umask(0o022)
    try:
        async with browsing(folder) as browser:
            await browser.expect_shown("answer 1")
            await browser.app.run_action("screenshot")
            await browser.wait_for(lambda: any("Written to" in it for it in browser.notifications()), "told")
    finally:
        os.umask(before)
    (picture,) = here.iterdir()
    assert permissions_of(picture) == 0o600
    assert picture.suffix == ".svg"
    assert b"answer" in picture.read_bytes()
