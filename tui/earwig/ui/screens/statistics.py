"""How much there is, of whom, and how it ended: a panel that counts while one looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from earwig.core.model.session import SessionId
from earwig.core.statistics.live import LiveStatistics, Picture
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import joined, own_text
from earwig.ui.rendering.number_rows import group_rows, total_rows
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.screens.day_plot import DayPlot
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key


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
        bar_key("escape", "leave", "statistics.leave", "Back", "Back to the sessions"),
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

    def action_leave(self) -> None:
        self.app.pop_screen()
