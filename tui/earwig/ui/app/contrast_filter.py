"""Whatever a theme, a widget or a chosen row does to text: it can be read against what it stands on."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from earwig.ui.rendering.palette import readable

_TEXT = re.compile("[^\\s\u2500-\u259f]")
"""What is read. Lines and blocks (frames, bars, scroll marks) may stand back as far as they like."""


class ContrastFilter(LineFilter):
    """Moves colours of text towards black or white until they have the contrast that reading takes.

    A terminal's own colours stay: only the terminal knows what they look like.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same list if all in it can be read."""
        changed = [_read_well(segment) for segment in segments]
        return (
            segments if all(one is other for one, other in zip(changed, segments, strict=True)) else changed
        )


def _read_well(segment: Segment) -> Segment:
    text, style, control = segment
    if style is None or style.color is None or style.bgcolor is None:
        return segment
    colour = _readable(style.color, style.bgcolor)
    if colour is None or not _TEXT.search(text):
        return segment
    return Segment(text, style + Style(color=colour), control)


@lru_cache(maxsize=2048)
def _readable(colour: RichColor, background: RichColor) -> RichColor | None:
    if colour.triplet is None or background.triplet is None:
        return None
    given = Color.from_rich_color(colour)
    better = readable(given, Color.from_rich_color(background))
    return None if better == given else better.rich_color
