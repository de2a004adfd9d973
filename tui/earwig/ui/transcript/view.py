"""The transcript of one session, live: a widget that draws, and hands each event to the part it is for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.geometry import Region
from textual.notifications import SeverityLevel
from textual.strip import Strip

from earwig.core.model.entries import Page
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.block import OPENS
from earwig.ui.rendering.cells import Cell
from earwig.ui.rendering.entry import load_markdown
from earwig.ui.rendering.plain import notify_safely
from earwig.ui.rendering.times import until_words_change
from earwig.ui.session.messages import MarkdownLoaded, ReaderMessage
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.textual_compat.immediate_frame import ImmediateFrame
from earwig.ui.transcript.bindings import BINDINGS, HELP
from earwig.ui.transcript.parts import TranscriptParts
from earwig.ui.transcript.row_painter import GUTTER
from earwig.ui.transcript.selection import marked
from earwig.ui.transcript.status import TranscriptStatus
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.debounce import Debounce
from earwig.ui.widgets.themed import Themed

REST = 0.05
"""Seconds without a change after which the neighbourhood of the screen is drawn."""

PAUSE = 0.005
"""Seconds between two entries of it: what else there is to do is done in them."""

PACE = 0.05
"""Seconds between two rows that come onto the screen while the mouse is held above or below it."""

WHEEL_ROWS = 3

_LEFT = 1


class TranscriptView(Themed, can_focus=True):
    """A line-API widget: a frame costs what the screen is high, not the session long.

    It shows one session and follows it, anchored to a message, so that nothing else moves what is read. Each
    event goes to a part, which answers what it has changed; `commit` does what that asks for.
    """

    ALLOW_SELECT = False
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = BINDINGS

    DEFAULT_CSS = "TranscriptView { width: 1fr; height: 1fr; background: $background; }"

    class Moved(DataMessage):
        """What is shown of the session has changed: place, follow or hold, counts."""

        status: TranscriptStatus

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self.parts = parts = TranscriptParts(self, self.palette, clock)
        self.viewport, self.cache = parts.viewport, parts.cache
        self.status = parts.teller.status()
        """How it stood when anything of it changed last."""

        self._takers = parts.takers()
        self._immediate = ImmediateFrame(self)
        self._frame: int | None = None
        self._in_frame = False
        self._ahead = Debounce(self, self._draw_ahead)
        self._waits = Debounce(self, self._redraw)
        self._beyond = self.later(self._go_beyond)
        for name, method in parts.actions().items():
            setattr(self, f"action_{name}", self._acting(method))

    def _acting(self, method: Callable[..., ViewChange]) -> Callable[..., None]:
        """Return what does an action that a part has, and what its change asks for."""

        @wraps(method)
        def act(*parameters: object) -> None:
            self.commit(method(*parameters))

        return act

    # What it is told from outside.

    @property
    def reader(self) -> SessionReader | None:
        """Where the shown session is read from; None until one is shown."""
        return self.parts.session.reader

    @property
    def following(self) -> bool:
        return self.viewport.following

    def show(self, reader: SessionReader, page: Page | None = None) -> None:
        self.commit(self.parts.show(reader, page))

    # What parts need.

    def tell(
        self, words: SafeText, *, severity: SeverityLevel = "information", timeout: float | None = None
    ) -> None:
        notify_safely(self.app, words, severity=severity, timeout=timeout)

    def later(self, callback: Callable[[], ViewChange]) -> Debounce:
        return Debounce(self, lambda: self.commit(callback()))

    def commit(self, change: ViewChange) -> None:
        """Do what a change asks for: draw, read ahead, tell how the session stands."""
        if ViewChange.ROWS in change:
            self._redraw()
        elif ViewChange.PAINT in change:
            self.refresh()
        elif ViewChange.STATUS in change:
            self._tell_status()
        if ViewChange.PLACE in change:
            self.parts.pages.read_ahead()
            self.parts.pages.tell_held()
            self.parts.navigator.run_waiting(self.commit)
        if ViewChange.ARRIVED in change:
            self._immediate.draw()

    # Messages.

    @on(ReaderMessage)
    def take(self, message: ReaderMessage) -> None:
        """Give what is told of the shown session to the part that it is for."""
        taker = self._takers.get(type(message).__name__)
        if taker is not None and message.reader is self.parts.session.reader:
            self.commit(taker(message))

    def on_mount(self) -> None:
        """Begin to load what rendering needs: the first frame does not wait for it."""
        if not self.cache.markdown:
            loader = threading.Thread(target=self._load_markdown, name="earwig-markdown", daemon=True)
            self.call_after_refresh(loader.start)

    def _load_markdown(self) -> None:
        load_markdown()
        self.post_message(MarkdownLoaded())

    def on_markdown_loaded(self) -> None:
        self.commit(self.parts.options.render_markdown())

    # The mouse.

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.commit(self.parts.navigator.scroll_rows(-WHEEL_ROWS))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.commit(self.parts.navigator.scroll_rows(WHEEL_ROWS))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == _LEFT:
            self.commit(self.parts.selection.press(_cell(event)))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if not self.parts.selection.is_pressed:
            return
        if event.button != _LEFT:
            self._release()
            return
        if not self.parts.selection.dragged:
            self.capture_mouse()
        self.commit(self.parts.selection.drag(_cell(event)))
        if self.parts.selection.beyond and not self._beyond.is_due:
            self._beyond.call_in(PACE)

    def on_mouse_up(self) -> None:
        self._release()

    def _release(self) -> None:
        self.parts.selection.release()
        self._beyond.cancel()
        self.release_mouse()

    def _go_beyond(self) -> ViewChange:
        """Bring what is beyond the screen onto it, as long as the mouse is there."""
        if not self.parts.selection.is_pressed:
            return ViewChange.NOTHING
        self._beyond.call_in(PACE)
        if self.parts.selection.beyond:
            self.commit(self.parts.navigator.scroll_rows(self.parts.selection.beyond))
        return self.parts.selection.extend()

    def on_click(self, event: events.Click) -> None:
        offset, rows = event.get_content_offset(self), self.parts.screenful.rows
        if self.parts.selection.dragged:
            event.stop()  # the end of a selection is no click on a message
            return
        if offset is None or offset.y >= len(rows):
            return
        index, row = rows[offset.y]
        self.parts.navigator.stop()
        entry = self.viewport.entries[index]
        self.parts.screenful.cursor = entry
        if self.cache.block(entry).signs.get(row) in OPENS:
            self.commit(self.parts.options.toggle_fold_of(index))
            return
        self.commit(ViewChange.PLACE)
        if event.chain == 2:
            self.commit(self.parts.opener.open_stored())

    # Drawing.

    def on_resize(self) -> None:
        """The frame of the new size may have been drawn before this was told."""
        self._fit()
        self.commit(ViewChange.PLACE)

    def look_changed(self) -> None:
        self.cache.dress(self.palette)
        self.parts.painter.clear()
        self._redraw()

    def _redraw(self) -> None:
        self.parts.see()
        self.refresh()
        self._tell_status()
        if self.is_mounted:
            self._ahead.call_in(REST)
        self._tell_waits()

    def _tell_status(self) -> None:
        """Post `Moved`: to the screen at once, because the frame waits until it was heard there."""
        self.status = self.parts.teller.status()
        if self.is_attached:
            self.screen.post_message(self.Moved(self.status))

    def _tell_waits(self) -> None:
        """See that a wait that is on the screen is told as it grows."""
        self._waits.cancel()
        # Only the session's last message waits.
        last = self.parts.screenful.last
        waited = None if last is None else self.cache.waited(self.viewport.entries[last])
        if waited is not None and self.is_mounted:
            self._waits.call_in(until_words_change(waited) + 0.01)

    def _draw_ahead(self) -> None:
        """Draw one entry that the next key may bring onto the screen; what else there is to do goes first."""
        entry = next(self.parts.screenful.undrawn(), None)
        if entry is not None:
            self.cache.block(entry)
            self._ahead.call_in(PAUSE)

    def _fit(self) -> None:
        if self.parts.options.size != self.size:
            self.parts.options.fit(self.size)
            self.parts.see()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of a part of the screen.

        Not by way of Textual's cache of styled lines, which makes new strips of all rows whenever one has
        moved: this widget has no border, padding or opacity, and its strips keep what filters made of them.
        """
        _, background = self.background_colors
        self._frame, self._in_frame = self._fit_frame(), True
        strips = [self.render_line(y) for y in crop.line_range]
        self._in_frame = False
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, strips[0].cell_length if strips else 0):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One row of the screen; only one that is selected is made anew."""
        strip = self.parts.painter.paint(y, self._frame if self._in_frame else self._fit_frame())
        span = self.parts.selection.span(y)
        if span is None:
            return strip
        style = self.screen.get_component_rich_style("screen--selection")
        return marked(strip, GUTTER + span[0], GUTTER + span[1], style)

    def _fit_frame(self) -> int | None:
        """See that the rows are those of the size that it has; returns where the cursor is seen."""
        # A frame of another size is drawn before the resize is told: it shall be right, not the next one.
        if self.parts.options.size is None:
            self.take_look()
        self._fit()
        return self.parts.screenful.cursor_index if self.has_focus else None


def _cell(event: events.MouseEvent) -> Cell:
    return Cell(event.y, event.x - GUTTER)
