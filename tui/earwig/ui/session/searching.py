"""Searches an open session in the background: for the next of a kind, and for all matches of a text."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Findable, TooSlow
from earwig.core.model.entries import Entry
from earwig.core.reading.match_count import MatchCount
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.reading.share import share_before
from earwig.core.reading.walking import Walk
from earwig.core.stores.protocols import Transcript
from earwig.core.system.background import Priority
from earwig.core.system.opening import CannotOpen
from earwig.ui.session.messages import ReaderMessage
from earwig.ui.session.search_requests import Find, Seek

if TYPE_CHECKING:
    from textual.message import Message

    from earwig.core.reading.filtering import EntryFilter

TEXTS = 300
"""The most matches of one message whose texts are looked for on the screen."""

LONGEST = 20_000
"""The most characters of such a text. The marks of a longer match end there."""

_REPORT = 0.1


class SeekResult(ReaderMessage):
    seek: Seek
    entry: Entry | None
    match: int
    """Which of the entry's matches, from 0."""

    texts: tuple[str, ...]
    share: float
    """The part of the way that is searched, from 0 to 1."""

    done: bool


class Marked(ReaderMessage):
    find: Find
    texts: Mapping[int, tuple[Entry, tuple[str, ...]]]


class MatchesCounted(ReaderMessage):
    find: Find
    total: int
    number: int | None
    """The number of the current match among all, from 1; None: not known yet."""

    share: float
    done: bool


class TooSlowToFind(ReaderMessage):
    """The expression takes too long: the search is given up."""

    find: Find


class Ask(Protocol):
    def __call__(self, job: Callable[[], object], priority: Priority = ...) -> None:
        """As `SessionReader.ask`."""


