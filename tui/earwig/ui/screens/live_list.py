"""The newest messages of all sessions: draws only the rows on the screen, and keeps so many and no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from earwig.core.follow.live import Arrival
from earwig.ui.rendering.arrival_row import ROWS, draw_arrival
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.keys import bar_key, help_key
from earwig.ui.widgets.themed import Themed

KEPT = 5_000
"""Messages; older ones make room, and stand in their sessions as ever."""

_SLACK = 500


class LiveList(Themed, can_focus=True):
    """Follows what comes; one step up holds, End follows again."""

    ALLOW_SELECT = False
    HELP = """\
## All sessions, live

Each new message of any session, the newest at the bottom. One step up **holds** the
view, and what comes is counted; `End` **follows** again. `Enter` opens the message in
its session. `/` shows only some: `role:user failed invoice`, and `@alice` for sessions.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        help_key("up,k", "move(-1)", "live.up", "Up", "The message before"),
        help_key("down,j", "move(1)", "live.down", "Down", "The message after"),
        help_key("pageup", "page(-1)", "live.page_up", "Page", "A screen up"),
        help_key("pagedown", "page(1)", "live.page_down", "Page", "A screen down"),
        help_key("home,g", "first", "live.first", "First", "The oldest that is kept"),
        bar_key("end,G", "follow", "live.follow", "Follow", "The newest, and follow"),
        bar_key("enter", "open", "live.open", "Open", "The message in its session"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"live-list--chosen"}
    DEFAULT_CSS = """
    LiveList { width: 1fr; height: 1fr; background: $background; }
    LiveList > .live-list--chosen { background: $primary-muted; }
    """

    class Opened(DataMessage):
        arrival: Arrival

    class Moved(Message):
        """What is shown, or where the reader is, has changed."""

    def __init__(
        self, times: TimeStyle, *, clock: Callable[[], float] = time.time, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.following = True
        self.new = 0
        """Messages that came since the view was held."""

        self._all: list[Arrival] = []
        self._shown: list[Arrival] = []
        self._wants: Callable[[Arrival], bool] | None = None
        self._at = 0
        self._top = 0
        self._times = times
        self._clock = clock

    def __len__(self) -> int:
        return len(self._shown)

    def __bool__(self) -> bool:
        return True  # a widget is one, whether or not something is in it

    def add(self, arrivals: list[Arrival]) -> None:
        self._all += arrivals
        if len(self._all) > KEPT + _SLACK:
            del self._all[:-KEPT]
        fresh = arrivals if self._wants is None else [it for it in arrivals if self._wants(it)]
        self._shown += fresh
        gone = max(0, len(self._shown) - KEPT) if len(self._shown) > KEPT + _SLACK else 0
        if gone:
            del self._shown[:gone]
            self._at, self._top = max(0, self._at - gone), max(0, self._top - gone * ROWS)
        if not self.following:
            self.new += len(fresh)
        self._settle()

    def limit(self, wants: Callable[[Arrival], bool] | None) -> None:
        """Show only what is wanted; None: all."""
        self._wants = wants
        self._shown = list(self._all if wants is None else filter(wants, self._all))
        self.following, self.new = True, 0
        self._settle()

    def _settle(self) -> None:
        last, height = len(self._shown) - 1, max(1, self.size.height)
        bottom = max(0, ROWS * len(self._shown) - height)
        if self.following:
            self._at, self._top, self.new = max(0, last), bottom, 0
        else:
            self._at = max(0, min(self._at, last))
            row = ROWS * self._at
            self._top = max(0, min(max(self._top, row + ROWS - height), row, bottom))
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        self._settle()

    def action_move(self, by: int) -> None:
        """Go on by so many messages; upwards holds."""
        self._at += by
        self.following = self.following and by > 0
        if self._at >= len(self._shown) - 1 and by > 0:
            self.following = True
        self._settle()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height // ROWS - 1))

    def action_first(self) -> None:
        self.action_move(-len(self._shown))

    def action_follow(self) -> None:
        self.following = True
        self._settle()

    def action_open(self) -> None:
        if self._at < len(self._shown):
            self.post_message(self.Opened(self._shown[self._at]))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-2)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(2)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        at = -1 if offset is None else (self._top + offset.y) // ROWS
        if 0 <= at < len(self._shown):
            self._at, self.following = at, False
            self._settle()
            if event.chain == 2:
                self.action_open()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at, row = divmod(self._top + y, ROWS)
        if at >= len(self._shown) or width < 1:
            return Strip([Segment(" " * width, self.palette.text)], width)
        chosen = None
        if at == self._at and not self.following:
            chosen = self.get_component_rich_style("live-list--chosen", partial=True)
        drawn = draw_arrival(self._shown[at], self._clock(), width, self.palette, self._times, chosen)
        return drawn[row]
