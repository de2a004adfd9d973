"""Goes to a session, and to a place in it, wherever that was picked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.controllers.host import ScreenHost, warn
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.sidebar.session_list import SessionList

if TYPE_CHECKING:
    from earwig.core.follow.live import Arrival
    from earwig.core.query.hits import Hit
    from earwig.core.query.search_query import SearchQuery


_GONE = own_text("The session is not there any more.")


class Guide(NamedTuple):
    """Moves the reader: in the list, in the pane that has the keys, and the focus."""

    host: ScreenHost
    catalog: SessionCatalog
    sessions: SessionList
    panes: Panes

    def show_newest(self) -> None:
        self.sessions.choose(self.catalog.newest)

    def go_to(self, session_id: SessionId) -> bool:
        """Show a session, and give it the keys; returns whether it is on the list."""
        if session_id not in self.catalog:
            return False
        self.sessions.choose(session_id)
        self.host.set_focus(self.panes.view)
        return True

    def go_to_hit(self, hit: Hit, query: SearchQuery) -> None:
        """Go to what was found, with the query to find more, or say that its session is gone."""
        view = self.panes.view
        if self.go_to(hit.session.id):
            view.commit(view.parts.finder.find_from(query, hit.position))
        else:
            warn(self.host, _GONE)

    def go_to_arrival(self, arrival: Arrival) -> None:
        """Go to a message that has come, in its file or the rows made of that, or say that it is gone."""
        view = self.panes.view
        if self.go_to(arrival.session.id):
            view.commit(view.parts.navigator.go_to_position(arrival.position))
            return
        from earwig.core.model.message import line_of
        from earwig.core.model.message_link import MessageLink, digest_of
        from earwig.ui.session.moving import rows_of

        rows = rows_of(arrival.session, self.catalog)
        if rows is None or not self.go_to(rows.id):
            warn(self.host, _GONE)
            return
        link = MessageLink("", arrival.number, digest_of(line_of(arrival.message)))
        view.commit(view.parts.links.go_to(link))
