"""Only a part of a transcript is shown: what a filter leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class Filtering:
    """What is read stays where it is when the filter changes, or what is left nearest to it."""

    def __init__(
        self,
        session: SessionModel,
        window: EntryWindow,
        on_screen: OnScreen,
        navigator: Navigator,
        finder: Finder,
    ) -> None:
        self._session = session
        self._window = window
        self._viewport, self._cache, self._screenful = on_screen
        self._navigator = navigator
        self._finder = finder

    def set(self, entry_filter: EntryFilter | None) -> ViewChange:
        reader, view = self._session.reader, self._viewport
        if reader is None or entry_filter == self._session.filter:
            return ViewChange.NOTHING
        self._navigator.stop()
        self._window.compare_no_more()
        anchor = self._screenful.reading()  # first: between what a filter leaves, other rows are blank
        self._begin(entry_filter)
        if view.following or anchor is None:
            reader.want(Place.NEWEST)
        else:
            landing = Landing(anchor.entry, Stand.IN_PLACE, anchor.row)
            self._navigator.jump(anchor.entry.position, landing)
        return ViewChange.PLACE

    def clear(self) -> ViewChange:
        return self.set(None)

    def drop(self) -> None:
        """Show all again, from the next page on: one that was not asked for with the filter."""
        view, reader = self._viewport, self._session.reader
        if reader is None or self._session.filter is None:
            return
        was_following, stop = view.following, view.stop
        self._begin(None)
        view.empty()
        if was_following:
            reader.count_new(stop)

    def _begin(self, entry_filter: EntryFilter | None) -> None:
        self._session.set_filter(entry_filter)
        self._cache.numbers.sparse = entry_filter is not None
        self._finder.look_again()

    def words(self) -> list[tuple[SafeText, SafeText]]:
        """Return each condition of the filter, and what it hides."""
        entry_filter, left = self._session.filter, self._session.left
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
        entry_filter, view = self._session.filter, self._viewport
        if entry_filter is None or view.entries:
            return None
        words = clean_line(entry_filter.description, 200)
        if view.at_start and view.at_end:
            return own_text("Nothing here is left by the filter {}\n\nEsc clears it, l changes it.", words)
        begin, end = self._session.span
        share = min(1.0, max(0.0, 1 - (view.stop - view.start) / max(1, end - begin)))
        return own_text("Looking for {} · {:.0f} %\n\nEsc clears the filter.", words, 100 * (1 - share))


def _hides(count: int | None, *, done: bool) -> SafeText:
    if count is None:
        return own_text("…")
    return own_text("hides {:,}" if done else "hides {:,} so far", count)