@dataclass(eq=False)
class SessionSearches:
    """Runs at most one seek and one find; a newer one replaces the older.

    `post` gets what makes a message of the session reader.
    """

    _transcript: Transcript
    _ask: Ask
    _post: Callable[[Callable[[object], Message]], object]
    _seek: Seek | None = None
    _find: Find | None = None
    _counting: Find | None = None
    _reported_at: float = 0.0

    def seek(self, seek: Seek | None) -> None:
        """Start a seek; None: stop the one under way."""
        self._seek = seek
        if seek is not None:
            self._ask(partial(self._begin, seek))

    def find(self, query: Findable | None, entry_filter: EntryFilter | None) -> Find | None:
        """Count all matches of a text in what a filter leaves; None: stop. Raises `BadPattern`."""
        self._find = None
        if query is not None:
            match_count = MatchCount(query.matcher(), entry_filter)
            hint = Hint(query)
            self._find = Find(
                query, match_count, MatchCounter(self._transcript, match_count, hint=hint), hint
            )
            self.go_on()
        return self._find

    def go_on(self) -> None:
        """Count the matches in what has come since."""
        find = self._find
        if find is not None and self._counting is not find:
            self._counting = find
            self._ask(partial(self._count, find), Priority.IDLE)

    def mark(self, find: Find, entries: Sequence[Entry]) -> None:
        self._ask(partial(self._mark, find, entries))

    # From here on: in the background thread.

    def _begin(self, seek: Seek) -> None:
        """Look at the entry where the last match was; then on from there."""
        self._reported_at = time.monotonic()
        self._try(seek, partial(self._first_step, seek))

    def _try(self, seek: Seek, step: Callable[[], object]) -> None:
        if seek is not self._seek:
            return
        try:
            step()
        except TooSlow:
            self._give_up(seek.find)
        except CannotOpen:
            self._tell(seek, None, done=True)
            raise

    def _first_step(self, seek: Seek) -> None:
        start, find = seek.start, seek.find
        if start is None:
            page = self._transcript.tail(1)
            start = page.stop
            last = page.entries[-1] if page.entries else None
            if last is not None and not last.complete and seek.wanted(last.item):
                self._found(seek, last, 0 if find is None else find.match_count(last.item) - 1)
                return
        if seek.match is not None and find is not None:
            entry = next(iter(self._transcript.after(start, 1).entries), None)
            if entry is not None and entry.position == start:
                match = seek.match + (1 if seek.forward else -1)
                if 0 <= match < find.match_count(entry.item):
                    self._found(seek, entry, match)
                    return
                start = entry.next if seek.forward else start
        hint = None if find is None else find.hint
        walk = Walk(self._transcript, start, seek.wanted, forward=seek.forward, hint=hint)
        self._walk_on(seek, walk)

    def _walk_on(self, seek: Seek, walk: Walk) -> None:
        find = seek.find
        if find is not None and seek.forward:
            walk.at = find.counter.next_block(walk.at)
        if find is None:
            found = walk.step()
        else:
            with find.timed():
                found = walk.step(find.step_size)
        if found:
            entry = found[0] if seek.forward else found[-1]
            self._found(seek, entry, 0 if find is None or seek.forward else find.match_count(entry.item) - 1)
        elif walk.done or walk.outdated or seek.ends_before(walk.at):
            self._tell(seek, None, done=True)
        else:
            if time.monotonic() - self._reported_at > _REPORT:
                self._reported_at = time.monotonic()
                self._tell(seek, walk, done=False)
            self._ask(lambda: self._try(seek, partial(self._walk_on, seek, walk)), Priority.SOON)

    def _found(self, seek: Seek, entry: Entry, match: int) -> None:
        texts = self._texts(seek.find, entry)
        self._post(lambda reader: SeekResult(reader, seek, entry, match, texts, share=1.0, done=True))

    def _tell(self, seek: Seek, walk: Walk | None, *, done: bool) -> None:
        first, last = self._transcript.start, self._transcript.end
        start = last if seek.start is None else seek.start
        end = (last if seek.forward else first) if seek.until is None else seek.until
        share = 1.0 if walk is None else min(1.0, abs(walk.at - start) / max(1, abs(end - start)))
        self._post(lambda reader: SeekResult(reader, seek, None, 0, (), share=share, done=done))

    def _texts(self, find: Find | None, entry: Entry) -> tuple[str, ...]:
        try:
            found = [] if find is None else find.match_count.texts(entry.item, TEXTS)
        except TooSlow:
            return ()
        return tuple(dict.fromkeys(text[:LONGEST] for text in found))

    def _mark(self, find: Find, entries: Sequence[Entry]) -> None:
        if find is self._find:
            texts = {entry.identity: (entry, self._texts(find, entry)) for entry in entries}
            self._post(lambda reader: Marked(reader, find, texts))

    def _count(self, find: Find) -> None:
        if find is not self._find:
            return
        try:
            with find.timed():
                done = find.counter.step(find.step_size)
            if done or time.monotonic() - self._reported_at > _REPORT:
                self._report(find, done=done)
        except TooSlow:
            self._give_up(find)
            return
        except CannotOpen:
            self._counting = None
            raise
        if done:
            self._counting = None
        else:
            self._ask(partial(self._count, find), Priority.IDLE)

    def _report(self, find: Find, *, done: bool) -> None:
        self._reported_at = time.monotonic()
        counter, current = find.counter, find.current
        generation = self._transcript.generation
        if current is not None and (find.ordinal[:2] != (current, generation) or find.ordinal[2] is None):
            before = counter.before(current[0])
            number = None if before is None else before + current[1] + 1
            find.ordinal = (current, generation, number)
        number = find.ordinal[2] if find.ordinal[0] == current else None
        share = share_before(self._transcript, counter.counted)
        total = counter.total
        self._post(lambda reader: MatchesCounted(reader, find, total, number=number, share=share, done=done))

    def _give_up(self, find: Find | None) -> None:
        if find is not None and find is self._find:
            self._find = self._seek = self._counting = None
            self._post(lambda reader: TooSlowToFind(reader, find))
