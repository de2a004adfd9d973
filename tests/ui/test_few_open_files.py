"""The system has no open file left to give: what needs one says so, and everything else goes on."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ui.browsing import append, browsing, line, talk

resource = pytest.importorskip("resource")


@contextmanager
def no_more_files() -> Iterator[None]:
    """None can be opened from here on; all those stay that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in ("al", "bo"):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(4) + line("user", f"last of {key}"))
    return tmp_path


KEYS = [("ctrl+s", "l", "a"), ("c",), ("C",), ("e",), ("enter",), ("W",), ("ctrl+t",), ("a",), ("o",)]


LOADED = ("search", "export", "statistics", "live", "stored_line", "links", "copying")


@pytest.mark.parametrize("loaded", [False, True], ids=["as it is", "all loaded"])
@pytest.mark.parametrize("keys", KEYS, ids=str)
async def test_it_goes_on(folder: Path, keys: tuple[str, ...], loaded: bool) -> None:
    for module in LOADED if loaded else ():
        importlib.import_module(f"earwig.ui.screens.{module}")
    async with browsing(folder) as browser:
        await browser.expect_shown("last of")
        await browser.pilot.press("tab")
        with no_more_files():
            for key in keys:
                await browser.pilot.press(key)
            await browser.pilot.pause(1.0)
            told = browser.notifications()
        assert browser.app.fault is None
        assert not [words for words in told if "goes on, but may miss" in words], told
        for _ in range(3):
            await browser.pilot.press("escape")
        for key in ("al", "bo"):
            append(folder / f"telegram_{key}.jsonl", line("assistant", "and one more"))
        await browser.expect_shown("and one more")
