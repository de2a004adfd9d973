"""Runs the browser, however it was started: from what a command was given to the exit status.

What holds for the browser's whole process is set here and nowhere else. Nothing heavy is imported before.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from earwig.core.diagnostics.fault_report import report_lines, say
from earwig.core.model.session import Session
from earwig.core.stores.first_look import FirstLook
from earwig.core.stores.store import Store
from earwig.core.system.collecting import put_off_collections
from earwig.core.system.ending import die_at_exit, is_usual, told_of_signals

if TYPE_CHECKING:
    from earwig.core.catalog.reading_state import ReadingState
    from earwig.core.model.message_link import MessageLink
    from earwig.core.settings.settings_source import Loaded
    from earwig.core.stores.location import FoundStores

_PATIENCE = 0.1
"""Seconds that the first frame may wait for the newest messages: else they come when they come."""

_SWITCH = 0.001
"""Seconds that a thread may keep the interpreter from the one that draws; Python's own 5 ms add up."""

_FRAMES = 500
"""Frames in a second at most: how long one waits for its turn. How many there are, what happens decides."""


_FAILED = 1
"""The return code that Textual gives an app after an exception."""


def run_browser(
    store: Store,
    environ: Mapping[str, str],
    *,
    found: FoundStores | None = None,
    loaded: Loaded | None = None,
    first: FirstLook | None = None,
    reading: ReadingState | None = None,
    link: tuple[Session, MessageLink] | None = None,
) -> int:
    """Show the store's sessions until the reader leaves; returns the exit status.

    `environ` is the reader's environment, of which nothing is changed; `first` is what a caller has begun to
    read; `reading` remembers what was read from run to run; `link` is the message to begin with, and its
    session.

    Raises `Refusal` where the browser does not start.
    """
    put_off_collections()  # the app begins them with its first frame
    sys.setswitchinterval(_SWITCH)
    if first is None:
        first = FirstLook(store)
        first.start()
    # Only now, because it takes longest: the disk is read meanwhile.
    from earwig.ui.textual_compat.frame_rate import set_frame_rate

    set_frame_rate(_FRAMES, environ)
    from earwig.ui.app.app import FAULT, EarwigApp
    from earwig.ui.app.own_settings import settings_of

    settings, problems = settings_of(loaded)
    app = EarwigApp(
        store,
        partial(first.beginning, _PATIENCE),
        found=found,
        settings=settings,
        problems=problems,
        reading=reading,
        link=link,
    )
    with told_of_signals(app.end_by):
        app.run(mouse=settings.mouse)
    if app.ended_by is not None and not is_usual(app.ended_by):
        die_at_exit(app.ended_by)
    if app.return_code == _FAILED:
        app.note_fault()
    if app.fault is not None and app.ended_by is None:
        say(report_lines(app.fault))
        return FAULT
    return app.return_code or 0
