"""The parts of the browser's screen, each made with what it needs of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from earwig.core.model.events import RemovalReason
from earwig.core.model.session import SessionId
from earwig.core.settings.settings import Settings
from earwig.core.stores.store import Store
from earwig.core.system.background import Background
from earwig.ui.screens.controllers.clipboard import Clipboard
from earwig.ui.screens.controllers.guide import Guide
from earwig.ui.screens.controllers.host import ScreenHost
from earwig.ui.screens.controllers.moves import Moves
from earwig.ui.screens.controllers.overviews import Overviews
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.screens.controllers.programs import Programs
from earwig.ui.screens.controllers.returning import Returning
from earwig.ui.screens.controllers.search_history import SearchHistory
from earwig.ui.screens.controllers.session_copies import SessionCopies
from earwig.ui.screens.controllers.transcript_requests import TranscriptRequests
from earwig.ui.screens.controllers.watching import Watching
from earwig.ui.sidebar.sidebar import Sidebar

if TYPE_CHECKING:
    from earwig.core.model.events import StoreEvents
    from earwig.core.system.clipboard import Method


class BrowserParts:
    """Owns them, and ends them."""

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
        clipboard: Method | None,
        went_on: Callable[[], object],
    ) -> None:
        """`clock` tells the time, Unix, in seconds; `clipboard` is how to copy, None for the best way.

        `went_on` is called when an open session goes on in another place.
        """
        sessions = sidebar.sessions
        self.guide = guide = Guide(sidebar.book, sessions, panes, host.set_focus)
        self.clipboard = Clipboard(host, host.send, lambda: store.bots_folders, clipboard)
        self.copies = SessionCopies(host, store, background)
        self.programs = Programs(host, background, host.suspend)
        self.requests = TranscriptRequests(
            host,
            store,
            settings,
            background,
            sidebar.book,
            clock=clock,
            clipboard=self.clipboard,
            copies=self.copies,
            programs=self.programs,
        )
        self.moves = Moves(host, store, background, sidebar, panes, went_on)
        self.searches = SearchHistory(host, store, clock, guide.go_to_hit)
        self.overviews = Overviews(host, store, clock, guide.go_to_arrival, utc=settings.utc)
        self.returning = Returning(host, sidebar.book, lambda: sessions.chosen, guide.go_to)
        self.watching = Watching(host, store, flag=sessions.flag, ring=host.ring, send=host.send)

    def take(self, facts: StoreEvents) -> None:
        """Tell those who show each message at once. Called in the follower's thread."""
        self.overviews.take_live(facts)
        self.watching.take(facts)

    def changed(self, facts: list[StoreEvents]) -> None:
        """Tell those who look through all sessions."""
        has_moved: dict[SessionId, bool] = {}  # what was told last counts
        for fact in facts:
            has_moved |= {it.id: it.fate is not RemovalReason.DELETED for it in fact.vanished}
            has_moved |= {session.id: False for session in fact.there}
        changed = [it for it, moved in has_moved.items() if not moved]
        self.searches.changed(changed, [it for it, moved in has_moved.items() if moved])
        self.overviews.changed(facts)

    def close(self) -> None:
        """Let threads end, and leave nothing behind."""
        self.watching.end()
        self.copies.stop()
        self.clipboard.close()
