"""Reads what a screen shows, as Textual would send it to the terminal."""

from __future__ import annotations

from typing import Any

from textual._context import visible_screen_stack
from textual.screen import Screen
from textual.strip import Strip


def drawn(screen: Screen[Any]) -> list[Strip]:
    """Draw all of a screen, a strip a row. Textual has no public way to it.

    A dialog is drawn on top of the screens below it. Without them it would be drawn on an empty one,
    and Textual would keep that for the next picture.
    """
    visible_screen_stack.set(screen.app._background_screens)
    return screen._compositor.render_strips()
