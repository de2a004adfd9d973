"""Searches all sessions, the newest first, on all processors. It can be ended at any time."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from earwig.core.model.session import Session, SessionId
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, START, FlatSessions, Found, Stop
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.query.search_query import SearchQuery
from earwig.core.stores.store import Searcher, Store
from earwig.core.system.forked import ForkedWorkers, Result, Task, can_fork, most_workers

_FIRST, _MOST = 2, 128
"""Sessions that are taken at a time: few at first, so that the first hits come soon."""

_MOST_OF_DATABASES = 512
"""The same for databases: each time, one state of a database is looked at anew."""

_SHARES_OF_REST = 8
"""The least number of portions left when one is taken, so that all workers end together."""

_BYTES = 16 * 1024 * 1024
"""The most bytes of sessions that are taken at a time, unless a single one has more."""

_WORTH_A_PROCESS = 16 * 1024 * 1024
"""Bytes of all sessions from which on copying this process costs less than it saves."""

_SIZE, _DETAIL = (itemgetter(Session._fields.index(name)) for name in ("extent", "detail"))
_IS_FILE = attrgetter("is_file")


class Portion(NamedTuple):
    """Some of the results of sessions that are searched together."""

    sessions: int
    """The number of sessions that are done since the portion before."""

    size: int
    """The number of bytes searched since then."""

    found: list[Found]

    @property
    def hits(self) -> int:
        return sum(len(found.hits) for found in self.found)


class SearchBatch(NamedTuple):
    """Sessions that are searched at a time."""

    sessions: Sequence[Session]
    flat: FlatSessions
    size: int
    are_files: bool = True
    """Whether each is a file. The stores of others have processes of their own."""

    def without(self, apart: Collection[SessionId]) -> SearchBatch:
        """Return the batch without the sessions of some ids."""
        if not any(session_id in apart for session_id in self.flat.ids()):
            return self
        left = [session for session in self.sessions if session.id not in apart]
        return SearchBatch(left, FlatSessions.of(left), sum(map(_SIZE, left)), self.are_files)


class SearchJob:
    """One search, for one thread. Results come as they are found, in the order of the sessions."""

    def __init__(
        self,
        query: SearchQuery,
        store: Store,
        *,
        hits: bool = True,
        one_is_enough: bool = False,
        control: SearchControl | None = None,
    ) -> None:
        """Search a store's sessions; without `hits`, matching lines are only counted.

        `one_is_enough`: a session is left soon after something is found in it. Raises `BadPattern`;
        `ValueError` for no text.
        """
        self._query = query
        self._one_is_enough = one_is_enough
        self._store = store
        self._ready = ReadyQuery(query)
        self.control = SearchControl() if control is None else control
        if not hits:
            self.control.count_only()

    def cancel(self) -> None:
        """End the search soon. From any thread."""
        self.control.cancel()

    def prepare(self) -> None:
        """Work out how to search. The first time, this also loads the library for it."""
        _ = self._ready.lines

    def begin(self) -> None:
        """Begin with what can be searched while the sessions of the next `run` are being listed."""
        if self._query.wants_all:
            self._searcher.begin()

    def run(self, sessions: Sequence[Session], workers: int | None = None) -> Generator[Portion]:
        """Search sessions and yield what is found, as it is taken: whoever takes nothing holds up the search.

        By `workers` processes, or as many as help; by this one alone where it cannot be copied. Ends early
        once it is cancelled.
        """
        yield from self.run_through(portions_of(self._query.wanted_of(sessions)), workers)

    def run_through(self, portions: Sequence[SearchBatch], workers: int | None = None) -> Generator[Portion]:
        """Yield the same as `run`, given what `portions_of` returned."""
        crew: ForkedWorkers[None, SearchBatch, Portion] | None = crew_for(
            lambda _: self.look_through, portions, workers
        )
        found = self._here(portions) if crew is None else self._in_processes(crew)
        with closing(found):
            for portion in found:
                yield portion
                if self.control.is_cancelled():
                    return

    def _in_processes(self, crew: ForkedWorkers[None, SearchBatch, Portion]) -> Generator[Portion]:
        try:
            crew.begin(None)
            yield from crew.results()
        finally:
            self.cancel()  # whoever stops taking what is found has left the search
            crew.end()

    def _here(self, portions: Sequence[SearchBatch]) -> Generator[Portion]:
        for portion in portions:
            yield from self.look_through(portion)

    def look(self, session: Session, start: Stop = START) -> Iterator[Found]:
        """Search one session, from `start` on; yield the results in parts."""
        return self._searcher.look(session, start)

    def look_through(self, asked: SearchBatch) -> Iterator[Portion]:
        """Search some sessions; yield portions of results, smaller ones once the search is cancelled."""
        found: list[Found] = []
        hits = size = 0
        with closing(self._searcher.look_through(asked.sessions, asked.flat)) as parts:
            for part in parts:
                found.append(part)
                hits += len(part.hits)
                if part.size or hits >= MOST_HITS:
                    size += part.size
                    yield Portion(0, part.size, found)
                    found, hits = [], 0
        yield Portion(len(asked.sessions), max(0, asked.size - size), found)

    @cached_property
    def _searcher(self) -> Searcher:
        return self._store.searcher(self._ready, self.control, one_is_enough=self._one_is_enough)


def crew_for(
    work_of: Callable[[Task], Callable[[SearchBatch], Iterator[Result]]],
    portions: Sequence[SearchBatch],
    workers: int | None = None,
    *,
    apart: Collection[int] = (),
    warm_up: Callable[[Sequence[SearchBatch]], object] = len,
) -> ForkedWorkers[Task, SearchBatch, Result] | None:
    """Return processes for these portions; None where they would not help, or there are none to be had.

    As many `workers` as help, where their number is not given. The rest: as `ForkedWorkers` has it.
    """
    count, files = workers or most_workers(), [it for it in portions if it.are_files]
    if count < 2 or total_size(files) < _WORTH_A_PROCESS or not can_fork():
        return None
    count = min(count, len(files))  # none for nothing: one of a single session reads while this one tells
    try:
        return ForkedWorkers(
            work_of, portions, count, is_large=_is_large, apart=apart, warm_up=warm_up, is_own=_is_own
        )
    except OSError:  # the system has no more processes to give
        return None


def _is_own(asked: SearchBatch) -> bool:
    return not asked.are_files


def _is_large(asked: SearchBatch) -> bool:
    return asked.size > _BYTES


def total_size(portions: Sequence[SearchBatch]) -> int:
    return sum(portion.size for portion in portions)


def portions_of(sessions: Sequence[Session]) -> list[SearchBatch]:
    """Return sessions in the portions in which they are searched."""
    return list(_portions(sessions))


def _portions(sessions: Sequence[Session]) -> Iterator[SearchBatch]:
    start, most = 0, _FIRST
    while start < len(sessions):
        rest = max(_FIRST, (len(sessions) - start) // _SHARES_OF_REST)
        asked = sessions[start : start + min(most, rest)]
        while len(asked) > 1 and sum(map(_SIZE, asked[:-1])) >= _BYTES:
            asked = asked[: len(asked) // 2]
        are_files = True
        if any(map(_DETAIL, asked)):
            are_files, some = next(groupby(asked, _IS_FILE))
            asked = list(some)
        if are_files:
            asked = asked[:_MOST]
        flat = FlatSessions.of(asked)
        yield SearchBatch(asked, flat, sum(flat.sizes), are_files)
        start, most = start + len(asked), min(_MOST_OF_DATABASES, most * 2)


class ResultBatch(NamedTuple):
    """A packed `Portion`."""

    sessions: int
    size: int
    hits: int
    found: list[bytes]
    """What was found, packed; some of it in each."""


def pack(portion: Portion) -> ResultBatch:
    found = [pickle.dumps(portion.found, pickle.HIGHEST_PROTOCOL)] if portion.found else []
    return ResultBatch(portion.sessions, portion.size, portion.hits, found)


def together(portions: Iterable[ResultBatch]) -> ResultBatch:
    """Return several packed portions as one."""
    portions = list(portions)
    found = [each for portion in portions for each in portion.found]
    return ResultBatch(
        sum(it.sessions for it in portions),
        sum(it.size for it in portions),
        sum(it.hits for it in portions),
        found,
    )


def unpack(packed: ResultBatch) -> Portion:
    found = [it for each in packed.found for it in pickle.loads(each)]  # noqa: S301 - our own process wrote it
    return Portion(packed.sessions, packed.size, found)
