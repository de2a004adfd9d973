"""The column of text: how wide it is, and whether its long lines are wrapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from earwig.core.settings.settings import NARROWEST, WIDEST, Settings
from earwig.core.text.safe_text import own_text
from earwig.ui.plain import notify_safely
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.widgets.transcript_canvas import GUTTER, SCROLL_MARK
from earwig.ui.widgets.transcript_tools import TranscriptTools

WIDTH_STEP = 10
"""Cells by which the column becomes narrower or wider."""

SIDEWAYS_STEP = 8
"""Cells by which long rows move."""

_WIDE, _NARROW = own_text("wide"), own_text("narrow")


class TranscriptColumn(TranscriptTools):
    """Changes the width of the text, and leaves what is being read where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "minus",
            "widen(-1)",
            "Narrower",
            tooltip="Make the text column narrower",
            id="transcript.narrower",
            show=False,
        ),
        Binding(
            "equals_sign,plus",
            "widen(1)",
            "Wider",
            tooltip="Make the text column wider",
            id="transcript.wider",
            show=False,
        ),
        Binding(
            "w",
            "toggle_wrap",
            "Wrap",
            tooltip="Wrap long lines, or cut them at the edge",
            id="transcript.wrap",
            show=False,
        ),
        Binding(
            "shift+left",
            "move_sideways(-1)",
            "Left",
            tooltip="See more of the left of long lines",
            id="transcript.left",
            show=False,
        ),
        Binding(
            "shift+right",
            "move_sideways(1)",
            "Right",
            tooltip="See more of the right of long lines",
            id="transcript.right",
            show=False,
        ),
    ]

    def set_up(self, settings: Settings) -> None:
        """Be as the reader wants it; before anything is shown."""
        self.blocks.times = TimeStyle(settings.utc)
        self.blocks.wrapped = settings.wrap
        self.column = settings.width

    def action_widen(self, steps: int) -> None:
        """Make the column wider, or narrower, by a step; no wider than the screen."""
        now, room = self.blocks.width, self.size.width - GUTTER - SCROLL_MARK
        start = now if steps > 0 else now + WIDTH_STEP - 1
        wanted = max(NARROWEST, min((start // WIDTH_STEP + steps) * WIDTH_STEP, WIDEST))
        if min(wanted, room) == now or (steps < 0 and now < NARROWEST):
            words = own_text("The text is as {} as it can be.", _WIDE if steps > 0 else _NARROW)
            notify_safely(self.app, words, timeout=2)
            return
        self._refit(lambda: setattr(self, "column", wanted))

    def action_toggle_wrap(self) -> None:
        """Let long lines go on in the next row, or cut them at the edge."""

        def change() -> None:
            self.blocks.wrapped = not self.blocks.wrapped
            self.sideways = 0

        self._refit(change)

    def action_move_sideways(self, steps: int) -> None:
        """Show other columns of the long rows."""
        most = max(0, self.widest - self.blocks.width)
        wanted = max(0, min(self.sideways + steps * SIDEWAYS_STEP, most))
        if wanted != self.sideways:
            self.sideways = wanted
            self._refit(lambda: None)
        elif self.blocks.wrapped:
            notify_safely(self.app, own_text("Long lines are wrapped: w cuts them at the edge."), timeout=3)

    def _refit(self, change: Callable[[], None]) -> None:
        """Change how wide messages are; the one with the cursor stays on its row, else what is at the top."""
        view, index = self.viewport, self.cursor_index
        row = view.row_of(index) if index is not None and self.has_cursor else None
        before = self._height_at_top()
        change()
        self._lay_out(self.size, before)
        if index is not None and row is not None and row >= 0:
            view.put(index, row)
        self.changed()
