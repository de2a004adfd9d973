"""Paints the rows of a screenful: the gutter, the content, the ruler, the scroll mark."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from earwig.ui.rendering.block import Block
from earwig.ui.rendering.ruler import ruler_strip
from earwig.ui.transcript.marks import MatchMarks
from earwig.ui.transcript.screenful import OnScreen

if TYPE_CHECKING:
    from earwig.ui.rendering.found_text import Piece

    _StripKey = tuple[int, int, bool, bool, bool, tuple[Piece, ...]]

GUTTER = 2
"""Cells at the left that no content reaches: whose row it is, and the sign of a row in earwig's own words."""

SCROLL_MARK = 1
"""Cells at the right that show how far into the session the screen is."""

MORE_LEFT, MORE_RIGHT = "‹", "›"
"""At the edges of the column, reversed as no content is: a line goes on there."""

STRIPS = 250
"""Finished rows kept, each with what filters and cuts made of it: some screens, under 2 MB."""


class RowPainter:
    """Keeps the strips that it has painted: a row that stays the same stays the same strip."""

    def __init__(self, on_screen: OnScreen, marks: MatchMarks) -> None:
        self._viewport, self._cache, self._screenful = on_screen
        self.marks = marks
        self._size = Size(0, 0)
        self._sideways = 0
        self._part = (0.0, 1.0)
        self._strips: LRUCache[_StripKey, tuple[Block, Strip]] = LRUCache(STRIPS)
        self.ruler: tuple[int, int] | None = None
        """Position of the line before which the ruler stands, and the generation that it is of."""

    def lay_out(self, size: Size, sideways: int) -> None:
        """Paint for a screen of this size, with so many cells of the long rows out of sight at the left."""
        self._size, self._sideways = size, sideways
        self.clear()

    @property
    def room(self) -> int:
        """Cells of a row of the screen that text has room in, in the column or beside it."""
        return self._size.width - GUTTER - SCROLL_MARK

    def clear(self) -> None:
        self._strips.clear()

    def rule(self, ruler: tuple[int, int] | None) -> bool:
        """Put the ruler before a line, or nowhere; returns whether it was elsewhere."""
        changed, self.ruler = ruler != self.ruler, ruler
        return changed

    def measure(self, span: tuple[int, int]) -> None:
        """Learn between which positions the session is: for the scroll mark, with each new screenful."""
        self._part = self._share(*span)

    def paint(self, y: int, cursor: int | None) -> Strip:
        """Return a row of the screen; `cursor` is the index of the entry that shows the cursor."""
        if y >= len(self._screenful.drawn):
            return Strip([Segment(" " * self._size.width, self._cache.palette.text)], self._size.width)
        block, row, index = self._screenful.drawn[y]
        here = index == cursor
        # The same strip again and again: it remembers how it is filtered, cropped and written.
        marked, ruled = self._is_marked(y), self._is_ruled(block, row, index)
        pieces = () if ruled else self.marks.pieces(index, row)
        key = (id(block), row, here, marked, ruled, pieces)
        known = self._strips.get(key)
        if known is None or known[0] is not block:
            content = block.rows[row]
            if pieces:
                from earwig.ui.rendering.found_text import standing_out  # loaded with the first text found

                content = standing_out(content, pieces)
            strip = (
                self._compose_ruler(marked)
                if ruled
                else self._compose_row(block, row, content, here=here, marked=marked)
            )
            known = self._strips[key] = (block, strip)
        return known[1]

    def _is_ruled(self, block: Block, row: int, index: int) -> bool:
        """Whether the ruler stands here: in the blank row above an entry, so that it moves no other."""
        if self.ruler is None or row != len(block.rows) - 1 or not block.below:
            return False
        position, generation = self.ruler
        if generation != self._viewport.generation:
            return False
        # What is folded away into the entry above has no row of its own.
        for entry in islice(self._viewport.entries, index + 1, None):
            if entry.identity == position:
                return True
            if self._cache.height(entry):
                return False
        return False

    def _compose_ruler(self, marked: bool) -> Strip:
        ruler = ruler_strip(GUTTER + self._cache.width, self._cache.palette)
        return Strip.join([ruler, self._beside(), self._scroll_mark(marked)]).simplify()

    def _scroll_mark(self, marked: bool) -> Strip:
        palette = self._cache.palette
        mark = Segment("┃", palette.muted) if marked else Segment(" ", palette.text)
        return Strip([mark], SCROLL_MARK)

    def _compose_row(self, block: Block, row: int, content: Strip, *, here: bool, marked: bool) -> Strip:
        palette = self._cache.palette
        style = block.gutter_style + Style(reverse=True) if here else block.gutter_style
        last = row == len(block.rows) - 1 and block.below > 0
        gutter = [
            Segment(" " if last else block.gutter, palette.text if last else style),
            Segment(block.signs.get(row, " "), palette.muted),
        ]
        shown = self._in_sight(block, row, content)
        parts = [Strip(gutter, GUTTER), shown, self._beside(), self._scroll_mark(marked)]
        # Neighbours of one style become one: a third fewer bytes for the terminal to read.
        return Strip.join(parts).simplify()

    def _beside(self) -> Strip:
        return Strip.blank(max(0, self.room - self._cache.width), self._cache.palette.text)

    def _in_sight(self, block: Block, row: int, strip: Strip) -> Strip:
        """Return the part of a row that the column has room for; who speaks, and what is folded, stays."""
        width, palette = self._cache.width, self._cache.palette
        if row in (0, block.mark) or (strip.cell_length <= width and not self._sideways):
            return strip
        start, stop = self._sideways, self._sideways + width
        edge = palette.muted + Style(reverse=True)
        before = Strip([Segment(MORE_LEFT, edge)], 1) if strip.crop(0, start).text.strip() else Strip([], 0)
        after = Strip([Segment(MORE_RIGHT, edge)], 1) if strip.cell_length > stop else Strip([], 0)
        middle = strip.crop(start + before.cell_length, stop - after.cell_length)
        blank = Strip.blank(width - before.cell_length - middle.cell_length - after.cell_length, palette.text)
        return Strip.join([before, middle, blank, after])

    def _is_marked(self, y: int) -> bool:
        first, last = self._part
        height = max(1, self._size.height)
        top = min(height - 1, int(first * height))
        return (first > 0 or last < 1) and top <= y < max(top + 1, round(last * height))

    def _share(self, begin: int, end: int) -> tuple[float, float]:
        """Which part of the session is on the screen, by its positions: known without counting lines."""
        view, rows = self._viewport, self._screenful.rows
        whole = max(1, max(end, view.stop) - begin)
        if not rows:
            return 0.0, 1.0
        first, last = view.entries[rows[0][0]], view.entries[rows[-1][0]]
        start = 0.0 if view.at_start and (view.top, view.row) == (0, 0) else (first.position - begin) / whole
        return start, 1.0 if view.at_bottom else (last.next - begin) / whole
