"""The sessions that the first frame could not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import Session
from earwig.core.stores.first_look import ListedSoFar
from earwig.ui.screens.controllers.host import ScreenHost


class FurtherSessions:
    """Waits in a thread for more sessions, and makes them ready to be shown there."""

    def __init__(
        self,
        host: ScreenHost,
        rest: Callable[[], ListedSoFar] | None,
        take: Callable[[SessionCatalog, bool], object],
        know: Callable[[Sequence[Session]], object],
    ) -> None:
        """`rest` waits for all sessions that are listed by then; None: they are all known.

        `take` is called with them, and with True if they are all. `know` is called with those before, in the
        thread.
        """
        self._host = host
        self._rest = rest
        self._take = take
        self._know = know

    @property
    def are_awaited(self) -> bool:
        return self._rest is not None

    def wait(self) -> None:
        """Wait for more, and return at once; does nothing where all are known."""
        rest = self._rest
        if rest is None:
            return

        def list_more() -> None:
            sessions, complete = rest()
            catalog = SessionCatalog(sessions)
            catalog.prepare()
            if complete:
                self._know(sessions)
            self._host.go_on(lambda: self._arrived(catalog, complete))

        threading.Thread(target=list_more, name="earwig-lister", daemon=True).start()

    def _arrived(self, catalog: SessionCatalog, complete: bool) -> None:
        if complete:
            self._rest = None
        self._take(catalog, complete)
