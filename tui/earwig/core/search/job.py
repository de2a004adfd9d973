"""Searches all sessions, the newest first, on all processors; can be left at any time."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from earwig.core.search.byte_patterns import (
    ANY_LINE,
    BytePattern,
    pattern_of_expression,
    pattern_of_literal,
)
from earwig.core.search.line_scan import LineScan, line_scan
from earwig.core.search.query import SearchQuery
from earwig.core.search.session_search import Found, SessionSearch
from earwig.core.store import Session

_FIRST, _MOST = 2, 64
"""Sessions that a thread takes at a time: few at first, so that the first hits come soon."""

_BYTES = 8 * 1024 * 1024
"""Bytes of sessions that a thread takes at a time, unless a single one has more."""

_AHEAD = 4
"""Portions in work or waiting for each thread: what nobody takes is not searched for."""

_MOST_THREADS = 4
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


class SearchJob:
    """One search; what it finds comes in the order in which the sessions are given."""

    def __init__(self, query: SearchQuery, *, hits: bool = True) -> None:
        """Without `hits`, matching lines are only counted. Raises `BadPattern`; `ValueError` for no text."""
        self._query = query
        self._hits = hits
        self._matcher = query.matcher()
        self._lines: LineScan = line_scan(pattern_of(query))
        self._ended = threading.Event()
        self._own = threading.local()

    def cancel(self) -> None:
        """Let the search end soon, from any thread."""
        self._ended.set()

    def run(self, sessions: Sequence[Session], threads: int | None = None) -> Iterator[Portion]:
        """What is found, a portion of sessions at a time, in order. Ends early once it is cancelled."""
        wanted = [session for session in sessions if self._query.wants_session(session)]
        count = threads or _threads_for(wanted)
        portions = _portions(wanted)
        waiting: deque[Future[Portion]] = deque()
        with ThreadPoolExecutor(count, thread_name_prefix="earwig-search") as pool:
            try:
                for portion in portions:
                    waiting.append(pool.submit(self._look_through, portion))
                    if len(waiting) >= _AHEAD * count:
                        yield waiting.popleft().result()
                    if self._ended.is_set():
                        return
                while waiting and not self._ended.is_set():
                    yield waiting.popleft().result()
            finally:
                self._ended.set()  # whoever stops taking what is found has left the search
                for future in waiting:
                    future.cancel()

    def look(self, session: Session) -> Found:
        """Look through one session, all of it."""
        return self._searcher().look(session)

    def _look_through(self, sessions: Sequence[Session]) -> Portion:
        found: list[Found] = []
        left = self._ended.is_set
        asked = itertools.takewhile(lambda _: not left(), sessions)
        found.extend(self._searcher().look_through(asked))
        return Portion(len(sessions), sum(session.size for session in sessions), found)

    def _searcher(self) -> SessionSearch:
        """This thread's own."""
        known: SessionSearch | None = getattr(self._own, "searcher", None)
        if known is None:
            known = SessionSearch(self._query, self._matcher, self._lines.scanner(), hits=self._hits)
            self._own.searcher = known
        return known


def pattern_of(query: SearchQuery) -> BytePattern:
    """What the bytes of a line must hold for the query to find something in it."""
    if query.bad_lines:
        return ANY_LINE  # a bad line need not be JSON
    if query.regex:
        return pattern_of_expression(query.sought, fold=query.folds, accents_folded=query.accents_folded)
    return pattern_of_literal(query.sought, fold=query.folds, accents_folded=query.accents_folded)


def _threads_for(sessions: Sequence[Session]) -> int:
    size = sum(session.size for session in sessions)
    if size < _WORTH_A_THREAD * len(sessions):
        return 1
    return max(1, min(_MOST_THREADS, os.cpu_count() or 1))


def _portions(sessions: Sequence[Session]) -> Iterator[Sequence[Session]]:
    start, most = 0, _FIRST
    while start < len(sessions):
        stop, size = start, 0
        while stop < len(sessions) and stop - start < most and (stop == start or size < _BYTES):
            size += sessions[stop].size
            stop += 1
        yield sessions[start:stop]
        start, most = stop, min(_MOST, most * 2)
