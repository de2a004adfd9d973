"""Bytes as they are stored: as text with everything visible, or in hexadecimal."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from earwig.core.text.safe_text import clean, clean_line, own_text
from earwig.ui.rendering.rows import text_rows, to_strip
from earwig.ui.widgets.themed import Themed

TEXT_LIMIT = 256 * 1024
"""Bytes shown as text; hexadecimal has no limit, because its rows need no layout."""

_PER_ROW = 16


class BytesView(ScrollView, Themed, can_focus=True):
    """Shows bytes in rows: hexadecimal ones are made when drawn, text rows when the width changes."""

    DEFAULT_CSS = "BytesView { height: 1fr; background: $background; scrollbar-size-vertical: 1; }"

    def __init__(self, data: bytes, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data = data
        self.hexadecimal = False
        self._strips: list[Strip] = []

    def show(self, *, hexadecimal: bool) -> None:
        self.hexadecimal = hexadecimal
        self._lay_out()
        self.scroll_home(animate=False)

    def look_changed(self) -> None:
        """Lay the text out in other colours, once there is a width to lay it out for."""
        if self.size:
            self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(1, self.scrollable_content_region.width)
        if self.hexadecimal:
            self._strips = []
            rows = -(-len(self.data) // _PER_ROW)
        else:
            self._strips = self._text(width)
            rows = len(self._strips)
        self.virtual_size = Size(width, rows)
        self.refresh()

    def _text(self, width: int) -> list[Strip]:
        text = clean(self.data[:TEXT_LIMIT].decode("utf-8", "backslashreplace"))
        rows = text_rows(text, width, self.palette.text)
        if len(self.data) > TEXT_LIMIT:
            more = own_text("… {:,} bytes more: x shows them all in hexadecimal", len(self.data) - TEXT_LIMIT)
            rows += text_rows(more, width, self.palette.muted)
        return [to_strip(row, width, self.palette.text) for row in rows]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        row = self.scroll_offset.y + y
        if row >= self.virtual_size.height:
            return Strip.blank(width, self.palette.text)
        strip = self._hexadecimal(row) if self.hexadecimal else self._strips[row]
        return strip.crop_extend(0, width, self.palette.text)

    def _hexadecimal(self, row: int) -> Strip:
        piece = self.data[row * _PER_ROW : (row + 1) * _PER_ROW]
        digits = piece.hex(" ")
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in piece)
        line = clean_line(f"{row * _PER_ROW:08x}  {digits:<{_PER_ROW * 3}} {shown}")
        return to_strip(text_rows(line, len(line), self.palette.text)[0], len(line), self.palette.text)
