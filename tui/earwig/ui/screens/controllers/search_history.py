"""What was looked for in all sessions: kept, gone through, and looked for again where sessions change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.model.session import SessionId
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.controllers.host import ScreenHost

if TYPE_CHECKING:
    from earwig.core.query.hits import Hit
    from earwig.core.query.search_query import SearchQuery
    from earwig.ui.screens.search import SearchScreen

_SHOWN = 2.0
"""Seconds that the place among what was found is told."""


@dataclass(eq=False)
class SearchHistory:
    """Owns the search screen, made with the first search; `go_to` shows what was found where it stands."""

    _host: ScreenHost
    _store: Store
    _clock: Callable[[], float]
    _go_to: Callable[[Hit, SearchQuery], object]
    _screen: SearchScreen | None = None

    def show(self) -> None:
        self._host.show_screen("search", self._make if self._screen is None else None)

    def _make(self) -> SearchScreen:
        from earwig.ui.screens.search import SearchScreen  # the first frame does not wait for it

        self._screen = SearchScreen(self._store, self._go_to, self._clock)
        return self._screen

    def step(self, by: int) -> None:
        """Go through what was found, without going back to the list of it, and say where that is."""
        if self._screen is None:
            said = own_text("Nothing was looked for yet: Ctrl+S searches all sessions.")
        else:
            said = self._screen.step(by) or own_text("No more was found.")
        self._host.tell(said, timeout=_SHOWN)

    def changed(self, session_ids: Iterable[SessionId], moved: Iterable[SessionId] = ()) -> None:
        """Look through these sessions again; those that have moved are found where they are now."""
        if self._screen is not None:
            self._screen.moved(moved)
            self._screen.changed(session_ids)
