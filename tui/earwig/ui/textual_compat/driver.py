"""The terminal's driver: which one, and what is sent to the terminal that Textual has no words for.

Why: Textual 8.2.8 has one door to the terminal, its driver, and only its own widgets may use it: its copying
knows of no tmux, and it sends no notifications.
Private: `App._driver`.
Without this module: nothing is sent; what was to be seen by the terminal is told on the screen alone, and
the mouse stays what it was at the start.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.app import App

from earwig.ui.textual_compat.private_use import PrivateUse, has

if TYPE_CHECKING:
    from textual.driver import Driver

USE = PrivateUse(
    "driver",
    "copying over SSH, within tmux and screen; notifications by the terminal; a terminal that is given back",
    lambda: has(App, "_driver"),
)


def driver_of(app: App[Any]) -> Driver | None:
    """Return what stands between an app and its terminal; None where that cannot be known."""
    return app._driver if USE.works else None


def send_to_terminal(app: App[Any], sequence: str) -> bool:
    """Write a control sequence to the terminal, between two frames; returns whether that can be done."""
    driver = driver_of(app)
    if driver is None:
        return False
    driver.write(sequence)
    return True


def restore_terminal(app: App[Any]) -> None:
    """Give the terminal back at once, from any thread, if its driver can do that."""
    restore = getattr(driver_of(app), "restore_terminal", None)
    if restore is not None:
        restore()


def choose_driver(chosen: type[Driver]) -> type[Driver]:
    """Return the driver to use where Textual has chosen this one: on Unix, ours in place of its own."""
    if sys.platform != "win32" and chosen.__name__ == "LinuxDriver":
        with suppress(ImportError):  # something private that it stands on is gone
            from earwig.ui.textual_compat import unix_driver  # cannot be imported on Windows

            if unix_driver.USE.works:
                return unix_driver.UnixDriver
    return chosen
