"""What was being read, where a rewrite has taken it away: it may be on its way back."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.model.entries import Entry, Ghost, Page, Position
from earwig.ui.ghosts import is_same
from earwig.ui.viewport import Viewport


class LostPlace:
    """Remembers what was at the top of the screen, until it is there again or the reader goes elsewhere."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self.entry: Entry | None = None
        """What was at the top, as it was held; None: nothing is missed."""

        self._row = 0
        self._sought_at = -1
        """Where the session ended when the entry was looked for last."""

    def forget(self) -> None:
        """The reader goes elsewhere."""
        self.entry = None

    def leave(self, anchor: Entry) -> Entry:
        """A rewrite is to be read: what to look for, which is what an earlier one took if one did."""
        if self.entry is None and not isinstance(anchor.item, Ghost):
            self.entry, self._row, self._sought_at = anchor, self._view.row, -1
        return self.entry or anchor

    def stand_for(self, entry: Entry, position: Position) -> None:
        """What was at the top stands at another position now, in another place."""
        self.entry = entry._replace(position=position, next=position + 1, number=None)
        self._row, self._sought_at = self._view.row, -1

    def come_back(self, nearest: Callable[[Entry], int | None]) -> None:
        """Bring it to the top again, if it is held; `nearest` finds it."""
        entry, view = self.entry, self._view
        if entry is None or view.following:
            self.entry = None
            return
        index = nearest(entry)
        if index is None or not is_same(view.entries[index], entry):
            return
        if not isinstance(view.entries[index].item, Ghost):
            self.entry = None
        if (view.top, view.row) != (index, self._row):
            view.top, view.row = index, self._row
            view.settle()

    def wanted(self, end: Position) -> Entry | None:
        """What to look for where it was, once for each end that the session has by then."""
        entry = self.entry
        if entry is None or not entry.position < end != self._sought_at:
            return None
        self._sought_at = end
        return entry

    def is_missed_by(self, page: Page, position: Position) -> bool:
        """Whether a page was asked for to find it, at the position where it was, and does not have it."""
        entry = self.entry
        if entry is None or self._sought_at < 0 or entry.position != position:
            return False
        same_past = page.generation == self._view.generation
        return same_past and not any(is_same(it, entry) for it in page.entries)
