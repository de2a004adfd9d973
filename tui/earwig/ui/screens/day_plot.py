"""Messages by day, as columns."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Sparkline

from earwig.core.model.session import Session
from earwig.core.statistics.grouping import days_on_end
from earwig.core.statistics.numbers import Numbers
from earwig.core.text.safe_text import clean_line, own_text
from earwig.ui.rendering.plain import Plain

_WIDEST = 6
"""Cells of a day at most."""

_LEAST = 1 / 10
"""Of the height: what a day with few messages has, because the widget's ground line is a day with none."""


class DayPlot(Vertical):
    """The days that there is room for, the newest at the right; nothing where all is of one day."""

    DEFAULT_CSS = """
    DayPlot { height: auto; margin-top: 1; display: none; }
    DayPlot > Sparkline { height: 3; margin-left: 2; }
    DayPlot > Sparkline > .sparkline--max-color { color: $primary; }
    DayPlot > Sparkline > .sparkline--min-color { color: $primary 60%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._heading = Plain(own_text(""))
        self._columns = Sparkline()

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self._columns

    def draw(self, counted: Mapping[Session, Numbers], width: int) -> None:
        """Show what is counted, in `width` cells."""
        room = max(2, width - 2)
        days = days_on_end(counted, room)
        self.display = days is not None and sum(map(bool, days.messages)) > 1
        if days is None:
            return
        cells = min(_WIDEST, room // len(days.messages))
        self._columns.styles.width = len(days.messages) * cells
        most = max(days.messages)
        least = most * _LEAST
        heights = [max(messages, least) if messages else 0 for messages in days.messages]
        # Each as often as it has cells: the widget would share them out unevenly.
        self._columns.data = [height for height in heights for _ in range(cells)]
        span = clean_line(f"{days.first} to {days.last}")
        self._heading.update(own_text("by day of the last activity · {} · at most {:,}", span, most))
