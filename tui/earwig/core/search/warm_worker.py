"""A copy of the search process, made before there is something to search for."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import NamedTuple, cast

from earwig.core.model.session import SessionId
from earwig.core.query.control import SearchControl
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import (
    Portion,
    ResultBatch,
    SearchBatch,
    SearchJob,
    crew_for,
    pack,
    portions_of,
    together,
    total_size,
)
from earwig.core.search.known_sessions import Listed
from earwig.core.search.server import Done, Started
from earwig.core.stores.store import Store
from earwig.core.system.collecting import collect_nothing
from earwig.core.system.forked import ForkedWorkers
from earwig.core.system.ipc import hand_over, say, taken
from earwig.core.system.processes import fork

_APART = 0.03
"""Seconds between two reports of progress."""

_TOGETHER = 256 * 1024
"""About the bytes that are reported together."""

_LITTLE = 1024 * 1024
"""The most bytes that are read before there is something to look for."""


class _Search(NamedTuple):
    """What it is to do, once."""

    query: SearchQuery
    most: int | None
    """After so many hits, matches are only counted."""

    changed: Collection[SessionId]
    """Sessions of the listing that have changed since."""

    is_new: bool
    """Whether the listing is of this moment."""

    @property
    def apart(self) -> frozenset[SessionId]:
        """Those of the listing that are looked through first, and then not in their place."""
        return frozenset() if self.is_new else frozenset(self.changed)


Crew = ForkedWorkers[_Search, SearchBatch, ResultBatch]


class WarmWorker:
    """Waits, with processes of its own, for one search of the sessions that a listing found, and does it."""

    def __init__(self, listed: Listed, *, apart: Collection[int] = ()) -> None:
        """`apart`: handles that are not for it. Raises `OSError` if the system has no process to give."""
        self.listed = listed
        self._control = SearchControl()
        self._socket, its = socket.socketpair()
        with its:
            try:
                child = fork()
            except OSError:
                self._socket.close()
                raise
            if child == 0:
                try:
                    self._socket.close()
                    for handle in apart:
                        os.close(handle)
                    _serve(its, listed, self._control)
                finally:
                    os._exit(0)

    def fileno(self) -> int:
        """Return a handle that becomes readable when the worker has ended."""
        return self._socket.fileno()

    def search(self, query: SearchQuery, pipe: int, *, most: int | None, is_new: bool) -> None:
        """Have it search, and report on `pipe` what it finds. Raises `OSError` if it has died."""
        hand_over(self._socket, _Search(query, most, self.listed.changed, is_new), pipe)

    def close(self) -> None:
        """End it, and the search that it does."""
        self._control.cancel()
        self._socket.close()


# From here on: in the copy.


def _serve(origin: socket.socket, listed: Listed, control: SearchControl) -> None:
    if sys.platform != "win32":
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    collect_nothing()

    def work_of(search: _Search) -> Callable[[SearchBatch], Iterator[ResultBatch]]:
        return _look_for(search.query, listed.store, control, search.apart)

    crew = crew_for(
        work_of, listed.portions, apart=[origin.fileno()], warm_up=partial(_warm_up, listed.store)
    )
    try:
        told, (pipe,) = taken(origin)
    except EOFError:
        return
    search = cast("_Search", told)
    with suppress(BrokenPipeError):  # nobody waits any more
        try:
            if not search.query.wants_all:
                crew = None  # what these have is more than is wanted
            if crew is not None:
                crew.begin(search)  # before anything else
            _tell(pipe, search, listed, control, crew)
        except BrokenPipeError:
            raise
        except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
            say(pipe, fault)


def _tell(
    pipe: int, search: _Search, listed: Listed, control: SearchControl, crew: Crew | None = None
) -> None:
    query = search.query
    listed.note(search.changed)
    sessions, portions = query.wanted_of(listed.sessions), listed.portions
    if sessions is not listed.sessions:
        portions = portions_of(sessions)
        crew = crew_for(lambda _: _look_for(query, listed.store, control, search.apart), portions)
        if crew is not None:
            crew.begin(search)
    newer = [] if search.is_new else query.wanted_of(listed.newer_ones())
    found = _found(search, listed.store, control, portions_of(newer), portions, crew)
    told: list[object] = [Started(total_size(portions))]
    hits = 0
    with closing(found):
        for packed, is_last in _together(found, len(newer) + len(sessions)):
            hits += packed.hits
            if search.most is not None and hits >= search.most:
                control.count_only()
            # The end with it: not when the copies of this process have ended.
            say(pipe, *told, packed, *([Done()] if is_last else []))
            told = []


def _found(
    search: _Search,
    store: Store,
    control: SearchControl,
    first: Sequence[SearchBatch],
    portions: Sequence[SearchBatch],
    crew: Crew | None,
) -> Generator[ResultBatch]:
    """What has changed is looked through first, and not again in its old place."""
    try:
        look_through = _look_for(search.query, store, control)
        for asked in first:
            yield from look_through(asked)
        if crew is not None:
            yield from crew.results()
            return
        look_through = _look_for(search.query, store, control, search.apart)
        for asked in portions:
            yield from look_through(asked)
    finally:
        if crew is not None:
            crew.end()


def _look_for(
    query: SearchQuery,
    store: Store,
    control: SearchControl | None = None,
    apart: Collection[SessionId] = (),
) -> Callable[[SearchBatch], Iterator[ResultBatch]]:
    """Return what looks through sessions for something, but not through those `apart`."""
    job = SearchJob(query, store, control=control)

    def look_through(asked: SearchBatch) -> Iterator[ResultBatch]:
        left = asked.without(apart) if apart else asked
        if left.sessions:
            yield from map(pack, job.look_through(left))
        if left is not asked:
            passed = len(asked.sessions) - len(left.sessions)
            yield pack(Portion(passed, asked.size - left.size, []))

    return look_through


def _warm_up(store: Store, portions: Sequence[SearchBatch]) -> None:
    """Do once, with little, what a search does."""
    smallest = min((it for it in portions if it.are_files), key=lambda asked: asked.size, default=None)
    if smallest is not None and smallest.size < _LITTLE:
        for _ in range(2):  # what the first one frees is only kept for good once it is taken again
            for _packed in _look_for(SearchQuery("anything"), store)(smallest):
                pass
    for asked in portions:
        _ = asked.flat.names, asked.flat.sizes


def _together(portions: Iterable[ResultBatch], count: int) -> Iterator[tuple[ResultBatch, bool]]:
    """Yield the first hits at once, later ones some portions together; and whether they are the last.

    To tell takes time from the search. Ends with the last of so many sessions: that nothing comes any more
    is known later.
    """
    seen = size = 0
    waiting: list[ResultBatch] = []
    told_at, none_yet = time.monotonic(), True
    for packed in portions if count else [ResultBatch(0, 0, 0, [])]:
        seen += packed.sessions
        size += sum(map(len, packed.found))
        waiting.append(packed)
        is_first = none_yet and bool(packed.found)
        if seen == count or is_first or size > _TOGETHER or time.monotonic() - told_at > _APART:
            yield together(waiting), seen == count
            none_yet = none_yet and not is_first
            waiting, size, told_at = [], 0, time.monotonic()
        if seen == count:
            return
