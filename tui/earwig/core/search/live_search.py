"""A search that goes on: first through all sessions, then through what changes, until it is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from queue import SimpleQueue
from typing import NamedTuple

from earwig.core.search.hits import Hit
from earwig.core.search.job import Portion, SearchJob
from earwig.core.search.query import SearchQuery
from earwig.core.search.server import SearchServer, ServerGone, Started
from earwig.core.search.session_search import Found
from earwig.core.store import FolderStore, look_at

MOST = 10_000
"""Hits that are kept; who has more looks for something narrower."""

_TELL = 0.05
"""Seconds between two news of a search under way."""


class News(NamedTuple):
    """What a search has come to since the news before."""

    search: LiveSearch
    hits: list[Hit]
    """Of sessions that were looked through for the first time, in order; or all that one session has now."""

    anew: str | None
    """The location of the session that was looked through again, if it is that."""

    share: float
    """How much of all bytes is looked through, from 0 to 1."""

    done: bool
    full: bool = False
    """Whether there are more hits than are kept."""


class LiveSearch(threading.Thread):
    """Searches in a thread of its own; `tell` is called from it."""

    def __init__(
        self,
        store: FolderStore,
        query: SearchQuery,
        tell: Callable[[News], object],
        server: SearchServer | None = None,
    ) -> None:
        """By `server`, if there is one. Raises `BadPattern`; `ValueError` for no text."""
        super().__init__(name="earwig-searcher", daemon=True)
        self.query = query
        self._store = store
        self._tell = tell
        self._server = server
        self._job = SearchJob(query)
        self._found: dict[str, Found] = {}
        self._count = 0
        self._changed: SimpleQueue[str | None] = SimpleQueue()
        self._left = False

    def cancel(self) -> None:
        """End soon; nothing more is told. From any thread."""
        self._left = True
        self._job.cancel()
        self._changed.put(None)

    def look_again(self, locations: Iterable[str]) -> None:
        """Look through sessions that have changed, once all have been looked through. From any thread."""
        for location in locations:
            self._changed.put(location)

    def run(self) -> None:
        """Search until cancelled; a fault goes to `threading.excepthook`, as any thread's does."""
        self._search_all()
        while not self._left and (location := self._changed.get()) is not None:
            self._search_one(location)

    def _search_all(self) -> None:
        size, seen, told, hits = 1, 0, 0.0, list[Hit]()
        for portion in self._portions():
            if isinstance(portion, Started):
                size, seen = portion.size or 1, 0
                continue
            seen += portion.size
            for found in portion.found:
                if found.session.location not in self._found:
                    self._found[found.session.location] = found
                    hits += found.hits
            if self._left:
                return
            now = time.monotonic()
            if (hits and not self._count) or now - told > _TELL:
                self._news(hits, seen / size)
                hits, told = [], now
            if self._count >= MOST:
                self._news([], seen / size, done=True, full=True)
                return
        self._news(hits, 1.0, done=True)

    def _portions(self) -> Iterator[Started | Portion]:
        """What is found, from the server or, where there is none or it dies, from the beginning here."""
        if self._server is not None:
            try:
                with closing(self._server.search(self._store, self.query)) as told:
                    yield from told
            except ServerGone:
                if self._left:
                    return  # it was let go of together with this search
            else:
                return
        sessions = self.query.wanted_of(self._store.sessions())
        yield Started(sum(session.size for session in sessions))
        yield from self._job.run(sessions)

    def _search_one(self, location: str) -> None:
        session = look_at(location)
        before = self._found.get(location)
        if session is None or not self.query.wants_session(session):
            return
        # What has grown may have been rewritten as well: only that it is all there is known.
        found = self._job.look(session)
        if found.hits == (before.hits if before is not None else []):
            return
        self._found[location] = found
        self._news(found.hits, 1.0, anew=location, done=True)

    def _news(
        self,
        hits: list[Hit],
        share: float,
        *,
        anew: str | None = None,
        done: bool = False,
        full: bool = False,
    ) -> None:
        hits = hits[: MOST - self._count] if anew is None else hits
        self._count += len(hits)
        if not self._left:
            self._tell(News(self, hits, anew, min(1.0, share), done, full))
