"""The list of sessions: draws only the rows on the screen, however many sessions there are."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from earwig.core.session_book import SessionBook
from earwig.ui.rendering.look import Look
from earwig.ui.rendering.session_row import ROWS, SessionRow, age_of, draw_session


class SessionList(Widget, can_focus=True):
    """Shows a `SessionBook`; what the reader is on stays chosen wherever new activity sorts it."""

    ALLOW_SELECT = False

    HELP = """\
## Sessions

Newest activity first. The mark tells how a session stands:
`●` answered, `◌` waiting for the bot, `✗` the last turn failed, `!` bad lines,
`○` no messages, `⊘` unreadable.
A number at the right counts messages that you have not seen.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", tooltip="The session above", id="sessions.up", show=False),
        Binding("down,j", "move(1)", "Down", tooltip="The session below", id="sessions.down", show=False),
        Binding(
            "pageup", "move_page(-1)", "Page up", tooltip="A screen up", show=False, id="sessions.page_up"
        ),
        Binding(
            "pagedown",
            "move_page(1)",
            "Page down",
            tooltip="A screen down",
            show=False,
            id="sessions.page_down",
        ),
        Binding("home,g", "first", "First", tooltip="The newest activity", show=False, id="sessions.first"),
        Binding("end,G", "last", "Last", tooltip="The oldest activity", show=False, id="sessions.last"),
        Binding("enter,right,l", "read", "Read", tooltip="Go to the transcript", id="sessions.read"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"session-list--chosen", "session-list--chosen-here"}

    DEFAULT_CSS = """
    SessionList { width: 1fr; height: 1fr; background: $background; }
    SessionList > .session-list--chosen { background: $surface-lighten-2; }
    SessionList > .session-list--chosen-here { background: $primary-muted; text-style: bold; }
    """

    class Chosen(Message):
        """The reader is on another session."""

        def __init__(self, location: str) -> None:
            super().__init__()
            self.location = location

    class Read(Message):
        """The reader wants to go to the transcript."""

    class Visible(Message):
        """Sessions are on the screen of which more could be known."""

        def __init__(self, wanted: dict[str, int]) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(
        self, book: SessionBook, *, clock: Callable[[], float] = time.time, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.book = book
        self.chosen: str | None = None
        self._clock = clock
        self._top = 0
        self._look = Look.from_theme_variables({}, dark=True)
        self._ages: list[str] = []
        self._drawn: LRUCache[tuple[object, ...], tuple[Strip, Strip]] = LRUCache(400)

    @property
    def per_screen(self) -> int:
        """Whole sessions that fit."""
        return max(1, self.size.height // ROWS)

    def choose(self, location: str | None) -> None:
        """Put the reader on a session."""
        if location == self.chosen:
            return
        self.chosen = location
        self.update()
        self._reveal()
        if location is not None:
            self.post_message(self.Chosen(location))

    def update(self) -> None:
        """The book has changed: show it, with the chosen session where it now is."""
        shown = self.book.shown
        self._top = max(0, min(self._top, len(shown) - self.per_screen))
        visible = shown[self._top : self._top + self.per_screen + 1]
        wanted = self.book.wanted(visible)
        if wanted:
            self.post_message(self.Visible(wanted))
        self.refresh()

    def on_mount(self) -> None:
        """Take the theme's colours, and keep the ages true."""
        self._take_look()
        self.set_interval(1.0, self._tick)

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        if self.is_attached:
            self._take_look()

    def _take_look(self) -> None:
        self._look = Look.from_theme_variables(self.app.theme_variables, self.app.current_theme.dark)
        self._drawn.clear()
        self.refresh()

    def _tick(self) -> None:
        """Draw again only if an age on the screen reads differently now."""
        now = self._clock()
        shown = self.book.shown[self._top : self._top + self.per_screen + 1]
        ages = [age_of(self.book[location].mtime_ns, now) for location in shown]
        if ages != self._ages:
            self._ages = ages
            self.refresh()

    def on_resize(self) -> None:
        """Show what fits now."""
        self.update()
        self._reveal()

    def _index(self) -> int | None:
        return None if self.chosen is None else self.book.position(self.chosen)

    def _reveal(self) -> None:
        index = self._index()
        if index is None:
            return
        top = min(index, max(self._top, index - self.per_screen + 1))
        if top != self._top:
            self._top = top
            self.update()

    def _go(self, index: int) -> None:
        shown = self.book.shown
        if shown:
            self.choose(shown[max(0, min(index, len(shown) - 1))])
            self._reveal()

    def action_move(self, rows: int) -> None:
        """Go up or down by sessions."""
        index = self._index()
        self._go(0 if index is None else index + rows)

    def action_move_page(self, pages: int) -> None:
        """Go up or down by screens."""
        self.action_move(pages * max(1, self.per_screen - 1))

    def action_first(self) -> None:
        """Go to the newest activity."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the oldest activity."""
        self._go(len(self.book.shown) - 1)

    def action_read(self) -> None:
        """Go to the transcript."""
        self.post_message(self.Read())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel; what is chosen stays chosen."""
        event.stop()
        self._top -= 1
        self.update()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel; what is chosen stays chosen."""
        event.stop()
        self._top += 1
        self.update()

    def on_click(self, event: events.Click) -> None:
        """Choose the session under the mouse; twice goes to its transcript."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = self._top + offset.y // ROWS
        if index < len(self.book.shown):
            self.choose(self.book.shown[index])
            if event.chain == 2:
                self.action_read()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.size.width
        shown = self.book.shown
        index = self._top + y // ROWS
        if index >= len(shown) or width < 1:
            return Strip([Segment(" " * width, self._look.text)], width)
        return self._draw(shown[index], width)[y % ROWS]

    def _draw(self, location: str, width: int) -> tuple[Strip, Strip]:
        book = self.book
        session = book[location]
        age = age_of(session.mtime_ns, self._clock())
        row = SessionRow(session, book.title(location), book.summary(location), book.fate(location), age)
        chosen = None
        if location == self.chosen:
            here = self.has_focus
            chosen = self.get_component_rich_style(
                "session-list--chosen-here" if here else "session-list--chosen", partial=True
            )
        key = (row, width, chosen)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = draw_session(row, width, self._look, chosen)
        return drawn
