"""Makes `screenshots/*.svg` from the browser on the demo's sessions, at a fixed size, time and theme."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from textual.widgets import Input

from earwig.cli.demo.database import build_database
from earwig.cli.demo.workspace import build_workspace
from earwig.core.settings.settings import Settings
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import resolve_path
from earwig.ui.app.app import EarwigApp
from earwig.ui.screens.live import LiveScreen
from earwig.ui.screens.search import SearchScreen
from earwig.ui.screens.statistics import StatisticsScreen
from tests.this_system import use_time_zone
from tests.ui.browsing import listed

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = 1_790_000_000.0
SIZE = (120, 36)

SHOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "browser-dark": ("textual-dark", ()),
    "browser-light": ("textual-light", ()),
    "held": ("textual-dark", ("pageup", "pageup")),
    "find": ("textual-dark", ("slash", *"KF", "minus", *"48213")),
    "search": ("textual-dark", ("ctrl+s", *"order")),
    "live": ("textual-dark", ("a",)),
    "numbers": ("textual-light", ("ctrl+t",)),
    "side-by-side": ("textual-dark", ("vertical_line", "down", "down", "tab")),
    "tools": ("textual-light", ("pageup", "pageup", "t")),
}
"""Name: theme, and the keys pressed before the picture is taken."""


async def take(name: str, workspace: Path) -> str:
    """Drive the browser to where the picture is taken; returns the SVG."""
    theme, keys = SHOTS[name]
    store = store_for([resolve_path(workspace)])
    app = EarwigApp(store, listed(store), settings=Settings(theme=theme), clock=lambda: NOW)
    async with app.run_test(size=SIZE) as pilot:
        await settle(app)
        await pilot.press(*keys)
        await settle(app)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()
        return app.export_screenshot(title="earwig", simplify=True)


async def settle(app: EarwigApp) -> None:
    """Wait until everything on the screen is known: counts, the bot's memory, every session's summary."""
    browser = app.browser
    for _ in range(500):
        await asyncio.sleep(0.01)
        counted = browser.view.parts.session.counted
        known = all(browser.catalog.summary(location) is not None for location in browser.catalog.shown[:10])
        estimated = browser.view.parts.session.memory is not None
        screen = app.screen
        if isinstance(screen, (SearchScreen, LiveScreen, StatisticsScreen)) and not screen.done:
            continue
        if counted is not None and counted.done and known and estimated and browser.view.cache.markdown:
            return
    raise TimeoutError("the browser did not come to rest")


def main() -> None:
    """Write the pictures; with --check, say whether they are up to date instead."""
    os.environ["TZ"] = "UTC"
    use_time_zone()
    check = "--check" in sys.argv
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        build_workspace(workspace, now=NOW)
        build_database(workspace, now=NOW)
        for name in SHOTS:
            svg = stable(asyncio.run(take(name, workspace)))
            path = FOLDER / f"{name}.svg"
            if check:
                if not path.exists() or path.read_text(encoding="utf-8") != svg:
                    stale.append(path.name)
            else:
                path.write_text(svg, encoding="utf-8")
                print(f"wrote {path.relative_to(FOLDER.parent)}")
    if stale:
        sys.exit(f"not up to date: {', '.join(stale)}; run make screenshots")


def stable(svg: str) -> str:
    """The SVG with the same ids in every run: Rich names them after a checksum of what is drawn."""
    return re.sub(r"terminal-\d+-", "terminal-", svg)


if __name__ == "__main__":
    main()
