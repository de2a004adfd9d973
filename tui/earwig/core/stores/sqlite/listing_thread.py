"""A listing of a store's databases in a thread of its own, so that commits are looked at meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, SessionId
from earwig.core.model.unlisted import Unlisted

if TYPE_CHECKING:
    from earwig.core.stores.sqlite.store import DatabaseStore


class Listing(threading.Thread):
    """Lists a store once."""

    def __init__(self, store: DatabaseStore) -> None:
        super().__init__(name="earwig-database-listing", daemon=True)
        self._store = store
        self._is_over = False
        self.found: dict[SessionId, Session] = {}
        self.unlisted: list[Unlisted] = []
        self.cost = 0.0
        """Seconds that it took."""

        self.fault: Exception | None = None
        """Why nothing was listed; none of what cannot be read is one."""

    def run(self) -> None:
        """List."""
        began = time.monotonic()
        try:
            self.found = {session.id: session for session in self._store.in_any_order(self.unlisted)}
        except Exception as fault:  # noqa: BLE001 - raised again in the thread that waits for it
            self.fault = fault
        self.cost = time.monotonic() - began
        self._is_over = True

    def is_done(self) -> bool:
        """Return whether all is listed."""
        return self._is_over
