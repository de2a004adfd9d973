"""Counts a change that needs another height.

Why: in Textual 8.2.8 a change of style asks for a layout without counting it, and `refresh` counts none that
is asked for: by the count it is known that the height of the text before is of no use.
Private: `Widget._layout_updates`.
Without this module: a text that changes in one moment with its style may keep the height of the one before.
"""

from __future__ import annotations

from textual.widget import Widget

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "count of layouts",
    "no text is cut off by the height of the one before",
    lambda: has(Widget, "_layout_updates"),
)


def refresh_height(widget: Widget) -> None:
    """Draw a widget again whose content has changed, with the height that it needs now."""
    if USE.works:
        widget._layout_updates += 1
    widget.refresh(layout=True)
