"""How much there is, of whom, and how it ended: a panel that counts while one looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Sparkline

from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.grouping import days_on_end
from earwig.core.statistics.live import LiveStatistics, Picture
from earwig.core.statistics.numbers import Numbers
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import clean_line, joined, own_text
from earwig.ui.rendering.number_rows import group_rows, total_rows
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key

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


class PictureTaken(DataMessage, bubble=False):
    picture: Picture


class StatisticsScreen(Screen[None]):
    """Shows the numbers of all sessions; what grows is counted on."""

    CSS_PATH = "statistics.tcss"
    AUTO_FOCUS = "#statistics"
    HELP = """\
## Numbers

All sessions, the newest activity first; while they are counted, the frame says how
much is done. Messages have no times of their own: a day has the sessions whose last
activity was on it. `earwig stats --json` gives all of it to a program.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "app.pop_screen", "statistics.leave", "Back", "Back to the sessions"),
    ]

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._live = LiveStatistics(store, lambda picture: self.post_message(PictureTaken(picture)))
        self._totals = Plain(own_text("counting…"))
        self._days = DayPlot()
        self._groups = Plain(own_text(""))
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="statistics") as frame:
            frame.border_title = plain(own_text("numbers"))
            yield self._totals
            yield self._days
            yield self._groups
        yield KeyBar()

    def on_mount(self) -> None:
        self._live.start()

    def on_unmount(self) -> None:
        self._live.stop()

    def changed(self, ids: Iterable[SessionId]) -> None:
        self._live.look_again(ids)

    def listable(self) -> None:
        """All folders can be listed again: count what could not be."""
        self._live.look_at_all()

    @property
    def done(self) -> bool:
        return self._picture is not None and self._picture.share >= 1

    def on_picture_taken(self, message: PictureTaken) -> None:
        self._picture = message.picture
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        picture = self._picture
        if picture is None:
            return
        width = self.size.width - 6
        self._totals.update(joined(own_text("\n"), total_rows(picture.counted)))
        self._days.draw(picture.counted, width)
        self._groups.update(joined(own_text("\n"), group_rows(picture.counted, width)))
        frame = self.query_one("#statistics")
        counting = own_text("counting… {:.0%}", picture.share)
        frame.border_subtitle = plain(counting if picture.share < 1 else own_text(""))
