"""Text of a transcript selected with the mouse."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.model.entries import Entry
from earwig.core.named_tuple import NamedTuple
from earwig.ui.rendering.cells import Cell
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.view_change import ViewChange


class Point(NamedTuple):
    identity: int
    position: int
    cell: Cell
    rows: int
    """How many rows the entry had: with others, the cell is somewhere else."""


class End(NamedTuple):
    """Where a selection ends, by the place of its entry in the window."""

    entry: int
    cell: Cell


class Selection:
    """Keeps what is selected, by its places in entries, not by cells of the screen.

    Textual's own selection would stay where it is on the screen while what the bot appends moves the text
    away below it; and it knows of drawn text only.
    """

    def __init__(self, on_screen: OnScreen, room: Callable[[], int]) -> None:
        """`room` gives the cells of a row of the screen that text has room in."""
        self._room = room
        self._viewport, self._cache, self._screenful = on_screen
        self._pressed: Point | None = None
        self._points: tuple[Point, Point] | None = None
        self._selected_in = 0
        self._ends: tuple[End, End] | None = None
        self._mouse = Cell(0, 0)
        self.dragged = False
        """Whether the mouse was moved since its button was pressed: then letting it go is no click."""

    @property
    def exists(self) -> bool:
        return self._ends is not None

    def clear(self) -> ViewChange:
        if self._points is None:
            return ViewChange.NOTHING
        self._points = self._ends = None
        return ViewChange.PAINT

    def text(self) -> str:
        """Return the source of what is selected; two messages have a blank line between them."""
        if self._ends is None:
            return ""
        first, last = self._ends
        entries = self._viewport.entries[first.entry : last.entry + 1]
        texts = []
        for index, entry in enumerate(entries, first.entry):
            begin = first.cell if index == first.entry else Cell(0, 0)
            rows = self._cache.block(entry).rows
            stop = last.cell if index == last.entry else Cell(len(rows), 0)
            if text := self._text_of(entry, begin, stop, whole_if_empty=first.entry == last.entry):
                texts.append(text)
        return "\n\n".join(texts)

    def _text_of(self, entry: Entry, begin: Cell, stop: Cell, *, whole_if_empty: bool) -> str:
        # Loaded with the first selection.
        from earwig.core.reading.session_text import content_of, source_of
        from earwig.ui.rendering.source_part import drawn_between, has_words, source_between

        block = self._cache.block(entry)
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
        begin = max(begin, begin_of_body)
        to_end = stop > end_of_body or (
            block.mark is None and not has_words(drawn_between(body, stop, Cell(len(body), 0)))
        )
        if to_end and not has_words(drawn_between(body, begin_of_body, begin)):
            return source.decode("utf-8", "backslashreplace")
        content = content_of(entry.item)
        rows = self._cache.block_with_places(entry).rows[: len(body)]
        last = None if to_end and block.folded else stop
        part = None if content is None else source_between(content, rows, begin, last)
        if part is None:
            return drawn_between(body, begin, stop)
        return part.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")

    # Where it is.

    def update(self) -> None:
        self._ends = self._find_ends()

    def span(self, y: int) -> tuple[int, int] | None:
        """Return from which cell of its text to which a row of the screen is selected; None: none of it."""
        if self._ends is None or y >= len(self._screenful.rows):
            return None
        index, row = self._screenful.rows[y]
        first, last = self._ends
        if not (first.entry, first.cell.row) <= (index, row) <= (last.entry, last.cell.row):
            return None
        start = first.cell.cell if (index, row) == (first.entry, first.cell.row) else 0
        width = self._room()
        stop = last.cell.cell if (index, row) == (last.entry, last.cell.row) else width
        return start, min(stop, width)

    def _find_ends(self) -> tuple[End, End] | None:
        if self._points is None:
            return None
        ends = [self._find_end(point) for point in self._points]
        if self._selected_in != self._viewport.generation or None in ends:
            self._points = None  # the text was rewritten, drawn in other rows, or is not held any more
            return None
        first, last = sorted(end for end in ends if end is not None)
        return first, End(last.entry, Cell(last.cell.row, last.cell.cell + 1))

    def _find_end(self, point: Point) -> End | None:
        index = self._viewport.find(point.position, point.identity)
        if index is None or self._cache.height(self._viewport.entries[index]) != point.rows:
            return None
        return End(index, point.cell)

    # The mouse. Its cells are those of the text: the first column is 0.

    @property
    def is_pressed(self) -> bool:
        return self._pressed is not None

    @property
    def beyond(self) -> int:
        """Which way the mouse has left the screen: -1 above it, 1 below it, 0 not at all."""
        if self._pressed is None:
            return 0
        return (self._mouse.row >= self._viewport.height) - (self._mouse.row < 0)

    def press(self, mouse: Cell) -> ViewChange:
        """Begin, if the mouse is moved from here."""
        change = self.clear()
        self.dragged = False
        self._pressed = self._point_at(mouse)
        return change

    def drag(self, mouse: Cell) -> ViewChange:
        self._mouse, self.dragged = mouse, True
        return self.extend()

    def extend(self) -> ViewChange:
        """Select up to where the mouse is: other rows may be there by now."""
        point = self._point_at(self._mouse)
        if self._pressed is None or point is None:
            return ViewChange.NOTHING
        self._points = (self._pressed, point)
        self._selected_in = self._viewport.generation
        self._ends = self._find_ends()
        return ViewChange.PAINT

    def release(self) -> None:
        self._pressed = None

    def _point_at(self, mouse: Cell) -> Point | None:
        rows = self._screenful.rows
        if not rows:
            return None
        y = min(max(mouse.row, 0), len(rows) - 1)
        index, row = rows[y]
        width, x = self._room(), mouse.cell
        if mouse.row != y:
            x = 0 if mouse.row < 0 else width - 1
        entry = self._viewport.entries[index]
        cell = Cell(row, min(max(x, 0), width - 1))
        return Point(entry.identity, entry.position, cell, self._cache.height(entry))


def marked(strip: Strip, start: int, stop: int, style: Style) -> Strip:
    """Return a strip with these cells in the background of a style; reversed where it has none."""
    mark = Style(bgcolor=style.bgcolor, reverse=None if style.bgcolor else True)
    before, inside, after = strip.divide([start, stop, strip.cell_length])
    segments = [Segment(text, (own or Style()) + mark) for text, own, _ in inside]
    return Strip.join([before, Strip(segments, inside.cell_length), after])
