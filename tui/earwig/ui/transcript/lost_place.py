"""What was being read, where a rewrite has taken it away: it may be on its way back."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.model.entries import Entry, Page, Position, RemovedEntry
from earwig.ui.transcript.removed_entries import is_same
from earwig.ui.transcript.screenful import Anchor
from earwig.ui.transcript.viewport import Viewport


class LostPlace:
    """Remembers what was at the top of the screen, until it is there again or the reader goes elsewhere."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self.anchor: Anchor | None = None
        """What was at the top, as it was held, and where on the screen; None: nothing is missed."""

        self._sought_at = -1
        """Where the session ended when the entry was looked for last."""

    def leave(self, anchor: Anchor) -> Anchor:
        """Return what to look for after a rewrite: what is at the top, or what an earlier rewrite took."""
        if self.anchor is None and not isinstance(anchor.entry.item, RemovedEntry):
            self.anchor, self._sought_at = anchor, -1
        return self.anchor or anchor

    def stand_for(self, anchor: Anchor, position: Position) -> Anchor:
        """What was on the screen stands at another position now; returns it as it is there."""
        entry = anchor.entry._replace(position=position, next=position + 1, number=None)
        self.anchor, self._sought_at = anchor._replace(entry=entry), -1
        return self.anchor

    def come_back(self, nearest: Callable[[Entry], int | None]) -> None:
        """Bring it to its place on the screen again, if it is held; `nearest` finds it."""
        anchor, view = self.anchor, self._view
        if anchor is None or view.following:
            self.anchor = None
            return
        index = nearest(anchor.entry)
        if index is None or not is_same(view.entries[index], anchor.entry):
            return
        if not isinstance(view.entries[index].item, RemovedEntry):
            self.anchor = None
        if view.row_of(index) != anchor.row:
            view.put(index, anchor.row)

    def wanted(self, end: Position) -> Anchor | None:
        """Return what to look for where it was, once for each end that the session has by then."""
        anchor = self.anchor
        if anchor is None or not anchor.entry.position < end != self._sought_at:
            return None
        self._sought_at = end
        return anchor

    def is_missed_by(self, page: Page, position: Position) -> bool:
        """Whether a page was asked for to find it, at the position where it was, and does not have it."""
        anchor = self.anchor
        if anchor is None or self._sought_at < 0 or anchor.entry.position != position:
            return False
        same_past = page.generation == self._view.generation
        return same_past and not any(is_same(it, anchor.entry) for it in page.entries)
