"""A copy of the process that searches for the browser, made before there is something to search for."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from typing import NamedTuple, cast

from earwig.core.search.forked import ForkedWorkers
from earwig.core.search.job import Asked, SearchJob, crew_for, portions_of, total_size
from earwig.core.search.known_sessions import Listed
from earwig.core.search.packed import Packed, pack, together, unpack
from earwig.core.search.pipes import hand_over, say, taken
from earwig.core.search.query import SearchQuery
from earwig.core.search.server import Done, Started

_APART = 0.03
"""Seconds between two words on how far it is."""

_LITTLE = 1024 * 1024
"""Bytes that may be read before there is something to look for."""


class _Search(NamedTuple):
    """What it is to do, once."""

    query: SearchQuery
    changed: Collection[str]
    """Sessions of the listing that have changed since."""

    is_new: bool
    """Whether the listing is of this moment."""


Crew = ForkedWorkers[SearchQuery, Asked, Packed]


class Standby:
    """Waits, with processes of its own, for one search of what a listing found; and does it."""

    def __init__(self, listed: Listed, *, apart: Collection[int] = ()) -> None:
        """`apart`: handles that are not for it. Raises `OSError` if the system has no process to give."""
        self.listed = listed
        self._socket, its = socket.socketpair()
        with its:
            try:
                child = os.fork()
            except OSError:
                self._socket.close()
                raise
            if child == 0:
                try:
                    self._socket.close()
                    for handle in apart:
                        os.close(handle)
                    _serve(its, listed)
                finally:
                    os._exit(0)

    def fileno(self) -> int:
        """What can be read from when it has ended."""
        return self._socket.fileno()

    def search(self, query: SearchQuery, pipe: int, *, is_new: bool) -> None:
        """Let it tell on `pipe` what it finds. Raises `OSError` if it has died."""
        hand_over(self._socket, _Search(query, self.listed.changed, is_new), pipe)

    def close(self) -> None:
        """Let go of it: it ends, unless it has been told to search; then it goes on to its end."""
        self._socket.close()


# From here on: in the copy.


def _serve(origin: socket.socket, listed: Listed) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    gc.disable()  # a copied page for each object that it would look at
    crew = crew_for(_look_for, listed.portions, apart=[origin.fileno()], warm_up=_warm_up)
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
                crew.begin(search.query)  # before anything else
            _tell(pipe, search, listed, crew)
        except BrokenPipeError:
            raise
        except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
            say(pipe, fault)


def _tell(pipe: int, search: _Search, listed: Listed, crew: Crew | None = None) -> None:
    query = search.query
    listed.note(search.changed)
    sessions, portions = query.wanted_of(listed.sessions), listed.portions
    if sessions is not listed.sessions:
        portions = portions_of(sessions)
    newer = [] if search.is_new else query.wanted_of(listed.newer_ones())
    # What has changed is looked through first, and in its old place again.
    found = _found(query, portions_of(newer), portions, crew)
    once = _once(found, {session.location for session in newer})
    told: list[object] = [Started(total_size(portions))]
    with closing(found):
        for packed, is_last in _together(once, len(newer) + len(sessions)):
            # The end with it: not when the copies of this process have ended.
            say(pipe, *told, packed, *([Done()] if is_last else []))
            told = []


def _found(
    query: SearchQuery, first: Sequence[Asked], portions: Sequence[Asked], crew: Crew | None
) -> Generator[Packed]:
    if crew is None:
        with closing(SearchJob(query).run_through([*first, *portions])) as found:
            yield from map(pack, found)
        return
    try:
        yield from map(_look_for(query), first)
        yield from crew.results()
    finally:
        crew.end()


def _look_for(query: SearchQuery) -> Callable[[Asked], Packed]:
    look_through = SearchJob(query).look_through
    return lambda asked: pack(look_through(asked))


def _warm_up(portions: Sequence[Asked]) -> None:
    """Do once, with little, what a search does."""
    smallest = min(portions, key=lambda asked: asked.size)
    if smallest.size < _LITTLE:
        for _ in range(2):  # what the first one frees is only kept for good once it is taken again
            _look_for(SearchQuery("anything"))(smallest)
    for asked in portions:
        _ = asked.places.names, asked.places.sizes


def _once(portions: Iterable[Packed], newer: Collection[str]) -> Iterator[Packed]:
    """Of sessions that are looked through twice, what is found first."""
    told: set[str] = set()
    for packed in portions:
        if not newer or not packed.found:
            yield packed
            continue
        portion = unpack(packed)
        found = [it for it in portion.found if it.session.location not in told]
        told.update(it.session.location for it in found if it.session.location in newer)
        yield pack(portion._replace(found=found))


def _together(portions: Iterable[Packed], count: int) -> Iterator[tuple[Packed, bool]]:
    """The first hits at once, later ones some portions together; and whether they are the last.

    To tell takes time from the search. Ends with the last of so many sessions: that nothing comes any more
    is known later.
    """
    seen = 0
    waiting: list[Packed] = []
    told_at, none_yet = time.monotonic(), True
    for packed in portions if count else [Packed(0, 0, [])]:
        seen += packed.sessions
        waiting.append(packed)
        is_first = none_yet and bool(packed.found)
        if seen == count or is_first or time.monotonic() - told_at > _APART:
            yield together(waiting), seen == count
            none_yet = none_yet and not is_first
            waiting, told_at = [], time.monotonic()
        if seen == count:
            return
