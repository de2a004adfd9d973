"""The one screen that users live in: sessions at the left, the chosen transcript at the right."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import ScreenResume
from textual.widgets import Input

from earwig.core.catalog.arrangement import Order
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.entries import Page
from earwig.core.model.events import StoreEvents
from earwig.core.model.session import Session
from earwig.core.settings.settings import Settings
from earwig.core.stores.first_look import Listing, Opened
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.background import Background
from earwig.core.system.collecting import leave_out_of_collections
from earwig.core.text.safe_text import SafeText, own_text, safe_name
from earwig.ui.compositor import NarrowCompositor
from earwig.ui.messages import FactsArrived, Listed
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.screens.links import LinksScreen
from earwig.ui.screens.panes import PanesScreen
from earwig.ui.screens.stored_line import StoredLineScreen
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.sidebar import Sidebar
from earwig.ui.widgets.transcript_canvas import TranscriptCanvas
from earwig.ui.widgets.transcript_pane import TranscriptPane
from earwig.ui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from earwig.core.catalog.reading_state import ReadingState
    from earwig.core.model.message_link import MessageLink
    from earwig.core.system.clipboard import Method

LIST_DELAY = 0.05
"""Seconds that the list may be behind, so that a message's own frame comes first."""

LIST_PACE = 0.2
"""Seconds between two frames of the list at least: where hundreds of sessions change, nobody reads more."""

CHECK = 5.0
"""Seconds between looks at the open session, should the follower, which looks each second, miss one."""


