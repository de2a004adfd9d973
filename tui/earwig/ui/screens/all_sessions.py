"""What leads from the browser to all sessions at once, searched or live, and back to one of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from earwig.core.model.message import line_of
from earwig.core.model.message_link import MessageLink, digest_of
from earwig.core.text.safe_text import own_text
from earwig.ui.moving import rows_of
from earwig.ui.plain import notify_safely
from earwig.ui.screens.taking import TakingScreen
from earwig.ui.widgets.outage_line import OutageLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from earwig.core.catalog.session_catalog import SessionCatalog
    from earwig.core.follow.live import Arrival
    from earwig.core.model.events import StoreEvents
    from earwig.core.query.hits import Hit
    from earwig.core.query.search_query import SearchQuery
    from earwig.ui.screens.live import LiveScreen
    from earwig.ui.screens.search import SearchScreen
    from earwig.ui.screens.statistics import StatisticsScreen

_SHOWN = 2.0


class AllSessionsScreen(TakingScreen):
    """Opens search and live view, tells them what changes, and goes to what the reader has picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "search",
            "Search all",
            tooltip="Find a text in all sessions",
            id="browser.search",
            show=False,
        ),
        *(
            Binding(key, f"step_hit({by})", label, tooltip=tip, id=f"browser.{name}", show=False)
            for key, by, name, label, tip in (
                ("right_parenthesis", 1, "next_hit", "Next found", "What else was found in all sessions"),
                ("left_parenthesis", -1, "previous_hit", "Found before", "The one before of what was found"),
            )
        ),
        Binding(
            "a",
            "live",
            "All live",
            tooltip="What comes in any session, as it comes",
            id="browser.live",
            show=False,
        ),
        Binding(
            "ctrl+t",
            "statistics",
            "Numbers",
            tooltip="How many messages, of whom, and how they ended",
            id="browser.statistics",
            show=False,
        ),
    ]

    book: SessionCatalog

    clock: Callable[[], float] = staticmethod(time.time)
    """The time, Unix, in seconds."""

    utc = False
    """Whether times are shown in UTC."""

    _search: SearchScreen | None = None
    _live: LiveScreen | None = None
    _statistics: StatisticsScreen | None = None

    def action_search(self) -> None:
        """Search, or go back to what was found."""
        from earwig.ui.screens.search import NAME, SearchScreen  # the first frame does not wait for it

        self._say_what_is_away()
        if self._search is None:
            self._search = SearchScreen(self._store, self._go_to_hit, self.clock)
            self.app.install_screen(self._search, NAME)
        self.app.push_screen(NAME)

    def _say_what_is_away(self) -> None:
        """What looks through all sessions misses those that cannot be reached now."""
        for line in self.query(OutageLine):
            if line.words:
                notify_safely(self.app, line.words, severity="warning")

    def tell_others(self, facts: Sequence[StoreEvents]) -> None:
        """What changed is looked through, and counted, again."""
        if self._search is None and self._statistics is None:
            return
        changed = (session for fact in facts for session in fact.there)
        ids = list(dict.fromkeys(session.id for session in changed))
        if self._search is not None:
            self._search.changed(ids)
        if self._statistics is not None:
            gone = (vanished.id for fact in facts for vanished in fact.vanished)
            self._statistics.changed([*ids, *gone])
            if any(fact.unlisted == () for fact in facts):
                self._statistics.listable()

    def action_statistics(self) -> None:
        """Show how much there is."""
        from earwig.ui.screens.statistics import NAME, StatisticsScreen  # as above

        self._say_what_is_away()
        if self._statistics is None:
            self._statistics = StatisticsScreen(self._store)
            self.app.install_screen(self._statistics, NAME)
        self.app.push_screen(NAME)

    def _go_to_hit(self, hit: Hit, query: SearchQuery) -> None:
        if not self.show_session(hit.session.id):
            self._say_gone()
            return
        self.set_focus(self.view)
        self.view.find_from(query, hit.position)

    def _say_gone(self) -> None:
        notify_safely(self.app, own_text("The session is not there any more."), severity="warning")

    def action_step_hit(self, by: int) -> None:
        """Go through what was found in all sessions, without going back to the list of it."""
        if self._search is None:
            said = own_text("Nothing was looked for yet: Ctrl+S searches all sessions.")
        else:
            said = self._search.step(by) or own_text("No more was found.")
        notify_safely(self.app, said, timeout=_SHOWN)

    def action_live(self) -> None:
        """Show what comes in all sessions."""
        from earwig.ui.screens.live import NAME, LiveScreen  # as above

        self._say_what_is_away()
        if self._live is None:
            self._live = LiveScreen(self._store, self._go_to_arrival, clock=self.clock, utc=self.utc)
            self.app.install_screen(self._live, NAME)
        self.app.push_screen(NAME)

    def tell_live(self, facts: StoreEvents) -> None:
        """What changed is told; called in the follower's thread."""
        if self._live is not None:
            self._live.take(facts)

    def _go_to_arrival(self, arrival: Arrival) -> None:
        if self.show_session(arrival.session.id):
            self.set_focus(self.view)
            self.view.go_to_position(arrival.position)
        elif (rows := rows_of(arrival.session, self.book)) is not None and self.show_session(rows.id):
            self.set_focus(self.view)
            link = MessageLink("", arrival.number, digest_of(line_of(arrival.message)))
            self.view.go_to_link(link)
        else:
            self._say_gone()

    def show_session(self, session_id: str) -> bool:
        """Show a session; whether it is on the list."""
        raise NotImplementedError
