"""Sends the terminal what Textual has no words for: a clipboard's contents, a notification.

Why: Textual 8.2.8 has one door to the terminal, its driver, and only its own widgets may use it.
Private: `App._driver`.
Without this module: nothing is sent; the reader is told what was to be seen on the screen alone.
"""

from __future__ import annotations

from typing import Any

from textual.app import App


def send_to_terminal(app: App[Any], sequence: str) -> bool:
    """Write a control sequence to the terminal, between two frames; returns whether that can be done."""
    driver = app._driver
    if driver is None:
        return False
    driver.write(sequence)
    return True
