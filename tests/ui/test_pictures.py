"""Pictures of the screens on the demo's sessions, at two sizes: what moves or is drawn otherwise is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from earwig.cli.demo.database import build_database
from earwig.cli.demo.workspace import build_workspace
from earwig.core.settings.settings import Settings
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import resolve_path
from earwig.ui.app.app import EarwigApp
from tests.screenshots import NOW, settle
from tests.this_system import use_time_zone
from tests.ui.browsing import Browser, listed

SCREENS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "following": ("textual-dark", (), "● following"),
    "held-tools": ("textual-light", ("pageup", "pageup", "t"), "‖ held"),
    "find": ("textual-dark", ("slash", *"order"), " of 6"),
    "filter": ("textual-light", ("l", *"order", "enter"), "Esc clears"),
    "go-to": ("textual-dark", (":",), "● following"),
    "stored-line": ("textual-light", ("pageup", "up", "up", "enter"), "bytes at offset"),
    "search": ("textual-dark", ("ctrl+s", *"order"), "67 messages in 7 sessions"),
    "live": ("textual-light", ("a",), "all sessions · "),
    "numbers": ("textual-dark", ("ctrl+t",), "22,303 tokens"),
    "side-by-side": ("textual-dark", ("vertical_line", "down", "down", "tab"), "● following"),
    "help": ("textual-light", ("question_mark",), "At the newest message"),
    "links": ("textual-dark", ("o",), "link"),
    "sessions-filter": ("textual-light", ("shift+tab", "slash", *"tele"), "sessions · 8 of 16"),
}
"""Name: theme, the keys pressed before the picture is taken, and what is on the screen then."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    build_workspace(folder, now=NOW)
    build_database(folder, now=NOW)
    return folder


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    use_time_zone()
    yield
    monkeypatch.undo()
    use_time_zone()


SIZES = {"80x24": (80, 24), "120x40": (120, 40)}

PICTURES = [(name, size) for name in SCREENS for size in SIZES if (name, size) != ("side-by-side", "80x24")]
"""Side by side is refused where there is no room for it."""


async def rest(browser: Browser) -> None:
    """Wait until nothing is being looked for, and the screen has stayed as it is for three looks in a row."""
    seen: list[str] = []

    def same() -> bool:
        catalog = browser.app.browser.sidebar.catalog
        done, total = catalog.looked_through
        looking = catalog.looking or done < total or any("looking through" in row for row in browser.rows())
        seen.append(browser.app.export_screenshot())
        return not looking and len(seen) >= 3 and len(set(seen[-3:])) == 1

    for _ in range(300):
        if same():
            return
        await asyncio.sleep(0.05)
        await browser.pilot.pause()
    raise AssertionError("the screen does not come to rest\n" + "\n".join(browser.rows()))


@pytest.mark.parametrize(("name", "size"), PICTURES)
def test_a_screen_looks_as_it_did(
    demo: Path, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, name: str, size: str
) -> None:
    # A cursor that blinks is there in one picture and not in the other; Textual has no public way to stop it.
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    theme, keys, shown = SCREENS[name]
    store = store_for([resolve_path(demo)])
    app = EarwigApp(store, listed(store), settings=Settings(theme=theme), clock=lambda: NOW)

    async def drive(pilot: Pilot[int]) -> None:
        await settle(app)
        await pilot.press(*keys)
        await settle(app)
        browser = Browser(app, pilot, demo)
        await browser.expect_shown(shown)
        looked_through = browser.app.browser.sidebar.catalog
        await browser.wait_for(
            lambda: len(set(looked_through.looked_through)) == 1, "the list looked through"
        )
        await rest(browser)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=drive)
