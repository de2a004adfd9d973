"""Draws the rows of a transcript that are on the screen, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.screen import UPDATE_PERIOD
from textual.strip import Strip

from earwig.core.model.entries import Entry
from earwig.core.settings.settings import ALL_OF_IT
from earwig.ui.later import Later
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.found_text import Piece, standing_out
from earwig.ui.rendering.ruler import ruler_strip
from earwig.ui.viewport import Viewport
from earwig.ui.widgets.blocks import Blocks
from earwig.ui.widgets.themed import Themed
from earwig.ui.widgets.ties import Ties

GUTTER = 2
"""Cells at the left that no content reaches: whose row it is, and the sign of a row in earwig's own words."""

STRIPS = 250
"""Finished rows kept, each with what filters and cuts made of it: some screens, under 2 MB."""

SCROLL_MARK = 1
"""Cells at the right that show how far into the session the screen is."""

MORE_LEFT, MORE_RIGHT = "‹", "›"
"""At the edges of the column, reversed as no content is: a line goes on there."""

REST = 0.05
"""Seconds without a change after which the neighbourhood of the screen is drawn."""

PAUSE = 0.005
"""Seconds between two entries of it: what else there is to do is done in them."""

_StripKey = tuple[int, int, bool, bool, bool, tuple[Piece, ...]]


