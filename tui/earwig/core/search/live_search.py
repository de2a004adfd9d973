"""A search that goes on: first through all sessions, then through what changes, until it is ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

from earwig.core.model.session import Session, SessionId
from earwig.core.query.found import START, Found, Stop
from earwig.core.query.hits import Hit
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import Portion, SearchJob
from earwig.core.search.server import SearchServer, ServerGone, Started
from earwig.core.stores.store import Store
from earwig.core.system.inbox import Inbox, Pace

MOST = 10_000
"""The most hits kept. Matches beyond are counted."""

_TELL = 0.05
"""Seconds between two news of a search under way."""


class SearchNews(NamedTuple):
    """What a search has found since the news before."""

    search: LiveSearch
    hits: list[Hit]
    """The hits of sessions that were searched for the first time, in order; or all that one session has
    now."""

    anew: SessionId | None
    """The id of the session that was searched again; None where these are first results."""

    share: float
    """The part of all bytes that is searched, from 0 to 1."""

    done: bool
    sessions: int = 0
    more: int = 0
    """The number of matches so far of which no hits are kept."""

    unknown: int = 0
    """The number of messages and lines so far that were not searched, because that takes too long."""

    afresh: bool = False
    """Whether the search had to begin again, so that nothing told before holds."""


class _Known:
    """What is known of one session."""

    __slots__ = ("hits", "matches", "stop", "unknown")

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.matches = 0
        self.unknown = 0
        self.stop: Stop | None = None
        """Where another look may go on; None: it begins anew."""

    def take(self, found: Found, room: int) -> list[Hit]:
        """Note a part of what there is; the hits of it that are kept, if there is room for so many."""
        kept = list(found.hits[: max(0, room)])
        self.hits += kept
        self.matches += found.matches
        self.unknown += found.slow + found.too_long
        self.stop = found.stop
        return kept

    def before(self, stop: Stop) -> _Known:
        """Return what is known of the lines before a stop."""
        known = _Known()
        known.hits = [hit for hit in self.hits if hit.position < stop.position]
        known.matches, known.unknown = self.matches - stop.behind, self.unknown
        return known


class LiveSearch(threading.Thread):
    """Searches in a thread of its own. `tell` is called from it."""

    def __init__(
        self,
        store: Store,
        query: SearchQuery,
        tell: Callable[[SearchNews], object],
        server: SearchServer | None = None,
    ) -> None:
        """By `server`, if there is one. Raises `BadPattern`; `ValueError` for no text."""
        super().__init__(name="earwig-searcher", daemon=True)
        self.query = query
        self._store = store
        self._tell = tell
        self._server = server
        self._job = SearchJob(query, store)
        self._of_all = SearchJob(query, store)
        """The search of all sessions where no server does it: it makes no more hits than are kept."""

        self._forget()
        self._afresh = False
        self._changed: Inbox[SessionId] = Inbox()
        self._moved: set[SessionId] = set()

    def _forget(self) -> None:
        self._known: dict[SessionId, _Known] = {}
        self._kept = self._matches = self._unknown = self._sessions = 0

    def cancel(self) -> None:
        """End soon; nothing more is told. From any thread."""
        self._changed.close()
        self._job.cancel()
        self._of_all.cancel()

    def look_again(self, ids: Iterable[SessionId]) -> None:
        """Search sessions that have changed, once all have been searched. From any thread."""
        ids = list(ids)
        self._moved.difference_update(ids)
        self._changed.put(*ids)

    def let_go_of(self, ids: Iterable[SessionId]) -> None:
        """Forget what was found in sessions that are listed under another id now. From any thread."""
        ids = list(ids)
        self._moved.update(ids)
        self._changed.put(*ids)

    def run(self) -> None:
        """Search until cancelled. A fault goes to `threading.excepthook`, as any thread's does."""
        self._search_all()
        while (session_id := self._changed.get()) is not None:
            self._search_one(session_id)

    def _search_all(self) -> None:
        size, seen, pace, hits = 1, 0, Pace(_TELL), list[Hit]()
        for portion in self._portions():
            if isinstance(portion, Started):
                size, seen, hits = portion.size or 1, 0, []
                continue
            seen += portion.size
            is_first = not self._kept
            for found in portion.found:
                hits += self._take(found)
            if self._changed.is_closed:
                return
            if pace.is_due() or (hits and is_first):
                self._news(hits, share=seen / size)
                pace.begin()
                hits = []
        self._news(hits, done=True)

    def _portions(self) -> Iterator[Started | Portion]:
        """What is found, from the server or, where there is none or it dies, from the beginning here."""
        if self._server is not None:
            try:
                with closing(self._server.search(self._store, self.query, most=MOST)) as told:
                    yield from told
            except ServerGone:
                if self._changed.is_closed:
                    return  # it was let go of together with this search
                self._afresh = bool(self._known)
                self._forget()
            else:
                return
        sessions = self.query.wanted_of(self._store.sessions())
        yield Started(sum(session.extent for session in sessions))
        for portion in self._of_all.run(sessions):
            if self._kept >= MOST:
                self._of_all.control.count_only()
            yield portion

    def _take(self, found: Found) -> list[Hit]:
        if not (found.matches or found.stop or found.slow or found.too_long):
            return []
        known = self._known.setdefault(found.session.id, _Known())
        self._sum(known, -1)
        kept = known.take(found, MOST - self._kept - len(known.hits))
        self._sum(known)
        return kept

    def _sum(self, known: _Known, sign: int = 1) -> None:
        self._kept += sign * len(known.hits)
        self._matches += sign * known.matches
        self._unknown += sign * known.unknown
        self._sessions += sign * bool(known.matches)

    def _search_one(self, session_id: SessionId) -> None:
        if session_id in self._moved:
            before = self._known.pop(session_id, None)
            if before is not None:
                self._sum(before, -1)
                self._news([], anew=session_id, done=True)
            return
        session, before = self._store.look(session_id), self._known.get(session_id) or _Known()
        if session is None or not self.query.wants_session(session):
            return
        room = MOST - self._kept + len(before.hits)
        now = None
        if before.stop is not None:
            now = self._look(session, before.before(before.stop), before.stop, room)
        now = now or self._look(session, _Known(), START, room)
        if now is None:
            return
        self._known[session_id] = now
        self._sum(before, -1)
        self._sum(now)
        if now.hits != before.hits:
            self._news(now.hits, anew=session_id, done=True)
        elif (now.matches, now.unknown) != (before.matches, before.unknown):
            self._news([], done=True)

    def _look(self, session: Session, known: _Known, start: Stop, room: int) -> _Known | None:
        """Look through a session from a stop on; None if it cannot be read, or its past is another by now."""
        for found in self._job.look(session, start):
            if found.problem is not None:
                return None
            known.take(found, room - len(known.hits))
        return None if self._changed.is_closed or known.stop is None else known

    def _news(
        self, hits: list[Hit], *, share: float = 1.0, anew: SessionId | None = None, done: bool = False
    ) -> None:
        more, afresh, self._afresh = self._matches - self._kept, self._afresh, False
        if not self._changed.is_closed:
            counts = (self._sessions, more, self._unknown)
            self._tell(SearchNews(self, hits, anew, min(1.0, share), done, *counts, afresh))
