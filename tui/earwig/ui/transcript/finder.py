"""Finds text in a transcript: goes to matches, counts them, and marks those on the screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.transcript.display_options import DisplayOptions
from earwig.ui.transcript.jump_list import Spot
from earwig.ui.transcript.marks import MatchMarks
from earwig.ui.transcript.navigator import Landing, Navigator, Stand
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange

if TYPE_CHECKING:
    from earwig.core.find.matcher import Findable, Query
    from earwig.ui.session.search_requests import Find
    from earwig.ui.session.searching import Marked, MatchesCounted, SeekResult, TooSlowToFind


class Finder:
    """Goes from match to match. Matches are counted in what is stored, and marked in the drawn rows."""

    def __init__(
        self,
        session: SessionModel,
        on_screen: OnScreen,
        marks: MatchMarks,
        options: DisplayOptions,
        pursuit: Pursuit,
        navigator: Navigator,
    ) -> None:
        self._session = session
        self._viewport, self._cache, self._screenful = on_screen
        self._pursuit = pursuit
        self._navigator = navigator
        self._marks = marks
        self._options = options
        self.find: Find | None = None
        self.matches: MatchesCounted | None = None
        self._found: tuple[Entry, int] | None = None
        """Where the reader is: an entry, and which of its matches."""

        self._begun_at: Spot | None = None
        self._begun_from = 0
        self._more: tuple[object, int] = (None, 0)
        """Steps from match to match that are asked for while a seek is under way, and which one that is."""

        self._may_look_above = False
        """Whether what is not found below is still to be looked for above."""

        self._goes_round = self._is_round = False
        """Whether it goes on from the other end where there is no more, and whether it has."""

    def rest(self) -> None:
        self.drop()
        self._begun_at = None

    # What the bar asks for.

    def begin(self) -> None:
        """Note where to look from, and where to come back to: the reader begins to type."""
        self._navigator.stop()
        self._begun_at = self._navigator.here()
        anchor = self._viewport.anchor
        self._begun_from = 0 if anchor is None else anchor.position

    def look_for(self, query: Query | None) -> ViewChange:
        """Look for a text from where the reader began to type; None: for nothing. Raises `BadPattern`."""
        if self._session.reader is None:
            return ViewChange.NOTHING
        self.drop()
        if query is None:
            return self._return()
        self.find = self._session.reader.search.find(query, self._session.filter)
        self._may_look_above = True
        self._seek(self._begun_from, 1)
        return ViewChange.PLACE

    def find_from(self, query: Findable, position: int) -> ViewChange:
        """Go to the first match from a position on, with all matches marked: what a search has found."""
        if self._session.reader is None:
            return ViewChange.NOTHING
        self.drop()
        self._begun_at = None
        self.find = self._session.reader.search.find(query, self._session.filter)
        self._seek(position, 1)
        return ViewChange.PLACE

    def take(self) -> ViewChange:
        """Stay at the match: the reader is done typing."""
        spot, self._begun_at = self._begun_at, None
        if spot is not None and not spot.is_at(self._navigator.here()):
            self._navigator.leave_spot(spot)
        return ViewChange.PLACE

    def leave(self) -> ViewChange:
        """Clear the marks and go back: the reader wants none of it."""
        self.drop()
        change = self._return()
        self._begun_at = None
        return change

    def _return(self) -> ViewChange:
        if self._begun_at is None or self._begun_at.is_at(self._navigator.here()):
            return ViewChange.PLACE
        return self._navigator.go_to_spot(self._begun_at)

    def drop(self) -> ViewChange:
        self._navigator.stop()
        if self.find is not None and self._session.reader is not None:
            self._session.reader.search.find(None, None)
        self.find = self.matches = self._found = None
        self._goes_round = self._is_round = False
        self._marks.clear()
        return ViewChange.PLACE

    @property
    def query(self) -> Findable | None:
        return None if self.find is None else self.find.query

    def look_again(self) -> None:
        """Count the matches anew in what is shown: that has changed."""
        query = self.query
        if query is not None:
            self.drop()
            self.mark_all(query)

    def mark_all(self, query: Findable | None) -> None:
        """Mark and count the matches of a text, and go to none of them; None: of no text."""
        if query is not None and self._session.reader is not None:
            self.find = self._session.reader.search.find(query, self._session.filter)

    # From match to match.

    def go_on(self, step: int) -> ViewChange:
        if self.find is None:
            self._pursuit.said = own_text("/ finds text")
            return ViewChange.STATUS
        seek = self._pursuit.seek
        if seek is not None and seek.find is self.find:
            self._more = (seek, self._steps_after(seek) + step)
            return ViewChange.NOTHING
        if self._navigator.wait_to_be_there(partial(self.go_on, step)):
            return ViewChange.NOTHING
        self._navigator.stop()
        self._goes_round, self._is_round = True, False
        found, view = self._found, self._viewport
        if found is not None and self._screenful.shows(found[0]):
            self._seek(found[0].position, step, after=found[1])
        elif view.anchor is not None:
            at = view.anchor if step > 0 or not view.row else None
            self._seek(at.position if at is not None else view.anchor.next, step)
        return ViewChange.NOTHING

    def _steps_after(self, seek: object) -> int:
        """Steps that are asked for once a seek is done: none, if another movement has ended it."""
        return self._more[1] if self._more[0] is seek else 0

    def _seek(self, start: int | None, step: int, after: int | None = None, *, more: int = 0) -> None:
        from earwig.ui.session.search_requests import Seek  # loaded when something is looked for first

        if self.find is not None:
            seek = Seek(self.find.match_count, start, step > 0, match=after, find=self.find)
            self._more = (seek, more)
            self._pursuit.begin_seek(seek)

    def take_result(self, message: SeekResult) -> ViewChange:
        """Go to the match that a seek has found; where that is none, go on from the other end, or say so."""
        find, seek = message.seek.find, message.seek
        if find is None or find is not self.find:
            return ViewChange.STATUS
        more = self._steps_after(seek)
        if message.entry is not None:
            return self._take_match(message, message.entry, more)
        if seek.forward and self._may_look_above:
            self._may_look_above = False
            self._seek(self._begun_from, -1, more=more)
        elif self._goes_round and not self._is_round:
            self._is_round = True
            self._seek(*((0, 1) if seek.forward else (None, -1)), more=more)
        else:
            words = "no more matches below" if seek.forward else "no more matches above"
            self._pursuit.said = own_text(words)
        return ViewChange.STATUS

    def _take_match(self, message: SeekResult, entry: Entry, more: int) -> ViewChange:
        self._marks.learn(entry, message.texts)
        if self._begun_at is None:
            self._navigator.leave_spot()
        before = self._found
        self._pursuit.said = None
        change = self._go_to_match(entry, message.match)
        if self._is_round:
            self._say_where_it_went(before, 1 if message.seek.forward else -1)
        if more:
            step = 1 if more > 0 else -1
            self._is_round = False
            self._seek(entry.position, step, after=message.match, more=more - step)
        return change

    def _say_where_it_went(self, before: tuple[Entry, int] | None, step: int) -> None:
        found = self._found
        same = before is not None and found is not None and before[1] == found[1]
        if same and before is not None and found is not None and before[0].identity == found[0].identity:
            self._pursuit.said = own_text("the only match")
        else:
            from earwig.ui.transcript.kind_search import went_round

            self._pursuit.said = went_round(own_text("matches"), step)

    def _go_to_match(self, entry: Entry, match: int) -> ViewChange:
        self._found, self._may_look_above = (entry, match), False
        if self.find is not None and self._session.reader is not None:
            self.find.current = (entry.position, match)
            self._session.reader.search.go_on()
        if self._screenful.held(entry) is not None:
            return self.show_match()
        return self._navigator.go_far(entry.position, Landing(entry, Stand.MATCH))

    def show_match(self) -> ViewChange:
        """Bring the row of the current match onto the screen. What hides it is opened."""
        if self._found is None:
            return ViewChange.NOTHING
        entry, match = self._found
        index, view = self._screenful.held(entry), self._viewport
        if index is None:
            return ViewChange.NOTHING
        was_following = view.let_go()
        entry = view.entries[index]
        self._screenful.cursor = entry
        row = self._open_at(entry, match)
        cells = self._marks.cells(entry, match)
        if cells is not None:
            self._options.show_cells(*cells)
        first = view.row_of(index)
        if first is None or not 0 <= first + row < view.height - 2:
            view.bring(index, row, view.height // 3)
        return self._navigator.after_move(was_following)

    def _open_at(self, entry: Entry, match: int) -> int:
        """Return the row of a match; unfold what hides it, but not what draws it as nothing."""
        cache, marks = self._cache, self._marks
        cache.reveal(entry)
        if cache.is_folded(entry) and cache.block(entry).mark is not None:
            cache.toggle_fold(entry)
        hits = marks.hits(entry)
        steps = [cache.toggle_fold, *([] if cache.is_source(entry) else [cache.toggle_source])]
        taken = 0
        while not hits and taken < len(steps):
            steps[taken](entry)
            taken += 1
            hits = marks.hits(entry)
        if not hits:
            for step in reversed(steps[:taken]):
                step(entry)
            self._pursuit.said = own_text("it is in what is not drawn: Enter shows all")
        return hits[min(match, len(hits) - 1)][0][0] if hits else 0

    # Marks.

    def update(self) -> None:
        if self.find is None:
            self._marks.clear()
            return
        fresh = self._marks.update(self._found)
        if fresh and self._session.reader is not None:
            self._session.reader.search.mark(self.find, fresh)

    def take_marks(self, message: Marked) -> ViewChange:
        if message.find is not self.find:
            return ViewChange.NOTHING
        for entry, texts in message.texts.values():
            self._marks.learn(entry, texts)
        return ViewChange.ROWS

    # Counts.

    def take_counts(self, message: MatchesCounted) -> ViewChange:
        if message.find is not self.find:
            return ViewChange.NOTHING
        self.matches = message
        return ViewChange.STATUS

    def give_up(self, message: TooSlowToFind) -> ViewChange:
        if message.find is not self.find:
            return ViewChange.NOTHING
        self.drop()
        self._pursuit.said = own_text("this expression takes too long: given up")
        return ViewChange.PLACE

    def count_on(self) -> None:
        if self.find is not None and self._session.reader is not None:
            self._session.reader.search.go_on()

    def count_words(self) -> SafeText:
        """Return which of how many matches the reader is at."""
        matches = self.matches
        if matches is not None and matches.done and not matches.total:
            return own_text("no match")
        if self._pursuit.said is not None:
            return self._pursuit.said
        if matches is None:
            return own_text("…")
        more = own_text("" if matches.done else "+")
        share = own_text("" if matches.done else " · {:.0f} %", 100 * matches.share)
        if matches.number is None:
            return own_text("{:,}{} matches{}", matches.total, more, share)
        return own_text("{:,} of {:,}{}{}", matches.number, matches.total, more, share)

    def bar_words(self) -> SafeText:
        """Return what the bar in which the text is typed says of the search."""
        if self._pursuit.is_slow:
            return own_text("searching… {:.0f} %", 100 * self._pursuit.share)
        if self.find is not None:
            return self.count_words()
        return self._pursuit.said or own_text("")

    def frame_words(self) -> SafeText | None:
        """Return what the frame is to say of any search; None: nothing."""
        if self._begun_at is not None:
            return None  # the bar says it
        if self.find is None or self._pursuit.is_slow:
            return self._pursuit.words()
        text = clean_line(self.find.query.text, 24)
        return own_text("“{}” {} · n N · Esc clears", text, self.count_words())
