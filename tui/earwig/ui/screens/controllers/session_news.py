"""What happens to the sessions, gathered until the list has time for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from earwig.core.model.events import StoreEvents
from earwig.ui.screens.controllers.host import ScreenHost

LIST_DELAY = 0.05
"""Seconds that the list may be behind, so that a message's own frame comes first."""

LIST_PACE = 0.2
"""Seconds between two frames of the list at least: where hundreds of sessions change, nobody reads more."""


class SessionNews:
    def __init__(
        self,
        host: ScreenHost,
        show: Callable[[list[StoreEvents]], object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`show` is called with all that has come since the last time; `clock` counts seconds."""
        self._host = host
        self._show = show
        self._clock = clock
        self._waiting: list[StoreEvents] = []
        self._is_due = False
        self._shown_at: float | None = None

    def take(self, events: StoreEvents, *, at_once: bool = False) -> None:
        """Have this shown, a little later and with all that comes meanwhile; or at once."""
        self._waiting.append(events)
        if at_once:
            self.show_now()
        elif not self._is_due:
            self._is_due = True
            rest = 0.0 if self._shown_at is None else self._shown_at + LIST_PACE - self._clock()
            self._host.call_in(max(LIST_DELAY, rest), self.show_now)

    def show_now(self) -> None:
        """Show what is waiting, and the list as it is if nothing is."""
        self._is_due = False
        self._shown_at = self._clock()
        waiting, self._waiting = self._waiting, []
        self._show(waiting)
