"""A sorted list of very many ids of which few change their places at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

from earwig.core.model.session import SessionId

MANY_MOVED = 48
"""Changes from which on the list is made anew in one go, instead of moving each session by itself."""

_SHARE = 8
"""If more than one in so many changes, sorting all is faster."""

Place = tuple[Any, ...]
"""The sort key of an id. It ends with the id itself, so that no two are equal."""


class Order(Enum):
    """What a list can be sorted by. Equal ones are sorted by last activity."""

    ACTIVITY = "activity"
    NAME = "name"
    SIZE = "size"
    UNREAD = "unread"
    HEALTH = "health"

    @property
    def next(self) -> Order:
        """Return the order that the key for it goes to."""
        orders = list(Order)
        return orders[(orders.index(self) + 1) % len(orders)]


class Arrangement:
    """Ids in the order of their places.

    `place_of` returns the place that an id has now, `place_before` the one by which it was put into the list.
    """

    def __init__(
        self,
        order: list[SessionId],
        place_of: Callable[[SessionId], Place],
        place_before: Callable[[SessionId], Place],
    ) -> None:
        self.order = order
        self._place_of = place_of
        self._place_before = place_before

    def settle(self, left: Collection[SessionId], came: Collection[SessionId]) -> None:
        """Take ids out of their old places, and put ids into their new ones. Most are in both."""
        places = sorted(map(self._place_of, came))
        if max(len(left), len(came)) < MANY_MOVED:
            for session_id in left:
                del self.order[
                    bisect_left(self.order, self._place_before(session_id), key=self._place_before)
                ]
            for place in places:
                self.order.insert(bisect_left(self.order, place, key=self._place_of), place[-1])
            return
        gone = set(left)
        order = [session_id for session_id in self.order if session_id not in gone]
        if len(places) * _SHARE > len(order):
            places += map(self._place_of, order)
            self.order = [place[-1] for place in sorted(places)]
            return
        merged: list[SessionId] = []
        start = 0
        for place in places:
            at = bisect_left(order, place, start, key=self._place_of)
            merged += order[start:at]
            merged.append(place[-1])
            start = at
        self.order = merged + order[start:]

    def position(self, session_id: SessionId) -> int:
        """Return the index of an id that is in the list."""
        return bisect_left(self.order, self._place_of(session_id), key=self._place_of)
