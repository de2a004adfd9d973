"""The line across a transcript above which the bot would forget: earwig's own, from the gutter on."""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.strip import Strip

from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.cells import width_of
from earwig.ui.rendering.palette import Palette

DASH: Final = "┄"
"""Of one cell. It begins in the gutter, where no content is drawn: so no message can look like it."""

_WORDS: Final = (
    own_text("the bot would compact away what is above this line (estimate)"),
    own_text("above: would be compacted away (estimate)"),
    own_text("above: would be compacted away"),
    own_text("compacted"),
)
"""From what says most to what needs least room."""

_BEFORE: Final = 2
"""Dashes before the words, at least as many as the gutter has cells."""


def ruler_strip(width: int, palette: Palette) -> Strip:
    """One row of `width` cells, the gutter's among them."""
    room = width - 2 * _BEFORE - 2
    words = next((words for words in _WORDS if width_of(words) <= room), None)
    if words is None:
        return Strip([Segment(DASH * width, palette.line)], width)
    rest = width - _BEFORE - width_of(words) - 2
    return Strip(
        [
            Segment(DASH * _BEFORE, palette.line),
            Segment(f" {words} ", palette.muted),
            Segment(DASH * rest, palette.line),
        ],
        width,
    )
