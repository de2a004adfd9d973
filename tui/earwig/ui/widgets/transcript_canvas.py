"""Draws the rows of a transcript that are on the screen, and nothing else."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from earwig.core.transcript.entries import Entry
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.look import Look
from earwig.ui.viewport import Viewport
from earwig.ui.widgets.blocks import Blocks

GUTTER = 2
"""Cells at the left that no content reaches."""

STRIPS = 1000
"""Finished rows kept: a dozen screens."""

SCROLL_MARK = 1
"""Cells at the right that show how far into the session the screen is."""


class TranscriptCanvas(Widget, can_focus=True):
    """A line-API widget over a `Viewport`: a frame costs what the screen is high, not the session long."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    TranscriptCanvas { width: 1fr; height: 1fr; background: $background; }
    """

    class Moved(Message):
        """What is shown of the session has changed: place, follow or hold, counts."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.blocks = Blocks(Look.from_theme_variables({}, dark=True))
        self.viewport = Viewport(self.blocks.height)
        self.visible_rows: list[tuple[int, int]] = []
        """What is on the screen, from the top: index of an entry, and row inside it."""

        self._cursor: int | None = None
        self._seen: list[tuple[Block, int, int]] = []
        self._part = (0.0, 1.0)
        self._strips: LRUCache[tuple[int, int, bool, bool], tuple[Block, Strip]] = LRUCache(STRIPS)

    def redraw(self) -> None:
        """Draw what the viewport shows now."""
        self._see()
        self.refresh()
        self.post_message(self.Moved())

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
        index = None if self._cursor is None else self.viewport.index_of(self._cursor)
        return last if index is None else min(max(index, first), last)

    def put_cursor(self, entry: Entry | None) -> None:
        """Move the cursor; None: to where it falls, which is the newest message on the screen."""
        self._cursor = None if entry is None else entry.offset

    def on_mount(self) -> None:
        """Take the theme's colours."""
        self._take_look()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        if self.is_attached:
            self._take_look()

    def _take_look(self) -> None:
        look = Look.from_theme_variables(self.app.theme_variables, self.app.current_theme.dark)
        if look != self.blocks.look:
            self.blocks.look = look
            self._strips.clear()
            self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Keep what is being read where it is."""
        self._fit(event.size)
        self.redraw()

    def _fit(self, size: Size) -> None:
        anchor, before = self.viewport.anchor, 0
        if anchor is not None and self.viewport.row:
            before = self.blocks.height(anchor)
        self.viewport.height = size.height
        self.blocks.width = max(1, size.width - GUTTER - SCROLL_MARK)
        self.viewport.reflow(before)
        self._see()

    def _see(self) -> None:
        self.visible_rows = self.viewport.rows()
        blocks = {index: self.blocks.block(self.viewport.entries[index]) for index, _ in self.visible_rows}
        self._seen = [(blocks[index], row, index) for index, row in self.visible_rows]
        self._part = self._share()

    def render_line(self, y: int) -> Strip:
        """One row of the screen: earwig's gutter, the content, the scroll mark."""
        width = self.size.width
        if not self.viewport.height:
            # The first frame is drawn before the first resize is told: what is there shall be in it.
            self._take_look()
            self._fit(self.size)
        if y >= len(self._seen):
            return Strip([Segment(" " * width, self.blocks.look.text)], width)
        block, row, index = self._seen[y]
        here = index == self.cursor_index and self.has_focus
        # The same strip again and again: it remembers how it is filtered, cropped and written.
        key = (id(block), row, here, self._is_marked(y))
        known = self._strips.get(key)
        if known is None or known[0] is not block:
            known = self._strips[key] = (block, self._compose_row(block, row, here, key[3]))
        return known[1]

    def _compose_row(self, block: Block, row: int, here: bool, marked: bool) -> Strip:
        look = self.blocks.look
        style = block.gutter_style + Style(reverse=True) if here else block.gutter_style
        last = row == len(block.rows) - 1
        gutter = [
            Segment(" " if last else block.gutter, look.text if last else style),
            Segment(" ", look.text),
        ]
        mark = Strip([Segment("┃" if marked else " ", look.muted)], SCROLL_MARK)
        return Strip.join([Strip(gutter, GUTTER), block.rows[row], mark])

    def _is_marked(self, y: int) -> bool:
        """Whether the scroll mark covers a row of the screen."""
        first, last = self._part
        height = max(1, self.size.height)
        top = min(height - 1, int(first * height))
        return (first > 0 or last < 1) and top <= y < max(top + 1, round(last * height))

    def _share(self) -> tuple[float, float]:
        """Which part of the session is on the screen, by its bytes: known without counting lines."""
        view = self.viewport
        size = max(self.session_size, view.stop, 1)
        if not self.visible_rows:
            return 0.0, 1.0
        first, last = view.entries[self.visible_rows[0][0]], view.entries[self.visible_rows[-1][0]]
        start = 0.0 if view.at_start and (view.top, view.row) == (0, 0) else first.offset / size
        return start, 1.0 if view.at_bottom else last.stop / size

    @property
    def session_size(self) -> int:
        """Bytes of the session's file, as far as known."""
        return self.viewport.stop
