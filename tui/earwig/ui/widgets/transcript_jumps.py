"""From one thing of a kind to the next, however far it is, and back to where the reader was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType

from earwig.core.content.turns import is_failure, is_tool_call
from earwig.core.model.entries import Entry, Item
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.ghosts import is_same
from earwig.ui.jump_list import JumpList, Spot
from earwig.ui.widgets.transcript_motion import TranscriptMotion

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter
    from earwig.ui.search_messages import Sought
    from earwig.ui.search_requests import Hunt


class Kind(NamedTuple):
    """Something that can be gone to."""

    wanted: Callable[[Item], bool]
    name: SafeText
    """What one is called."""

    @property
    def plural(self) -> SafeText:
        """What some are called."""
        return own_text("{}s", self.name)


KINDS = {
    "user": Kind(lambda item: isinstance(item, ChatMessage) and item.role == "user", own_text("user turn")),
    "failed": Kind(lambda item: isinstance(item, ChatMessage) and is_failure(item), own_text("failed turn")),
    "bad": Kind(lambda item: isinstance(item, BadLine), own_text("bad line")),
    "tool": Kind(lambda item: isinstance(item, ChatMessage) and is_tool_call(item), own_text("tool call")),
}


class Course(NamedTuple):
    """A jump to the next of a kind that is under way."""

    kind: Kind
    step: int
    origin: Entry | None
    """What the reader was at."""

    until: int | None
    """Where what was beyond that began: up to there it is gone on from the other end."""

    round: bool = False
    """Whether there was none on the way to the end, and it goes on from the other one."""


def _pair(key: str, up: str, kind: str, following: str, previous: str) -> list[BindingType]:
    """The keys to the next of a kind and to the one before."""
    return [
        Binding(
            key, f"jump('{kind}', 1)", following, tooltip=following, id=f"transcript.next_{kind}", show=False
        ),
        Binding(
            up,
            f"jump('{kind}', -1)",
            previous,
            tooltip=previous,
            id=f"transcript.previous_{kind}",
            show=False,
        ),
    ]


class TranscriptJumps(TranscriptMotion):
    """What is not held is looked for in the background; any movement, and Escape, ends that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *_pair("u", "U", "user", "Next user turn", "Previous user turn"),
        *_pair("f", "F", "failed", "Next failed turn", "Previous failed turn"),
        *_pair("x", "X", "bad", "Next bad line", "Previous bad line"),
        *_pair("right_square_bracket", "left_square_bracket", "tool", "Next tool call", "Previous tool call"),
        Binding(
            "less_than_sign",
            "back",
            "Back",
            tooltip="Back to where you were before the last jump",
            id="transcript.back",
            show=False,
        ),
        Binding(
            "greater_than_sign",
            "forward",
            "Forward",
            tooltip="Forward again",
            id="transcript.forward",
            show=False,
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.limit: EntryFilter | None = None
        """What of the session is shown; None: all."""

        self.hunt: Hunt | None = None
        """What is being looked for."""

        self.hunted = 0.0
        """The part of the way that is looked through."""

        self.said: SafeText | None = None
        """What a search has to say, until the next movement."""

        self._course: Course | None = None
        self._spots = JumpList()
        self._landing: Callable[[], None] | None = None

    def rest(self) -> None:
        """Begin anew, with another session."""
        super().rest()
        self._spots.clear()
        self._landing = None

    # Where the reader is, and was.

    def here(self) -> Spot:
        """What is at the top of the screen."""
        view = self.viewport
        if view.following or view.anchor is None:
            return Spot(None)
        return Spot(view.anchor, view.row, view.generation)

    def leave_spot(self) -> None:
        """Remember this place: a jump is about to leave it."""
        self._spots.leave(self.here())

    def action_back(self) -> None:
        """Go back to where the last jump left from."""
        self._go_to_spot(self._spots.back(self.here()))

    def action_forward(self) -> None:
        """Go where the last step back came from."""
        self._go_to_spot(self._spots.forward())

    def _go_to_spot(self, spot: Spot | None) -> None:
        if spot is not None:
            self.go_to_spot(spot)

    def go_to_spot(self, spot: Spot) -> None:
        """Go to a place; if it was rewritten, to what is there now."""
        self._stop_seeking()
        entry = spot.entry
        if entry is None:
            TranscriptMotion.action_newest(self)
            return
        held = self.viewport.find(entry.position, entry.identity)
        if spot.generation == self.viewport.generation and held is not None:
            self._hold_at(held, spot.row)
        else:
            self.go_far(entry.position, lambda: self._land_on(entry, spot.row))

    def _land_on(self, entry: Entry, row: int) -> None:
        """Show what was being read, wherever a rewrite has put it; else what is at its place."""
        index = self.nearest(entry)
        if index is not None:
            there = is_same(self.viewport.entries[index], entry)
            self._hold_at(index, row if there else 0)

    def held(self, entry: Entry) -> int | None:
        """Where that entry is in the window; None too where another one stands in its place by now."""
        index = self.viewport.index_of(entry.position)
        return index if index is not None and is_same(self.viewport.entries[index], entry) else None

    def nearest(self, entry: Entry) -> int | None:
        """Where that entry is in the window, or else the one that is nearest to its place."""
        entries = self.viewport.entries
        places = sorted(range(len(entries)), key=lambda at: abs(entries[at].position - entry.position))
        same = (at for at in places if is_same(entries[at], entry))
        return next(same, places[0] if places else None)

    def _hold_at(self, index: int, row: int) -> None:
        was_following = self._let_go()
        view = self.viewport
        view.top, view.row = index, min(row, self.blocks.height(view.entries[index]) - 1)
        view.settle()
        self.put_cursor(None)
        self._after_move(was_following)

    def _let_go(self) -> bool:
        """Follow no more, unless all there is on the screen anyway; whether it was following."""
        view = self.viewport
        was_following, view.following = view.following, view.following and view.all_on_screen
        return was_following

    def go_far(self, position: int, landing: Callable[[], None]) -> None:
        """Go to a place that is not held; `landing` finds the row once its entries are here."""
        self._after_move(self._let_go())
        self._pending = 0
        self.jump(position)
        self._landing = landing

    def jump(self, position: int) -> None:
        """Go to a place that is not held."""
        self._landing = None
        super().jump(position)

    def land(self) -> None:
        """What a jump was for is held now."""
        landing, self._landing = self._landing, None
        if landing is not None:
            landing()

    def go_to_line(self, number: int) -> None:
        """Go to a line, and remember where from."""
        self.leave_spot()
        super().go_to_line(number)

    def go_to_share(self, share: float) -> None:
        """Go to a part of the session, and remember where from."""
        self.leave_spot()
        super().go_to_share(share)

    def action_oldest(self) -> None:
        """Go to the first line, and remember where from."""
        self.leave_spot()
        super().action_oldest()

    def action_newest(self) -> None:
        """Go to the newest message, and remember where from."""
        self.leave_spot()
        super().action_newest()

    # From one of a kind to the next.

    def action_jump(self, name: str, step: int) -> None:
        """Go to the next of a kind, or to the one before; from the last on to the first, and back."""
        if self.wait_to_be_there(partial(self.action_jump, name, step)):
            return
        self._stop_seeking()
        view = self.viewport
        first, origin = self._first_place(step), None
        if 0 <= first - step < len(view.entries):
            origin = view.entries[first - step]
        until = None if origin is None else origin.position
        # Inside an entry, the next one above is its own beginning.
        course = Course(KINDS[name], step, origin if first != view.top else None, until)
        held = self._held_one(course, first)
        if held is not None:
            self.leave_spot()
            self.stand_on(held)
        elif self.gone or (view.at_end if step > 0 else view.at_start):
            self._go_round(course)
        else:
            self._hunt_one(course, view.stop if step > 0 else view.start)

    def _held_one(self, course: Course, first: int) -> int | None:
        """The first of a kind in the window, from one place on."""
        entries, wanted = self.viewport.entries, course.kind.wanted
        places = range(first, len(entries)) if course.step > 0 else range(first, -1, -1)
        return next((at for at in places if wanted(entries[at].item)), None)

    def _go_round(self, course: Course) -> None:
        """Look for one from the other end on: there is none on this side of where the reader is."""
        view, course = self.viewport, course._replace(round=True)
        if self.gone or (view.at_start if course.step > 0 else view.at_end):
            held = self._held_one(course, 0 if course.step > 0 else len(view.entries) - 1)
            if held is not None:
                self._arrive_round(course, view.entries[held])
                return
            if self.gone or (view.at_start and view.at_end):
                self._say_none(course)
                return
        self._hunt_one(course, 0 if course.step > 0 else None)

    def _arrive_round(self, course: Course, entry: Entry) -> None:
        """Go to the first one from the other end on, if it is not where the reader is."""
        origin = course.origin
        only = origin is not None and origin.identity == entry.identity
        if not only:
            self.leave_spot()
            self._stand_on_found(entry)
            self._say_round(course.kind.plural, course.step)
            return
        self.put_cursor(entry)
        self.said = own_text("the only {} {}", course.kind.name, self._where)
        self.changed()

    @property
    def _where(self) -> SafeText:
        return own_text("in this session" if self.limit is None else "that the filter shows")

    def _first_place(self, step: int) -> int:
        """The first entry that is beyond where the reader is."""
        view, cursor = self.viewport, self.cursor_index
        if cursor is not None and (self.has_cursor or view.following):
            return cursor + step
        return view.top + 1 if step > 0 else view.top - (view.row == 0)

    def _hunt_one(self, course: Course, start: int | None) -> None:
        from earwig.ui.search_requests import Hunt

        limit, wanted = self.limit, course.kind.wanted
        both = wanted if limit is None else (lambda item: limit.wants(item) and wanted(item))
        self._course = course
        self.begin_hunt(Hunt(both, start, course.step > 0, until=course.until if course.round else None))

    def begin_hunt(self, hunt: Hunt) -> None:
        """Look for something in the background."""
        if self.feed is not None:
            self.hunt, self.hunted = hunt, 0.0
            self.feed.search.seek(hunt)

    def stand_on(self, index: int) -> None:
        """Bring an entry to the top, hold the view, and put the cursor on it."""
        was_following = self._let_go()
        self.stand_at(index)
        self._after_move(was_following)

    def on_sought(self, message: Sought) -> None:
        """Go to what was found, or say how far the search is."""
        if message.feed is not self.feed or message.hunt is not self.hunt:
            return
        self.hunted = message.share
        if message.done:
            self.hunt = None
            self._end_hunt(message)
        self.tell_moved()

    def _end_hunt(self, message: Sought) -> None:
        entry, course = message.entry, self._course
        if entry is not None and course is not None and course.round:
            self._arrive_round(course, entry)
        elif entry is not None:
            self.leave_spot()
            self._stand_on_found(entry)
        elif course is not None and course.round:
            self._say_none(course)
        elif course is not None:
            self._go_round(course)

    def _stand_on_found(self, entry: Entry) -> None:
        held = self.held(entry)
        if held is not None:
            self.stand_on(held)
        else:
            self.go_far(entry.position, lambda: self._stand_on_nearest(entry))

    def _stand_on_nearest(self, entry: Entry) -> None:
        index = self.nearest(entry)
        if index is not None:
            self.stand_on(index)

    def _say_none(self, course: Course) -> None:
        self.said = own_text("no {} {}", course.kind.name, self._where)
        self.tell_moved()

    def _say_round(self, plural: SafeText, step: int) -> None:
        """Say that it went on from the other end: as any search does that goes round."""
        if step > 0:
            self.said = own_text("no more {} below · on from the top", plural)
        else:
            self.said = own_text("no more {} above · on from the end", plural)
        self.tell_moved()

    def _stop_seeking(self) -> None:
        super()._stop_seeking()
        self.said = None
        if self.hunt is not None:
            self.hunt = None
            if self.feed is not None:
                self.feed.search.seek(None)

    # What Escape leaves, one at a time.

    @property
    def can_leave(self) -> bool:
        """Whether there is something that Escape ends."""
        return self.hunt is not None or self.seeking is not None

    def action_leave(self) -> None:
        """Stop searching."""
        self._stop_seeking()
        self.tell_moved()

    def words_below(self) -> SafeText | None:
        """What the frame is to say of a search; None: nothing."""
        if self.hunt is not None and self.hunted > 0:
            return own_text("searching… {:.0f} % · Esc stops", 100 * self.hunted)
        return self.said
