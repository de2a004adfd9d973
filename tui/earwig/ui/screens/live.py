"""All sessions at once: each message as it comes, whoever says it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from earwig.core.follow.live import Arrival, LiveFeed
from earwig.core.model.events import StoreEvents
from earwig.core.reading.filtering import BadFilter, read_filter
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.plain import plain
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.screens.live_list import KEPT, LiveList
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.field import Field
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key

_RATE = 5.0
"""Seconds over which it is told how much comes."""


class Arrived(DataMessage, bubble=False):
    arrivals: list[Arrival]


class LiveScreen(Screen[None]):
    """Shows what comes in any session; `open_arrival` shows one where it stands."""

    CSS_PATH = "live.tcss"
    AUTO_FOCUS = "LiveList"

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "leave", "live.leave", "Back", "Back to the sessions"),
        bar_key("slash", "filter", "live.filter", "Filter", "Show only some of it"),
    ]

    def __init__(
        self,
        store: Store,
        open_arrival: Callable[[Arrival], object],
        *,
        clock: Callable[[], float],
        utc: bool,
    ) -> None:
        super().__init__()
        self._open_arrival = open_arrival
        self._feed = LiveFeed(store, lambda arrivals: self.post_message(Arrived(arrivals)))
        self._field = Field(lambda _: self._to_list(), placeholder="filter…", id="live-field")
        self._list = LiveList(TimeStyle(utc), clock=clock, id="live-list")
        self._came: deque[tuple[float, int]] = deque()
        self._problem: SafeText | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="live"):
            yield self._field
            yield self._list
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed.start()
        self.set_interval(1.0, self._describe)
        self._describe()

    def on_unmount(self) -> None:
        self._feed.stop()

    @property
    def done(self) -> bool:
        return len(self._list) > 0

    def take(self, events: StoreEvents) -> None:
        """Something has happened to sessions. From any thread."""
        self._feed.take(events)

    def on_arrived(self, message: Arrived) -> None:
        self._list.add(message.arrivals)
        live = sum(arrival.seen is not None for arrival in message.arrivals)
        if live:
            self._came.append((time.monotonic(), live))

    @on(LiveList.Moved)
    def _describe(self) -> None:
        frame = self.query_one("#live")
        frame.border_title = plain(own_text("all sessions · {}", self._state()))
        new = self._list.new
        below = own_text("▼ {:,} new · End to follow", new) if new else own_text("")
        frame.border_subtitle = plain(self._problem or below)

    def _state(self) -> SafeText:
        now = time.monotonic()
        while self._came and self._came[0][0] < now - _RATE:
            self._came.popleft()
        count = sum(came for _, came in self._came)
        rate = own_text(" · {:.0f} a second", count / _RATE) if count >= _RATE else own_text("")
        kept = (
            own_text("the newest {:,}", KEPT)
            if len(self._list) >= KEPT
            else own_text("{:,}", len(self._list))
        )
        state = own_text("● following") if self._list.following else own_text("‖ held")
        return own_text("{} messages{} · {}", kept, rate, state)

    # What is shown.

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()
        words = event.value.split(" ")
        names = [word[1:].casefold() for word in words if word.startswith("@") and word[1:]]
        try:
            limit = read_filter(" ".join(word for word in words if not word.startswith("@")))
        except BadFilter as problem:
            self._problem = clean_line(str(problem), 60)
            self._describe()
            return
        self._problem = None

        def wants(arrival: Arrival) -> bool:
            key = arrival.session.key.casefold()
            return all(name in key for name in names) and (limit is None or limit.wants(arrival.message))

        self._list.limit(wants if names or limit is not None else None)

    def action_filter(self) -> None:
        self.set_focus(self._field)

    def _to_list(self) -> None:
        self.set_focus(self._list)

    def action_leave(self) -> None:
        """Clear the filter, else back to the sessions."""
        if self.focused is self._field:
            self._field.value = ""
            self._to_list()
        else:
            self.app.pop_screen()

    @on(LiveList.Opened)
    def _on_opened(self, message: LiveList.Opened) -> None:
        self.app.pop_screen()
        self._open_arrival(message.arrival)
