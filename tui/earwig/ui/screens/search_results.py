"""The hits of a search: draws only the rows on the screen, however many there are."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from earwig.core.model.session import SessionId
from earwig.core.query.hits import Hit
from earwig.ui.rendering.hit_row import HitRow, draw_hit
from earwig.ui.sidebar.session_row import age_of
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.themed import Themed


class SearchResults(Themed):
    """Shows hits, and which one the reader is on; keys come from the screen, whose field has them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"search-results--chosen"}  # noqa: RUF012 - as Textual declares it
    DEFAULT_CSS = """
    SearchResults { width: 1fr; height: 1fr; background: $background; }
    SearchResults > .search-results--chosen { background: $primary-muted; text-style: bold; }
    """

    class Opened(DataMessage):
        hit: Hit

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hits: list[Hit] = []
        self.at = 0
        self._top = 0
        self._clock = clock

    @property
    def current(self) -> Hit | None:
        return self.hits[self.at] if self.at < len(self.hits) else None

    def clear(self) -> None:
        self.hits, self.at, self._top = [], 0, 0
        self.refresh()

    def add(self, hits: list[Hit]) -> None:
        self.hits += hits
        self.refresh()

    def replace(self, session_id: SessionId, hits: list[Hit]) -> None:
        """Show other hits of a session; what the reader is on stays under the cursor if it is still there."""
        current = self.current
        first = next((at for at, hit in enumerate(self.hits) if hit.session.id == session_id), 0)
        kept = [hit for hit in self.hits if hit.session.id != session_id]
        self.hits = kept[:first] + hits + kept[first:]
        if current is not None:
            same = (current.session.id, current.position)
            places = (at for at, hit in enumerate(self.hits) if (hit.session.id, hit.position) == same)
            moved = next(places, min(self.at, max(0, len(self.hits) - 1)))
            self._top += moved - self.at
            self.at = moved
        self._settle()

    def move(self, by: int) -> None:
        self.at = max(0, min(len(self.hits) - 1, self.at + by))
        self._settle()

    def _settle(self) -> None:
        height = max(1, self.size.height)
        self._top = max(self.at - height + 1, min(self._top, self.at, max(0, len(self.hits) - height)), 0)
        self.refresh()

    def on_resize(self) -> None:
        self._settle()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-3)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._top + offset.y < len(self.hits):
            self.at = self._top + offset.y
            self.refresh()
            if event.chain == 2 and self.current is not None:
                self.post_message(self.Opened(self.current))

    def render_line(self, y: int) -> Strip:
        width, at = self.size.width, self._top + y
        if at >= len(self.hits) or width < 1:
            return Strip([Segment(" " * width, self.palette.text)], width)
        hit = self.hits[at]
        chosen = None
        if at == self.at:
            chosen = self.get_component_rich_style("search-results--chosen", partial=True)
        time_ns = hit.session.activity_ns if hit.sent_ns is None else hit.sent_ns
        row = HitRow(hit, age_of(time_ns, self._clock()))
        return draw_hit(row, width, self.palette, chosen)
