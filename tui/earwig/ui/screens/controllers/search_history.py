"""What was looked for in all sessions: kept, gone through, and looked for again where sessions change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from earwig.core.model.session import SessionId
from earwig.core.stores.store import Store
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.controllers.host import ControllerHost

if TYPE_CHECKING:
    from earwig.core.query.hits import Hit
    from earwig.core.query.search_query import SearchQuery
    from earwig.ui.screens.search import SearchScreen

_SHOWN = 2.0
"""Seconds that the place among what was found is told."""


class SearchHistory:
    """Owns the search screen, which is made with the first search."""

    def __init__(
        self,
        host: ControllerHost,
        store: Store,
        clock: Callable[[], float],
        go_to: Callable[[Hit, SearchQuery], bool],
    ) -> None:
        """`go_to` shows what was found where it stands; False: its session is not there any more."""
        self._host = host
        self._store = store
        self._clock = clock
        self._go_to = go_to
        self._screen: SearchScreen | None = None

    def show(self) -> None:
        from earwig.ui.screens.search import NAME  # the first frame does not wait for it

        self._host.show_screen(NAME, self._make if self._screen is None else None)

    def _make(self) -> SearchScreen:
        from earwig.ui.screens.search import SearchScreen

        self._screen = SearchScreen(self._store, self._open, self._clock)
        return self._screen

    def _open(self, hit: Hit, query: SearchQuery) -> None:
        if not self._go_to(hit, query):
            self._host.tell(own_text("The session is not there any more."), severity="warning")

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
