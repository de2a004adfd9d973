"""Searches all sessions, the newest first, on all processors; can be left at any time."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from earwig.core.find.line_scan import LineScan, line_scan
from earwig.core.search.forked import ForkedWorkers, Result, Task, can_fork
from earwig.core.search.query import SearchQuery
from earwig.core.search.session_search import Found, Places, SessionSearch
from earwig.core.store import Session

_FIRST, _MOST = 2, 128
"""Sessions that are taken at a time: few at first, so that the first hits come soon."""

_SHARES_OF_REST = 8
"""Portions that are left at least as one is taken: so that all workers end together."""

_BYTES = 16 * 1024 * 1024
"""Bytes of sessions that are taken at a time, unless a single one has more."""

_AHEAD = 4
"""Portions in work or waiting for each thread: what nobody takes is not searched for."""

_MOST_WORKERS = 4
_WORTH_A_PROCESS = 16 * 1024 * 1024
"""Bytes of all sessions from which on copying this process costs less than it saves."""

_SIZE = itemgetter(Session._fields.index("size"))

_WORTH_A_THREAD = 512 * 1024
"""Bytes of a session on average from which on threads help: opening many small ones they would take turns."""


class Portion(NamedTuple):
    """What came of some sessions, in which nothing more is looked for."""

    sessions: int
    """How many they are."""

    size: int
    """Their bytes."""

    found: list[Found]
    """Of those in which there is something to tell of, in their order."""


class Asked(NamedTuple):
    """Sessions that are looked through at a time."""

    sessions: Sequence[Session]
    places: Places
    size: int
    """The bytes of all of them."""


class SearchJob:
    """One search; what it finds comes in the order in which the sessions are given."""

    def __init__(self, query: SearchQuery, *, hits: bool = True) -> None:
        """Without `hits`, matching lines are only counted. Raises `BadPattern`; `ValueError` for no text."""
        self._query = query
        self._hits = hits
        self._matcher = query.matcher()
        self._ended = threading.Event()
        self._own = threading.local()

    def cancel(self) -> None:
        """Let the search end soon, from any thread."""
        self._ended.set()

    def prepare(self) -> None:
        """Work out how to search; the first time also loads the library for it."""
        _ = self._lines

    def run(self, sessions: Sequence[Session], workers: int | None = None) -> Generator[Portion]:
        """What is found, a portion of sessions at a time, in order. Ends early once it is cancelled.

        By `workers` at a time, or as many as help: processes where this one can be copied, else threads.
        """
        yield from self.run_through(portions_of(self._query.wanted_of(sessions)), workers)

    def run_through(self, portions: Sequence[Asked], workers: int | None = None) -> Generator[Portion]:
        """As `run`, of what `portions_of` gave."""
        crew: ForkedWorkers[None, Asked, Portion] | None = crew_for(
            lambda _: self.look_through, portions, workers
        )
        if crew is not None:
            found = self._in_processes(crew)
        else:
            self.prepare()  # once, for all of them; copies of this process each do it, at the same time
            small = total_size(portions) < _WORTH_A_THREAD * sum(len(it.sessions) for it in portions)
            found = self._in_threads(portions, workers or (1 if small else _most_workers()))
        for result in found:
            yield result
            if self._ended.is_set():
                return

    @cached_property
    def _lines(self) -> LineScan:
        return line_scan(self._query.byte_pattern())

    def _in_processes(self, crew: ForkedWorkers[None, Asked, Portion]) -> Iterator[Portion]:
        try:
            crew.begin(None)
            yield from crew.results()
        finally:
            crew.end()

    def _in_threads(self, portions: Sequence[Asked], count: int) -> Iterator[Portion]:
        waiting: deque[Future[Portion]] = deque()
        with ThreadPoolExecutor(count, thread_name_prefix="earwig-search") as pool:
            try:
                for portion in portions:
                    waiting.append(pool.submit(self.look_through, portion))
                    if len(waiting) >= _AHEAD * count:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                self._ended.set()  # whoever stops taking what is found has left the search
                for future in waiting:
                    future.cancel()

    def look(self, session: Session) -> Found:
        """Look through one session, all of it."""
        return self._searcher().look(session)

    def look_through(self, asked: Asked) -> Portion:
        """Look through a portion; less of it once the search is cancelled."""
        found: list[Found] = []
        for each in self._searcher().look_through(asked.sessions, asked.places):
            found.append(each)
            if self._ended.is_set():
                break
        return Portion(len(asked.sessions), asked.size, found)

    def _searcher(self) -> SessionSearch:
        """This thread's own."""
        known: SessionSearch | None = getattr(self._own, "searcher", None)
        if known is None:
            known = SessionSearch(self._query, self._matcher, self._lines.scanner(), hits=self._hits)
            self._own.searcher = known
        return known


def crew_for(
    work_of: Callable[[Task], Callable[[Asked], Result]],
    portions: Sequence[Asked],
    workers: int | None = None,
    *,
    apart: Collection[int] = (),
    warm_up: Callable[[Sequence[Asked]], object] = len,
) -> ForkedWorkers[Task, Asked, Result] | None:
    """Processes for these portions; None where they would not help, or there are none to be had.

    As many `workers` as help, where their number is not given. The rest: as `ForkedWorkers` has it.
    """
    count = workers or _most_workers()
    if count < 2 or total_size(portions) < _WORTH_A_PROCESS or not can_fork():
        return None
    try:
        return ForkedWorkers(work_of, portions, count, is_large=_is_large, apart=apart, warm_up=warm_up)
    except OSError:  # the system has no more processes to give
        return None


def _is_large(asked: Asked) -> bool:
    return asked.size > _BYTES


def _most_workers() -> int:
    return max(1, min(_MOST_WORKERS, os.cpu_count() or 1))


def total_size(portions: Sequence[Asked]) -> int:
    """The bytes of all sessions in them."""
    return sum(portion.size for portion in portions)


def portions_of(sessions: Sequence[Session]) -> list[Asked]:
    """Sessions in the portions in which they are looked through."""
    return list(_portions(sessions))


def _portions(sessions: Sequence[Session]) -> Iterator[Asked]:
    start, most = 0, _FIRST
    while start < len(sessions):
        rest = max(_FIRST, (len(sessions) - start) // _SHARES_OF_REST)
        asked = sessions[start : start + min(most, rest)]
        while len(asked) > 1 and sum(map(_SIZE, asked[:-1])) >= _BYTES:
            asked = asked[: len(asked) // 2]
        places = Places.of(asked)
        yield Asked(asked, places, sum(places.sizes))
        start, most = start + len(asked), min(_MOST, most * 2)
