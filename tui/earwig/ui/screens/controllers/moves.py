"""Sessions that the bot has put into a database while they are open: what shows them goes on there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.background import Background
from earwig.ui.screens.controllers.host import ScreenHost
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.sidebar.sidebar import Sidebar
from earwig.ui.transcript.view import TranscriptView

if TYPE_CHECKING:
    from earwig.ui.session.moving import Moved, Moving


class Moves:
    """Makes what reads a session for a view, and another where its file has become rows."""

    def __init__(
        self,
        host: ScreenHost,
        store: Store,
        background: Background,
        sidebar: Sidebar,
        panes: Panes,
        went_on: Callable[[], object],
    ) -> None:
        """`went_on` is called when a view shows its session in another place."""
        self._host = host
        self._store = store
        self._background = background
        self._sidebar = sidebar
        self._panes = panes
        self._went_on = went_on

    @cached_property
    def _moving(self) -> Moving:
        """Made with the first look, which is after the first frame."""
        from earwig.ui.session.moving import Moving

        return Moving(self._store, self._sidebar.catalog, self._background, self.reader_of, self._post)

    def reader_of(self, session: Session, transcript: Transcript, view: TranscriptView) -> SessionReader:
        def elsewhere() -> list[Transcript]:
            return [self._store.open(it) for it in self._store.elsewhere(session)]

        return SessionReader(session, transcript, self._background, view.post_message, elsewhere)

    def look(self) -> None:
        """Have what is open go on in the database if the bot has put its file there."""
        self._moving.look(self._panes.views)

    def _post(self, message: Message) -> None:
        """In the background."""
        from earwig.ui.session.moving import Moved

        if isinstance(message, Moved):
            self._host.go_on(lambda: self.go_on(message))

    def go_on(self, moved: Moved) -> None:
        """Go on there, unless the reader has gone elsewhere meanwhile."""
        view, stood = moved.view, moved.stood
        if view not in self._panes.views or view.reader is not stood.reader:
            return
        top = None if view.following else view.viewport.anchor
        if top != stood.top:
            self.look()
            return
        view.commit(view.parts.go_on_in(moved.reader, moved.top, moved.known_to))
        sessions = self._sidebar.sessions
        chosen = moved.reader.session.id if view is self._panes.view else sessions.chosen
        self._sidebar.catalog.forget_vanished(keep=chosen)
        sessions.stand_on(chosen)
        self._went_on()
