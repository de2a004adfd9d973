"""One transcript, or two side by side: the one with the focus is the one that keys and the list are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import DescendantFocus

from earwig.core.model.session import Session
from earwig.core.stores.protocols import Transcript
from earwig.core.text.safe_text import own_text
from earwig.ui.feed import Feed
from earwig.ui.moving import Moved, Moving
from earwig.ui.plain import notify_safely
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.screens.watching import WatchingScreen
from earwig.ui.widgets.transcript_pane import TranscriptPane
from earwig.ui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from earwig.core.settings.settings import Settings
    from earwig.core.stores.store import Watcher

WIDE = 100
"""Columns that two transcripts beside the list need; the style sheet hides the second one below."""


class PanesScreen(WatchingScreen):
    """Each pane has a session of its own, and follows it whether or not it has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "vertical_line",
            "split",
            "Side by side",
            tooltip="Two sessions side by side, or one again",
            id="browser.split",
            show=False,
        ),
        Binding(
            "d",
            "details",
            "Details",
            tooltip="What is known of the session: people, store, an editor's plan, what became of turns",
            id="browser.details",
            show=False,
        ),
    ]

    pane: TranscriptPane
    other: TranscriptPane | None = None
    """The one without the focus, if there are two."""

    _moving: Moving | None = None

    _settings: Settings
    _watcher: Watcher

    @property
    def view(self) -> TranscriptView:
        """The transcript that keys are for."""
        return self.pane.view

    @property
    def views(self) -> list[TranscriptView]:
        """All that are shown."""
        return [pane.view for pane in (self.pane, self.other) if pane is not None]

    def check_all(self) -> None:
        """Look whether the open sessions have grown."""
        for view in self.views:
            view.check()

    @property
    def open_locations(self) -> list[str]:
        """The sessions that are shown."""
        return [view.feed.session.id for view in self.views if view.feed is not None]

    async def action_split(self) -> None:
        """Put a second transcript beside the one, for which the list has the keys; or have one again."""
        if self.other is not None:
            gone, self.other = self.other, None
            if gone.view.feed is not None:
                gone.view.feed.close()
            await gone.remove()
            return
        if self.size.width < WIDE:
            words = own_text("Side by side needs {} columns; there are {}.", WIDE, self.size.width)
            notify_safely(self.app, words, severity="warning")
            return
        pane = TranscriptPane(clock=self.clock)
        pane.view.set_up(self._settings)
        await self.mount(pane, after=self.pane)
        self._exchange(pane)
        if self.sessions.chosen is not None:
            self.open_in_pane(self.sessions.chosen)
        self.remove_class("-hide-sidebar")
        self.set_focus(self.sessions)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Keys are for the pane that has the focus, and so is the list."""
        other = self.other
        if other is not None and other in event.widget.ancestors:
            self._exchange(other)
            feed = self.view.feed
            self.sessions.stand_on(None if feed is None else feed.session.id)
            self.pane_changed()

    def _exchange(self, pane: TranscriptPane) -> None:
        self.pane, self.other = pane, self.pane
        self.pane.remove_class("-other")
        self.other.add_class("-other")

    def action_details(self) -> None:
        """Show what is known of the session beside its messages."""
        from earwig.ui.screens.details import DetailsScreen  # few look: the start need not wait for it

        feed = self.view.feed
        if feed is None:
            return
        session = feed.session
        screen = DetailsScreen(
            lambda: self.book.get(session.id) or session,
            self._store.about,
            self._background,
            clock=self.clock,
            times=TimeStyle(self._settings.utc),
        )
        self.app.push_screen(screen)

    def look_for_moved(self) -> None:
        """Have what is open go on in the database if the bot has put its file there."""
        if self._moving is None:
            self._moving = Moving(self._store, self.book, self._background, self.feed_of, self.post_message)
        self._moving.look(self.views)

    def on_moved(self, message: Moved) -> None:
        """Go on there, unless the reader has gone elsewhere meanwhile."""
        view, stood = message.view, message.stood
        if view not in self.views or view.feed is not stood.feed:
            return
        top = None if view.following else view.viewport.anchor
        if top != stood.top:
            self.look_for_moved()
            return
        view.go_on_in(message.feed, message.top, message.known_to)
        chosen = message.feed.session.id if view is self.view else self.sessions.chosen
        self.book.forget_vanished(keep=chosen)
        self.sessions.stand_on(chosen)
        self._watcher.watch_closely(self.open_locations)
        self.pane_changed()

    def feed_of(self, session: Session, transcript: Transcript, view: TranscriptView) -> Feed:
        """Return what reads a session for a view."""

        def elsewhere() -> list[Transcript]:
            return [self._store.open(it) for it in self._store.elsewhere(session)]

        return Feed(session, transcript, self._background, view.post_message, elsewhere)

    def open_in_pane(self, session_id: str) -> None:
        """Show a session where the keys go."""
        raise NotImplementedError

    def pane_changed(self) -> None:
        """Another pane has the keys."""
        raise NotImplementedError
