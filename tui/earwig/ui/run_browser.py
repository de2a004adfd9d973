"""Runs the browser, from what a command was given to the exit status."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from earwig.core.fault_report import report_lines, say
from earwig.core.first_look import FirstLook
from earwig.core.store import FolderStore, Session
from earwig.ui.app import FAULT, EarwigApp
from earwig.ui.own_settings import settings_of

if TYPE_CHECKING:
    from earwig.core.location import Found
    from earwig.core.message_link import MessageLink
    from earwig.core.settings_source import Loaded
    from earwig.core.sidebar.reading_state import ReadingState

_PATIENCE = 0.1
"""Seconds that the first frame may wait for the newest messages: else they come when they come."""

_SWITCH = 0.001
"""Seconds that a thread may keep the interpreter from the one that draws; Python's own 5 ms add up."""


def run_browser(
    store: FolderStore,
    *,
    found: Found | None = None,
    loaded: Loaded | None = None,
    first: FirstLook | None = None,
    reading: ReadingState | None = None,
    link: tuple[Session, MessageLink] | None = None,
) -> int:
    """Show the store's sessions until the reader leaves; returns the exit status.

    `first` is what a caller has begun to read before it imported this module; `reading` remembers what was
    read from run to run; `link` is the message to begin with, and its session.

    Raises `UnknownTheme`.
    """
    settings, problems = settings_of(loaded)
    sys.setswitchinterval(_SWITCH)
    if first is None:
        first = FirstLook(store)
        first.start()
    app = EarwigApp(
        store,
        partial(first.beginning, _PATIENCE),
        found=found,
        settings=settings,
        problems=problems,
        reading=reading,
        link=link,
    )
    app.run(mouse=settings.mouse)
    if app.fault is not None:
        say(report_lines(app.fault))
        return FAULT
    return app.return_code or 0
