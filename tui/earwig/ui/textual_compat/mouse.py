"""Whether mouse events come here, or the terminal keeps them for its own selection.

Why: Textual 8.2.8 decides once, at the start, and has no public way to change it.
Private: the switches of the driver, and the flag by which it takes the mouse again after a stop.
Without this module: the mouse stays what it was at the start, and `m` says so.
"""

from __future__ import annotations

from typing import Any

from textual.app import App

from earwig.ui.textual_compat.driver import driver_of
from earwig.ui.textual_compat.private_use import PrivateUse

USE = PrivateUse("mouse", "`m` gives the mouse to the terminal and takes it back", lambda: True)
"""Each driver has the names or has them not: that is asked of the one there is."""


def set_mouse(app: App[Any], *, wanted: bool) -> bool:
    """Take the mouse, or leave it to the terminal; returns False where this cannot be changed."""
    driver = driver_of(app) if USE.works else None
    enable = getattr(driver, "_enable_mouse_support", None)
    disable = getattr(driver, "_disable_mouse_support", None)
    if driver is None or driver.is_web or enable is None or disable is None or not hasattr(driver, "_mouse"):
        return False
    if wanted:
        driver._mouse = True
        enable()
    else:
        disable()
        driver._mouse = False
    return True
