"""Holds a window of a session's entries, with those that rewrites removed from it."""

from __future__ import annotations

from textual.cache import LRUCache

from earwig.core.model.entries import Page, Position, RemovedEntry
from earwig.core.model.session import SessionId
from earwig.ui.transcript.removed_entries import RemovedEntries, is_same
from earwig.ui.transcript.screenful import Anchor, OnScreen
from earwig.ui.transcript.session_model import SessionModel

_SESSIONS = 16
"""The most sessions whose removed entries are kept while the reader is elsewhere."""

SEEN_KEPT = 5000
"""The most arrival times kept."""

ELSEWHERE = -1
"""The generation of what is held of another place. No transcript has it."""


class EntryWindow:
    """Puts pages into the viewport, with the removed entries that belong there and that the filter leaves."""

    def __init__(self, session: SessionModel, on_screen: OnScreen) -> None:
        self._session = session
        self._viewport, self._cache, self._screenful = on_screen
        self._live_from: int | None = None
        self._removed = RemovedEntries()
        self._kept: LRUCache[SessionId, RemovedEntries] = LRUCache(_SESSIONS)
        self._messages_before: int | None = None
        self.read: Anchor | None = None
        """What was being read when a rewrite was noticed, until that is taken in."""

    def begin(self, session_id: SessionId) -> None:
        """Hold nothing of another session, whose removed entries may be known."""
        self._live_from = None
        self.forget_rewrite()
        self.read = None
        self._removed.rest()
        self._removed = self._kept.get(session_id) or RemovedEntries()
        self._kept[session_id] = self._removed
        self._viewport.clear()

    def go_on_as(self, was: SessionId, now: SessionId, known_to: Position) -> None:
        """Take what is held for entries of another place, where everything from a position on is live."""
        if (removed := self._kept.get(was)) is not None:
            self._kept.discard(was)
            self._kept[now] = removed
        self.forget_rewrite()
        self._viewport.generation = ELSEWHERE
        self._live_from = known_to

    def compare_no_more(self) -> None:
        """Do not look for removed entries in pages that leave out much."""
        self._removed.rest()

    # Rewrites.

    def expect_rewrite(self) -> None:
        """Note that a rewrite was noticed, and how many messages there were before it."""
        counted = self._session.counted
        if self._messages_before is None and counted is not None and counted.done:
            self._messages_before = counted.messages

    def forget_rewrite(self) -> None:
        """Expect no rewrite: what is held is what is there, or another session's."""
        self._messages_before = None

    def keep_reading(self, anchor: Anchor | None) -> None:
        """Keep this entry where it is on the screen with the pages that come next: a rewrite may move it."""
        self.read = anchor

    # Pages.

    def take_newest(self, page: Page) -> None:
        begun = self._live_from is not None
        if not begun:
            self._removed.returned(page)
        self.replace(page)
        if self._live_from is None:
            self._live_from = page.stop
        if begun:
            self.note_arrivals(page)

    def take_around(self, page: Page, position: int) -> None:
        """Hold the page around a position, and stand on what was being read, or at the position."""
        view, read = self._viewport, self.read
        following = view.following
        view.following = False
        page = self.replace(page)
        index = self._find_read(page, position)
        if index is not None:
            same = read is not None and is_same(page.entries[index], read.entry)
            view.put(index, read.row if read is not None and same else 0)
        self.read = None
        if following:
            view.following = True
        view.settle()

    def _find_read(self, page: Page, position: int) -> int | None:
        """Return the entry that was being read, wherever a rewrite has put it; else the one at its place."""
        entries = page.entries
        if not entries:
            return None
        nearest = next(
            (at for at, entry in enumerate(entries) if entry.position >= position), len(entries) - 1
        )
        read = self.read
        if read is None:
            return nearest
        same = [at for at, entry in enumerate(entries) if is_same(entry, read.entry)]
        return min(same, key=lambda at: abs(entries[at].position - position), default=nearest)

    def replace(self, page: Page) -> Page:
        """Hold this page and nothing else, with what rewrites removed from it; return the page with that."""
        view, screenful = self._viewport, self._screenful
        cursor = screenful.current if screenful.has_cursor else None
        if page.generation != view.generation and self._live_from is not None:
            place_of = self._removed.rewritten(
                view.entries,
                page,
                at=self._cache.clock(),
                focus=None if view.following else view.anchor if self.read is None else self.read.entry,
                messages=self._messages_before,
                whole=self._session.filter is not None or (view.at_start and view.at_end),
            )
            self.forget_rewrite()
            self._cache.rewritten(place_of)
        else:
            self._removed.look(page)
        page = self._limited(self._removed.weave(page))
        view.replace(page)
        if cursor is not None:
            found = [entry for entry in page.entries if is_same(entry, cursor)]
            screenful.cursor = min(
                found, key=lambda entry: abs(entry.position - cursor.position), default=cursor
            )
        return page

    def append(self, page: Page) -> bool:
        """Put a page behind what is held, with what a rewrite took for a moment; False: it does not fit."""
        view = self._viewport
        if not view.continues(page):
            return False
        changed = self._removed.look(page)
        view.append(self._limited(self._removed.weave(page)))
        if changed:
            self._weave_anew()
        return True

    def prepend(self, page: Page) -> None:
        view = self._viewport
        if page.generation != view.generation:
            return
        changed = self._removed.look(page)
        view.prepend(self._limited(self._removed.weave(page)))
        if changed:
            self._weave_anew()

    def note_arrivals(self, page: Page) -> None:
        """Remember when the entries of a page that is read live have come."""
        if self._live_from is not None:
            for entry in page.entries:
                if entry.position >= self._live_from:
                    self._cache.arrive(entry.position, SEEN_KEPT)

    def number(self, page: Page) -> None:
        self._cache.numbers.hold(self._viewport.entries, page.about)

    def _weave_anew(self) -> None:
        """Other entries are gone than before, or have come back: of what is held too."""
        view, screenful = self._viewport, self._screenful
        cursor, anchor = screenful.cursor, screenful.top()
        view.exchange(self._limited(self._removed.weave(view.lines)).entries, screenful.nearest)
        read = None if anchor is None else view.find(anchor.entry.position, anchor.entry.identity)
        if anchor is not None and read is not None and not view.following:
            view.put(read, anchor.row)
        if cursor is not None and view.find(cursor.position, cursor.identity) is None:
            index = screenful.nearest(cursor)
            screenful.cursor = None if index is None else view.entries[index]

    def _limited(self, page: Page) -> Page:
        entry_filter = self._session.filter
        if entry_filter is None or not any(isinstance(entry.item, RemovedEntry) for entry in page.entries):
            return page
        return page._replace(entries=tuple(filter(entry_filter.matches, page.entries)))
