"""Reads pages of the session before they are needed, and takes in those that come."""

from __future__ import annotations

from earwig.core.model.entries import Position
from earwig.ui.session.messages import LineFound, NoSuchLine, PageArrived, Place, Rewritten
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.finder import Finder
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.lost_place import LostPlace
from earwig.ui.transcript.navigator import Navigator, Stand, Target
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.transcript.window import EntryWindow

MARGIN = 40
"""The number of entries beyond the screen that are read ahead."""

SETTLE = 0.05
"""Seconds from a rewrite to the look at what it left. Most are done by then, and nothing flickers."""

QUIET = 1.0
"""Seconds without another change before what was read is compared with the session."""

CATCH_UP = 0.06
"""Seconds between two looks at a session that grows faster than it is read: keys come first."""


class PageReader:
    """Keeps the window true to the session, and the view where it stands, or where a jump is to end."""

    def __init__(
        self,
        session: SessionModel,
        window: EntryWindow,
        on_screen: OnScreen,
        pursuit: Pursuit,
        lost: LostPlace,
        navigator: Navigator,
        finder: Finder,
        host: Host,
    ) -> None:
        self._session = session
        self._window = window
        self._viewport, self._cache, self._screenful = on_screen
        self._pursuit = pursuit
        self._lost = lost
        self._navigator = navigator
        self._finder = finder
        self._anew = host.later(self._read_anew)
        self._catching_up = host.later(self._catch_up)
        self._doubt = host.later(self._prove)

    def rest(self) -> None:
        self._anew.cancel()
        self._catching_up.cancel()

    # What is asked for.

    def check(self) -> None:
        self.tell_held()
        if self._session.reader is not None:
            self._session.reader.check()
            self._doubt.call_in(QUIET)

    def _prove(self) -> ViewChange:
        if self._session.reader is not None:
            self._session.reader.prove()
        return ViewChange.NOTHING

    def tell_held(self) -> None:
        """Tell the session reader what is held, so that a look brings what is behind that."""
        reader, view = self._session.reader, self._viewport
        if reader is None:
            return
        if self._catching_up.is_due:
            reader.hold(None)
        else:
            at_end = view.at_end or not view.entries
            reader.hold((view.stop if at_end else None, view.generation))

    def read_ahead(self) -> None:
        view, session = self._viewport, self._session
        # Of what a filter leaves there may be nothing in the part that is read so far.
        sparse = self._cache.numbers.sparse
        begun = view.entries or (sparse and (view.stop or view.at_start or view.at_end))
        if not begun or session.gone:
            return
        last = view.top if self._screenful.last is None else self._screenful.last
        if view.top < MARGIN and not view.at_start:
            session.ask(Place.BEFORE, view.start)
        if last > len(view.entries) - MARGIN and not view.at_end:
            session.ask(Place.AFTER, view.stop)

    # What comes.

    def take_page(self, message: PageArrived) -> ViewChange:
        session, window, view = self._session, self._window, self._viewport
        if message.filter is not session.filter:
            return ViewChange.NOTHING
        session.be_there()
        session.answer(message.place)
        self._navigator.arrived(message.place)
        page, change, past = message.page, ViewChange.PLACE, view.generation
        if page.generation != view.generation and message.place in (Place.BEFORE, Place.AFTER):
            self._read_anew_soon()
        elif message.place is Place.NEWEST:
            window.take_newest(page)
        elif message.place is Place.AROUND:
            awaited = self._navigator.is_awaited(Target(position=message.anchor))
            if not awaited or self._lost.is_missed_by(page, message.anchor):
                return ViewChange.NOTHING
            window.take_around(page, message.anchor)
            change |= self._land()
        elif message.place is Place.BEFORE:
            window.prepend(page)
        elif window.append(page):
            window.note_arrivals(page)
            if view.following and not page.at_end and not self._catching_up.is_due:
                self._catching_up.call_in(CATCH_UP)  # it grows faster than it is read page by page
        elif view.at_end and page.start < view.stop < page.stop:
            self.check()  # looked for before the page that came in between was here
        self._note_past(past)
        window.number(page)
        self._lost.come_back(self._screenful.nearest)
        change |= self._navigator.move_on()
        if message.place is Place.AFTER:
            change |= ViewChange.ARRIVED
            self._doubt.call_in(QUIET)
        return change

    def _land(self) -> ViewChange:
        landing = self._navigator.take_landing()
        if landing is None:
            return ViewChange.NOTHING
        if landing.stand is Stand.MATCH:
            return self._finder.show_match()
        return self._navigator.land(landing)

    def _catch_up(self) -> ViewChange:
        """Go to where the session is now; what came in between is read when somebody goes there."""
        self.tell_held()
        if self._session.reader is not None and self._viewport.following:
            self._session.reader.want(Place.NEWEST)
        return ViewChange.NOTHING

    def take_line(self, message: LineFound) -> ViewChange:
        if message.filter is not self._session.filter:
            return ViewChange.NOTHING
        first = self._navigator.is_awaited(Target(line=message.number))
        if not first and self._pursuit.line != message.number:
            return ViewChange.NOTHING
        view, page, held = self._viewport, message.page, None
        stop, was_following = view.stop, view.let_go()
        if message.certain and page.generation == view.generation:
            held = view.index_of(message.position)
        if held is None:
            past = view.generation
            page = self._window.replace(page)
            self._note_past(past)
            self._window.number(page)
            held = next((at for at, entry in enumerate(page.entries) if entry.next > message.position), None)
        if held is not None:
            self._navigator.stand_at(held)
            if not message.certain:
                self._cache.numbers.guess(view.entries[held].position, message.number, view.entries)
        if was_following and not view.following and self._session.reader is not None:
            self._session.reader.count_new(stop)
        if message.certain:
            self._pursuit.line = None
        return self._navigator.move_on()

    def take_no_line(self, message: NoSuchLine) -> ViewChange:
        if self._pursuit.line != message.number:
            return ViewChange.NOTHING
        self._navigator.is_awaited(Target(line=message.number))
        self._pursuit.line, self._pursuit.no_line = None, message
        return self._navigator.move_on()

    # Rewrites.

    def take_rewrite(self, message: Rewritten) -> ViewChange:
        """Read anew what is shown, and stay where it is: the past has changed."""
        self._read_anew_soon()
        return ViewChange.NOTHING

    def _read_anew_soon(self) -> None:
        if not self._anew.is_due:
            self._window.expect_rewrite()
            self._anew.call_in(SETTLE)

    def _note_past(self, before: int) -> None:
        """A page of another past than before is all that there is to read anew."""
        if self._viewport.generation != before:
            self._anew.cancel()

    def go_on_in(self, reader: SessionReader, top: Position, known_to: Position) -> ViewChange:
        """Go on with the same conversation in another place, as if it had been rewritten.

        There, what is at the top stands at `top`, and what comes from `known_to` on is new. The filter stays.
        """
        was, entry_filter = self._session.reader, self._session.filter
        held = None if self._viewport.following else self._screenful.top()
        self._session.begin(reader)
        self._session.set_filter(entry_filter)
        self.rest()
        self._window.go_on_as(
            reader.session.id if was is None else was.session.id, reader.session.id, known_to
        )
        if held is not None:
            self._lost.stand_for(held, top)
        self._read_anew()
        reader.count_new(None if held is None else known_to)
        reader.count()
        reader.remember()
        return ViewChange.PLACE

    def _read_anew(self) -> ViewChange:
        reader, view = self._session.reader, self._viewport
        if reader is None:
            return ViewChange.NOTHING
        anchor = self._screenful.top()
        if view.following or anchor is None:
            self._window.keep_reading(anchor)
            reader.want(Place.NEWEST)
        else:
            anchor = self._lost.leave(anchor)
            self._window.keep_reading(anchor)
            self._navigator.jump(anchor.entry.position)
            reader.count_new(None)
        return ViewChange.STATUS

    def look_for_lost(self, stop: int) -> None:
        """Look for what a rewrite removed, once the session, which ends at `stop`, reaches that far again."""
        if self._anew.is_due or self._navigator.jumping or self._viewport.following:
            return
        anchor = self._lost.wanted(stop)
        if anchor is not None:
            self._window.keep_reading(anchor)
            self._navigator.jump(anchor.entry.position)
