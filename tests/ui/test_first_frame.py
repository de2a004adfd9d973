"""What the first frame does not do: all that is done before it, somebody waits for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from earwig.ui.screens.controllers.later import MODULES
from tests.cli.running import SECONDS, environment
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.ui.browsing import browsing, talk

PACKAGE = Path(__file__).parents[2] / "tui"

RUN = """
import sys
from pathlib import Path

from textual._compositor import Compositor
from textual.widgets import Static

import earwig.cli.browse_command
from earwig.core.stores.first_look import FirstLook
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import PathTarget
from earwig.ui.app.app import EarwigApp

FOLDER = Path(sys.argv[1])
store = store_for([PathTarget(folders=(FOLDER,))])
first = FirstLook(store)
first.start()
drawn = Compositor.render_update

def render_update(self, *args, **named):
    update = drawn(self, *args, **named)
    if app.browser.view.reader is not None and app.browser.view.size.height:
        print(*sys.modules)
        sys.stdout.flush()
        Compositor.render_update = drawn
        app.set_interval(0.01, leave)
    return update

def leave():
    from earwig.ui.screens.controllers.later import MODULES

    if all(name in sys.modules for name in MODULES):
        app.exit(0)

Compositor.render_update = render_update
app = EarwigApp(store, lambda: first.beginning(30.0))
app.run(headless=True, size=(120, 40))
"""
"""Prints the modules that are loaded when the first frame is drawn: the newest messages of a folder.

It ends once those are loaded that nobody can be told of if they cannot be.
"""

WANTED_LATER = {
    "apsw",
    "argparse",
    "hashlib",
    "hyperscan",
    "phonenumbers",
    "regex",
    "sqlite3",
    "tomllib",
    "watchfiles",
    "markdown_it",
    "pygments",
    "earwig.core.content.media",
    "earwig.core.content.tool_summary",
    "earwig.core.follow.live",
    "earwig.core.model.message_link",
    "earwig.core.reading.link_search",
    "earwig.core.reading.session_text",
    "earwig.core.settings.settings_reading",
    "earwig.core.settings.settings_rules",
    "earwig.core.stores.jsonl.follower",
    "earwig.core.stores.jsonl.listing_process",
    "earwig.core.stores.combined.merging",
    "earwig.core.stores.sqlite.store",
    "earwig.core.system.clipboard",
    "earwig.core.system.whole_files",
    "earwig.ui.app.palette_commands",
    "earwig.ui.rendering.found_text",
    "earwig.ui.rendering.removed_entry",
    "earwig.ui.rendering.items",
    "earwig.ui.rendering.links",
    "earwig.ui.rendering.markdown",
    "earwig.ui.rendering.meaning",
    "earwig.ui.rendering.source_part",
    "earwig.ui.screens.controllers.clipboard",
    "earwig.ui.screens.controllers.overviews",
    "earwig.ui.screens.controllers.programs",
    "earwig.ui.screens.controllers.transcript_requests",
    "earwig.ui.screens.details",
    "earwig.ui.screens.export",
    "earwig.ui.screens.links",
    "earwig.ui.screens.live",
    "earwig.ui.screens.search",
    "earwig.ui.screens.statistics",
    "earwig.ui.screens.stored_line",
    "earwig.ui.session.moving",
    "earwig.ui.transcript.clipboard_actions",
    "earwig.ui.transcript.filter_bar",
    "earwig.ui.transcript.find_bar",
    "earwig.ui.transcript.go_to",
    "earwig.ui.transcript.kind_search",
    "earwig.ui.transcript.link_follower",
    "earwig.ui.transcript.page_diff",
}
"""What a reader has to do something for, or a session to hold something."""

OF_DATABASES = {"apsw", "earwig.core.stores.combined.merging", "earwig.core.stores.sqlite.store"}

MOST = 188
"""Modules of ours; each takes about a quarter of a millisecond."""

MOST_OF_DATABASES = 205


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_alice.jsonl").write_bytes(talk(20))
    return tmp_path


def test_what_nobody_has_asked_for_is_loaded_after_the_first_frame_or_not_at_all(folder: Path) -> None:
    loaded = modules_of_first_frame(folder)
    assert "earwig.ui.transcript.view" in loaded
    assert WANTED_LATER & loaded == set()
    assert len(ours(loaded)) <= MOST


def test_a_database_of_plain_text_is_shown_without_what_reads_json(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        for number in range(20):
            bot.append("telegram_alice", "user", f"question {number}")
    loaded = modules_of_first_frame(bot.path.parent)
    assert loaded >= OF_DATABASES
    assert heavy_values(loaded) == []
    assert ((WANTED_LATER | {"orjson", "json"}) - OF_DATABASES) & loaded == set()
    assert len(ours(loaded)) <= MOST_OF_DATABASES


def heavy_values(loaded: Iterable[str]) -> list[Path]:
    """Those in which a class takes twice as long to be made as `core.named_tuple` takes."""
    paths = [PACKAGE / f"{name.replace('.', '/')}.py" for name in ours(loaded)]
    heavy = re.compile(r"^from typing import .*\bNamedTuple\b|^    NamedTuple,$", re.MULTILINE)
    return [
        path
        for path in paths
        if path.exists() and path.name != "named_tuple.py" and heavy.search(path.read_text("utf-8"))
    ]


def ours(loaded: Iterable[str]) -> list[str]:
    return [name for name in loaded if name.partition(".")[0] == "earwig"]


def modules_of_first_frame(folder: Path) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)],
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=SECONDS,
    )
    return set(ended.stdout.splitlines()[0].split())


def test_those_modules_exist() -> None:
    named = ours([*WANTED_LATER, *MODULES])
    assert [name for name in named if not (PACKAGE / f"{name.replace('.', '/')}.py").exists()] == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_style_is_worked_out_anew_for_the_width(
    folder: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: Counter[str] = Counter()
    apply = Stylesheet.apply

    def counted(sheet: Stylesheet, node: DOMNode, **named: Any) -> None:
        applied[node.id or ""] += 1
        apply(sheet, node, **named)

    monkeypatch.setattr(Stylesheet, "apply", counted)
    async with browsing(folder, size=size) as browser:
        await browser.expect_shown("answer 10")
    assert applied["sidebar"] == applied["filter"] == 1
