"""What is no text in a transcript: how much is shown of tool traffic, and who waits how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from earwig.ui.later import Later
from earwig.ui.rendering.times import until_words_change
from earwig.ui.widgets.transcript_canvas import TranscriptCanvas


class TranscriptTools(TranscriptCanvas):
    """Changes what is shown of a message beside its text, and leaves what is being read where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t",
            "tools",
            "Tools",
            tooltip="Tool traffic in one line, in full, or hidden",
            id="transcript.tools",
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._waits = Later(self, self.redraw)

    def action_tools(self) -> None:
        """Show more of tool traffic, or none, or a line again."""
        self.reshape(self.blocks.unfolding.next_level)

    def leader(self, index: int) -> int:
        """The entry together with which an entry is folded."""
        view = self.viewport
        entry = view.entries[index]
        leader = self.blocks.unfolding.leader(entry.identity, self.blocks.tie(entry))
        if leader == entry.identity:
            return index
        found = view.index_of(leader)
        return index if found is None else found

    def reveal(self, index: int) -> None:
        """See that an entry that somebody wants to see has rows of its own."""
        self.blocks.reveal(self.viewport.entries[index])

    def reshape(self, change: Callable[[], None]) -> None:
        """Change the shape of all; the one that is read stays, with the row that is at the top."""
        index = self.cursor_index
        if index is None:
            return
        view = self.viewport
        first = view.row_of(index) if self.has_cursor else None
        if first is None or first < 0:
            index, first = view.top, -view.row
        change()
        self.put_entry(index, first)

    def put_entry(self, index: int, first: int) -> None:
        """Show an entry with its first row on this row of the screen, or as much of what is below that."""
        view = self.viewport
        shown = view.shown(index)
        index = index if shown is None else shown
        if first >= 0:
            view.put(index, first)
        else:
            block = self.blocks.block(view.entries[index])
            whole = block.mark is None or -first <= block.mark
            view.top, view.row = index, min(-first, len(block.rows) - 1) if whole else 0
            view.settle()
        self.changed()

    def redraw(self) -> None:
        """Draw, and see that a wait that is on the screen is told as it grows."""
        super().redraw()
        self._tell_waits()

    def _tell_waits(self) -> None:
        self._waits.cancel()
        # Only the session's last message waits.
        last = self.visible_rows[-1][0] if self.visible_rows else None
        waited = None if last is None else self.blocks.waited(self.viewport.entries[last])
        if waited is not None and self.is_mounted:
            self._waits.call_in(until_words_change(waited) + 0.01)
