"""A picture of the screen as a file: it holds what was said, and is as private as all that is written."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from earwig.core.system.copies import CannotWrite, file_to_keep
from earwig.core.text.safe_text import own_text, safe_name
from earwig.ui.rendering.plain import notify_safely

_LONG = 10.0
"""Seconds that a path is shown."""


def save_screenshot(app: App[Any], away_from: Sequence[Path]) -> None:
    """Write the screen as an SVG to a new file that only the reader can read, and tell where it is.

    In a thread, because a disk may be slow; in the working directory, unless that is among `away_from`.
    """
    picture = app.export_screenshot().encode("utf-8", "backslashreplace")

    def write() -> None:
        try:
            path = file_to_keep([picture], away_from, ".svg")
        except CannotWrite as error:
            notify_safely(app, error.sentence, severity="warning", timeout=_LONG)
        else:
            notify_safely(app, own_text("Written to {}", safe_name(str(path))), timeout=_LONG)

    threading.Thread(target=write, name="earwig-screenshot", daemon=True).start()
