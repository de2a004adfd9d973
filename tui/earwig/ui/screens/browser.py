"""The one screen that users live in: sessions at the left, the chosen transcript at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantFocus, ScreenResume
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from earwig.core.catalog.arrangement import Order
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.entries import Page
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session, SessionId
from earwig.core.settings.settings import Settings
from earwig.core.stores.first_look import Beginning
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store, WatchOptions
from earwig.core.system.background import Background
from earwig.core.system.collecting import leave_out_of_collections
from earwig.core.text.safe_text import SafeText, own_text, safe_name
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.screens.browser_keys import BROWSER_KEYS
from earwig.ui.screens.controllers.further_sessions import FurtherSessions
from earwig.ui.screens.controllers.host import ScreenHost
from earwig.ui.screens.controllers.panes import WIDE, Panes
from earwig.ui.screens.controllers.parts import BrowserParts
from earwig.ui.screens.controllers.session_news import SessionNews
from earwig.ui.session.messages import EventsArrived
from earwig.ui.sidebar.sidebar import Sidebar
from earwig.ui.textual_compat.narrow_compositor import use_narrow_compositor
from earwig.ui.transcript.pane import TranscriptPane
from earwig.ui.transcript.requests import ReaderRequest
from earwig.ui.transcript.view import TranscriptView
from earwig.ui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from earwig.core.catalog.reading_state import ReadingState
    from earwig.core.model.message_link import MessageLink

CHECK = 5.0
"""Seconds between looks at the open session, should the follower, which looks each second, miss one."""


class BrowserScreen(Screen[None]):
    """Holds the catalog; threads post events to it, and its handlers change the widgets.

    What it does besides is done by its parts (`controllers`): keys and messages are handed on to them.
    """

    TITLE = "earwig"
    AUTO_FOCUS = ""  # what is first in the list of widgets is not what is read first
    BLANK = True  # nothing of it is seen but its colour: no rows of its own are drawn
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = BROWSER_KEYS

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """What has the keys. What then looks different draws itself again; all of the screen need not."""

    def __init__(
        self,
        store: Store,
        begun: Beginning,
        *,
        looked: SafeText,
        settings: Settings,
        clock: Callable[[], float],
        reading: ReadingState | None,
        link: tuple[Session, MessageLink] | None,
    ) -> None:
        """`link` is the message to begin with, and its session, which is one of those that are listed."""
        super().__init__()
        use_narrow_compositor(self)
        self._has_styles = False
        self._store, self._background = store, Background()
        self._settings = settings
        sessions, newest, rest = begun
        self._clock = clock
        self._looked = looked
        self._untouched = link is None
        self._link = link
        self.catalog = SessionCatalog(sessions)
        self.catalog.order = Order(settings.sort)
        self.sidebar = Sidebar(
            store,
            self.catalog,
            self._background,
            self.open_in_pane,
            clock=clock,
            times=TimeStyle(settings.utc),
            reading=reading,
            complete=rest is None,
            id="sidebar",
        )
        self.sessions = self.sidebar.sessions
        self.panes = Panes(self._make_pane(id="pane"))
        watch = WatchOptions(self._on_events, known=sessions, poll=settings.poll, at_once=self._check_at_once)
        self._watcher = store.watcher(watch)
        self._host = ScreenHost(self)
        self._further = FurtherSessions(self._host, rest, self._take_over, self._watcher.know)
        self.parts = BrowserParts(
            self._host,
            store,
            settings,
            self._background,
            self.sidebar,
            self.panes,
            clock=clock,
            went_on=self._went_on,
        )
        self._news = SessionNews(self._host, self._show_list)
        if newest is not None and link is None:
            self.sessions.chosen = newest.session.id
            self.pane.name_session(self.catalog.title(newest.session.id), None)
            self._open(newest.session, newest.transcript, newest.page)

    @property
    def is_current(self) -> bool:
        """Whether anything of it is seen: covered, it draws nothing; seen again, it is drawn whole.

        Textual 8.2.8 counts the one screen below an opaque one too: with each change in that, all of the one
        on top is drawn anew.
        """
        stack = self.app.screen_stack
        above = stack[stack.index(self) + 1 :] if self in stack else ()
        return super().is_current and all(screen.styles.background.a < 1 for screen in above)

    def _make_pane(self, id: str | None = None) -> TranscriptPane:
        pane = TranscriptPane(clock=self._clock, id=id)
        pane.view.parts.options.set_up(self._settings)
        return pane

    @property
    def pane(self) -> TranscriptPane:
        return self.panes.current

    @property
    def view(self) -> TranscriptView:
        return self.panes.view

    def compose(self) -> ComposeResult:
        """Sidebar, transcript, keys, in the styles of the terminal's width: else all are worked out twice."""
        self.add_class("-wide" if self.app.size.width >= WIDE else "-narrow", update=False)
        # Side by side by the screen's own layout: a container in between is drawn anew with every frame.
        yield self.sidebar
        yield self.pane
        yield KeyBar()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Leave out the second of two rounds of styles before the first frame: nothing has changed since."""
        event.refresh_styles, self._has_styles = self._has_styles, True

    def on_mount(self) -> None:
        self.call_after_refresh(self._background.start)
        if not self._further.are_awaited:
            self.call_after_refresh(self._watcher.start)
        elif len(self.catalog):
            self.call_after_refresh(self._further.wait)
        else:
            self._further.wait()
        self.set_interval(CHECK, self.panes.check_all)
        self.call_after_refresh(self.parts.begin, self._settings.watch)
        if self._link is not None:
            self.sessions.choose(self._link[0].id)
        elif self.sessions.chosen is None:
            self.parts.guide.show_newest()
        self._describe()
        self._focus_first()

    def on_unmount(self) -> None:
        self._watcher.stop()
        self._background.stop()
        self.parts.close()

    def _on_events(self, events: StoreEvents) -> None:
        """Called in the watcher's thread."""
        self._check_at_once(events)
        self.parts.take(events)
        self.post_message(EventsArrived(events))

    def _check_at_once(self, events: StoreEvents | None = None) -> bool:
        return not self.parts.is_away and self.panes.check_at_once(events)

    def _take_over(self, listed: SessionCatalog, complete: bool) -> None:
        """Take in sessions that the first frame could not wait for; once they are all, begin to follow."""
        self.sidebar.take_over(listed, complete=complete)
        if complete:
            self._watcher.start()
            leave_out_of_collections()  # to look through 100,000 sessions would hold up a key
        else:
            self.call_after_refresh(self._further.wait)
        if self.sessions.chosen is None or (self._untouched and self.view.following):
            self.parts.guide.show_newest()
        if self._untouched:
            self._focus_first()
        self._news.show_now()

    def on_events_arrived(self, message: EventsArrived) -> None:
        nothing_chosen = self.sessions.chosen is None
        self._news.take(message.events, at_once=nothing_chosen)
        if nothing_chosen:
            self.parts.guide.show_newest()

    def _show_list(self, events: list[StoreEvents]) -> None:
        self.sidebar.apply(events)
        self.parts.changed(events)
        self.parts.moves.look()
        self._describe()

    def _focus_first(self) -> None:
        self.set_focus(self.view if self.catalog.newest else self.sessions)

    def on_sidebar_learned(self) -> None:
        """What is being read may have been counted as unread meanwhile."""
        self._mark_read()

    def on_sidebar_remembered(self) -> None:
        self.parts.returning.remembered()

    def open_in_pane(self, session_id: SessionId) -> None:
        self.catalog.forget_vanished(keep=session_id)
        session = self.catalog[session_id]
        self._open(session, self._store.open(session))
        if self._link is not None and self._link[0].id == session.id:
            self.view.commit(self.view.parts.links.go_to(self._link[1]))
        self._link = None
        self.sidebar.show()
        self._describe()

    def _open(self, session: Session, transcript: Transcript, page: Page | None = None) -> None:
        self.view.show(self.parts.moves.reader_of(session, transcript, self.view), page)
        self._watcher.watch_closely(self.panes.session_ids)

    def _went_on(self) -> None:
        self._watcher.watch_closely(self.panes.session_ids)
        self._describe()

    def note_use(self) -> None:
        """From the first key on, nothing is chosen for the reader."""
        self.parts.returning.note_use()
        self._untouched = False

    def make_way(self) -> None:
        """Let what is read in the background wait a little: a frame is about to be drawn."""
        self._background.make_way()

    def on_mouse_down(self) -> None:
        self.note_use()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Keys are for the pane that has the focus, and so is the list."""
        if self.panes.give_keys_to(event.widget):
            reader = self.view.reader
            self.sessions.stand_on(None if reader is None else reader.session.id)
            self._describe()

    @on(TranscriptView.Moved)
    def _on_moved(self) -> None:
        self.parts.moves.look()
        self._mark_read()
        self._describe()
        if self.panes.other is not None:
            self.panes.other.describe()

    def _mark_read(self) -> None:
        chosen = self.sessions.chosen
        if chosen is not None:
            self.catalog.look_at(chosen)
            if self.view.following:
                self.sidebar.read(chosen)

    def _describe(self) -> None:
        chosen, catalog = self.sessions.chosen, self.catalog
        if chosen is not None and chosen in catalog:
            self.pane.name_session(catalog.title(chosen), catalog.removal_reason(chosen), catalog[chosen])
        else:
            self.pane.name_session(None, None)
        if len(self.catalog):
            self.pane.say(notice_for(self.view))
        else:
            listing = own_text("Listing the sessions…")
            self.pane.say(listing if self._further.are_awaited else self._looked)

    @on(ReaderRequest)
    def _on_wanted(self, message: ReaderRequest) -> None:
        self.parts.requests.answer(message, self.view)

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a field, a slash is a slash; in the transcript, it finds text there."""
        return action != "filter" or not (isinstance(self.focused, Input) or self.view.has_focus)

    def action_filter(self) -> None:
        self.remove_class("-hide-sidebar")
        self.sidebar.begin_filter()

    def action_read(self) -> None:
        """Go to the transcript: at once, because the next key may be here already."""
        self.set_focus(self.view)

    def action_find_session(self) -> None:
        self.action_filter()

    def action_toggle_sidebar(self) -> None:
        if self.has_class("-hide-sidebar"):
            self.remove_class("-hide-sidebar")
            return
        self.add_class("-hide-sidebar")
        self.set_focus(self.view)

    def action_back(self) -> None:
        if isinstance(self.focused, Input):
            self.sidebar.clear_filter()
            self.set_focus(self.sessions)
        elif not self.sidebar.clear_latest():
            self.set_focus(self.view)

    async def action_split(self) -> None:
        """Put a second transcript beside the one, for which the list has the keys; or have one again."""
        gone = self.panes.remove_other()
        if gone is not None:
            await gone.remove()
            return
        if self.size.width < WIDE:
            words = own_text("Side by side needs {} columns; there are {}.", WIDE, self.size.width)
            self._host.tell(words, severity="warning")
            return
        pane = self._make_pane()
        await self.mount(pane, after=self.pane)
        self.panes.add(pane)
        if self.sessions.chosen is not None:
            self.open_in_pane(self.sessions.chosen)
        self.remove_class("-hide-sidebar")
        self.set_focus(self.sessions)

    def action_details(self) -> None:
        self.parts.requests.show_details(self.view)

    def action_write_file(self) -> None:
        self.parts.clipboard.write_file()

    def action_search(self) -> None:
        self._warn_of_outage()
        self.parts.searches.show()

    def action_step_hit(self, by: int) -> None:
        self.parts.searches.step(by)

    def action_live(self) -> None:
        self._warn_of_outage()
        self.parts.overviews.open_live()

    def action_statistics(self) -> None:
        self._warn_of_outage()
        self.parts.overviews.open_statistics()

    def action_look_at_next(self) -> None:
        self.parts.returning.look_at_next()

    def _warn_of_outage(self) -> None:
        """Say that what looks through all sessions misses those that cannot be reached now."""
        if self.sidebar.outage.words:
            self._host.tell(self.sidebar.outage.words, severity="warning")


def notice_for(view: TranscriptView) -> SafeText | None:
    """Return why there is nothing to be seen in a transcript; None if there is."""
    session = view.parts.session
    why = own_text("is not there; it is looked for again and again") if session.gone else session.problem
    if why is not None and not view.viewport.entries:
        name = safe_name(view.reader.session.place) if view.reader is not None else own_text("")
        return own_text("{}\n\nThis session {}.", name, why)
    if session.filter is not None:
        return view.parts.filtering.nothing_left()
    if not view.viewport.entries and session.counted is not None and session.counted.done:
        return own_text("No messages yet. What the bot writes will show here.")
    return None
