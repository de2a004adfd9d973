"""One hit of a search in one row: who said it, in which session, and what is around the match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.model.titles import title_of
from earwig.core.query.hits import Hit
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.cells import fit, fit_ends, width_of
from earwig.ui.rendering.found_text import FOUND
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.roles import BAD_GUTTER, Speaker, speaker

_NAME = 22
"""Cells of a session's name at most; it gets a quarter of the row."""

_NUMBER = 8


class HitRow(NamedTuple):
    """What a row shows; equal ones look the same."""

    hit: Hit
    age: str
    """Of the message, or in a muted colour of the session, where the message has no time of its own."""


def draw_hit(row: HitRow, width: int, palette: Palette, chosen: Style | None) -> Strip:
    """Draw a hit in `width` cells; `chosen` colours the row that the reader is on."""
    hit = row.hit
    title, who = title_of(hit.session), _speaker(hit, palette)
    cells = min(_NAME, max(6, width // 4))
    name = fit_ends(title.name, cells)
    number = f"#{hit.number}"[:_NUMBER].rjust(_NUMBER)
    segments = [
        Segment(who.gutter, who.style),
        Segment(f" {name}{' ' * (cells - width_of(name))}", palette.text),
        Segment(f"{row.age:>4}", palette.muted if hit.sent_ns is None else palette.text),
        Segment(f" {number} ", palette.muted),
    ]
    room = width - sum(width_of(segment.text) for segment in segments)
    segments += _snippet(hit, max(0, room), palette)
    if chosen is not None:
        segments = [Segment(text, (style or Style()) + chosen) for text, style, _ in segments]
    return Strip(segments, width).adjust_cell_length(width, palette.text + (chosen or Style()))


def _speaker(hit: Hit, palette: Palette) -> Speaker:
    return Speaker(own_text("bad line"), BAD_GUTTER, palette.bad) if hit.bad else speaker(hit.role, palette)


def _snippet(hit: Hit, room: int, palette: Palette) -> Iterator[Segment]:
    """Yield the text around the matches, cleaned piece by piece so that each mark stays on what it marks."""
    pieces = [(text, mark) for text, mark in _pieces(hit) if text]
    before = pieces[0][0] if pieces and not pieces[0][1] else None
    if before is not None and width_of(before) > room // 2:
        pieces[0] = (clean_line("…" + before[-max(1, room // 3) :]), False)
    for text, mark in pieces:
        if room <= 0:
            return
        shown = fit(text, room)
        room -= width_of(shown)
        yield Segment(shown, palette.text + FOUND if mark else palette.muted)
    yield Segment(" " * room, palette.text)


def _pieces(hit: Hit) -> Iterator[tuple[SafeText, bool]]:
    at = 0
    for start, stop in hit.ranges:
        yield _one_line(hit.snippet[at:start]), False
        yield _one_line(hit.snippet[start:stop]), True
        at = stop
    yield _one_line(hit.snippet[at:]), False


def _one_line(text: str) -> SafeText:
    return clean_line(text.replace("\n", " "))
