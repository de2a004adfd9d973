"""Searches all sessions, the newest first, on all processors; can be left at any time."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from earwig.core.find.line_scan import LineScan, line_scan
from earwig.core.search.forked import ForkedWorkers, can_fork
from earwig.core.search.query import SearchQuery
from earwig.core.search.session_search import Found, SessionSearch, joined_locations
from earwig.core.store import Session

_FIRST, _MOST = 2, 128
"""Sessions that are taken at a time: few at first, so that the first hits come soon."""

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
    locations: str
    size: int
    """Their bytes."""


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

    def run_through(
        self,
        portions: Sequence[Asked],
        workers: int | None = None,
        *,
        first: Callable[[], Sequence[Session]] = tuple,
    ) -> Generator[Portion]:
        """As `run`, of what `portions_of` gave; before it what `first` gives, called while others begin."""
        most = workers or max(1, min(_MOST_WORKERS, os.cpu_count() or 1))
        size = sum(portion.size for portion in portions)
        if most > 1 and size >= _WORTH_A_PROCESS and can_fork():
            found = self._in_processes(portions, most, first)
        else:
            portions = [*portions_of(first()), *portions]
            self.prepare()  # once, for all of them; copies of this process each do it, at the same time
            small = workers is None and size < _WORTH_A_THREAD * sum(len(it.sessions) for it in portions)
            found = self._in_threads(portions, 1 if small else most)
        for result in found:
            yield result
            if self._ended.is_set():
                return

    @cached_property
    def _lines(self) -> LineScan:
        return line_scan(self._query.byte_pattern())

    def _in_processes(
        self, portions: Sequence[Asked], count: int, first: Callable[[], Sequence[Session]]
    ) -> Iterator[Portion]:
        try:
            workers = ForkedWorkers(self._look_through, portions, count)
        except OSError:  # the system has no more processes to give
            self.prepare()
            yield from self._in_threads([*portions_of(first()), *portions], count)
            return
        try:
            yield from map(self._look_through, portions_of(first()))
            yield from workers.results()
        finally:
            workers.end()

    def _in_threads(self, portions: Sequence[Asked], count: int) -> Iterator[Portion]:
        waiting: deque[Future[Portion]] = deque()
        with ThreadPoolExecutor(count, thread_name_prefix="earwig-search") as pool:
            try:
                for portion in portions:
                    waiting.append(pool.submit(self._look_through, portion))
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

    def _look_through(self, asked: Asked) -> Portion:
        found: list[Found] = []
        for each in self._searcher().look_through(asked.sessions, asked.locations):
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


def portions_of(sessions: Sequence[Session]) -> list[Asked]:
    """Sessions in the portions in which they are looked through."""
    return list(_portions(sessions))


def _portions(sessions: Sequence[Session]) -> Iterator[Asked]:
    start, most = 0, _FIRST
    while start < len(sessions):
        asked = sessions[start : start + most]
        while len(asked) > 1 and sum(map(_SIZE, asked[:-1])) >= _BYTES:
            asked = asked[: len(asked) // 2]
        yield Asked(asked, joined_locations(asked), sum(map(_SIZE, asked)))
        start, most = start + len(asked), min(_MOST, most * 2)
