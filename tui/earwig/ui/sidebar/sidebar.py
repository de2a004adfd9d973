"""The sidebar: the list of sessions, what restricts it, and what is found out for it in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.whole_sessions import WholeSessions
from earwig.core.model.events import StoreEvents
from earwig.core.model.read_to import ReadTo
from earwig.core.model.session import SessionId
from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.core.system.ending import join_within
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.list_words import count_words, order_words
from earwig.ui.rendering.plain import notify_safely, plain
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.session.messages import ReadingArrived, SummariesArrived, TroublesArrived
from earwig.ui.sidebar.chips import FILTER, Chips, nothing_left
from earwig.ui.sidebar.session_list import SessionList
from earwig.ui.sidebar.summing import Summing
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.debounce import Debounce
from earwig.ui.widgets.field import Field
from earwig.ui.widgets.outage_line import OutageLine

if TYPE_CHECKING:
    from earwig.core.catalog.reading_state import ReadingState

PACE = 0.25
"""Seconds between two times that what is found out in the background is shown, at least."""

TYPING = 0.15
"""Seconds after a key in the filter in which nothing is looked for that the key does not wait for."""

_SLICE, BETWEEN = 0.004, 0.004
"""Seconds of looking further, and of leaving the rest of the program alone."""

STEP = 16
"""Sessions that are summed up in one go, unless they are on the screen: some milliseconds."""

SAVE_AFTER = 3.0
"""Seconds from a change to its being written down."""

_LAST_SAVE = 0.5
"""Seconds that leaving may wait for that."""


class Sidebar(Vertical):
    """Restricts, orders and filters a catalog, and keeps it informed."""

    class Learned(Message):
        """More is known of sessions."""

    class Remembered(Message):
        """What earlier runs left is known."""

    class NotSaved(DataMessage):
        problem: SafeText

    def __init__(
        self,
        store: Store,
        catalog: SessionCatalog,
        background: Background,
        open_session: Callable[[SessionId], object],
        *,
        clock: Callable[[], float] = time.time,
        times: TimeStyle = TimeStyle(),  # noqa: B008 - a tuple
        reading: ReadingState | None = None,
        complete: bool = True,
        id: str | None = None,
    ) -> None:
        """`open_session` is called at once with each session that the reader goes to.

        `reading`: where it is remembered what was read; `complete`: whether the catalog has all sessions.
        """
        super().__init__(id=id)
        self.catalog = catalog
        self.sessions = SessionList(catalog, open_session, clock=clock, times=times, id="sessions")
        self.complete = complete
        self._store = store
        self._background = background
        self._reading = reading
        self._whole = WholeSessions(
            store,
            catalog.get,
            background,
            lambda found: self.post_message(TroublesArrived(found)),
            lambda: None if reading is None else reading.folder,
        )
        self._summed = Summing(store, background, self.post_message)
        self._field = Field(self._take_filtered, placeholder="filter…", id="filter")
        self._chips = Chips(id="chips")
        self.outage = OutageLine(store.places, id="outage")
        self._set: list[Only | None] = []
        """What restricts the list, the latest last; None stands for the filter."""

        self._described: object = None
        self._arrived: list[Callable[[], object]] = []
        self._remembered = self._summing = False
        self._showing = Debounce(self, self._show_arrived)
        self._looking = Debounce(self, self._look_further)
        self._saving = Debounce(self, self._save)
        self._typed_at = 0.0
        self._problem: SafeText | None = None

    def compose(self) -> ComposeResult:
        yield self._field
        yield self.sessions

    def on_mount(self) -> None:
        self.call_after_refresh(self.mount_hidden)
        reading = self._reading
        if reading is not None:
            self.catalog.marks.written = reading.written
            self._background.submit(lambda: self.post_message(ReadingArrived(*reading.load())), Priority.SOON)
        if self.complete:
            self._whole.begin(self.catalog.by_activity())

    def mount_hidden(self) -> None:
        """Mount what is hidden as yet, for which no first frame waits; nothing where the reader leaves."""
        if self.is_attached:
            self.mount(self._chips, self.outage, before=self.sessions)

    def on_unmount(self) -> None:
        """Write down what changed last, as far as that does not keep the program from ending."""
        self._summed.stop()
        reading = self._reading
        if reading is None or not self._remembered:
            return
        changed = self.catalog.changed_marks()
        saves = (partial(reading.save, changed, self._store), self._whole.save)
        saving = threading.Thread(target=lambda: [save() for save in saves], daemon=True)
        saving.start()
        join_within(saving, _LAST_SAVE)

    def on_resize(self) -> None:
        self.describe()

    # What is known of sessions.

    def apply(self, events: list[StoreEvents]) -> None:
        for fact in events:
            self.outage.tell(fact.unlisted)
            self.catalog.apply(fact, keep=self.sessions.chosen)
            for it in fact.found:
                if it.imported_from in self.sessions.flagged:
                    self.sessions.flag(it.id)
            self._whole.look(it.id for it in fact.there)
            self._whole.look(it.id for it in fact.vanished)
        if events:
            self._save_soon()
        self.show()

    def take_over(self, listed: SessionCatalog, *, complete: bool) -> None:
        self.catalog.take_over(listed)
        self.complete = complete
        if complete:
            self._save_soon()
            self._whole.begin(self.catalog.by_activity())

    def show(self) -> None:
        self.sessions.update()
        self.describe()
        self._go_on()

    def read(self, session_id: SessionId) -> None:
        """All that a session holds has been on the screen."""
        summary = self.catalog.summary(session_id)
        self.catalog.mark_read(session_id)
        self._save_soon()
        if summary is not None and summary.unread:
            self.sessions.update()
            self.describe()

    def on_session_list_visible(self, message: SessionList.Visible) -> None:
        """Sum up what is on the screen, in the background, and count it."""
        self._sum_up(message.wanted, Priority.SOON, swept=False)
        self._whole.look(message.wanted, on_screen=True)

    def _sum_up(self, wanted: Mapping[SessionId, ReadTo], priority: Priority, *, swept: bool) -> None:
        there = self.catalog  # what was on the screen may have gone since
        sessions = [(there[it], read_to) for it, read_to in wanted.items() if it in there]
        self._summed.begin(sessions, priority, swept=swept)

    def on_summaries_arrived(self, message: SummariesArrived) -> None:
        """Show what is known now: of the sessions on the screen at once, of others from time to time."""
        self._arrived.append(partial(self.catalog.learn, *message.found))
        if message.swept:
            self._summing = False
        if not message.swept and not self._is_looking_through:
            self._show_arrived()
        else:
            self._show_soon()
        self._go_on()

    def on_troubles_arrived(self, message: TroublesArrived) -> None:
        found = message.found
        self._arrived.append(partial(self.catalog.count, found.troubles, (found.counted, found.total)))
        if found.troubles or self.catalog.needs_counts:
            self._show_soon()
        elif not self._showing.is_due:
            self._take_arrived()

    def _show_soon(self) -> None:
        if not self._showing.is_due:
            self._showing.call_in(PACE)

    def _show_arrived(self) -> None:
        self._take_arrived()
        self._save_soon()
        self.post_message(self.Learned())
        self.sessions.update()
        self.describe()

    def _take_arrived(self) -> None:
        arrived, self._arrived = self._arrived, []
        for take in arrived:
            take()

    @property
    def _is_looking_through(self) -> bool:
        done, total = self.catalog.looked_through
        return done < total

    def _go_on(self) -> None:
        """Look for more of what the list is restricted to, a little at a time, never while somebody types."""
        wait = self._typed_at + TYPING - time.monotonic()
        if not self._looking.is_due and self.catalog.looking:
            self._looking.call_in(max(BETWEEN, wait))
        elif not self._summing and self._is_looking_through and not self.catalog.looking:
            self._summing = True
            self.set_timer(max(BETWEEN, wait), self._sum_up_some)

    def _look_further(self) -> None:
        if time.monotonic() - self._typed_at >= TYPING and self.catalog.look_further(_SLICE):
            self.sessions.update()
            self.describe()
        self._go_on()

    def _sum_up_some(self) -> None:
        typing = time.monotonic() - self._typed_at < TYPING
        wanted = {} if typing else self.catalog.next_unknown(STEP)  # what is taken from it must be summed up
        if not wanted:
            self._summing = False
            self._go_on()
        else:
            self._sum_up(wanted, Priority.IDLE, swept=True)

    # What the reader asks for.

    def begin_filter(self) -> None:
        self._field.select_all()
        self.screen.set_focus(self._field)

    def clear_latest(self) -> bool:
        """Clear what was set last; return whether there was anything."""
        if not self._set:
            return False
        latest = self._set[-1]
        if latest is None:
            self._field.value = ""
            self._filter("")
        else:
            self.catalog.restrict(latest)
            self._rearranged()
        return True

    def clear_filter(self) -> None:
        self._field.value = ""

    @on(Input.Changed, "#filter")
    def _on_filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value)

    def _filter(self, text: str) -> None:
        if text.split() == list(self.catalog.words) and bool(text.split()) == self.catalog.filtered:
            return
        self._typed_at = time.monotonic()
        self.catalog.filter(text)
        # Among all that are back, the chosen one is somewhere else.
        self._rearranged(reveal=not self.catalog.filtered)

    def _take_filtered(self, text: str) -> None:
        """Take the first session that is left, unless the reader is on one of them."""
        self._filter(text)  # what was typed in one burst with it may not have been told yet
        shown = self.catalog.shown
        if shown and self.sessions.chosen not in shown:
            self.sessions.choose(shown[0])
        self.screen.set_focus(self.sessions)

    def on_chips_cleared(self, message: Chips.Cleared) -> None:
        if message.only in self.catalog.only:
            self.catalog.restrict(message.only)
            self._rearranged()

    def on_session_list_arranged(self) -> None:
        self._save_soon()
        self._note_set()
        self.describe()
        self._go_on()

    def _rearranged(self, *, reveal: bool = True) -> None:
        self._note_set()
        self.show()
        if reveal:
            self.sessions.reveal()

    def _note_set(self) -> None:
        now: list[Only | None] = [*self.catalog.only, *([None] if self.catalog.filtered else [])]
        self._set = [it for it in self._set if it in now] + [it for it in now if it not in self._set]

    def describe(self) -> None:
        catalog = self.catalog
        hides = catalog.hides
        self._whole.hurry(wanted=catalog.needs_counts)
        self._chips.show(hides, catalog.progress, self.sessions.size.width - 2)
        notice = None
        if len(catalog) and not catalog.arranged.matching and self._set:
            latest = self._set[-1]
            name = FILTER if latest is None else latest.label
            notice = nothing_left(hides, total=len(catalog), filtered=catalog.filtered, latest=name)
        if notice != self.sessions.notice:
            self.sessions.notice = notice
            self.sessions.refresh()
        words = count_words(catalog, complete=self.complete), order_words(catalog)
        if words != self._described:
            self._described = words
            self.border_title, self.border_subtitle = map(plain, words)

    # What is remembered from run to run.

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        self.catalog.remember(message.reading)
        self._remembered = True
        self._tell(message.problem)
        if message.reading is not None:
            self.post_message(self.Remembered())
        self._save_soon()
        self.show()

    def _save_soon(self) -> None:
        wanted = self._remembered and self.complete and self.catalog.marks.any_changed
        if wanted and not self._saving.is_due:
            self._saving.call_in(SAVE_AFTER)

    def _save(self) -> None:
        reading = self._reading
        if reading is None:
            return
        changed = self.catalog.changed_marks()

        def save() -> None:
            problem = reading.save(changed, self._store)
            if problem is not None:
                self.post_message(Sidebar.NotSaved(problem))

        self._background.submit(save, Priority.SOON)

    def on_sidebar_not_saved(self, message: NotSaved) -> None:
        message.stop()
        self._tell(message.problem)

    def _tell(self, problem: SafeText | None) -> None:
        """Once: what cannot be written now cannot be written three seconds later."""
        if problem is not None and problem != self._problem:
            self._problem = problem
            notify_safely(self.app, problem, severity="warning")
