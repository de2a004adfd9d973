"""A listing of a store's databases in a thread of its own, so that commits are looked at meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.store import DatabaseStore


_PATIENCE = 0.2
"""Seconds that a listing waits for others in all: the longer it takes, the likelier it is to begin again."""


class Listing(threading.Thread):
    """Lists a store once, and stands still while others have to do with what they are shown."""

    def __init__(self, store: DatabaseStore, busy_until: Callable[[], float] = float) -> None:
        """`busy_until` tells when the moment ends that there is just now (monotonic clock, seconds)."""
        super().__init__(name="earwig-database-listing", daemon=True)
        self._store = store
        self._busy_until = busy_until
        self._waited = 0.0
        self._is_over = False
        self.found: dict[SessionId, Session] = {}
        self.unlisted: list[Unlisted] = []
        self.cost = 0.0
        """Seconds that it took, but for those in which it stood still."""

        self.fault: Exception | None = None
        """Why nothing was listed; none of what cannot be read is one."""

    def run(self) -> None:
        began = time.monotonic()
        try:
            self.found = {
                session.id: session for session in self._store.in_any_order(self.unlisted, self._give_way)
            }
        except Exception as fault:  # noqa: BLE001 - raised again in the thread that waits for it
            self.fault = fault
        self.cost = time.monotonic() - began - self._waited
        self._is_over = True

    def _give_way(self) -> bool:
        """Wait until others have had their moment; nothing is ever cancelled."""
        began = now = time.monotonic()
        end = min(self._busy_until(), began + _PATIENCE - self._waited)
        while now < end:
            time.sleep(end - now)
            now = time.monotonic()
            end = min(self._busy_until(), began + _PATIENCE - self._waited)
        self._waited += now - began
        return False

    def is_done(self) -> bool:
        """Return whether all is listed."""
        return self._is_over
