"""Who speaks: the gutter, the style and the name of a role."""

from __future__ import annotations

from typing import Final

from rich.style import Style

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line
from earwig.ui.rendering.palette import Palette

ROLE_CELLS = 32
"""An unknown role is cut there."""

GUTTERS: Final = {"user": "▌", "assistant": "┃", "tool": "┊", "system": "╏"}
OTHER_GUTTER = "?"
BAD_GUTTER = "✗"
UNREAD_GUTTER = "…"
"""Of a line that cannot be judged: still being written, or too long."""

GHOST_GUTTER = "╌"
"""Of what is not in the session any more."""


class Speaker(NamedTuple):
    name: SafeText
    gutter: str
    style: Style


def speaker(role: str, palette: Palette) -> Speaker:
    """The four roles of the bot are shown by name. Any other is quoted, so that none looks like them."""
    gutter = GUTTERS.get(role)
    if gutter is None:
        return Speaker(_quoted(role), OTHER_GUTTER, palette.other)
    style: Style = getattr(palette, role)
    return Speaker(clean_line(role), gutter, style)


def _quoted(role: str) -> SafeText:
    """Return a role as a string literal in ASCII, so that letters which look alike do not."""
    room = ROLE_CELLS - 2
    escaped = role[:ROLE_CELLS].encode("unicode_escape").decode("ascii").replace('"', '\\"')
    whole = len(role) <= ROLE_CELLS and len(escaped) <= room
    return clean_line(f'"{escaped}"' if whole else f'"{escaped[: room - 1]}…"')
