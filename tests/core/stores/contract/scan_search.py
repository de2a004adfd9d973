"""Looks through sessions of any store for what a query asks, by their transcripts' scans."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import TooSlow
from earwig.core.model.entries import Entry, Item, Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, START, FlatSessions, Found, FoundTally, LineCount, Stop
from earwig.core.query.hits import hit_of, snippet_of, text_of_bad
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.stores.protocols import Scanned, Transcript
from earwig.core.system.opening import CannotOpen

_TELL = 8 * 1024 * 1024
"""Bytes after which a part is handed over also if nothing is in it: whoever waits sees how far it is."""

_REWRITTEN = "was rewritten while it was searched; search again"


class ScanSearcher:
    """What a store gives that has no faster way: as `earwig.core.stores.store.Searcher` has it.

    An unfinished last entry is not looked at.
    """

    def __init__(
        self,
        look: Callable[[SessionId], Session | None],
        open_session: Callable[[Session], Transcript],
        ready: ReadyQuery,
        control: SearchControl,
        *,
        one_is_enough: bool = False,
    ) -> None:
        """`look` and `open_session` are the store's."""
        self._look = look
        self._open = open_session
        self._query = ready.query
        self._matcher = ready.matcher
        self._hint = None if ready.query.bad_lines else Hint(ready.query)
        self._control = control
        self._one_is_enough = one_is_enough

    def begin(self) -> None:
        """Nothing is known before it is said which sessions there are."""

    def look_through(self, sessions: Sequence[Session], _flat: FlatSessions) -> Generator[Found]:
        """Look through many; nothing comes of one in which there is nothing."""
        for session in sessions:
            if self._control.is_cancelled():
                return
            for found in self.look(session):
                if found.matches or found.size or found.slow or found.too_long or found.problem:
                    yield found

    def look(self, session: Session, start: Stop = START) -> Iterator[Found]:
        """Look through one from `start` on; the last part has where it stops, or the problem."""
        if session.problem is not None:
            yield Found(session, problem=session.problem)
            return
        tally = FoundTally(self._look(session.id) or session, start.counted)
        try:
            yield from self._through(self._open(tally.session), tally, start)
        except CannotOpen as error:
            yield tally.last(problem=None if error.missing else error.reason)

    def _through(self, transcript: Transcript, tally: FoundTally, start: Stop) -> Iterator[Found]:
        transcript.refresh()
        at, looked = max(start.position, transcript.start), 0
        if start.proof and transcript.digest_before(at).encode() != start.proof:
            raise CannotOpen(_REWRITTEN)
        if tally.counted.position < transcript.start:
            tally.counted = LineCount(transcript.start, 0)
        generation = transcript.generation
        while not self._control.is_cancelled():
            scanned = transcript.scan(at, hint=self._hint)
            if transcript.generation != generation:
                raise CannotOpen(_REWRITTEN)
            yield from self._take(transcript, tally, scanned)
            if scanned.next == at:
                before = transcript.digest_before(at).encode()
                yield tally.last(looked, stop=Stop(at, tally.counted, before))
                return
            at, looked = scanned.next, looked + scanned.size
            if self._one_is_enough and tally.matches:
                yield tally.last(looked)
                return
            if tally.hits or looked >= _TELL:
                yield tally.part(looked)
                looked = 0

    def _take(self, transcript: Transcript, tally: FoundTally, scanned: Scanned) -> Iterator[Found]:
        """Match what was scanned; parts come of it where there is much."""
        found: list[int] = []
        for index, item in enumerate(scanned.items):
            tally.too_long += isinstance(item, Oversized)
            text = self._text_of(item)
            try:
                if text is not None and self._matcher.has(text):
                    found.append(index)
            except TooSlow:
                tally.slow += 1
        if not found or self._control.counts_only:
            tally.matches += len(found)
            return
        lines = tally.counted.lines + transcript.lines_between(tally.counted.position, scanned.start)
        for first in range(0, len(found), MOST_HITS):
            for entry in scanned.entries(found[first : first + MOST_HITS], lines + 1):
                self._add(tally, entry)
            if len(tally.hits) >= MOST_HITS:
                yield tally.part()

    def _add(self, tally: FoundTally, entry: Entry) -> None:
        text, number = self._text_of(entry.item), entry.number
        if text is None or number is None:
            return
        snippet = snippet_of(text, self._matcher.spans(text))
        if snippet is not None:
            tally.counted = LineCount(entry.position, number - 1)
            place = (entry.position, entry.next, entry.size)
            tally.matches += 1
            tally.hits.append(hit_of(tally.session, place, number, entry.item, snippet, entry.time))

    def _text_of(self, item: Item | None) -> str | None:
        """The text to look in; None where nothing is looked for."""
        if isinstance(item, ChatMessage):
            return None if self._query.roles and item.role not in self._query.roles else item.content
        return text_of_bad(item) if self._query.bad_lines and isinstance(item, BadLine) else None
