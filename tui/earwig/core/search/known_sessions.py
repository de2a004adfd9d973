"""Keeps a listing for the searches of the next letters: to list takes three quarters of their time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from earwig.core.model.session import Session, SessionId, in_order
from earwig.core.model.unlisted import Unlisted
from earwig.core.search.job import SearchBatch, portions_of
from earwig.core.stores.store import Additions, Store

FRESH = 60.0
"""Seconds for which a listing counts as complete, but for what is told or found to be new."""

MANY = 500
"""Changed sessions from which on it costs less to list all anew than to look at each of them again."""


class Listed:
    """The sessions of a store as they once were, newest activity first, and what a search needs of them."""

    def __init__(self, store: Store, at: float) -> None:
        self.store = store
        self.at = at
        """When they were listed, in seconds of the clock that is used."""

        self._additions = store.additions()
        self.unlisted: list[Unlisted] = []
        """The places that could not be listed whole."""

        self.sessions: Sequence[Session] = store.sessions(self.unlisted)
        self.changed: set[SessionId] = set()
        """The ids of those that have changed since."""

    @cached_property
    def portions(self) -> list[SearchBatch]:
        """All sessions, in the portions in which they are searched."""
        return portions_of(self.sessions)

    @cached_property
    def _ids(self) -> frozenset[SessionId]:
        return frozenset(session.id for session in self.sessions)

    @cached_property
    def _since(self) -> Additions:
        self._additions.begin(self._ids)
        return self._additions

    def prepare(self) -> None:
        """Work out now what copies of this process would each work out."""
        _ = self.portions, self._since

    def note(self, changed: Collection[SessionId]) -> bool:
        """Look at these sessions again with each search; return whether they are few enough for that."""
        self.changed.update(self._ids.intersection(changed))
        return len(self.changed) <= MANY

    def newer_ones(self) -> list[Session]:
        """Return the sessions that have come or changed since, as they are now."""
        return in_order(filter(None, map(self.store.look, {*self._since.ids(), *self.changed})))


class KnownSessions:
    """The sessions of the store that was last asked for, from a listing that may be `FRESH` seconds old."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._listed: Listed | None = None

    def of(
        self, store: Store, *, changed: Collection[SessionId] = (), anew: bool = False
    ) -> tuple[Listed, bool]:
        """Return a listing, and whether it is a new one; `changed`: the ids since the last call."""
        now, known = self._clock(), self._listed
        fresh = (
            known is not None and not anew and now - known.at < FRESH and known.store.recipe == store.recipe
        )
        if known is not None and fresh and not known.unlisted and known.note(changed):
            known.prepare()  # it is used again: letters follow one another
            return known, False
        self._listed = Listed(store, now)
        return self._listed, True
