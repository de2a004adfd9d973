"""What is set above the list of sessions, a row each; a click clears one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.widget import Widget

from earwig.core.catalog.restrictions import Hides, Only
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.rendering.cells import width_of
from earwig.ui.rendering.plain import plain
from earwig.ui.widgets.data_message import DataMessage

FILTER = own_text("filter")
"""What a reader calls the filter, beside the restrictions."""


class Chips(Widget):
    """Rows of its own height: as many as restrictions are set, and one for what is being looked through."""

    DEFAULT_CSS: ClassVar[str] = """
    Chips { height: auto; padding: 0 1; color: $text-warning; display: none; }
    Chips.-some { display: block; }
    """

    class Cleared(DataMessage):
        only: Only

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._hides: tuple[Hides, ...] = ()
        self._progress = (0, 0)
        self._room = 0

    def show(self, hides: Sequence[Hides], progress: tuple[int, int], room: int) -> None:
        """Say what is set, and how many of how many sessions are looked through, in rows of so many cells."""
        wanted = (tuple(hides), progress if progress[0] < progress[1] else (0, 0), room)
        if wanted == (self._hides, self._progress, self._room):
            return
        rows = self._height
        self._hides, self._progress, self._room = wanted
        self.set_class(self._height > 0, "-some")
        self.refresh(layout=self._height != rows)

    @property
    def _height(self) -> int:
        return len(self._hides) + (self._progress[1] > 0)

    def render(self) -> Content:
        rows = [plain(self._chip(it)) for it in self._hides]
        if self._progress[1]:
            rows.append(plain(self._looking(), "dim"))
        return Content("\n").join(rows)

    def _chip(self, hides: Hides) -> SafeText:
        so_far = own_text("") if hides.complete else own_text(" so far")
        whole = own_text("✕ {} · {:,} hidden{}", hides.only.label, hides.hidden, so_far)
        if width_of(whole) <= self._room:
            return whole
        return own_text("✕ {} · −{:,}{}", hides.only.label, hides.hidden, so_far)

    def _looking(self) -> SafeText:
        done, total = self._progress
        whole = own_text("looking through {:,} of {:,}", done, total)
        return whole if width_of(whole) <= self._room else own_text("{:,} of {:,} …", done, total)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < len(self._hides):
            self.post_message(self.Cleared(self._hides[offset.y].only))


def nothing_left(hides: Sequence[Hides], *, total: int, filtered: bool, latest: SafeText) -> SafeText:
    """Return what to say where the list is empty: which restriction did it, and how to clear it."""
    left = total
    for hidden in hides:
        if hidden.hidden == left:
            so_far = own_text("") if hidden.complete else own_text(" so far")
            label = hidden.only.label
            clears = own_text("it") if label == latest else own_text("“{}” first", latest)
            return own_text("“{}” hides all {:,} sessions{}. Escape clears {}.", label, left, so_far, clears)
        left -= hidden.hidden
    if not filtered:
        return own_text("")
    clears = own_text("it") if latest == FILTER else own_text("“{}” first", latest)
    return own_text("The filter hides all {:,} sessions. Escape clears {}.", left, clears)
