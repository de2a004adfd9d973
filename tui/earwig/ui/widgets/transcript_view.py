"""The transcript of one session, live: takes in what the background reads, and shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from earwig.core.model.entries import Entry, Page, Position
from earwig.ui.feed import Feed
from earwig.ui.ghosts import Ghosts, is_same
from earwig.ui.kept_ghosts import KeptGhosts
from earwig.ui.later import Later
from earwig.ui.lost_place import LostPlace
from earwig.ui.messages import (
    Counted,
    LineFound,
    MarkdownLoaded,
    NoSuchLine,
    PageArrived,
    Place,
    Rewritten,
)
from earwig.ui.rendering.entry import load_markdown
from earwig.ui.widgets.transcript_motion import Target
from earwig.ui.widgets.transcript_standing import TranscriptStanding

SEEN_KEPT = 5000
"""Arrival times kept."""

SETTLE = 0.05
"""Seconds from a rewrite to the look at what it left: most are done by then, and nothing flickers."""


QUIET = 1.0
"""Seconds after a change in which nothing else comes, before what was read is compared with the file."""

CATCH_UP = 0.06
"""Seconds between two looks at a session that grows faster than it is read: keys come first."""


ELSEWHERE = -1
"""The generation of what is held of another place: no transcript has it."""


class TranscriptView(TranscriptStanding):
    """Shows one session and follows it; anchored to a message, so that nothing else moves what is read."""

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = self.blocks.clock = clock
        self._live_from: int | None = None
        self._anchor: Entry | None = None
        self._ghosts = Ghosts()
        self._kept = KeptGhosts()
        self._anew = Later(self, self._read_anew)
        self._messages_before: int | None = None
        self._catching_up = Later(self, self._catch_up)
        self._place = LostPlace(self.viewport)
        self._doubt = Later(self, self._prove)

    # What the browser tells it.

    def show(self, feed: Feed, page: Page | None = None) -> None:
        """Show another session, at its newest message, following; `page` is its newest, if it is here."""
        if self.feed is not None:
            self.feed.close()
        self.feed = feed
        self.know_nothing()
        self._live_from = self._anchor = None
        self.stored = None
        self.clear_selection()
        self.sideways = 0
        self._forget_rewrite()
        self._catching_up.cancel()
        self._ghosts.rest()
        self._ghosts = self._kept.take(feed.session.id)
        self.rest()
        self.put_cursor(None)
        self.blocks.clear()
        self.blocks.active_at = feed.session.activity_ns / 1e9
        self.viewport.clear()
        if page is None:
            feed.newest()
        else:
            self._take_newest(page)
            self._number(page)
            if page.provisional:
                feed.newest()
        feed.count()
        feed.remember()
        self.changed()

    @property
    def known_to(self) -> Position:
        """From where on what there is counts as new."""
        new_from = None if self.feed is None or self.following else self.feed.new_from
        return self.viewport.stop if new_from is None else new_from

    def go_on_in(self, feed: Feed, top: Position, known_to: Position) -> None:
        """Go on with the same conversation in another place, as if it had been rewritten.

        There, what is at the top stands at `top`, and what comes from `known_to` on is new.
        """
        held = None if self.following else self.viewport.anchor
        limit, find = self.limit, self.find
        if self.feed is not None:
            self.feed.close()
            self._kept.go_on_as(self.feed.session.id, feed.session.id)
        self.feed = feed
        self.know_nothing()
        self._forget_rewrite()
        self._catching_up.cancel()
        self.rest()
        self.limit = limit
        self.blocks.numbers.sparse = limit is not None
        feed.set_limit(limit)
        if find is not None:
            self.find = feed.search.find(find.query, limit)
        self.viewport.generation = ELSEWHERE
        self._live_from = known_to
        if held is not None:
            self._place.stand_for(held, top)
        self._read_anew()
        feed.count_new(None if held is None else known_to)
        feed.count()
        feed.remember()
        self.changed()

    def check(self) -> None:
        """The session's file may have changed: look."""
        self._tell_feed()
        if self.feed is not None:
            self.feed.check()
            self._doubt.call_in(QUIET)

    def _prove(self) -> None:
        if self.feed is not None:
            self.feed.prove()

    def changed(self) -> None:
        """Draw, read ahead, and tell the browser and the feed."""
        super().changed()
        self._tell_feed()

    def _tell_feed(self) -> None:
        if self._catching_up.is_due and self.feed is not None:
            self.feed.held = None
        elif self.feed is not None:
            at_end = self.viewport.at_end or not self.viewport.entries
            self.feed.held = (self.viewport.stop if at_end else None, self.viewport.generation)

    @property
    def new(self) -> int:
        """Messages that came since the view was held."""
        return 0 if self.following or self.counted is None else self.counted.new

    def number_of(self, entry: Entry) -> int | None:
        """The number of an entry's line, if it is known."""
        return self.blocks.numbers.number_of(entry)

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
        if message.feed is not self.feed or message.limit is not self.limit:
            return
        self.gone, self.problem = False, None
        self.arrived(message.place)
        page, view = message.page, self.viewport
        if page.generation != view.generation and message.place in (Place.BEFORE, Place.AFTER):
            self._read_anew_soon()
        elif message.place is Place.NEWEST:
            self._take_newest(page)
        elif message.place is Place.AROUND:
            if not self.jumps_to(Target(position=message.anchor)) or self._place.is_missed_by(
                page, message.anchor
            ):
                return
            self._take_around(page, message.anchor)
            self.land()
        elif message.place is Place.BEFORE:
            self._prepend(page)
        elif self._append(page):
            self._note_arrivals(page)
            if view.following and not page.at_end and not self._catching_up.is_due:
                self._catching_up.call_in(CATCH_UP)  # it grows faster than it is read page by page
        elif view.at_end and page.start < view.stop < page.stop:
            self.check()  # looked for before the page that came in between was here
        self._number(page)
        self._place.come_back(self.nearest)
        self.move_on()
        if message.place is Place.AFTER:
            self.draw_now()
            self._doubt.call_in(QUIET)

    def _catch_up(self) -> None:
        """Go to where the session is now; what came in between is read when somebody goes there."""
        self._tell_feed()
        if self.feed is not None and self.following:
            self.feed.newest()

    def _number(self, page: Page) -> None:
        self.blocks.numbers.hold(self.viewport.entries, page.about)

    def on_line_found(self, message: LineFound) -> None:
        """Go to a line, or to where it may be."""
        if message.limit is not self.limit:
            return
        first = message.feed is self.feed and self.jumps_to(Target(line=message.number))
        if not first and (message.feed is not self.feed or self.seeking != message.number):
            return
        view, page, held = self.viewport, message.page, None
        was_following, stop = view.following, view.stop
        view.following = was_following and view.all_on_screen
        if message.certain and page.generation == view.generation:
            held = view.index_of(message.position)
        if held is None:
            page = self._replace(page)
            self._number(page)
            held = next((at for at, entry in enumerate(page.entries) if entry.next > message.position), None)
        if held is not None:
            self.stand_at(held)
            if not message.certain:
                self.blocks.numbers.guess(view.entries[held].position, message.number, view.entries)
        if was_following and not view.following and self.feed is not None:
            self.feed.count_new(stop)
        if message.certain:
            self.seeking = None
        self.move_on()

    def on_no_such_line(self, message: NoSuchLine) -> None:
        """Say so, and stay."""
        if message.feed is self.feed and self.seeking == message.number:
            self.jumps_to(Target(line=message.number))
            self.seeking, self.no_line = None, message
            self.move_on()

    def _replace(self, page: Page) -> Page:
        """Hold this page and nothing else, with what rewrites took out of it; the page with that."""
        view, cursor = self.viewport, self.current if self.has_cursor else None
        if page.generation != view.generation and self._live_from is not None:
            place_of = self._ghosts.rewritten(
                view.entries,
                page,
                at=self._clock(),
                focus=None if view.following else self._anchor or view.anchor,
                messages=self._messages_before,
                whole=self.limit is not None or (view.at_start and view.at_end),
            )
            self._forget_rewrite()
            self.blocks.rewritten(place_of)
            self.stored = None
        else:
            self._ghosts.look(page)
        page = self.limited(self._ghosts.weave(page))
        view.replace(page)
        if cursor is not None:
            found = [entry for entry in page.entries if is_same(entry, cursor)]
            self.put_cursor(
                min(found, key=lambda entry: abs(entry.position - cursor.position), default=cursor)
            )
        return page

    def _append(self, page: Page) -> bool:
        """Put a page behind what is held; what a rewrite took away for a moment comes back with it."""
        view = self.viewport
        if not view.continues(page):
            return False
        changed = self._ghosts.look(page)
        view.append(self.limited(self._ghosts.weave(page)))
        if changed:
            self._weave_anew()
        return True

    def _prepend(self, page: Page) -> None:
        """Put a page before what is held."""
        view = self.viewport
        if page.generation != view.generation:
            return
        changed = self._ghosts.look(page)
        view.prepend(self.limited(self._ghosts.weave(page)))
        if changed:
            self._weave_anew()

    def _weave_anew(self) -> None:
        """Other entries are gone than before, or have come back: of what is held too."""
        view, cursor = self.viewport, self._cursor
        view.exchange(self.limited(self._ghosts.weave(view.lines)).entries, self.nearest)
        if cursor is not None and view.find(cursor.position, cursor.identity) is None:
            index = self.nearest(cursor)
            self.put_cursor(None if index is None else view.entries[index])

    def settle_ghosts(self) -> None:
        """What a rewrite took is not looked for in pages that leave out much."""
        self._ghosts.rest()

    def _take_newest(self, page: Page) -> None:
        fresh = self._live_from is not None
        if not fresh:
            self._ghosts.returned(page)
        self._replace(page)
        if self._live_from is None:
            self._live_from = page.stop
        if fresh:
            self._note_arrivals(page)

    def _take_around(self, page: Page, position: int) -> None:
        following, row = self.viewport.following, self.viewport.row
        self.viewport.following = False
        page = self._replace(page)
        index = self._find_anchor(page, position)
        if index is not None:
            self.viewport.top = index
            if self._anchor is not None and is_same(page.entries[index], self._anchor):
                self.viewport.row = row
        self._anchor = None
        self.viewport.following = following
        self.viewport.settle()

    def _find_anchor(self, page: Page, position: int) -> int | None:
        """The entry that was being read, wherever a rewrite has put it; else the one at its place."""
        entries = page.entries
        if not entries:
            return None
        nearest = next(
            (at for at, entry in enumerate(entries) if entry.position >= position), len(entries) - 1
        )
        anchor = self._anchor
        if anchor is None:
            return nearest
        same = [at for at, entry in enumerate(entries) if is_same(entry, anchor)]
        return min(same, key=lambda at: abs(entries[at].position - position), default=nearest)

    def _note_arrivals(self, page: Page) -> None:
        if self._live_from is None:
            return
        now = self._clock()
        for entry in page.entries:
            if entry.position >= self._live_from and len(self.blocks.seen) < SEEN_KEPT:
                self.blocks.seen.setdefault(entry.position, now)

    def on_rewritten(self, message: Rewritten) -> None:
        """The past has changed: read what is shown anew, and stay where it is."""
        if message.feed is self.feed:
            self._read_anew_soon()

    def _read_anew_soon(self) -> None:
        if not self._anew.is_due:
            counted = self.counted
            if self._messages_before is None and counted is not None and counted.done:
                self._messages_before = counted.messages
            self._anew.call_in(SETTLE)

    def _forget_rewrite(self) -> None:
        """What is held is what is there; or another session's."""
        self._anew.cancel()
        self._messages_before = None

    def _read_anew(self) -> None:
        if self.feed is None:
            return
        view = self.viewport
        self._anchor = view.anchor
        if view.following or self._anchor is None:
            self.feed.newest()
        else:
            self._anchor = self._place.leave(self._anchor)
            self.jump(self._anchor.position)
            self.feed.count_new(None)

    def on_counted(self, message: Counted) -> None:
        """Take the counts, and look for what a rewrite took away once the session reaches so far again."""
        super().on_counted(message)
        if message.feed is self.feed and not self._anew.is_due and not (self.jumping or self.following):
            entry = self._place.wanted(message.span[1])
            if entry is not None:
                self._anchor = entry
                self.jump(entry.position)

    def _stop_seeking(self) -> None:
        super()._stop_seeking()
        self._place.forget()
