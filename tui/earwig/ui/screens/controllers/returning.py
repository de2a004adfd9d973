"""Tells who comes back what has changed meanwhile, and goes through it."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwig.core.model.session import SessionId
from earwig.core.text.safe_text import own_text
from earwig.ui.screens.controllers.host import ScreenHost

if TYPE_CHECKING:
    from earwig.core.catalog.session_catalog import SessionCatalog

IDLE = 600.0
"""Seconds without a key or a click after which a reader has been away."""

_FIRST = 1.5
"""Seconds from the start in which sessions on the screen are summed up, before it is told how they stand."""

_SHOWN = 12.0


@dataclass(eq=False)
class Returning:
    """Tells a reader who was away what has changed meanwhile.

    `chosen` returns the id of the session that is being read; `go_to` shows one with the keys in it.
    `clock` counts seconds from any moment.
    """

    _host: ScreenHost
    _catalog: SessionCatalog
    _chosen: Callable[[], SessionId | None]
    _go_to: Callable[[SessionId], object]
    _clock: Callable[[], float] = time.monotonic
    _used_at: float | None = None

    def remembered(self) -> None:
        """Say soon what has changed since earlier runs, which the catalog knows of from now on."""
        from earwig.core.catalog.changed_since_last_visit import changed_since_last_visit  # when it is wanted

        # What changes from here on happens before the reader's eyes.
        before = frozenset(changed_since_last_visit(self._catalog).ids)
        self._host.call_in(_FIRST, lambda: self.tell_away(among=before))

    def note_use(self) -> None:
        """The reader is here; who was not for long is told what has changed."""
        now = self._clock()
        if self._used_at is not None and now - self._used_at > IDLE:
            self.tell_away(time.time_ns() - round((now - self._used_at) * 1e9))
        self._used_at = now

    def tell_away(self, since_ns: int = 0, among: Container[SessionId] | None = None) -> None:
        """Say what has changed after `since_ns` (Unix), of some sessions or of all, if anything has."""
        from earwig.core.catalog.changed_since_last_visit import changed_since_last_visit  # as above

        found = changed_since_last_visit(self._catalog, since_ns=since_ns, but=self._chosen(), among=among)
        if found.ids:
            text = own_text("{}. The key . goes through them.", found.words())
            self._host.tell(text, title=own_text("While you were away"), timeout=_SHOWN)

    def look_at_next(self) -> None:
        from earwig.core.catalog.changed_since_last_visit import changed_since_last_visit  # as above

        found = changed_since_last_visit(self._catalog, but=self._chosen())
        if found.ids:
            self._go_to(found.ids[0])
        else:
            self._host.tell(own_text("Nothing else has changed since you last looked."))
