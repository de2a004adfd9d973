"""Where an exception comes that nobody has handled.

Why: Textual 8.2.8 draws a traceback with the values of variables, parts of messages among them, and prints
that over the screen's end. There is no public place between the exception and that drawing.
Private: `App._fatal_error`.
Without this module: Textual's drawing is not printed, and the fault that is told is an unknown one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from textual.app import App

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "fatal error", "a fault is told without any word of a session", lambda: has(App, "_fatal_error")
)


def take_fatal_errors(app: App[Any], leave: Callable[[BaseException | None], object]) -> None:
    """Have `leave` called with an exception that nobody has handled, in place of what Textual does."""
    if USE.works:
        vars(app)["_fatal_error"] = lambda: leave(sys.exception())
    else:
        app.error_console.quiet = True
