"""The second line of defence: what no widget may send to the terminal, taken out of every drawn line.

It stands behind `core.text.safe_text` and knows nothing of it: that one says what is changed, this one what
may pass. Each alone keeps a terminal safe. This one keeps every line's width, so what has no cells goes and
what has some becomes U+FFFD; it does not count combining marks.
"""

from __future__ import annotations

import re
from unicodedata import category

from rich.cells import cell_len, set_cell_size, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

SCROLL_BAR_ACTIONS = frozenset(
    {("@mouse.down", "grab"), ("@mouse.down", "scroll_up"), ("@mouse.down", "scroll_down")}
)
"""The only actions that Textual's own widgets write into their cells (`ScrollBarRender.render_bar`)."""

_REPLACEMENT = "\ufffd"

# `str.isprintable` says yes to these, which nobody sees or which make terminals disagree on a width:
# fillers, inherent vowels, variation selectors, skin tones.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
# And no to these, which are drawn: blanks, signs that enclose digits, hieroglyph joiners, private use.
_DRAWN = (
    "[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd\U00013430-\U0001343f\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)


class ControlFilter(LineFilter):
    """Lets no control, no invisible character, no link and no foreign action of a cell through.

    Metadata that is no action (`offset`, `option`, ...) passes.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        safe = [self._safe(segment) for segment in segments]
        return segments if all(map(_same, safe, segments)) else safe

    def _safe(self, segment: Segment) -> Segment:
        text, style, control = segment
        safe_text = text if _is_harmless(text) else _disarm(text)
        safe_style = style if style is None or self._permits(style) else self._disarm_style(style)
        if safe_text is text and safe_style is style and control is None:
            return segment
        return Segment(safe_text, safe_style)

    def _permits(self, style: Style) -> bool:
        if style.link is not None:
            return False
        meta = style.meta
        return not meta or all(map(self._permits_meta, meta.items()))

    def _permits_meta(self, item: tuple[str, object]) -> bool:
        key, value = item
        return not key.startswith("@") or (isinstance(value, str) and (key, value) in SCROLL_BAR_ACTIONS)

    def _disarm_style(self, style: Style) -> Style:
        meta = dict(filter(self._permits_meta, style.meta.items()))
        bare = style.clear_meta_and_links()
        return bare + Style(meta=meta) if meta else bare


class FiltersInOne(LineFilter):
    """Several filters, one after the other: Textual makes and keeps each row once more for each."""

    def __init__(self, *filters: LineFilter) -> None:
        super().__init__()
        self._filters = filters

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        for one in self._filters:
            segments = one.apply(segments, background)
        return segments


def _same(one: Segment, other: Segment) -> bool:
    return one is other


def _is_harmless(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _UNSEEN.search(text))


def _may_pass(char: str) -> bool:
    if char.isprintable():
        return not _UNSEEN.match(char)
    return category(char) != "Cn" and re.match(_DRAWN, char) is not None


def _disarm(text: str) -> str:
    refused = {ord(char): _REPLACEMENT * cell_len(char) for char in set(text) if not _may_pass(char)}
    if not refused:
        return text
    # Grapheme by grapheme, so that what follows a joined emoji stays in its place.
    pieces = (
        set_cell_size(text[start:stop].translate(refused), cells)
        for start, stop, cells in split_graphemes(text)[0]
    )
    return set_cell_size("".join(pieces), cell_len(text))
