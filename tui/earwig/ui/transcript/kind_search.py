"""From one thing of a kind to the next, however far it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from earwig.core.content.turns import is_failure, is_tool_call
from earwig.core.model.entries import Entry, Item
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.transcript.navigator import Navigator
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange

if TYPE_CHECKING:
    from earwig.ui.session.searching import SeekResult


class EntryKind(NamedTuple):
    wanted: Callable[[Item], bool]
    name: SafeText

    @property
    def plural(self) -> SafeText:
        return own_text("{}s", self.name)


KINDS = {
    "user": EntryKind(
        lambda item: isinstance(item, ChatMessage) and item.role == "user", own_text("user turn")
    ),
    "failed": EntryKind(
        lambda item: isinstance(item, ChatMessage) and is_failure(item), own_text("failed turn")
    ),
    "bad": EntryKind(lambda item: isinstance(item, BadLine), own_text("bad line")),
    "tool": EntryKind(
        lambda item: isinstance(item, ChatMessage) and is_tool_call(item), own_text("tool call")
    ),
}


class Course(NamedTuple):
    """A jump to the next of a kind that is under way."""

    kind: EntryKind
    step: int
    origin: Entry | None
    until: int | None
    """Where what was beyond that began: up to there it is gone on from the other end."""

    round: bool = False
    """Whether there was none on the way to the end, and it goes on from the other one."""


def went_round(plural: SafeText, step: int) -> SafeText:
    """Return the words for a search that went on from the other end."""
    if step > 0:
        return own_text("no more {} below · on from the top", plural)
    return own_text("no more {} above · on from the end", plural)


class KindSearch:
    """Goes to the next entry of a kind; one that is not held is looked for until the reader moves."""

    def __init__(
        self, session: SessionModel, on_screen: OnScreen, pursuit: Pursuit, navigator: Navigator
    ) -> None:
        self._session = session
        self._viewport, _, self._screenful = on_screen
        self._pursuit = pursuit
        self._navigator = navigator
        self._course: Course | None = None

    def jump(self, name: str, step: int) -> ViewChange:
        if self._navigator.wait_to_be_there(partial(self.jump, name, step)):
            return ViewChange.NOTHING
        self._navigator.stop()
        view = self._viewport
        first, origin = self._first_place(step), None
        if 0 <= first - step < len(view.entries):
            origin = view.entries[first - step]
        until = None if origin is None else origin.position
        # Inside an entry, the next one above is its own beginning.
        course = Course(KINDS[name], step, origin if first != view.top else None, until)
        held = self._held_one(course, first)
        if held is not None:
            self._navigator.leave_spot()
            return self._navigator.stand_on(held)
        if self._session.gone or (view.at_end if step > 0 else view.at_start):
            return self._go_round(course)
        return self._seek(course, view.stop if step > 0 else view.start)

    def _first_place(self, step: int) -> int:
        view, cursor = self._viewport, self._screenful.cursor_index
        if cursor is not None and (self._screenful.has_cursor or view.following):
            return cursor + step
        return view.top + 1 if step > 0 else view.top - (view.row == 0)

    def _held_one(self, course: Course, first: int) -> int | None:
        entries, wanted = self._viewport.entries, course.kind.wanted
        places = range(first, len(entries)) if course.step > 0 else range(first, -1, -1)
        return next((at for at in places if wanted(entries[at].item)), None)

    def _go_round(self, course: Course) -> ViewChange:
        """Look for one from the other end on: there is none on this side of where the reader is."""
        view, course, gone = self._viewport, course._replace(round=True), self._session.gone
        if gone or (view.at_start if course.step > 0 else view.at_end):
            held = self._held_one(course, 0 if course.step > 0 else len(view.entries) - 1)
            if held is not None:
                return self._arrive_round(course, view.entries[held])
            if gone or (view.at_start and view.at_end):
                return self._say_none(course)
        return self._seek(course, 0 if course.step > 0 else None)

    def _arrive_round(self, course: Course, entry: Entry) -> ViewChange:
        origin = course.origin
        if origin is not None and origin.identity == entry.identity:
            self._screenful.cursor = entry
            self._pursuit.said = own_text("the only {} {}", course.kind.name, self._where)
            return ViewChange.PLACE
        self._navigator.leave_spot()
        change = self._navigator.go_to_entry(entry)
        self._pursuit.said = went_round(course.kind.plural, course.step)
        return change

    @property
    def _where(self) -> SafeText:
        return own_text("in this session" if self._session.filter is None else "that the filter shows")

    def _say_none(self, course: Course) -> ViewChange:
        self._pursuit.said = own_text("no {} {}", course.kind.name, self._where)
        return ViewChange.STATUS

    def _seek(self, course: Course, start: int | None) -> ViewChange:
        from earwig.ui.session.search_requests import Seek  # loaded when something is looked for first

        entry_filter, wanted = self._session.filter, course.kind.wanted
        both = wanted if entry_filter is None else (lambda item: entry_filter.wants(item) and wanted(item))
        self._course = course
        until = course.until if course.round else None
        self._pursuit.begin_seek(Seek(both, start, course.step > 0, until=until))
        return ViewChange.NOTHING

    def take_result(self, message: SeekResult) -> ViewChange:
        """Go to what a seek has found; where that is nothing, go on from the other end, or say so."""
        entry, course = message.entry, self._course
        if course is None:
            return ViewChange.NOTHING
        if entry is None:
            return self._say_none(course) if course.round else self._go_round(course)
        if course.round:
            return self._arrive_round(course, entry)
        self._navigator.leave_spot()
        return self._navigator.go_to_entry(entry)