class BrowserScreen(PanesScreen):
    """Holds the session book; threads post facts to it, and its handlers change the widgets."""

    TITLE = "earwig"
    AUTO_FOCUS = ""  # what is first in the list of widgets is not what is read first
    BLANK = True  # nothing of it is seen but its colour: no rows of its own are drawn
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            "Other pane",
            tooltip="Go to the other pane: sessions or transcript",
            id="browser.next_pane",
        ),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Pane",
            tooltip="Go back to the other pane",
            show=False,
            id="browser.previous_pane",
        ),
        # First of all, so that keys typed in one burst with it are forwarded to the filter, not to the pane.
        Binding(
            "slash",
            "filter",
            "Filter",
            tooltip="Find sessions by their names and newest messages",
            id="browser.filter",
            priority=True,
        ),
        Binding(
            "ctrl+o",
            "find_session",
            "Find session",
            tooltip="Find a session by its name, from anywhere",
            id="browser.find_session",
            show=False,
            priority=True,
        ),
        Binding("s", "toggle_sidebar", "Sidebar", tooltip="Hide or show the sessions", id="browser.sidebar"),
        Binding(
            "escape", "back", "Back", tooltip="Leave what was opened last", show=False, id="browser.back"
        ),
    ]

    def __init__(
        self,
        store: Store,
        sessions: Sequence[Session],
        *,
        looked: SafeText,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
        newest: Opened | None = None,
        rest: Callable[[], Listing] | None = None,
        reading: ReadingState | None = None,
        link: tuple[Session, MessageLink] | None = None,
        clipboard: Method | None = None,
    ) -> None:
        """`rest` waits for more sessions, where `sessions` are only those listed so far.

        `reading` remembers what was read from run to run; `link` is the message to begin with, and its
        session, one of them.
        """
        super().__init__(store, Background(), clipboard=clipboard)
        self._compositor = NarrowCompositor()
        self._has_styles = False
        self._settings = settings = settings or Settings()
        self.clock, self.utc = clock, settings.utc
        self._looked = looked
        self._facts: list[StoreEvents] = []
        self._list_is_due = False
        self._list_shown_at = 0.0
        self.book = SessionCatalog(sessions)
        self.book.order = Order(settings.sort)
        self.sidebar = Sidebar(
            store,
            self.book,
            self._background,
            self.open_in_pane,
            clock=clock,
            times=TimeStyle(settings.utc),
            reading=reading,
            complete=rest is None,
            id="sidebar",
        )
        self.sessions = self.sidebar.sessions
        self.pane = TranscriptPane(clock=clock, id="pane")
        self.pane.view.set_up(settings)
        self._rest = rest
        self._untouched = link is None
        self._watcher = store.watcher(self._on_facts, known=sessions, poll=settings.poll)
        self._link = link
        if newest is not None and link is None:
            self.sessions.chosen = newest.session.id
            self.pane.name_session(self.book.title(newest.session.id), None)
            self._open(newest.session, newest.transcript, newest.page)

    def compose(self) -> ComposeResult:
        """Sidebar, transcript, keys."""
        # Side by side by the screen's own layout: each container in between is drawn, line by line, with
        # every frame of what is in it.
        yield self.sidebar
        yield self.pane
        yield KeyBar()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Leave out the second of two rounds of styles before the first frame: nothing has changed since."""
        event.refresh_styles, self._has_styles = self._has_styles, True

    def on_mount(self) -> None:
        """Show the newest session, and begin to follow."""
        self.call_after_refresh(self._background.start)
        if self._rest is None:
            self.call_after_refresh(self._watcher.start)
        elif len(self.book):
            self.call_after_refresh(self._list_more)
        else:
            self._list_more()
        self.set_interval(CHECK, self.check_all)
        self.call_after_refresh(self.begin_to_watch, self._settings.watch)
        if self._link is not None:
            self.sessions.choose(self._link[0].id)
        elif self.sessions.chosen is None:
            self._choose_newest()
        self._describe()
        self._focus_first()

    def on_unmount(self) -> None:
        """Let the threads end."""
        self.end_watch()
        self._watcher.stop()
        self._background.stop()

    def _on_facts(self, facts: StoreEvents) -> None:
        """Called in the watcher's thread."""
        for view in self.views:
            feed = view.feed
            if feed is not None and not self.away and facts.concern(feed.session.id):
                feed.check(here=True)  # its messages need not wait for the list's turn
        self.tell_live(facts)
        self.post_message(FactsArrived(facts))

    # What happens to the sessions.

    def _list_more(self) -> None:
        """Wait in a thread for more sessions, and make them ready to be shown there."""
        rest = self._rest
        if rest is None:
            return

        def wait() -> None:
            sessions, complete = rest()
            book = SessionCatalog(sessions)
            book.prepare()
            if complete:
                self._watcher.know(sessions)
            self.post_message(Listed(book, complete=complete))

        threading.Thread(target=wait, name="earwig-lister", daemon=True).start()

    def on_listed(self, message: Listed) -> None:
        """Take in sessions that the first frame could not wait for; once they are all, begin to follow."""
        self.sidebar.take_over(message.book, complete=message.complete)
        if message.complete:
            self._rest = None
            self._watcher.start()
            leave_out_of_collections()  # to look through 100,000 sessions would hold up a key
        else:
            self.call_after_refresh(self._list_more)
        if self.sessions.chosen is None or (self._untouched and self.view.following):
            self._choose_newest()
        if self._untouched:
            self._focus_first()
        self._show_list()

    def on_facts_arrived(self, message: FactsArrived) -> None:
        """Sessions appeared, changed or vanished."""
        self._facts.append(message.facts)
        if self.sessions.chosen is None:
            self._show_list()
            self._choose_newest()
        # A little later and for all that comes meanwhile: the list would hold up the message's frame.
        elif not self._list_is_due:
            self._list_is_due = True
            rest = self._list_shown_at + LIST_PACE - time.monotonic()
            self.set_timer(max(LIST_DELAY, rest), self._show_list)

    def _show_list(self) -> None:
        self._list_is_due = False
        self._list_shown_at = time.monotonic()
        facts, self._facts = self._facts, []
        self.sidebar.apply(facts)
        self.tell_others(facts)
        self.look_for_moved()
        self._describe()

    def _focus_first(self) -> None:
        self.set_focus(self.view if self.book.newest else self.sessions)

    def show_session(self, session_id: str) -> bool:
        """Go to a session, if it is on the list."""
        if session_id not in self.book:
            return False
        self.sessions.choose(session_id)
        return True

    def _choose_newest(self) -> None:
        self.sessions.choose(self.book.newest)

    def on_sidebar_learned(self) -> None:
        """What is being read may have been counted as unread meanwhile."""
        self._mark_read()

    def open_in_pane(self, session_id: str) -> None:
        """Show a session where the keys go."""
        self.book.forget_vanished(keep=session_id)
        session = self.book[session_id]
        self._open(session, self._store.open(session))
        if self._link is not None and self._link[0].id == session.id:
            self.view.go_to_link(self._link[1])
        self._link = None
        self.sidebar.show()
        self._describe()

    def _open(self, session: Session, transcript: Transcript, page: Page | None = None) -> None:
        self.view.show(self.feed_of(session, transcript, self.view), page)
        self._watcher.watch_closely(self.open_locations)

    def note_use(self) -> None:
        """From the first key on, nothing is chosen for the reader."""
        super().note_use()
        self._untouched = False

    def on_mouse_down(self) -> None:
        """As from the first key on."""
        self.note_use()

    @on(TranscriptCanvas.Moved)
    def _on_moved(self) -> None:
        self.look_for_moved()
        self._mark_read()
        self._describe()

    def _mark_read(self) -> None:
        chosen = self.sessions.chosen
        if chosen is not None:
            self.book.look_at(chosen)
            if self.view.following:
                self.sidebar.read(chosen)

    def pane_changed(self) -> None:
        """Another pane has the keys."""
        self._describe()

    def _describe(self) -> None:
        """Bring the frames' texts up to date."""
        chosen = self.sessions.chosen
        known = chosen is not None and chosen in self.book
        if chosen is not None and known:
            self.pane.name_session(self.book.title(chosen), self.book.fate(chosen), self.book[chosen])
        else:
            self.pane.name_session(None, None)
        self.pane.say(self._notice())

    def _notice(self) -> SafeText | None:
        if not len(self.book):
            return self._looked if self._rest is None else own_text("Listing the sessions…")
        view = self.view
        why = own_text("is not there; it is looked for again and again") if view.gone else view.problem
        if why is not None and not view.viewport.entries:
            name = safe_name(view.feed.session.place) if view.feed is not None else own_text("")
            return own_text("{}\n\nThis session {}.", name, why)
        if view.limit is not None:
            return view.nothing_left()
        if not view.viewport.entries and view.counted is not None and view.counted.done:
            return own_text("No messages yet. What the bot writes will show here.")
        return None

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a field, a slash is a slash; in the transcript, it finds text there."""
        return action != "filter" or not (isinstance(self.focused, Input) or self.view.has_focus)

    def action_filter(self) -> None:
        """Type what the session's name holds."""
        self.remove_class("-hide-sidebar")
        self.sidebar.begin_filter()

    def action_read(self) -> None:
        """Go to the transcript: at once, because the next key may be here already."""
        self.set_focus(self.view)

    def action_find_session(self) -> None:
        """As `/` in the sidebar, from anywhere."""
        self.action_filter()

    def action_toggle_sidebar(self) -> None:
        """Hide or show the sessions."""
        if self.has_class("-hide-sidebar"):
            self.remove_class("-hide-sidebar")
            return
        self.add_class("-hide-sidebar")
        self.set_focus(self.view)

    def action_back(self) -> None:
        """Clear what was set last, then leave the sidebar."""
        if isinstance(self.focused, Input):
            self.sidebar.clear_filter()
            self.set_focus(self.sessions)
        elif not self.sidebar.clear_latest():
            self.set_focus(self.view)

    @on(TranscriptView.StoredWanted)
    def _on_stored_wanted(self, message: TranscriptView.StoredWanted) -> None:
        self.app.push_screen(StoredLineScreen(message.entry, message.number, message.data, message.row))

    @on(TranscriptView.LinksWanted)
    def _on_links_wanted(self, message: TranscriptView.LinksWanted) -> None:
        self.app.push_screen(LinksScreen(message.links))

    @on(TranscriptView.ExportWanted)
    def _on_export_wanted(self, message: TranscriptView.ExportWanted) -> None:
        from earwig.ui.screens.export import ExportScreen  # most never export: the start need not wait for it

        session = message.session
        keep_out = (*self._store.bots_folders, session.path.parent)
        self.app.push_screen(
            ExportScreen(
                session,
                self._store,
                keep_out,
                limit=message.limit,
                settings=self._settings,
            )
        )

    @on(TranscriptView.LineKnown)
    def _on_line_known(self, message: TranscriptView.LineKnown) -> None:
        """Tell the line's bytes, if they are still shown."""
        if isinstance(self.app.screen, StoredLineScreen):
            self.app.screen.learn(message.entry, message.number)
