"""A few pictures of the whole screen, for what no assertion on text would see: frames, colours, places."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from earwig.core.settings.settings import Settings
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.app.app import EarwigApp
from tests.ui.browsing import Browser, line, listed, talk

NOW = 1_750_000_000.0

ANSWER = """\
It left our depot **this morning**:

1. packed at `06:12`
2. loaded

| item | weight |
|------|--------|
| lamp | 2 kg   |

```python
def total(parts):
    return sum(parts)  # in grams
```

> Please be at home.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {
        "telegram_alice": talk(8)
        + b"{torn\n"
        + line("user", "Where is my order?")
        + line("assistant", ANSWER),
        "discord_bob": talk(3),
        "slack_C0123": line("user", "Hello?")
        + line("assistant", "[Task failed — not continuing this request]"),
        "email_empty": b"",
    }
    for at, (name, data) in enumerate(contents.items()):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(data)
        os.utime(path, (NOW - 40 * 60**at, NOW - 40 * 60**at))
    return tmp_path


@pytest.mark.parametrize(
    ("theme", "size", "keys"),
    [
        ("textual-dark", (120, 40), ""),
        ("textual-light", (80, 24), "pageup"),
        ("textual-dark", (100, 30), "pageup up up up up up enter"),
    ],
    ids=["dark-following", "light-held", "stored-line"],
)
def test_the_screen_looks_as_it_did(
    folder: Path, snap_compare: Callable[..., bool], theme: str, size: tuple[int, int], keys: str
) -> None:
    store = FolderStore([folder])
    app = EarwigApp(store, listed(store), settings=Settings(theme=theme), clock=lambda: NOW)

    async def run_before(pilot: Pilot[int]) -> None:
        browser = Browser(app, pilot, folder)
        await browser.expect_shown("Please be at home.")
        await browser.wait_for_counts()
        catalog = app.browser.catalog
        await browser.wait_for(
            lambda: all(catalog.summary(at) is not None for at in catalog.shown), "summaries"
        )
        await pilot.press(*keys.split())
        await pilot.pause()
        if "enter" in keys:
            await browser.expect_shown("bytes at offset")

    assert snap_compare(app, terminal_size=size, run_before=run_before)