class TranscriptCanvas(Themed, can_focus=True):
    """A line-API widget over a `Viewport`: a frame costs what the screen is high, not the session long."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    TranscriptCanvas { width: 1fr; height: 1fr; background: $background; }
    """

    class Moved(Message):
        """What is shown of the session has changed: place, follow or hold, counts."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.blocks = Blocks(self.look)
        self.viewport = Viewport(self.blocks.height)
        self.blocks.ties = Ties(self.viewport)
        self.visible_rows: list[tuple[int, int]] = []
        """What is on the screen, from the top: index of an entry, and row inside it."""

        self.ruler_at: tuple[int, int] | None = None
        """Position of the line before which the ruler stands, and the generation that it is of."""

        self.column = ALL_OF_IT
        """The most cells that text takes: long rows are hard to read."""

        self.sideways = 0
        """Cells of the long rows that are out of sight at the left."""

        self._cursor: Entry | None = None
        self._drawn_at = 0.0
        self._fitted: Size | None = None
        self._frame: tuple[int, int | None] | None = None
        self._ahead = Later(self, self._draw_ahead)
        self._seen: list[tuple[Block, int, int]] = []
        self._part = (0.0, 1.0)
        self._strips: LRUCache[_StripKey, tuple[Block, Strip]] = LRUCache(STRIPS)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        self._see()
        self.refresh()
        self.tell_moved()
        if self.is_mounted:
            self._ahead.call_in(REST)

    def draw_now(self) -> None:
        """Have what was changed drawn at once, unless there was a frame just now: it will be with the next.

        By messages, from the widget to the screen and from there to its timer, it takes a millisecond more.
        """
        screen = self.screen
        now = time.monotonic()
        if now - self._drawn_at > UPDATE_PERIOD:
            self._drawn_at = now
            screen._dirty_widgets.add(self)
            screen._on_timer_update()

    def tell_moved(self) -> None:
        """Post `Moved`: to the screen at once, because the frame waits until it was heard there."""
        if self.is_attached:
            self.screen.post_message(self.Moved())

    def _draw_ahead(self) -> None:
        """Draw one entry that the next key may bring onto the screen; what else there is to do goes first."""
        entry = next(self._undrawn(), None)
        if entry is not None:
            self.blocks.block(entry)
            self._ahead.call_in(PAUSE)

    def _undrawn(self) -> Iterator[Entry]:
        """What is not drawn yet of the screenful below, and of the one above."""
        entries = self.viewport.entries
        if not self.visible_rows:
            return
        first, last = self.visible_rows[0][0], self.visible_rows[-1][0]
        for places in (range(last + 1, len(entries)), range(first - 1, -1, -1)):
            rows = 0
            for at in places:
                if not self.blocks.is_drawn(entries[at]):
                    yield entries[at]
                rows += self.blocks.height(entries[at])
                if rows > self.viewport.height:
                    break

    @property
    def current(self) -> Entry | None:
        """The entry that the cursor is on."""
        index = self.cursor_index
        return None if index is None else self.viewport.entries[index]

    @property
    def cursor_index(self) -> int | None:
        """Where that entry is in the window: where the reader put the cursor, if that is on the screen."""
        if not self.visible_rows:
            return None
        first, last = self.visible_rows[0][0], self.visible_rows[-1][0]
        index = self._cursor_place()
        index = None if index is None else self.viewport.shown(index)
        return last if index is None else min(max(index, first), last)

    @property
    def has_cursor(self) -> bool:
        """Whether it was the reader who put the cursor where it is."""
        return self._cursor is not None and self._cursor_place() == self.cursor_index

    def _cursor_place(self) -> int | None:
        cursor = self._cursor
        return None if cursor is None else self.viewport.find(cursor.position, cursor.identity)

    def put_cursor(self, entry: Entry | None) -> None:
        """Move the cursor; None: to where it falls, which is the newest message on the screen."""
        self._cursor = entry

    def look_changed(self) -> None:
        """Let go of what is drawn in other colours."""
        self.blocks.look = self.look
        self._strips.clear()
        self.redraw()

    def changed(self) -> None:
        """Draw what is there now, and whatever else a change asks for."""
        self.redraw()

    def on_resize(self) -> None:
        """The frame of the new size may have been drawn before this was told."""
        if self._fitted != self.size:
            self._fit(self.size)
        self.changed()

    def _fit(self, size: Size) -> None:
        """Lay out for a size, and keep what is being read where it is."""
        self._lay_out(size, self._height_at_top())

    def _height_at_top(self) -> int:
        """Rows of the entry that the screen begins inside of; 0 where it begins with its first row."""
        anchor = self.viewport.anchor
        return self.blocks.height(anchor) if anchor is not None and self.viewport.row else 0

    def _lay_out(self, size: Size, before: int) -> None:
        self._fitted = size
        self._strips.clear()
        self.viewport.height = size.height
        room = max(1, size.width - GUTTER - SCROLL_MARK)
        self.blocks.width = room if self.column == ALL_OF_IT else min(room, self.column)
        self.viewport.reflow(before)
        self._see()

    def _see(self) -> None:
        self.visible_rows = self.viewport.rows()
        on_screen = dict.fromkeys(index for index, _ in self.visible_rows)
        blocks = {index: self.blocks.block(self.viewport.entries[index]) for index in on_screen}
        self._seen = [(blocks[index], row, index) for index, row in self.visible_rows]
        self._part = self._share()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a part of the screen.

        Not by way of Textual's cache of styled lines, which makes new strips of all rows whenever one has
        moved: this widget has no border, padding or opacity, and its strips keep what filters made of them.
        """
        _, background = self.background_colors
        self._frame = self._fit_frame()
        strips = [self.render_line(y) for y in crop.line_range]
        self._frame = None
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, strips[0].cell_length if strips else 0):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One row of the screen: earwig's gutter, the content, the scroll mark."""
        width, cursor = self._frame or self._fit_frame()
        if y >= len(self._seen):
            return Strip([Segment(" " * width, self.blocks.look.text)], width)
        block, row, index = self._seen[y]
        here = index == cursor
        # The same strip again and again: it remembers how it is filtered, cropped and written.
        marked, ruled = self._is_marked(y), self._is_ruled(block, row, index)
        pieces = () if ruled else self.pieces(index, row)
        key = (id(block), row, here, marked, ruled, pieces)
        known = self._strips.get(key)
        if known is None or known[0] is not block:
            content = standing_out(block.rows[row], pieces) if pieces else block.rows[row]
            strip = (
                self._compose_ruler(marked)
                if ruled
                else self._compose_row(block, row, content, here=here, marked=marked)
            )
            known = self._strips[key] = (block, strip)
        return known[1]

    def _fit_frame(self) -> tuple[int, int | None]:
        """What is the same for all rows of a frame: its width, and where the cursor is seen."""
        size = self.size
        if self._fitted != size:
            # A frame of another size is drawn before the resize is told: it shall be right, not the next one.
            if self._fitted is None:
                self.take_look()
            self._fit(size)
        return size.width, self.cursor_index if self.has_focus else None

    def pieces(self, index: int, row: int) -> tuple[Piece, ...]:
        """The parts of an entry's row that are to stand out."""
        return ()

    def _is_ruled(self, block: Block, row: int, index: int) -> bool:
        """Whether the ruler stands here: in the blank row above an entry, so that it moves no other."""
        if self.ruler_at is None or row != len(block.rows) - 1 or not block.below:
            return False
        position, generation = self.ruler_at
        if generation != self.viewport.generation:
            return False
        # What is folded away into the entry above has no row of its own.
        for entry in islice(self.viewport.entries, index + 1, None):
            if entry.identity == position:
                return True
            if self.blocks.height(entry):
                return False
        return False

    def _compose_ruler(self, marked: bool) -> Strip:
        ruler = ruler_strip(GUTTER + self.blocks.width, self.blocks.look)
        return Strip.join([ruler, self._beside(), self._scroll_mark(marked)]).simplify()

    def _scroll_mark(self, marked: bool) -> Strip:
        look = self.blocks.look
        mark = Segment("┃", look.muted) if marked else Segment(" ", look.text)
        return Strip([mark], SCROLL_MARK)

    def _compose_row(self, block: Block, row: int, content: Strip, *, here: bool, marked: bool) -> Strip:
        look = self.blocks.look
        style = block.gutter_style + Style(reverse=True) if here else block.gutter_style
        last = row == len(block.rows) - 1 and block.below > 0
        gutter = [
            Segment(" " if last else block.gutter, look.text if last else style),
            Segment(block.signs.get(row, " "), look.muted),
        ]
        shown = self._in_sight(block, row, content)
        parts = [Strip(gutter, GUTTER), shown, self._beside(), self._scroll_mark(marked)]
        # Neighbours of one style become one: a third fewer bytes for the terminal to read.
        return Strip.join(parts).simplify()

    def _beside(self) -> Strip:
        """What is left of the screen beside the column."""
        width = self.size.width - GUTTER - self.blocks.width - SCROLL_MARK
        return Strip.blank(max(0, width), self.blocks.look.text)

    def _in_sight(self, block: Block, row: int, strip: Strip) -> Strip:
        """The part of a row that the column has room for; what says who speaks, and what is folded, stays."""
        width, look = self.blocks.width, self.blocks.look
        if row in (0, block.mark) or (strip.cell_length <= width and not self.sideways):
            return strip
        start, stop = self.sideways, self.sideways + width
        edge = look.muted + Style(reverse=True)
        before = Strip([Segment(MORE_LEFT, edge)], 1) if strip.crop(0, start).text.strip() else Strip([], 0)
        after = Strip([Segment(MORE_RIGHT, edge)], 1) if strip.cell_length > stop else Strip([], 0)
        middle = strip.crop(start + before.cell_length, stop - after.cell_length)
        blank = Strip.blank(width - before.cell_length - middle.cell_length - after.cell_length, look.text)
        return Strip.join([before, middle, blank, after])

    @property
    def widest(self) -> int:
        """Cells of the longest row on the screen."""
        return max((block.rows[row].cell_length for block, row, _ in self._seen), default=0)

    def _is_marked(self, y: int) -> bool:
        """Whether the scroll mark covers a row of the screen."""
        first, last = self._part
        height = max(1, self._fitted.height if self._fitted else 0)
        top = min(height - 1, int(first * height))
        return (first > 0 or last < 1) and top <= y < max(top + 1, round(last * height))

    def _share(self) -> tuple[float, float]:
        """Which part of the session is on the screen, by its positions: known without counting lines."""
        view = self.viewport
        begin, end = self.span
        whole = max(1, max(end, view.stop) - begin)
        if not self.visible_rows:
            return 0.0, 1.0
        first, last = view.entries[self.visible_rows[0][0]], view.entries[self.visible_rows[-1][0]]
        start = 0.0 if view.at_start and (view.top, view.row) == (0, 0) else (first.position - begin) / whole
        return start, 1.0 if view.at_bottom else (last.next - begin) / whole

    @property
    def span(self) -> tuple[int, int]:
        """Between which positions the session is, as far as known."""
        return 0, self.viewport.stop
