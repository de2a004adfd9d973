"""Reads one open session in the background: requests come from a widget, pages go out as messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.model.entries import LINE_LIMIT, Page
from earwig.core.model.session import Session
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.protocols import Transcript
from earwig.core.system.background import Background, Priority, somebody_waits
from earwig.core.system.opening import CannotOpen
from earwig.ui.session.messages import (
    Counted,
    FilterCounted,
    Gone,
    LineFound,
    LinkFollowed,
    NoSuchLine,
    Numbered,
    PageArrived,
    Place,
    Remembered,
    Rewritten,
    SessionUnreadable,
)

if TYPE_CHECKING:
    from earwig.core.memory.watch import BotMemory
    from earwig.core.reading.filter_counting import FilterCounter
    from earwig.core.reading.filtering import EntryFilter
    from earwig.core.reading.gathering import Gathering
    from earwig.ui.session.link_following import LinkFollowing
    from earwig.ui.session.remembering import Remembering
    from earwig.ui.session.searching import SessionSearches

PAGE = 100
"""The number of lines read at once: several screens, some milliseconds."""

_REPORT = 0.1
_NEW_STEPS = 8


class SessionReader:
    """Asks the background thread for a session's pages. `post` must be safe to call from that thread."""

    def __init__(
        self,
        session: Session,
        transcript: Transcript,
        background: Background,
        post: Callable[[Message], object],
        elsewhere: Callable[[], Sequence[Transcript]] = tuple,
    ) -> None:
        """`elsewhere` opens what holds the same messages in other places."""
        self.session = session
        self._transcript = transcript
        self._background = background
        self._post = post
        self._elsewhere = elsewhere
        self._closed = False
        self._counter = LineCounter(transcript, limit=LINE_LIMIT)
        self._new: LineCounter | FilterCounter | None = None
        self.new_from: int | None = None
        """The position from which on messages count as new; None: none do."""

        self._hides: FilterCounter | None = None
        self.filter: EntryFilter | None = None
        """What the pages are to hold; None: every entry."""

        self._checks = itertools.count(1)
        self._last_check = 0
        self._held: tuple[int | None, int] | None = None
        self._failed = False  # whether something could not be read: what was asked for never came
        self._counting = False
        self._complete: tuple[int, int] | None = None
        self._shown: tuple[int, int, int] | None = None
        """What the last page of a look ended with: another look that finds the same has nothing to say."""

        self._reported_at = 0.0
        self._remembering: Remembering | None = None

    @cached_property
    def search(self) -> SessionSearches:
        """The searches of the session. Made, and loaded, when something is looked for first."""
        from earwig.ui.session.searching import SessionSearches

        return SessionSearches(self._transcript, self.ask, lambda make: self._post(make(self)))

    def hold(self, held: tuple[int | None, int] | None) -> None:
        """Take the view's newest end and its generation, to look behind that; None: look no more."""
        self._held = held

    def close(self) -> None:
        """Stop posting; queued jobs are dropped."""
        self._closed = True

    def want(self, place: Place, position: int = 0) -> None:
        """Ask for the newest lines, or for those before, after, or on both sides of where a line begins."""
        entry_filter = self.filter
        self.ask(lambda: self._page(place, position, entry_filter))

    def set_filter(self, entry_filter: EntryFilter | None) -> None:
        """Restrict pages to what a filter leaves, from the next request on, and count what it hides."""
        self.filter = entry_filter

        def begin() -> None:
            self._hides = None if entry_filter is None else self._filter_counter(entry_filter)
            self._complete = None
            self.count()

        self.ask(begin)
        if self.new_from is not None:
            self.count_new(self.new_from)

    def check(self, *, here: bool = False) -> bool:
        """Look at the file; what it has beyond what is held comes as a page. From any thread.

        `here`: in this one, if the background has nothing to do. Returns whether something came, or may.
        """
        if self._held is None:
            return False
        stop, generation = self._held
        # No two threads get the same number: an older one over a newer one makes one look more.
        check = self._last_check = next(self._checks)
        shown, look = self._shown, self._guarded(lambda: self._check(stop, generation, check))
        if here:
            return not self._background.run_here(look) or self._shown is not shown
        self._background.submit(look)
        return True

    def count_new(self, position: int | None) -> None:
        """Count the messages from `position` on as new, until told otherwise; None: none are new."""
        self.new_from, entry_filter = position, self.filter

        def begin() -> None:
            if position is None:
                self._new = None
            elif entry_filter is None:
                self._new = LineCounter(self._transcript, position, limit=LINE_LIMIT)
            else:
                self._new = self._filter_counter(entry_filter, position)
            self._step_new()
            self._report()
            self.count()  # goes on where these steps were not enough

        self.ask(begin)

    def count(self) -> None:
        if not self._counting:
            self._counting = True
            self.ask(self._count_step, Priority.IDLE)

    def prove(self) -> None:
        """Check that what was read is still there: a write that keeps the size leaves no other trace."""
        self.ask(self._transcript.doubt, Priority.IDLE)
        self.ask(self.count, Priority.IDLE)

    def remember(self) -> None:
        """Estimate what the bot still remembers, again with each change of the session."""
        self.ask(self._begin_to_remember, Priority.IDLE)

    def number(self, positions: Sequence[int]) -> None:
        def find() -> None:
            found = zip(positions, self._transcript.numbers_of(positions), strict=True)
            known = {position: number for position, number in found if number is not None}
            self._post(Numbered(self, known, self._transcript.generation))

        self.ask(find, Priority.SOON)

    def at_line(self, number: int) -> None:
        """Ask for the lines around the one with this number, or around where it may be."""
        entry_filter = self.filter
        self.ask(lambda: self._find_line(number, entry_filter))

    def read(
        self, generation: int, make: Callable[[Transcript], bytes], then: Callable[[bytes | None], object]
    ) -> None:
        """Read something of that generation; `then` gets it in the background, None if it is gone."""

        def read() -> None:
            try:
                data = make(self._transcript)
            except CannotOpen:
                then(None)
                raise
            then(data if self._transcript.generation == generation else None)

        self.ask(read)

    @cached_property
    def links(self) -> LinkFollowing:
        """The search for links. Made, and loaded, when one is followed first."""
        from earwig.ui.session.link_following import LinkFollowing

        return LinkFollowing(
            self._transcript,
            self._elsewhere,
            self.ask,
            lambda *found: self._post(LinkFollowed(self, *found)),
            PAGE,
        )

    def ask(self, job: Callable[[], object], priority: Priority = Priority.NOW) -> None:
        """Have a job done in the background. What cannot be opened is told as for any job."""
        self._background.submit(self._guarded(job), priority)

    def _guarded(self, job: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            if self._closed:
                return
            try:
                job()
            except CannotOpen as error:
                self._counting, self._failed = False, True
                if self._remembering is not None:
                    self._remembering.interrupted()
                self._post(Gone(self) if error.missing else SessionUnreadable(self, error.reason))

        return run

    # From here on: in the background thread.

    def _page(
        self,
        place: Place,
        position: int,
        entry_filter: EntryFilter | None,
        then: Callable[[Page], object] = bool,
    ) -> None:
        def tell(page: Page) -> None:
            self._post(PageArrived(self, page, place, position, entry_filter))
            then(page)

        if entry_filter is None:
            tell(self._whole_page(place, position))
        else:
            self._gather(self._gathering(place, position, entry_filter), entry_filter, tell)

    def _whole_page(self, place: Place, position: int) -> Page:
        match place:
            case Place.NEWEST:
                return self._transcript.tail(PAGE)
            case Place.BEFORE:
                return self._transcript.before(position, PAGE)
            case Place.AFTER:
                return self._transcript.after(position, PAGE)
            case _:
                return self._transcript.around(position, PAGE, PAGE)

    def _filter_counter(self, entry_filter: EntryFilter, start: int = 0) -> FilterCounter:
        from earwig.core.reading.filter_counting import FilterCounter  # few sessions are ever filtered

        return FilterCounter(self._transcript, entry_filter, start)

    def _gathering(self, place: Place, position: int, entry_filter: EntryFilter) -> Gathering:
        from earwig.core.reading.gathering import Gathering

        before = 0 if place is Place.AFTER else PAGE
        after = 0 if place is Place.BEFORE else PAGE
        if place is Place.NEWEST:
            position = self._transcript.tail(0).start
        elif place is Place.AROUND:
            position = self._transcript.around(position, 0, 0).start
        return Gathering(self._transcript, entry_filter.wants, position, before=before, after=after)

    def _gather(self, gathering: Gathering, entry_filter: EntryFilter, tell: Callable[[Page], None]) -> None:
        """Look a step further, unless the reader wants to see something else by now."""
        if entry_filter is not self.filter:
            return
        if (page := gathering.step()) is not None:
            tell(page)
        else:
            self.ask(lambda: self._gather(gathering, entry_filter, tell), Priority.SOON)

    def _find_line(self, number: int, entry_filter: EntryFilter | None) -> None:
        place = self._transcript.locate(number)
        if place is None:
            lines = self._transcript.lines_counted
            last = self._transcript.locate(lines + 1) is not None  # with no newline yet
            self._post(NoSuchLine(self, number, lines + last))
            return

        def tell(page: Page) -> None:
            self._post(
                LineFound(self, number, place.position, page, certain=place.certain, filter=entry_filter)
            )

        if entry_filter is None:
            tell(self._transcript.around(place.position, PAGE, PAGE))
        else:
            self._gather(self._gathering(Place.AROUND, place.position, entry_filter), entry_filter, tell)

    def _check(self, stop: int | None, generation: int, check: int) -> None:
        if check != self._last_check and stop is not None:
            return  # a later look is on its way and sees all that this one would
        self._transcript.refresh()
        if self._transcript.absent:
            self._failed = True
            self._post(Gone(self))
            return
        failed, self._failed = self._failed, False
        if failed or self._transcript.generation != generation:
            self._post(Rewritten(self))
        elif stop is not None and self._transcript.end >= stop and self._shown != (stop, *self._state()):
            self._page(Place.AFTER, stop, self.filter, self._note_shown)
        if self._remembering is not None:
            self._remembering.look()
        if self._complete == self._state() and not self._transcript.doubted:
            return  # all of it is counted
        if self._new is not None:
            self._step_new()
            self._report()
        self.count()

    def _begin_to_remember(self) -> None:
        from earwig.ui.session.remembering import Remembering  # the first frame does not wait for it

        def tell(memory: BotMemory) -> None:
            self._post(Remembered(self, memory.estimate, memory.generation, memory.note))

        self._remembering = Remembering(self._transcript, self.session, self.ask, tell)
        self._remembering.look()

    def _note_shown(self, page: Page) -> None:
        self._shown = (page.stop, *self._state())

    def _step_new(self) -> None:
        if self._new is not None:
            any(self._new.step() for _ in range(_NEW_STEPS))

    def _count_step(self) -> None:
        generation = self._transcript.generation
        done = self._transcript.index_step()
        if self._transcript.generation != generation:
            self._post(Rewritten(self))
        for step in (self._counter, self._new, self._hides):
            done = done and (step is None or (not somebody_waits() and step.step()))
        if done:
            self._complete = self._state()
        if done or time.monotonic() - self._reported_at > _REPORT:
            self._report()
        if done:
            self._counting = False
        else:
            self.ask(self._count_step, Priority.IDLE)

    def _state(self) -> tuple[int, int]:
        return self._transcript.generation, self._transcript.end

    def _report(self) -> None:
        self._reported_at = time.monotonic()
        done = self._complete == self._state()
        hides = self._hides
        if hides is not None:  # for its own filter: `filter` may be a newer one, which waits to be taken up
            self._post(FilterCounted(self, hides.filter, hides.messages, tuple(hides.hidden), done=done))
        self._post(
            Counted(
                self,
                span=(self._transcript.start, self._transcript.end),
                messages=self._counter.messages,
                bad_lines=self._counter.bad_lines,
                long_lines=self._counter.long_lines,
                new=self._new.messages if self._new is not None else 0,
                done=done,
                lines=self._transcript.lines,
                lines_counted=self._transcript.lines_counted,
                indexed=self._transcript.indexed,
            )
        )
