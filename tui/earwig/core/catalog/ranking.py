"""Sorts sessions in an order other than by activity, and moves those that change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from earwig.core.catalog.arrangement import Arrangement, Place
from earwig.core.model.session import SessionId

Rank = int | str


class Ranking:
    """An order that is made when it is asked for, and kept up to date from then on."""

    def __init__(
        self,
        rank: Callable[[SessionId], Rank],
        place_of: Callable[[SessionId], Place],
        place_before: Callable[[SessionId], Place],
    ) -> None:
        """By activity, `place_of` gives a session's place, `place_before` the one that it had so far."""
        self._rank = rank
        self._place_of = place_of
        self._place_before = place_before
        self.drop()

    def drop(self) -> None:
        """Forget the order: another one is asked for."""
        self._arrangement: Arrangement | None = None
        self._ranks: dict[SessionId, Rank] = {}
        self._again: set[SessionId] = set()

    def learned(self, session_id: SessionId) -> None:
        """Have a session placed anew: more is known of it."""
        if self._arrangement is not None:
            self._again.add(session_id)

    def ordered(
        self, activity: list[SessionId], ranks: Callable[[], dict[SessionId, Rank]]
    ) -> list[SessionId]:
        """Return the sessions in order; `ranks` is called for the ranks of all."""
        if self._arrangement is None:
            known = self._ranks = ranks()
            self._arrangement = Arrangement(
                sorted(activity, key=known.__getitem__),
                lambda session_id: (self._rank(session_id), *self._place_of(session_id)),
                lambda session_id: (self._ranks[session_id], *self._place_before(session_id)),
            )
        return self._arrangement.order

    def settle(self, moved: Mapping[SessionId, object], there: Collection[SessionId]) -> bool:
        """Place anew what changed (None: is new) or is better known; return whether any. `there`: all ids."""
        if self._arrangement is None or not (moved or self._again):
            return False
        again = {it for it in self._again if it in there} | moved.keys()
        came = {it for it in again if it in there}
        self._arrangement.settle([it for it in again if it not in moved or moved[it] is not None], came)
        for session_id in again - came:
            self._ranks.pop(session_id, None)
        self._ranks.update((session_id, self._rank(session_id)) for session_id in came)
        self._again = set()
        return True
