"""All sessions at once, live and in numbers: the screens that show them, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.stores.store import Store
from earwig.ui.screens.controllers.host import ScreenHost

if TYPE_CHECKING:
    from earwig.core.follow.live import Arrival
    from earwig.core.model.events import StoreEvents
    from earwig.ui.screens.live import LiveScreen
    from earwig.ui.screens.statistics import StatisticsScreen


@dataclass(eq=False)
class Overviews:
    """Owns the live screen and the one with numbers, made when they are wanted; `clock`: Unix, seconds."""

    _host: ScreenHost
    _store: Store
    _clock: Callable[[], float]
    _go_to: Callable[[Arrival], object]
    _utc: bool = False
    _live: LiveScreen | None = None
    _statistics: StatisticsScreen | None = None

    def open_live(self) -> None:
        self._host.show_screen("live", self._make_live if self._live is None else None)

    def _make_live(self) -> LiveScreen:
        from earwig.ui.screens.live import LiveScreen  # the first frame does not wait for it

        self._live = LiveScreen(self._store, self._go_to, clock=self._clock, utc=self._utc)
        return self._live

    def open_statistics(self) -> None:
        self._host.show_screen("statistics", self._make_statistics if self._statistics is None else None)

    def _make_statistics(self) -> StatisticsScreen:
        from earwig.ui.screens.statistics import StatisticsScreen

        self._statistics = StatisticsScreen(self._store)
        return self._statistics

    def take_live(self, events: StoreEvents) -> None:
        """Tell the live view what has changed. Called in the follower's thread."""
        if self._live is not None:
            self._live.take(events)

    def changed(self, events: Sequence[StoreEvents]) -> None:
        statistics = self._statistics
        if statistics is None:
            return
        there = (session.id for each in events for session in each.there)
        gone = (vanished.id for each in events for vanished in each.vanished)
        statistics.changed(list(dict.fromkeys((*there, *gone))))
        if any(each.unlisted == () for each in events):
            statistics.listable()
