"""One open session, read in the background: requests go in from a widget, pages come out as messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from earwig.core.background import Background, Priority
from earwig.core.opening import CannotOpen
from earwig.core.store import Session
from earwig.core.transcript.counting import LineCounter
from earwig.core.transcript.entries import Entry, Page
from earwig.core.transcript.line_reader import LINE_LIMIT
from earwig.core.transcript.transcript import Transcript
from earwig.ui.messages import (
    Counted,
    Gone,
    LineFound,
    LinkFollowed,
    NoSuchLine,
    Numbered,
    PageArrived,
    Place,
    Remembered,
    Rewritten,
    StoredBytes,
    Unreadable,
)

if TYPE_CHECKING:
    from earwig.core.bot_memory.watch import BotMemory
    from earwig.core.message_link import MessageLink
    from earwig.core.transcript.link_search import LinkSearch

PAGE = 100
"""Lines read at once: several screens, some milliseconds."""

_REPORT = 0.1
_NEW_STEPS = 8


class Feed:
    """Asks the background thread for a session's pages; `post` must be safe to call from that thread."""

    def __init__(
        self,
        session: Session,
        transcript: Transcript,
        background: Background,
        post: Callable[[Message], object],
    ) -> None:
        self.session = session
        self._transcript = transcript
        self._background = background
        self._post = post
        self._closed = False
        self._counter = LineCounter(transcript, limit=LINE_LIMIT)
        self._new: LineCounter | None = None
        self._checks = itertools.count(1)
        self._last_check = 0
        self.held: tuple[int | None, int] | None = None
        """What the view holds: its end, if that is the newest it knows of, and its generation."""

        self._search: LinkSearch | None = None
        self._counting = False
        self._complete: tuple[int, int] | None = None
        self._shown: tuple[int, int, int] | None = None
        """What the last page of a look ended with: another look that finds the same has nothing to say."""

        self._reported_at = 0.0
        self._memory: BotMemory | None = None
        self._estimating = False

    def close(self) -> None:
        """No more messages come, once those on the way have."""
        self._closed = True

    def newest(self, count: int = PAGE) -> None:
        """Ask for the newest lines."""
        self._ask(lambda: self._page(Place.NEWEST, 0, count))

    def before(self, offset: int, count: int = PAGE) -> None:
        """Ask for the lines that end where the line at `offset` starts."""
        self._ask(lambda: self._page(Place.BEFORE, offset, count))

    def after(self, offset: int, count: int = PAGE) -> None:
        """Ask for the lines from `offset` on, where one starts."""
        self._ask(lambda: self._page(Place.AFTER, offset, count))

    def around(self, offset: int) -> None:
        """Ask for the lines on both sides of a byte."""
        self._ask(lambda: self._page(Place.AROUND, offset, PAGE))

    def check(self) -> None:
        """Look at the file; what it has beyond what is held comes as a page. May be called by any thread."""
        if self.held is not None:
            stop, generation = self.held
            # Taken from a counter, of which no two threads get the same: an older number that is written
            # over a newer one only makes one look more.
            check = self._last_check = next(self._checks)
            self._ask(lambda: self._check(stop, generation, check))

    def count_new(self, offset: int | None) -> None:
        """Count the messages from `offset` on as new, until told otherwise; None: none are new."""

        def begin() -> None:
            self._new = None if offset is None else LineCounter(self._transcript, offset, limit=LINE_LIMIT)
            self._step_new()
            self._report()
            self.count()  # goes on where these steps were not enough

        self._ask(begin)

    def count(self) -> None:
        """Count messages, bad lines and line numbers, in steps."""
        if not self._counting:
            self._counting = True
            self._ask(self._count_step, Priority.IDLE)

    def remember(self) -> None:
        """Estimate what the bot still remembers, and again whenever a look at the file finds it changed."""
        self._ask(self._begin_to_estimate, Priority.IDLE)

    def number(self, offsets: Sequence[int]) -> None:
        """Ask for the numbers of the lines that start at these offsets."""

        def find() -> None:
            numbers = zip(offsets, self._transcript.numbers_of(offsets), strict=True)
            self._post(Numbered(self, {offset: number for offset, number in numbers if number is not None}))

        self._ask(find, Priority.SOON)

    def at_line(self, number: int) -> None:
        """Ask for the lines around the one of this number, or around where that may be."""
        self._ask(lambda: self._find_line(number))

    def stored(self, offset: int, length: int) -> None:
        """Ask for the bytes of one line; of a very long one, for the first."""
        shown = min(length, LINE_LIMIT)
        self._ask(lambda: self._post(StoredBytes(self, offset, self._transcript.read(offset, shown))))

    def bytes_of(self, entry: Entry, then: Callable[[bytes | None], object]) -> None:
        """Read a line's bytes, all of them; `then` gets them in the background, None if they are gone."""
        generation = self.held[1] if self.held is not None else 0

        def read() -> None:
            try:
                data = self._transcript.read(entry.offset, entry.length)
            except CannotOpen:
                then(None)
                raise
            then(data if self._transcript.generation == generation else None)

        self._ask(read)

    def find(self, link: MessageLink) -> None:
        """Look for the message that a link means, in steps, for as long as it is the last one asked for."""
        from earwig.core.transcript.link_search import LinkSearch

        search = self._search = LinkSearch(self._transcript, link)

        def step() -> None:
            if self._search is not search:
                return
            if not search.step():
                self._ask(step, Priority.IDLE)
                return
            self._search = None
            offset = search.place if search.found is None else search.found
            page = self._transcript.around(offset, PAGE, PAGE)
            self._post(LinkFollowed(self, link, offset, page, found=search.found is not None))

        self._ask(step)

    # From here on: in the background thread.

    def _ask(self, job: Callable[[], object], priority: Priority = Priority.NOW) -> None:
        def run() -> None:
            if self._closed:
                return
            try:
                job()
            except CannotOpen as error:
                self._counting = self._estimating = False
                self._post(Gone(self) if error.missing else Unreadable(self, error.reason))

        self._background.submit(run, priority)

    def _page(self, place: Place, offset: int, count: int) -> Page:
        match place:
            case Place.NEWEST:
                page = self._transcript.tail(count)
            case Place.BEFORE:
                page = self._transcript.before(offset, count)
            case Place.AFTER:
                page = self._transcript.after(offset, count)
            case _:
                page = self._transcript.around(offset, count, count)
        self._post(PageArrived(self, page, place, offset))
        return page

    def _find_line(self, number: int) -> None:
        place = self._transcript.locate(number)
        if place is None:
            lines = self._transcript.newlines
            last = self._transcript.locate(lines + 1) is not None  # with no newline yet
            self._post(NoSuchLine(self, number, lines + last))
            return
        page = self._transcript.around(place.offset, PAGE, PAGE)
        self._post(LineFound(self, number, place.offset, page, certain=place.certain))

    def _check(self, stop: int | None, generation: int, check: int) -> None:
        if check != self._last_check and stop is not None:
            return  # a later look is on its way and sees all that this one would
        self._transcript.refresh()
        if self._transcript.absent:
            self._post(Gone(self))
            return
        if self._transcript.generation != generation:
            self._post(Rewritten(self))
        elif stop is not None and self._transcript.size >= stop and self._shown != (stop, *self._state()):
            page = self._page(Place.AFTER, stop, PAGE)
            self._shown = (page.stop, *self._state())
        if self._memory is not None:
            self._estimate_if_due(self._memory)
        if self._complete == self._state():
            return  # all of it is counted
        if self._new is not None:
            self._step_new()
            self._report()
        self.count()

    def _begin_to_estimate(self) -> None:
        from earwig.core.bot_memory.watch import BotMemory  # the first frame does not wait for it

        self._memory = BotMemory(self._transcript)
        self._estimate_if_due(self._memory)

    def _estimate_if_due(self, memory: BotMemory) -> None:
        if not self._estimating and memory.is_due():
            self._estimating = True
            self._ask(lambda: self._estimate_step(memory), Priority.IDLE)

    def _estimate_step(self, memory: BotMemory) -> None:
        if not memory.step():
            self._ask(lambda: self._estimate_step(memory), Priority.IDLE)
            return
        self._estimating = False
        self._post(Remembered(self, memory.estimate, memory.generation, memory.note))

    def _step_new(self) -> None:
        if self._new is not None:
            for _ in range(_NEW_STEPS):
                if self._new.step():
                    break

    def _count_step(self) -> None:
        done = self._transcript.index_step()
        if done:
            done = self._counter.step()
        if self._new is not None and done:
            done = self._new.step()
        if done:
            self._complete = self._state()
        if done or time.monotonic() - self._reported_at > _REPORT:
            self._report()
        if done:
            self._counting = False
        else:
            self._ask(self._count_step, Priority.IDLE)

    def _state(self) -> tuple[int, int]:
        return self._transcript.generation, self._transcript.size

    def _report(self) -> None:
        self._reported_at = time.monotonic()
        self._post(
            Counted(
                self,
                size=self._transcript.size,
                messages=self._counter.messages,
                bad_lines=self._counter.bad_lines,
                long_lines=self._counter.long_lines,
                new=self._new.messages if self._new is not None else 0,
                done=self._complete == self._state(),
                lines=self._transcript.lines,
                newlines=self._transcript.newlines,
                indexed=self._transcript.indexed,
            )
        )
