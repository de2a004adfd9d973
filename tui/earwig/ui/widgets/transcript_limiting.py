"""Only a part of a transcript is shown: what a filter leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry, Ghost, Page
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.ghosts import is_same
from earwig.ui.widgets.transcript_finding import TranscriptFinding

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter
    from earwig.ui.messages import FilterCounted

WORDS = 40
"""Characters shown of one condition."""


class TranscriptLimiting(TranscriptFinding):
    """What is read stays where it is when the filter changes, or what is left nearest to it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.left: FilterCounted | None = None
        """What the filter leaves and hides, as far as it is counted."""

    def rest(self) -> None:
        """Begin anew, with another session and no filter."""
        super().rest()
        self.limit = self.left = None
        self.blocks.numbers.sparse = False

    def set_limit(self, limit: EntryFilter | None) -> None:
        """Show only what a filter leaves; None: all."""
        feed = self.feed
        if feed is None or limit == self.limit:
            return
        self._stop_seeking()
        self.settle_ghosts()
        self.limit, self.left = limit, None
        self.blocks.numbers.sparse = limit is not None
        self._asked.clear()
        feed.set_limit(limit)
        self.look_again()
        view = self.viewport
        read = self.current if self.has_cursor else view.anchor
        if view.following or read is None:
            feed.newest()
        else:
            index = view.find(read.position, read.identity)
            first = None if index is None else view.row_of(index)
            self._keep_in_place(read, 0 if first is None else first)
        self.changed()

    def drop_limit(self) -> None:
        """Show all again, from the next page on: one that was not asked for with the filter."""
        view, feed = self.viewport, self.feed
        if feed is None or self.limit is None:
            return
        was_following, stop = view.following, view.stop
        self.limit = self.left = None
        self.blocks.numbers.sparse = False
        self._asked.clear()
        feed.set_limit(None)
        self.look_again()
        generation = view.generation
        view.clear()
        view.generation = generation
        view.following = False
        if was_following:
            feed.count_new(stop)

    def _keep_in_place(self, read: Entry, first: int) -> None:
        """Read what is around an entry, and have its first row, or that of the nearest, on this row again."""

        def land() -> None:
            index = self.nearest(read)
            if index is None:
                return
            view = self.viewport
            if first >= 0:
                view.put(index, first)
            else:
                there = is_same(view.entries[index], read)
                self._hold_at(index, -first if there else 0)

        self.jump(read.position)
        self._landing = land

    def settle_ghosts(self) -> None:
        """What a rewrite took is not looked for in pages that leave out much."""

    def limited(self, page: Page) -> Page:
        """The page without the ghosts that the filter hides."""
        limit = self.limit
        if limit is None or not any(isinstance(entry.item, Ghost) for entry in page.entries):
            return page
        return page._replace(entries=tuple(filter(limit.matches, page.entries)))

    def on_filter_counted(self, message: FilterCounted) -> None:
        """Say what the filter hides."""
        if message.feed is self.feed and message.limit is self.limit:
            self.left = message
            self.tell_moved()

    @property
    def can_leave(self) -> bool:
        """Whether there is something that Escape ends."""
        return super().can_leave or self.limit is not None

    def action_leave(self) -> None:
        """Stop searching, clear the marks, or clear the filter: one at a time."""
        if super().can_leave:
            super().action_leave()
        else:
            self.set_limit(None)

    def limit_words(self) -> list[tuple[SafeText, SafeText]]:
        """Each condition of the filter, and what it hides."""
        limit, left = self.limit, self.left
        if limit is None:
            return []
        hidden = [None] * len(limit.conditions) if left is None else list(left.hidden)
        done = left is not None and left.done
        return [
            (clean_line(condition.words, WORDS), _hides(count, done=done))
            for condition, count in zip(limit.conditions, hidden, strict=True)
        ]

    def nothing_left(self) -> SafeText | None:
        """What to say where the filter leaves nothing, or nothing yet; None where there is something."""
        limit, view = self.limit, self.viewport
        if limit is None or view.entries:
            return None
        words = clean_line(limit.description, 200)
        if view.at_start and view.at_end:
            return own_text("Nothing here is left by the filter {}\n\nEsc clears it, l changes it.", words)
        begin, end = self.span
        share = min(1.0, max(0.0, 1 - (view.stop - view.start) / max(1, end - begin)))
        return own_text("Looking for {} · {:.0f} %\n\nEsc clears the filter.", words, 100 * (1 - share))


def _hides(count: int | None, *, done: bool) -> SafeText:
    if count is None:
        return own_text("…")
    return own_text("hides {:,}" if done else "hides {:,} so far", count)
