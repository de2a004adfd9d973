"""One message of the live view of all sessions, in two rows: who, where and when; and what it says."""

from __future__ import annotations

from typing import Final
from zlib import crc32

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.content.preview import preview_of
from earwig.core.follow.live import Arrival
from earwig.core.model.titles import title_of
from earwig.core.text.entry_words import number_words
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.cells import fit, fit_ends, width_of
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.roles import speaker
from earwig.ui.rendering.times import TimeStyle

ROWS: Final = 2

_TEXT = 1_000
"""Characters of a message that may be shown."""

_COLOURS: Final = ("user", "assistant", "tool", "system", "other", "link")
"""Styles of the theme that a session's name may have, so that one is told from another."""


def draw_arrival(
    arrival: Arrival, now: float, width: int, palette: Palette, times: TimeStyle, chosen: Style | None
) -> tuple[Strip, Strip]:
    """Draw a message in two rows of `width` cells; `chosen` colours the one that the reader is on."""
    session, message = arrival.session, arrival.message
    who, title = speaker(message.role, palette), title_of(session)
    number = number_words(arrival.number)
    seen = own_text("") if arrival.seen is None else times.seen(arrival.seen, now)
    at = seen if arrival.time is None else times.when(arrival.time, now)
    right = f"{at}  {number}" if at else number
    left = [
        Segment(f"{who.gutter} ", who.style),
        Segment(fit_ends(title.name, max(8, width // 3)), session_style(session.key, palette)),
        Segment(f"  {title.channel}" if title.channel else "", palette.muted),
        Segment(f"  {who.name}", who.style),
    ]
    room = width - sum(width_of(segment.text) for segment in left)
    head = [*left, Segment(f" {fit(right, max(0, room - 1))}".rjust(max(0, room)), palette.muted)]
    said = Segment(fit(_said(arrival), max(0, width - 2)), palette.text)
    body = [Segment(f"{who.gutter} ", who.style), said]
    return _strip(head, width, palette, chosen), _strip(body, width, palette, chosen)


def session_style(key: str, palette: Palette) -> Style:
    """Return the colour of a session's name: the same in each run."""
    style: Style = getattr(palette, _COLOURS[crc32(key.encode("utf-8", "surrogateescape")) % len(_COLOURS)])
    return style + Style(bold=True)


def _said(arrival: Arrival) -> SafeText:
    role, content = arrival.message
    text = content[:_TEXT]
    return clean_line(" ".join((preview_of(role, text) or text).split()))


def _strip(segments: list[Segment], width: int, palette: Palette, chosen: Style | None) -> Strip:
    if chosen is not None:
        segments = [Segment(text, (style or Style()) + chosen) for text, style, _ in segments]
    return Strip(segments).adjust_cell_length(width, palette.text + (chosen or Style()))
