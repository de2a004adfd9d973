"""The parts of the browser's screen, each made with what it needs of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import SessionId
from earwig.core.settings.settings import Settings
from earwig.core.stores.store import Store
from earwig.core.system.background import Background
from earwig.ui.screens.controllers.guide import Guide
from earwig.ui.screens.controllers.host import ScreenHost
from earwig.ui.screens.controllers.later import load_later
from earwig.ui.screens.controllers.moves import Moves
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.sidebar.sidebar import Sidebar

if TYPE_CHECKING:
    from earwig.core.model.events import StoreEvents
    from earwig.core.watch_rules.rules import Watched
    from earwig.ui.screens.controllers.clipboard import Clipboard
    from earwig.ui.screens.controllers.overviews import Overviews
    from earwig.ui.screens.controllers.programs import Programs
    from earwig.ui.screens.controllers.returning import Returning
    from earwig.ui.screens.controllers.search_history import SearchHistory
    from earwig.ui.screens.controllers.session_copies import SessionCopies
    from earwig.ui.screens.controllers.transcript_requests import TranscriptRequests
    from earwig.ui.screens.controllers.watching import Watching


class BrowserParts:
    """Owns the parts of the browser's screen, and ends them.

    Those that do nothing before the reader wants it are properties: they are loaded, and made, with that, in
    the thread that draws.
    """

    def __init__(
        self,
        host: ScreenHost,
        store: Store,
        settings: Settings,
        background: Background,
        sidebar: Sidebar,
        panes: Panes,
        *,
        clock: Callable[[], float],
        went_on: Callable[[], object],
    ) -> None:
        """`clock` tells the time, Unix, in seconds; `went_on` is called when a session goes on elsewhere."""
        self._host, self._store, self._settings = host, store, settings
        self._background, self._sidebar = background, sidebar
        self._clock = clock
        self.guide = Guide(host, sidebar.catalog, sidebar.sessions, panes)
        self.moves = Moves(host, store, background, sidebar, panes, went_on)

    @cached_property
    def clipboard(self) -> Clipboard:
        from earwig.ui.screens.controllers.clipboard import Clipboard

        return Clipboard(self._host, lambda: self._store.bots_folders)

    @cached_property
    def copies(self) -> SessionCopies:
        from earwig.ui.screens.controllers.session_copies import SessionCopies

        return SessionCopies(self._host, self._store, self._background)

    @cached_property
    def programs(self) -> Programs:
        from earwig.ui.screens.controllers.programs import Programs

        return Programs(self._host, self._background)

    @property
    def is_away(self) -> bool:
        """Whether another program has the terminal."""
        return "programs" in vars(self) and self.programs.away

    @cached_property
    def overviews(self) -> Overviews:
        from earwig.ui.screens.controllers.overviews import Overviews

        go_to, utc = self.guide.go_to_arrival, self._settings.utc
        return Overviews(self._host, self._store, self._clock, go_to, utc)

    @cached_property
    def requests(self) -> TranscriptRequests:
        from earwig.ui.screens.controllers.transcript_requests import TranscriptRequests

        return TranscriptRequests(
            self._host,
            self._store,
            self._settings,
            self._background,
            self._sidebar.catalog,
            self._clock,
            self.clipboard,
            self.copies,
            self.programs,
        )

    @cached_property
    def searches(self) -> SearchHistory:
        from earwig.ui.screens.controllers.search_history import SearchHistory

        return SearchHistory(self._host, self._store, self._clock, self.guide.go_to_hit)

    @cached_property
    def returning(self) -> Returning:
        from earwig.ui.screens.controllers.returning import Returning

        sessions = self._sidebar.sessions
        return Returning(self._host, self._sidebar.catalog, lambda: sessions.chosen, self.guide.go_to)

    @cached_property
    def watching(self) -> Watching:
        from earwig.ui.screens.controllers.watching import Watching

        return Watching(self._host, self._store, self._sidebar.sessions.flag)

    def begin(self, watched: Sequence[Watched]) -> None:
        """Load what the first frame did not wait for, and watch by rules that may not be read yet."""
        load_later(self._background)
        self.watching.begin(watched)

    def take(self, events: StoreEvents) -> None:
        """Tell those who show each message at once. Called in the follower's thread."""
        if "overviews" in vars(self):
            self.overviews.take_live(events)
        if "watching" in vars(self):
            self.watching.take(events)

    def changed(self, events: list[StoreEvents]) -> None:
        """Tell those who look through all sessions."""
        if "searches" in vars(self):
            self._tell_searches(events)
        if "overviews" in vars(self):
            self.overviews.changed(events)

    def _tell_searches(self, events: list[StoreEvents]) -> None:
        has_moved: dict[SessionId, bool] = {}  # what was told last counts
        for fact in events:
            has_moved |= {it.id: it.removal_reason is not RemovalReason.DELETED for it in fact.vanished}
            has_moved |= {session.id: False for session in fact.there}
        changed = [it for it, moved in has_moved.items() if not moved]
        self.searches.changed(changed, [it for it, moved in has_moved.items() if moved])

    def close(self) -> None:
        if "watching" in vars(self):
            self.watching.end()
        if "copies" in vars(self):
            self.copies.stop()
        if "clipboard" in vars(self):
            self.clipboard.close()
