"""What is loaded once the first frame is drawn, though nobody has asked for it yet.

An action that cannot be loaded, because the system has no open file left to read it with, is told of and not
done. What comes by itself, a row to be drawn or a message, cannot be left out: so it is loaded before.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from functools import partial

from earwig.core.system.background import Background, Priority

MODULES = (
    "orjson",
    "earwig.core.content.media",
    "earwig.core.content.tool_summary",
    "earwig.ui.rendering.found_text",
    "earwig.ui.rendering.fused",
    "earwig.ui.rendering.meaning",
    "earwig.ui.rendering.removed_entry",
    "earwig.ui.transcript.page_diff",
    "earwig.core.model.standing",
    "earwig.ui.rendering.trouble_words",
    "earwig.ui.session.moving",
    "earwig.core.reading.imports",
    "earwig.core.reading.link_search",
    "earwig.core.reading.newest",
    "earwig.core.reading.session_text",
    "earwig.core.system.whole_files",
    "earwig.ui.transcript.clipboard_actions",
    "earwig.ui.transcript.kind_search",
    "earwig.ui.transcript.link_follower",
    "earwig.ui.screens.stored_line",
    "earwig.ui.screens.links",
    "earwig.ui.screens.controllers.clipboard",
    "earwig.ui.screens.controllers.programs",
    "earwig.ui.screens.controllers.session_copies",
    "earwig.ui.screens.controllers.transcript_requests",
)
"""In the order in which they may be wanted."""


def load_later(background: Background) -> None:
    """Load them one by one, whenever nothing else is to be done."""
    for name in MODULES:
        background.submit(partial(_load, name), Priority.IDLE)


def _load(name: str) -> None:
    with suppress(ImportError, OSError):  # whoever needs it meets the same
        importlib.import_module(name)
