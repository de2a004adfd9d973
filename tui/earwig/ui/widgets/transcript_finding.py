"""Text that is looked for in a transcript: marked where it is on the screen, gone to, counted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from earwig.core.model.entries import Entry, Ghost
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.jump_list import Spot
from earwig.ui.rendering.found_text import DrawnText, Hit, Piece
from earwig.ui.widgets.transcript_jumps import TranscriptJumps

if TYPE_CHECKING:
    from earwig.core.find.matcher import Findable, Query
    from earwig.ui.search_messages import Marked, MatchesCounted, Sought, TooSlowToFind
    from earwig.ui.search_requests import Find

NEAR = 4
"""Rows beside the screen in which a text that is broken at its edge is looked for."""

KNOWN = 2000
"""Entries of which it is remembered what matches in them say."""

_Key = tuple[int, int, bool]


class TranscriptFinding(TranscriptJumps):
    """The marks are found in the drawn rows; what counts is what is stored."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n", "find_next(1)", "Next match", tooltip="The next match", id="transcript.find_next", show=False
        ),
        Binding(
            "N",
            "find_next(-1)",
            "Previous match",
            tooltip="The match before",
            id="transcript.find_previous",
            show=False,
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.find: Find | None = None
        """What is looked for."""

        self.matches: MatchesCounted | None = None
        """How many matches there are, as far as they are counted."""

        self._found: tuple[Entry, int] | None = None
        """Where the reader is: an entry, and which of its matches."""

        self._begun_at: Spot | None = None
        self._begun_from = 0
        self._more = 0
        """Steps from match to match that are asked for while one is under way."""

        self._may_look_above = False
        """Whether what is not found below is still to be looked for above."""

        self._goes_round = self._is_round = False
        """Whether it goes on from the other end where there is no more, and whether it has."""

        self._texts: dict[_Key, tuple[str, ...]] = {}
        self._wanted_texts: set[_Key] = set()
        self._pieces: dict[tuple[int, int], tuple[Piece, ...]] = {}

    def rest(self) -> None:
        """Begin anew, with another session."""
        super().rest()
        self.drop_find()
        self._begun_at = None

    # What the bar asks for.

    def begin_find(self) -> None:
        """The reader begins to type: this is the place to look from, and to come back to."""
        self._stop_seeking()
        self._begun_at = self.here()
        anchor = self.viewport.anchor
        self._begun_from = 0 if anchor is None else anchor.position

    def look_for(self, query: Query | None) -> None:
        """Look for a text from where the reader began to type; None: for nothing. Raises `BadPattern`."""
        if self.feed is None:
            return
        self.drop_find()
        if query is None:
            self._return()
            return
        self.find = self.feed.search.find(query, self.limit)
        self._may_look_above = True
        self._hunt_match(self._begun_from, 1)
        self.changed()

    def find_from(self, query: Findable, position: int) -> None:
        """Go to the first match from a position on, with all matches marked: what a search has found."""
        if self.feed is not None:
            self.drop_find()
            self._begun_at = None
            self.find = self.feed.search.find(query, self.limit)
            self._hunt_match(position, 1)
            self.changed()

    def go_to_position(self, position: int) -> None:
        """Go to the line that begins there."""
        self.leave_spot()
        self.go_far(position, lambda: None)

    def take_find(self) -> None:
        """The reader is done typing and stays."""
        spot, self._begun_at = self._begun_at, None
        if spot is not None and not spot.is_at(self.here()):
            self._spots.leave(spot)

    def leave_find(self) -> None:
        """The reader wants none of it: clear the marks, and go back."""
        self.drop_find()
        self._return()
        self._begun_at = None

    def _return(self) -> None:
        if self._begun_at is not None and not self._begun_at.is_at(self.here()):
            self.go_to_spot(self._begun_at)
        self.changed()

    def drop_find(self) -> None:
        """Look for nothing, mark nothing."""
        self._stop_seeking()
        self.find = self.matches = self._found = None
        self._goes_round = self._is_round = False
        self._texts.clear()
        self._wanted_texts.clear()
        self._pieces.clear()
        if self.feed is not None and "search" in self.feed.__dict__:
            self.feed.search.find(None, None)

    def look_again(self) -> None:
        """What is shown has changed: count the matches in that."""
        query = None if self.find is None else self.find.query
        if query is not None and self.feed is not None:
            self.drop_find()
            self.find = self.feed.search.find(query, self.limit)

    # From match to match.

    def action_find_next(self, step: int) -> None:
        """Go to the next match, or to the one before."""
        if self.find is None:
            self.said = own_text("/ finds text")
            self.tell_moved()
            return
        if self.hunt is not None and self.hunt.find is self.find:
            self._more += step
            return
        if self.wait_to_be_there(partial(self.action_find_next, step)):
            return
        self._stop_seeking()
        self._goes_round, self._is_round = True, False
        found = self._found
        if found is not None and self._is_on_screen(found[0]):
            self._hunt_match(found[0].position, step, after=found[1])
            return
        view = self.viewport
        if view.anchor is not None:
            at = view.anchor if step > 0 or not view.row else None
            self._hunt_match(at.position if at is not None else view.anchor.next, step)

    def _is_on_screen(self, entry: Entry) -> bool:
        index = self.viewport.index_of(entry.position)
        return index is not None and any(at == index for at, _ in self.visible_rows)

    def _stop_seeking(self) -> None:
        super()._stop_seeking()
        self._more = 0

    def _hunt_match(self, start: int | None, step: int, after: int | None = None) -> None:
        from earwig.ui.search_requests import Hunt

        if self.find is not None:
            self._course = None
            self.begin_hunt(Hunt(self.find.weight, start, step > 0, match=after, find=self.find))

    def _end_hunt(self, message: Sought) -> None:
        find, entry = message.hunt.find, message.entry
        if find is None or find is not self.find:
            super()._end_hunt(message)
        elif entry is not None:
            self._learn(entry, message.texts)
            if self._begun_at is None:
                self.leave_spot()
            found, self.said = self._found, None
            self._go_to_match(entry, message.match)
            if self._is_round:
                self._say_where_it_went(found, 1 if message.hunt.forward else -1)
            if self._more:
                step = 1 if self._more > 0 else -1
                self._more -= step
                self._is_round = False
                self._hunt_match(entry.position, step, after=message.match)
        elif message.hunt.forward and self._may_look_above:
            self._may_look_above = False
            self._hunt_match(self._begun_from, -1)
        elif self._goes_round and not self._is_round:
            self._is_round = True
            self._hunt_match(*((0, 1) if message.hunt.forward else (None, -1)))
        else:
            self.said = own_text("no more matches below" if message.hunt.forward else "no more matches above")
            self.tell_moved()

    def _say_where_it_went(self, before: tuple[Entry, int] | None, step: int) -> None:
        found = self._found
        same = before is not None and found is not None and before[1] == found[1]
        if same and before is not None and found is not None and before[0].identity == found[0].identity:
            self.said = own_text("the only match")
            self.tell_moved()
        else:
            self._say_round(own_text("matches"), step)

    def _go_to_match(self, entry: Entry, match: int) -> None:
        self._found, self._may_look_above = (entry, match), False
        if self.find is not None and self.feed is not None:
            self.find.current = (entry.position, match)
            self.feed.search.go_on()
        if self.held(entry) is not None:
            self._show_match()
        else:
            self.go_far(entry.position, self._show_match)

    def _show_match(self) -> None:
        """Bring the row of the current match onto the screen; what hides it is opened."""
        if self._found is None:
            return
        entry, match = self._found
        index = self.held(entry)
        if index is None:
            return
        was_following = self._let_go()
        entry = self.viewport.entries[index]
        self.put_cursor(entry)
        row = self._open_at(entry, match)
        view = self.viewport
        first = view.row_of(index)
        if first is None or not 0 <= first + row < view.height - 2:
            view.bring(index, row, view.height // 3)
        self._after_move(was_following)

    def _open_at(self, entry: Entry, match: int) -> int:
        """The row of a match; what is folded is unfolded for it, and what draws it as nothing is not."""
        blocks = self.blocks
        blocks.reveal(entry)
        if blocks.is_folded(entry) and blocks.block(entry).mark is not None:
            blocks.toggle_fold(entry)
        hits = self._hits(entry)
        steps = [blocks.toggle_fold, *([] if blocks.is_source(entry) else [blocks.toggle_source])]
        taken = 0
        while not hits and taken < len(steps):
            steps[taken](entry)
            taken += 1
            hits = self._hits(entry)
        if not hits:
            for step in reversed(steps[:taken]):
                step(entry)
            self.said = own_text("it is in what is not drawn: Enter shows all")
        return hits[min(match, len(hits) - 1)][0][0] if hits else 0

    # Marks.

    @staticmethod
    def _key_of(entry: Entry) -> _Key:
        return entry.fingerprint

    def _learn(self, entry: Entry, texts: tuple[str, ...]) -> None:
        if len(self._texts) > KNOWN:
            self._texts.clear()
        self._texts[self._key_of(entry)] = texts

    def _hits(self, entry: Entry, low: int = 0, high: int | None = None) -> list[Hit]:
        """Where the matches are in an entry's rows, without its header and the remarks at its end."""
        texts = self._texts.get(self._key_of(entry))
        if not texts:
            return []
        block = self.blocks.block(entry)
        stop = len(block.rows) - block.below
        high = stop if high is None else min(high, stop)
        low = max(1, low)
        rows = ["" if at == block.mark else block.rows[at].text for at in range(low, high)]
        return [tuple((row + low, piece) for row, piece in hit) for hit in DrawnText(rows).hits(texts)]

    def _see(self) -> None:
        super()._see()
        self._pieces = {}
        if self.find is None:
            return
        unknown: list[Entry] = []
        rows: dict[int, list[int]] = {}
        for index, row in self.visible_rows:
            rows.setdefault(index, []).append(row)
        for index, seen in rows.items():
            entry = self.viewport.entries[index]
            if isinstance(entry.item, Ghost):
                continue
            if self._key_of(entry) not in self._texts:
                unknown.append(entry)
            self._mark(index, entry, seen[0], seen[-1])
        self._ask_for(unknown)

    def _mark(self, index: int, entry: Entry, first: int, last: int) -> None:
        current: Hit = ()
        if self._found is not None and self._found[0][:3] == entry[:3]:
            hits = self._hits(entry)
            current = hits[min(self._found[1], len(hits) - 1)] if hits else ()
        else:
            hits = self._hits(entry, first - NEAR, last + NEAR + 1)
        for hit in hits:
            for row, piece in hit:
                if first <= row <= last:
                    shown = piece._replace(current=hit is current)
                    self._pieces[index, row] = (*self._pieces.get((index, row), ()), shown)

    def pieces(self, index: int, row: int) -> tuple[Piece, ...]:
        """The matches in a row."""
        return self._pieces.get((index, row), ())

    def _ask_for(self, entries: list[Entry]) -> None:
        fresh = [entry for entry in entries if self._key_of(entry) not in self._wanted_texts]
        if fresh and self.find is not None and self.feed is not None:
            self._wanted_texts.update(map(self._key_of, fresh))
            self.feed.search.mark(self.find, fresh)

    def on_marked(self, message: Marked) -> None:
        """Mark what is known now."""
        if message.feed is self.feed and message.find is self.find:
            for entry, texts in message.texts.values():
                self._wanted_texts.discard(self._key_of(entry))
                self._learn(entry, texts)
            self.redraw()

    def on_matches_counted(self, message: MatchesCounted) -> None:
        """Say how many there are."""
        if message.feed is self.feed and message.find is self.find:
            self.matches = message
            self.tell_moved()

    def on_too_slow_to_find(self, message: TooSlowToFind) -> None:
        """Say that it is of no use."""
        if message.feed is self.feed and message.find is self.find:
            self.drop_find()
            self.said = own_text("this expression takes too long: given up")
            self.changed()

    def count_on(self) -> None:
        """The session has grown, or changed: so may the number of matches."""
        if self.find is not None and self.feed is not None:
            self.feed.search.go_on()

    @property
    def can_leave(self) -> bool:
        """Whether there is something that Escape ends."""
        return super().can_leave or self.find is not None

    def action_leave(self) -> None:
        """Stop searching, or clear the marks."""
        if super().can_leave:
            super().action_leave()
            return
        self.drop_find()
        self.changed()

    def count_words(self) -> SafeText:
        """Which of how many matches the reader is at."""
        matches = self.matches
        if matches is not None and matches.done and not matches.total:
            return own_text("no match")
        if self.said is not None:
            return self.said
        if matches is None:
            return own_text("…")
        more = own_text("" if matches.done else "+")
        share = own_text("" if matches.done else " · {:.0f} %", 100 * matches.share)
        if matches.number is None:
            return own_text("{:,}{} matches{}", matches.total, more, share)
        return own_text("{:,} of {:,}{}{}", matches.number, matches.total, more, share)

    def words_below(self) -> SafeText | None:
        """What the frame is to say of a search; None: nothing."""
        if self._begun_at is not None:
            return None  # the bar says it
        if self.find is None or (self.hunt is not None and self.hunted > 0):
            return super().words_below()
        text = clean_line(self.find.query.text, 24)
        return own_text("“{}” {} · n N · Esc clears", text, self.count_words())
