"""Moves through a transcript: by rows, by messages, to places that are not held, and back."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from earwig.core.model.entries import Entry
from earwig.core.named_tuple import NamedTuple
from earwig.ui.session.messages import Counted, Place
from earwig.ui.transcript.jump_list import JumpList, Spot
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.removed_entries import is_same
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange


class Stand(Enum):
    """How the view stands on an entry."""

    HELD = "held"
    """The view holds, with no cursor: the reader has gone back there."""

    FOUND = "found"
    """At the top, with the cursor on it: the reader looked for it."""

    IN_PLACE = "in place"
    """As it stood before other entries were shown around it; the cursor stays."""

    MATCH = "match"
    """So that the match in it that was found is on the screen."""


class Landing(NamedTuple):
    """An entry, and where on the screen it is to be; where it is not there, what is nearest to it is."""

    entry: Entry
    stand: Stand
    row: int = 0
    """The row of the screen for its first row; negative: so many of its rows are above."""


class Target(NamedTuple):
    """Where a jump leads: to a position, or to a line's number."""

    position: int | None = None
    line: int | None = None


class Navigator:
    """Moves the view through what is held. What is not held is asked for, and stood on when it has come."""

    def __init__(self, session: SessionModel, on_screen: OnScreen, pursuit: Pursuit) -> None:
        self._session = session
        self._viewport, self._cache, self._screenful = on_screen
        self._pursuit = pursuit
        self._pending = 0
        self.target: Target | None = None
        """The place whose page is waited for."""

        self._landing: Landing | None = None
        self._newest_comes = False
        """Whether the reader went to the newest message, and it is still being read."""

        self._waiting: list[Callable[[], ViewChange]] = []
        """What the reader asked for meanwhile, which begins from there."""

        self._spots = JumpList()

    def rest(self) -> None:
        self._pending = 0
        self.target = self._landing = None
        self._newest_comes = False
        self._spots.clear()
        self.stop()

    def stop(self) -> None:
        """End what the reader looks for, and drop what waits for a place: the reader goes elsewhere."""
        self._waiting.clear()
        self._pursuit.stop()

    def give_up(self) -> ViewChange:
        self.stop()
        return ViewChange.STATUS

    # On the way.

    @property
    def jumping(self) -> bool:
        """Whether a place that the reader wants to be at is still being read."""
        return self.target is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the reader has gone to a place that is not on the screen yet."""
        return not self._session.gone and (self.target is not None or self._newest_comes)

    def wait_to_be_there(self, action: Callable[[], ViewChange]) -> bool:
        """Let an action wait until where it begins is on the screen; returns whether it must wait."""
        if self.is_elsewhere:
            self._waiting.append(action)
        return self.is_elsewhere

    def run_waiting(self, commit: Callable[[ViewChange], object]) -> None:
        """Do what has waited for the place that is on the screen now. `commit` is called with each change."""
        waiting, self._waiting = self._waiting, []
        while waiting and not self.is_elsewhere:
            commit(waiting.pop(0)())
        self._waiting = waiting + self._waiting

    def jump(self, position: int, landing: Landing | None = None) -> None:
        """Go to a place that is not held when its entries have come, unless the reader goes elsewhere."""
        self._newest_comes = False
        self._landing = landing
        if self._session.reader is not None:
            self.target = Target(position=position)
            self._session.reader.want(Place.AROUND, position)

    def is_awaited(self, target: Target) -> bool:
        """Return whether a page for this place is what the last jump waits for; it waits no longer."""
        awaited = self.target == target
        if awaited:
            self.target = None
        return awaited

    def take_landing(self) -> Landing | None:
        """Return where the last jump is to end, once: what it was for is held now."""
        landing, self._landing = self._landing, None
        return landing

    def arrived(self, place: Place) -> None:
        if place is Place.NEWEST:
            self._newest_comes = False

    def move_on(self) -> ViewChange:
        """Apply the movement that waited for entries, then show."""
        if not self.is_elsewhere:
            pending, self._pending = self._pending, 0
            if pending:
                self._pending = self._viewport.scroll(pending)
        return ViewChange.PLACE

    def seek_on(self, message: Counted) -> None:
        """Ask again for the line that the reader wants to be at, if so many lines are counted by now."""
        line, reader = self._pursuit.line, self._session.reader
        if reader is not None and self.target is None and line is not None:
            counted = message.lines_counted + 1 if message.lines is None else None
            if counted is None or counted >= line:
                reader.at_line(line)

    def after_move(self, was_following: bool) -> ViewChange:
        """Count what is new from here on, if the view follows no more; or nothing, if it does again."""
        reader, view = self._session.reader, self._viewport
        if reader is not None and was_following != view.following:
            reader.count_new(None if view.following else view.stop)
        return ViewChange.PLACE

    # By rows and by messages.

    def scroll_rows(self, rows: int) -> ViewChange:
        self.stop()
        if self.is_elsewhere:
            self._pending += rows
            return ViewChange.NOTHING
        was_following = self._viewport.following
        self._pending = self._viewport.scroll(rows)
        return self.after_move(was_following)

    def scroll_pages(self, pages: int) -> ViewChange:
        """Move by screens, two rows of which stay in sight."""
        return self.scroll_rows(pages * max(1, self._viewport.height - 2))

    def step_message(self, step: int) -> ViewChange:
        """Move the cursor by messages, and the view where it must."""
        if self.wait_to_be_there(partial(self.step_message, step)):
            return ViewChange.NOTHING
        view, index = self._viewport, self._screenful.cursor_index
        if index is None:
            return ViewChange.NOTHING
        self.stop()
        target = view.shown(index + step, step)
        if target is None:
            return self.scroll_rows(step)
        was_following = view.following
        self._screenful.cursor = view.entries[target]
        if was_following and view.shown(target + 1, 1) is None:
            return ViewChange.PLACE
        view.show(target)
        return self.after_move(was_following)

    def stand_on(self, index: int) -> ViewChange:
        """Bring an entry to the top, hold the view, and put the cursor on it."""
        was_following = self._viewport.let_go()
        self.stand_at(index)
        return self.after_move(was_following)

    def stand_at(self, index: int) -> None:
        """Bring an entry to the top, as far as there is something below it, and the cursor on it."""
        entry = self._viewport.entries[index]
        self._cache.reveal(entry)
        self._viewport.stand(index)
        self._screenful.cursor = self._viewport.entries[index]

    def _hold_at(self, index: int, row: int) -> ViewChange:
        """Have an entry's first row on this row of the screen; negative: so many of its rows above."""
        view = self._viewport
        was_following = view.let_go()
        view.put(index, max(row, 1 - self._cache.height(view.entries[index])))
        self._screenful.cursor = None
        return self.after_move(was_following)

    # To places.

    def oldest(self) -> ViewChange:
        self.leave_spot()
        view = self._viewport
        was_following = view.following
        view.following = False
        self._pending = 0
        self.stop()
        if view.at_start or self._session.reader is None:
            view.stand(0)
        else:
            self.jump(0)
        self._screenful.cursor = None
        return self.after_move(was_following)

    def newest(self) -> ViewChange:
        self.leave_spot()
        return self._to_newest()

    def _to_newest(self) -> ViewChange:
        view, reader = self._viewport, self._session.reader
        was_following = view.following
        view.following = True
        self._pending = 0
        self.stop()
        self.target = None
        if not view.at_end and reader is not None:
            self._newest_comes = True
            reader.want(Place.NEWEST)
        view.settle()
        self._screenful.cursor = None
        return self.after_move(was_following)

    def go_to_line(self, number: int) -> ViewChange:
        """Go to a line, or to about where it is until it is found; the reader's next step ends the search."""
        self.leave_spot()
        if self._session.reader is not None:
            self._pending = 0
            self.stop()
            self._newest_comes = False
            self.target = Target(line=number)
            self._pursuit.line = number
            self._session.reader.at_line(number)
        return ViewChange.NOTHING

    def go_to_share(self, share: float) -> ViewChange:
        """Go to a place by the part of the session that is before it, from 0 to 1."""
        self.leave_spot()
        was_following = self._viewport.let_go()
        self._pending = 0
        self.stop()
        start, end = self._session.span
        self.jump(start + round((end - start) * share))
        return self.after_move(was_following)

    def go_to_position(self, position: int) -> ViewChange:
        self.leave_spot()
        return self.go_far(position)

    def go_to_entry(self, entry: Entry) -> ViewChange:
        """Stand on an entry that was found, held or not."""
        held = self._screenful.held(entry)
        if held is not None:
            return self.stand_on(held)
        return self.go_far(entry.position, Landing(entry, Stand.FOUND))

    def go_far(self, position: int, landing: Landing | None = None) -> ViewChange:
        """Go to a place that is not held, and stand there once its entries are here."""
        change = self.after_move(self._viewport.let_go())
        self._pending = 0
        self.jump(position, landing)
        return change

    def land(self, landing: Landing) -> ViewChange:
        """Stand where a jump was to end; what it was for is held now."""
        view, index = self._viewport, self._screenful.nearest(landing.entry)
        if index is None:
            return ViewChange.NOTHING
        if landing.stand is Stand.FOUND:
            return self.stand_on(index)
        if landing.stand is Stand.IN_PLACE and landing.row >= 0:
            view.put(index, landing.row)
            return ViewChange.PLACE
        there = is_same(view.entries[index], landing.entry)
        return self._hold_at(index, landing.row if there else 0)

    # Where the reader is, and was.

    def here(self) -> Spot:
        top = self._screenful.top()
        if self._viewport.following or top is None:
            return Spot(None)
        return Spot(top.entry, top.row, self._viewport.generation)

    def leave_spot(self, spot: Spot | None = None) -> None:
        """Remember a place that a jump leaves, by default this one."""
        self._spots.leave(spot or self.here())

    def back(self) -> ViewChange:
        spot = self._spots.back(self.here())
        return ViewChange.NOTHING if spot is None else self.go_to_spot(spot)

    def forward(self) -> ViewChange:
        spot = self._spots.forward()
        return ViewChange.NOTHING if spot is None else self.go_to_spot(spot)

    def go_to_spot(self, spot: Spot) -> ViewChange:
        """Go to a place; if it was rewritten, to what is there now."""
        self.stop()
        entry = spot.entry
        if entry is None:
            return self._to_newest()
        held = self._viewport.find(entry.position, entry.identity)
        if spot.generation == self._viewport.generation and held is not None:
            return self._hold_at(held, spot.row)
        return self.go_far(entry.position, Landing(entry, Stand.HELD, spot.row))
