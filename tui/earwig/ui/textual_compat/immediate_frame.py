"""Draws a widget at once, not with the next tick of its screen.

Why: in Textual 8.2.8 a change goes by messages, from the widget to the screen and from there to its timer: a
frame takes a millisecond more.
Private: `Screen._dirty_widgets`, `Screen._on_timer_update`.
Without this module: what a bot appends is on the screen that much later.
"""

from __future__ import annotations

import time

from textual.screen import UPDATE_PERIOD, Screen
from textual.widget import Widget

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "immediate frame",
    "a message that a bot appends is on the screen 1 ms earlier",
    lambda: has(Screen, "_dirty_widgets", "_on_timer_update"),
)


class ImmediateFrame:
    """Keeps the pace of frames: right after one, a change waits for the next."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._drawn_at = float("-inf")

    def draw(self) -> None:
        """Have what was changed drawn at once, unless there was a frame just now."""
        now = time.monotonic()
        if USE.works and now - self._drawn_at > UPDATE_PERIOD:
            self._drawn_at = now
            screen = self._widget.screen
            screen._dirty_widgets.add(self._widget)
            screen._on_timer_update()
