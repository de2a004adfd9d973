"""The transcript of one session, live: takes in what the background reads, and shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from textual.message import Message

from earwig.core.safe_text import SafeText, clean_line
from earwig.core.transcript.entries import Entry, Page
from earwig.ui.feed import Feed
from earwig.ui.messages import (
    Counted,
    Gone,
    MarkdownLoaded,
    Numbered,
    PageArrived,
    Place,
    Rewritten,
    StoredBytes,
    Unreadable,
)
from earwig.ui.rendering.entry import load_markdown
from earwig.ui.widgets.transcript_motion import TranscriptMotion

SEEN_KEPT = 5000
"""Arrival times kept."""


class TranscriptView(TranscriptMotion):
    """Shows one session and follows it; anchored to a message, so that nothing else moves what is read."""

    class StoredWanted(Message):
        """The reader wants to see a line's bytes."""

        def __init__(self, entry: Entry, number: int | None, data: bytes) -> None:
            super().__init__()
            self.entry = entry
            self.number = number
            self.data = data

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self.problem: SafeText | None = None
        """Why the session cannot be read."""

        self._live_from: int | None = None
        self._anchor: Entry | None = None

    # What the browser tells it.

    def show(self, feed: Feed, page: Page | None = None) -> None:
        """Show another session, at its newest message, following; `page` is its newest, if it is here."""
        if self.feed is not None:
            self.feed.close()
        self.feed = feed
        self.counted = None
        self.gone, self.problem = False, None
        self._live_from = self._anchor = None
        self.rest()
        self.put_cursor(None)
        self.blocks.clear()
        self.viewport.clear()
        if page is None:
            feed.newest()
        else:
            self.blocks.generation = page.generation
            self._take_newest(page)
            if page.provisional:
                feed.newest()
        feed.count()
        self.changed()

    def check(self) -> None:
        """The session's file may have changed: look."""
        if self.feed is not None:
            at_end = self.viewport.at_end or not self.viewport.entries
            self.feed.check(self.viewport.stop if at_end else None, self.viewport.generation)

    @property
    def new(self) -> int:
        """Messages that came since the view was held."""
        return 0 if self.following or self.counted is None else self.counted.new

    def number_of(self, entry: Entry) -> int | None:
        """The number of an entry's line, if it is known."""
        return self.blocks.number_of(entry)

    def on_mount(self) -> None:
        """Begin to load what rendering needs: the first frame does not wait for it."""
        if not self.blocks.markdown:
            loader = threading.Thread(target=self._load_markdown, name="earwig-markdown", daemon=True)
            self.call_after_refresh(loader.start)

    def _load_markdown(self) -> None:
        """Called in a thread of its own."""
        load_markdown()
        self.post_message(MarkdownLoaded())

    def on_markdown_loaded(self) -> None:
        """Render the messages."""
        self.blocks.markdown = True
        self.viewport.settle()
        self.changed()

    # What the background tells it.

    def on_page_arrived(self, message: PageArrived) -> None:
        """Take in a page that was asked for."""
        if message.feed is not self.feed:
            return
        self.gone, self.problem = False, None
        self.arrived(message.place)
        page, view = message.page, self.viewport
        self.blocks.generation = page.generation
        if page.generation != view.generation and message.place in (Place.BEFORE, Place.AFTER):
            self._read_anew()
        elif message.place is Place.NEWEST:
            self._take_newest(page)
        elif message.place is Place.AROUND:
            if not self.jumps_to(message.anchor):
                return
            self._take_around(page, message.anchor)
        elif message.place is Place.BEFORE:
            view.prepend(page)
        elif view.append(page):
            self._note_arrivals(page)
            if view.following and not page.at_end:
                self.feed.newest()  # it grows faster than it is read page by page: go where it is now
        self.move_on()

    def _take_newest(self, page: Page) -> None:
        fresh = self._live_from is not None
        self.viewport.replace(page)
        if self._live_from is None:
            self._live_from = page.stop
        if fresh:
            self._note_arrivals(page)

    def _take_around(self, page: Page, offset: int) -> None:
        following, row = self.viewport.following, self.viewport.row
        self.viewport.following = False
        self.viewport.replace(page)
        index = self._find_anchor(page, offset)
        if index is not None:
            self.viewport.top = index
            if self._anchor is not None and page.entries[index].item == self._anchor.item:
                self.viewport.row = row
        self._anchor = None
        self.viewport.following = following
        self.viewport.settle()

    def _find_anchor(self, page: Page, offset: int) -> int | None:
        """The entry that was being read, wherever a rewrite has put it; else the one at its place."""
        entries = page.entries
        if not entries:
            return None
        nearest = next((at for at, entry in enumerate(entries) if entry.offset >= offset), len(entries) - 1)
        anchor = self._anchor
        if anchor is None:
            return nearest
        same = [at for at, entry in enumerate(entries) if entry.item == anchor.item]
        return min(same, key=lambda at: abs(entries[at].offset - offset), default=nearest)

    def _note_arrivals(self, page: Page) -> None:
        if self._live_from is None:
            return
        now = clean_line(datetime.fromtimestamp(self._clock()).astimezone().strftime("seen %H:%M"))
        for entry in page.entries:
            if entry.offset >= self._live_from and len(self.blocks.seen) < SEEN_KEPT:
                self.blocks.seen.setdefault(entry.offset, now)

    def on_rewritten(self, message: Rewritten) -> None:
        """The past has changed: read what is shown anew, and stay where it is."""
        if message.feed is self.feed:
            self._read_anew()

    def _read_anew(self) -> None:
        if self.feed is None:
            return
        self.blocks.seen.clear()
        self.blocks.numbers.clear()
        self._anchor = self.viewport.anchor
        if self.viewport.following or self._anchor is None:
            self.feed.newest()
        else:
            self.jump(self._anchor.offset)
            self.feed.count_new(None)

    def on_gone(self, message: Gone) -> None:
        """Keep what was read, and say that the file is gone."""
        if message.feed is self.feed:
            self.gone = True
            self.changed()

    def on_unreadable(self, message: Unreadable) -> None:
        """Say why nothing is shown."""
        if message.feed is self.feed:
            self.problem = clean_line(message.reason)
            self.changed()

    def on_counted(self, message: Counted) -> None:
        """Take the counts, and ask for the numbers that can be known now."""
        if message.feed is not self.feed:
            return
        first = message.lines is not None and (self.counted is None or self.counted.lines is None)
        self.counted = message
        if first:
            unknown = [e.offset for e in self.viewport.entries if self.blocks.number_of(e) is None]
            if unknown:
                self.feed.number(unknown)
        self.post_message(self.Moved())

    def on_numbered(self, message: Numbered) -> None:
        """Show line numbers that were not known before."""
        if message.feed is self.feed:
            self.blocks.numbers.update(message.numbers)
            self.changed()

    def on_stored_bytes(self, message: StoredBytes) -> None:
        """Hand a line's bytes on to who shows them."""
        index = self.viewport.index_of(message.offset) if message.feed is self.feed else None
        if index is not None:
            entry = self.viewport.entries[index]
            self.post_message(self.StoredWanted(entry, self.blocks.number_of(entry), message.data))
