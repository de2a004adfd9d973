"""Text of a transcript selected with the mouse."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.timer import Timer

from earwig.core.model.entries import Entry
from earwig.core.reading.session_text import source_of
from earwig.ui.rendering.source_part import Cell, drawn_between, has_words, source_between
from earwig.ui.widgets.transcript_canvas import GUTTER, SCROLL_MARK
from earwig.ui.widgets.transcript_opening import TranscriptOpening

_PACE = 0.05
"""Seconds between two rows that come onto the screen while the mouse is held above or below it."""

_LEFT = 1


class Point(NamedTuple):
    """A cell of an entry, wherever on the screen that is."""

    identity: int
    position: int
    cell: Cell
    rows: int
    """How many rows the entry had: with others, the cell is somewhere else."""


class End(NamedTuple):
    """Where a selection ends, by the place of its entry in the window."""

    entry: int
    cell: Cell


class TranscriptSelecting(TranscriptOpening):
    """Its selection belongs to entries, not to cells of the screen.

    Textual's own selection would stay where it is on the screen while what the bot appends moves the text
    away below it; and it knows of drawn text only.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pressed: Point | None = None
        self._points: tuple[Point, Point] | None = None
        self._selected_in = 0
        self._ends: tuple[End, End] | None = None
        self._dragged = False
        self._mouse = Cell(0, 0)
        self._beyond: Timer | None = None

    @property
    def has_selection(self) -> bool:
        """Whether text is selected."""
        return self._ends is not None

    def clear_selection(self) -> None:
        """Select nothing."""
        if self._points is not None:
            self._points = self._ends = None
            self.refresh()

    def selected_text(self) -> str:
        """The source of what is selected; two messages have a blank line between them."""
        if self._ends is None:
            return ""
        first, last = self._ends
        entries = self.viewport.entries[first.entry : last.entry + 1]
        texts = []
        for index, entry in enumerate(entries, first.entry):
            begin = first.cell if index == first.entry else Cell(0, 0)
            rows = self.blocks.block(entry).rows
            stop = last.cell if index == last.entry else Cell(len(rows), 0)
            if text := self._text_of(entry, begin, stop, whole_if_empty=first.entry == last.entry):
                texts.append(text)
        return "\n\n".join(texts)

    def _text_of(self, entry: Entry, begin: Cell, stop: Cell, *, whole_if_empty: bool) -> str:
        block = self.blocks.block(entry)
        # A row that stands for folded ones is none of the message's.
        body = block.rows[: len(block.rows) - block.below if block.mark is None else block.mark]
        begin_of_body = Cell(1, 0)
        end_of_body = Cell(len(body) - 1, cell_len(body[-1].text.rstrip()))
        if stop <= begin_of_body:
            # Of a message of which only the header is selected, another one's text is what is wanted.
            return drawn_between(block.rows, begin, stop) if whole_if_empty else ""
        source = source_of(entry.item)
        if source is None:
            return drawn_between(block.rows, begin, stop)
        text = source.decode("utf-8", "backslashreplace")
        begin = max(begin, begin_of_body)
        to_end = stop > end_of_body or (
            block.mark is None and not has_words(drawn_between(body, stop, Cell(len(body), 0)))
        )
        if to_end and not has_words(drawn_between(body, begin_of_body, begin)):
            return text
        part = source_between(text, body, begin, None if to_end else stop)
        return drawn_between(body, begin, stop) if part is None else part

    # Where it is.

    def _see(self) -> None:
        super()._see()
        self._ends = self._find_ends()

    def _find_ends(self) -> tuple[End, End] | None:
        if self._points is None:
            return None
        ends = [self._find_end(point) for point in self._points]
        if self._selected_in != self.viewport.generation or None in ends:
            self._points = None  # the text was rewritten, drawn in other rows, or is not held any more
            return None
        first, last = sorted(end for end in ends if end is not None)
        return first, End(last.entry, Cell(last.cell.row, last.cell.cell + 1))

    def _find_end(self, point: Point) -> End | None:
        index = self.viewport.find(point.position, point.identity)
        if index is None or self.blocks.height(self.viewport.entries[index]) != point.rows:
            return None
        return End(index, point.cell)

    def _point_at(self, mouse: Cell) -> Point | None:
        """What the mouse is on, or what is nearest to it."""
        if not self.visible_rows:
            return None
        y = min(max(mouse.row, 0), len(self.visible_rows) - 1)
        index, row = self.visible_rows[y]
        width = self.size.width - GUTTER - SCROLL_MARK
        x = mouse.cell - GUTTER
        if mouse.row != y:
            x = 0 if mouse.row < 0 else width - 1
        entry = self.viewport.entries[index]
        cell = Cell(row, min(max(x, 0), width - 1))
        return Point(entry.identity, entry.position, cell, self.blocks.height(entry))

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin, if the mouse is moved from here."""
        if event.button == _LEFT:
            self.clear_selection()
            self._dragged = False
            self._pressed = self._point_at(Cell(event.y, event.x))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to here, while the button is held."""
        if self._pressed is None:
            return
        if event.button != _LEFT:
            self._let_go_of_mouse()
            return
        self._mouse = Cell(event.y, event.x)
        if not self._dragged:
            self._dragged = True
            self.capture_mouse()
        self._select()
        if self._beyond is None and not 0 <= event.y < self.size.height:
            self._beyond = self.set_interval(_PACE, self._go_beyond)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """What is selected is selected."""
        self._let_go_of_mouse()

    def on_click(self, event: events.Click) -> None:
        """The end of a selection is no click on a message."""
        if self._dragged:
            event.prevent_default()
            event.stop()

    def _let_go_of_mouse(self) -> None:
        self._pressed = None
        if self._beyond is not None:
            self._beyond.stop()
            self._beyond = None
        self.release_mouse()

    def _select(self) -> None:
        point = self._point_at(self._mouse)
        if self._pressed is not None and point is not None:
            self._points = (self._pressed, point)
            self._selected_in = self.viewport.generation
            self._ends = self._find_ends()
            self.refresh()

    def _go_beyond(self) -> None:
        """Bring what is beyond the screen onto it, as long as the mouse is there."""
        if self._mouse.row < 0:
            self._scroll(-1)
        elif self._mouse.row >= self.size.height:
            self._scroll(1)
        self._select()

    # What it looks like.

    def render_line(self, y: int) -> Strip:
        """One row of the screen; only one that is selected is made anew."""
        strip = super().render_line(y)
        span = self._span(y)
        return strip if span is None else self._marked(strip, *span)

    def _span(self, y: int) -> tuple[int, int] | None:
        if self._ends is None or y >= len(self.visible_rows):
            return None
        index, row = self.visible_rows[y]
        first, last = self._ends
        if not (first.entry, first.cell.row) <= (index, row) <= (last.entry, last.cell.row):
            return None
        start = first.cell.cell if (index, row) == (first.entry, first.cell.row) else 0
        width = self.size.width - GUTTER - SCROLL_MARK
        stop = last.cell.cell if (index, row) == (last.entry, last.cell.row) else width
        return GUTTER + start, GUTTER + min(stop, width)

    def _marked(self, strip: Strip, start: int, stop: int) -> Strip:
        look = self.screen.get_component_rich_style("screen--selection")
        mark = Style(bgcolor=look.bgcolor, reverse=None if look.bgcolor else True)
        before, inside, after = strip.divide([start, stop, strip.cell_length])
        segments = [Segment(text, (style or Style()) + mark) for text, style, _ in inside]
        return Strip.join([before, Strip(segments, inside.cell_length), after])
