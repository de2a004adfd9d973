"""How entries are shown: how wide, wrapped or cut, rendered or as stored, folded, and how much of tools."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Size

from earwig.core.settings.settings import ALL_OF_IT, NARROWEST, WIDEST, Settings
from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.row_painter import GUTTER, SCROLL_MARK, RowPainter
from earwig.ui.transcript.screenful import Anchor, OnScreen
from earwig.ui.transcript.view_change import ViewChange

WIDTH_STEP = 10
"""Cells by which the column becomes narrower or wider."""

SIDEWAYS_STEP = 8
"""Cells by which long rows move."""

_WIDE, _NARROW = own_text("wide"), own_text("narrow")


class DisplayOptions:
    """Changes how entries are shown, and leaves what is being read where it is on the screen."""

    def __init__(self, on_screen: OnScreen, painter: RowPainter, host: Host) -> None:
        self._viewport, self._cache, self._screenful = on_screen
        self._painter = painter
        self._host = host
        self._size: Size | None = None
        self.column = ALL_OF_IT
        """The most cells that text takes: long rows are hard to read."""

        self.sideways = 0
        """Cells of the long rows that are out of sight at the left."""

    def set_up(self, settings: Settings) -> None:
        self._cache.times = TimeStyle(settings.utc)
        self._cache.wrapped = settings.wrap
        self.column = settings.width

    def rest(self) -> None:
        self.sideways = 0

    # The size.

    @property
    def size(self) -> Size | None:
        return self._size

    def fit(self, size: Size) -> None:
        """Lay out for a size, and keep what is being read where it is."""
        anchor = self._screenful.anchor()
        self._lay_out(size)
        if anchor is not None and anchor.row >= size.height - 1:
            # The screen ends there now: all of the entry is to be on it, if it has room.
            anchor = anchor._replace(row=max(0, size.height - self._cache.height(anchor.entry)))
        self._return_to(anchor)

    def _lay_out(self, size: Size) -> None:
        self._size = size
        room = max(1, size.width - GUTTER - SCROLL_MARK)
        self._painter.lay_out(size, self.sideways)
        self._cache.width = room if self.column == ALL_OF_IT else min(room, self.column)
        self._viewport.resize(size.height)

    def widen(self, steps: int) -> ViewChange:
        size = self._size or Size(0, 0)
        now, room = self._cache.width, size.width - GUTTER - SCROLL_MARK
        start = now if steps > 0 else now + WIDTH_STEP - 1
        wanted = max(NARROWEST, min((start // WIDTH_STEP + steps) * WIDTH_STEP, WIDEST))
        if min(wanted, room) == now or (steps < 0 and now < NARROWEST):
            words = own_text("The text is as {} as it can be.", _WIDE if steps > 0 else _NARROW)
            self._host.tell(words, timeout=2)
            return ViewChange.NOTHING
        self.column = wanted
        return self._fit_anew()

    def toggle_wrap(self) -> ViewChange:
        anchor = self._screenful.anchor()
        self._cache.wrapped = not self._cache.wrapped
        self.sideways = 0
        return self._fit_anew(anchor)

    def move_sideways(self, steps: int) -> ViewChange:
        most = max(0, self._screenful.widest - self._cache.width)
        wanted = max(0, min(self.sideways + steps * SIDEWAYS_STEP, most))
        if wanted == self.sideways:
            if self._cache.wrapped:
                self._host.tell(own_text("Long lines are wrapped: w cuts them at the edge."), timeout=3)
            return ViewChange.NOTHING
        self.sideways = wanted
        return self._fit_anew()

    def show_cells(self, start: int, stop: int, length: int) -> None:
        """Have these cells of a row of this length in sight; the long rows move only if they must."""
        if self._size is None or self._has_in_sight(start, stop, length, self.sideways):
            return
        to_left = self._has_in_sight(start, stop, length, 0)
        self.sideways = 0 if to_left else max(0, start - self._cache.width // 3)
        self._lay_out(self._size)

    def _has_in_sight(self, start: int, stop: int, length: int, sideways: int) -> bool:
        """Return whether cells are in sight with so many hidden at the left; each cut edge takes one more."""
        end = sideways + self._cache.width
        return sideways + (sideways > 0) <= start and stop <= end - (length > end)

    def _fit_anew(self, anchor: Anchor | None = None) -> ViewChange:
        anchor = anchor or self._screenful.anchor()
        if self._size is not None:
            self._lay_out(self._size)
            self._return_to(anchor)
        return ViewChange.PLACE

    def _return_to(self, anchor: Anchor | None) -> None:
        """Bring what was read to its row: of an entry that begins above, the same part of its other rows."""
        index = None if anchor is None else self._viewport.find(*_place(anchor))
        if anchor is None or index is None or self._viewport.following:
            self._viewport.settle()
        elif anchor.chosen or anchor.row > 0:
            self._viewport.put(index, anchor.row)
        else:
            self._viewport.reflow(anchor.height)

    # Folds.

    def toggle_source(self) -> ViewChange:
        entry = self._screenful.current
        if entry is None:
            return ViewChange.NOTHING
        self._cache.toggle_source(entry)
        self._viewport.settle()
        return ViewChange.PLACE

    def toggle_fold(self) -> ViewChange:
        index = self._screenful.cursor_index
        return ViewChange.NOTHING if index is None else self.toggle_fold_of(index)

    def toggle_fold_of(self, index: int) -> ViewChange:
        """Fold an entry or unfold it: its first row stays, or comes onto the screen."""
        index = self._screenful.leader(index)
        first = self._viewport.row_of(index) or 0
        entry = self._viewport.entries[index]
        self._screenful.cursor = entry
        self._cache.toggle_fold(entry)
        return self._put(index, first)

    def end(self, *, ended: bool) -> ViewChange:
        """Know whether nothing will ever come behind the newest message: what it waits for will not come."""
        relations = self._cache.relations
        if relations is None or not relations.end(ended=ended):
            return ViewChange.NOTHING
        self._viewport.settle()
        return ViewChange.PLACE

    def render_markdown(self) -> ViewChange:
        """Render the messages from here on: what that needs is loaded."""
        anchor = self._screenful.anchor()
        self._cache.markdown = True
        self._return_to(anchor)
        return ViewChange.PLACE

    def reshape(self, change: Callable[[], None]) -> ViewChange:
        """Change how all entries are folded; what is read stays where it is."""
        anchor = self._screenful.anchor()
        index = None if anchor is None else self._viewport.find(*_place(anchor))
        if anchor is None or index is None or not self._screenful.rows:
            return ViewChange.NOTHING
        change()
        return self._put(index, anchor.row)

    def _put(self, index: int, first: int) -> ViewChange:
        """Show an entry with its first row on this row of the screen, or as much of what is below that."""
        view = self._viewport
        shown = view.shown(index)
        index = index if shown is None else shown
        if first >= 0:
            view.put(index, first)
        else:
            block = self._cache.block(view.entries[index])
            whole = block.mark is None or -first <= block.mark
            view.stand(index, min(-first, len(block.rows) - 1) if whole else 0)
        return ViewChange.PLACE


def _place(anchor: Anchor) -> tuple[int, int]:
    return anchor.entry.position, anchor.entry.identity
