"""Only a part of a transcript is shown: what a filter leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.session.messages import Place
from earwig.ui.transcript.finder import Finder
from earwig.ui.transcript.navigator import Landing, Navigator, Stand
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.transcript.window import EntryWindow

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter

WORDS = 40
"""Characters shown of one condition."""


class Filtering(NamedTuple):
    """Sets the filter; what is read stays where it is, or what is left nearest to it."""

    session: SessionModel
    window: EntryWindow
    on_screen: OnScreen
    navigator: Navigator
    finder: Finder

    def set(self, entry_filter: EntryFilter | None) -> ViewChange:
        reader, view = self.session.reader, self.on_screen.viewport
        if reader is None or entry_filter == self.session.filter:
            return ViewChange.NOTHING
        self.navigator.stop()
        self.window.compare_no_more()
        # First: between what a filter leaves, other rows are blank.
        anchor = self.on_screen.screenful.reading()
        self._begin(entry_filter)
        if view.following or anchor is None:
            reader.want(Place.NEWEST)
        else:
            landing = Landing(anchor.entry, Stand.IN_PLACE, anchor.row)
            self.navigator.jump(anchor.entry.position, landing)
        return ViewChange.PLACE

    def clear(self) -> ViewChange:
        return self.set(None)

    def drop(self) -> None:
        """Show all again, from the next page on: one that was not asked for with the filter."""
        view, reader = self.on_screen.viewport, self.session.reader
        if reader is None or self.session.filter is None:
            return
        was_following, stop = view.following, view.stop
        self._begin(None)
        view.empty()
        if was_following:
            reader.count_new(stop)

    def _begin(self, entry_filter: EntryFilter | None) -> None:
        self.session.set_filter(entry_filter)
        self.on_screen.cache.numbers.sparse = entry_filter is not None
        self.finder.look_again()

    def words(self) -> list[tuple[SafeText, SafeText]]:
        """Return each condition of the filter, and what it hides."""
        entry_filter, left = self.session.filter, self.session.left
        if entry_filter is None:
            return []
        hidden = [None] * len(entry_filter.conditions) if left is None else list(left.hidden)
        done = left is not None and left.done
        return [
            (clean_line(condition.words, WORDS), _hides(count, done=done))
            for condition, count in zip(entry_filter.conditions, hidden, strict=True)
        ]

    def nothing_left(self) -> SafeText | None:
        """Return what to say where the filter leaves nothing, or nothing yet; None: it leaves something."""
        entry_filter, view = self.session.filter, self.on_screen.viewport
        if entry_filter is None or view.entries:
            return None
        words = clean_line(entry_filter.description, 200)
        if view.at_start and view.at_end:
            return own_text("Nothing here is left by the filter {}\n\nEsc clears it, l changes it.", words)
        begin, end = self.session.span
        share = min(1.0, max(0.0, 1 - (view.stop - view.start) / max(1, end - begin)))
        return own_text("Looking for {} · {:.0f} %\n\nEsc clears the filter.", words, 100 * (1 - share))


def _hides(count: int | None, *, done: bool) -> SafeText:
    if count is None:
        return own_text("…")
    return own_text("hides {:,}" if done else "hides {:,} so far", count)
