"""The process that searches for the browser: `python -m earwig.core.search.serving HANDLE`.

HANDLE is that of a socket, on which searches come, each with a pipe to tell on what is found; or a store
alone, in which one is soon to search.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from contextlib import suppress
from functools import lru_cache
from typing import cast

from earwig.core.query.control import SearchControl
from earwig.core.query.ready_query import ReadyQuery
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.known_sessions import KnownSessions, Listed
from earwig.core.search.server import ServerTask
from earwig.core.search.warm_worker import WarmWorker
from earwig.core.stores.kinds import make_store
from earwig.core.stores.store import Recipe, Store
from earwig.core.system.ipc import taken


def main() -> None:
    if sys.platform != "win32":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a search
    for regex in (False, True):  # copies of this process have the libraries already
        _ = ReadyQuery(SearchQuery("anything", regex=regex)).lines
    with socket.socket(fileno=int(sys.argv[1])) as served, suppress(EOFError):
        _Serving(served).run()


class _Serving:
    """Has copies of this process search; the next one is made when the last one has ended."""

    def __init__(self, served: socket.socket) -> None:
        self._served = served
        self._known = KnownSessions()
        self._worker: WarmWorker | None = None
        self._searching: WarmWorker | None = None

    def run(self) -> None:
        """Raises `EOFError` when the browser is gone."""
        while True:
            searching = self._searching
            handles = [it.fileno() for it in (self._served, searching) if it is not None]
            ready, _, _ = select.select(handles, [], [])
            if self._served.fileno() in ready:
                self._take_order()
            elif searching is not None:
                searching.close()
                self._searching = None
                self._stand_by(searching.listed)

    def _take_order(self) -> None:
        told, handles = taken(self._served)
        order = cast("ServerTask", told)
        store, query = _store(order.recipe), order.query
        by_time = query is not None and query.by_time
        listed, is_new = self._known.of(store, changed=order.changed, anew=by_time)
        if query is None:
            self._stand_by(listed)
            return
        (pipe,) = handles
        try:
            self._search(order, query, listed, pipe, is_new=is_new)
        finally:
            os.close(pipe)

    def _search(
        self, order: ServerTask, query: SearchQuery, listed: Listed, pipe: int, *, is_new: bool
    ) -> None:
        if self._searching is not None:
            self._searching.close()  # nobody hears it any more
            self._searching = None
        worker, self._worker = self._worker, None
        if worker is not None and worker.listed is listed:
            with suppress(OSError):  # it has died
                worker.search(query, pipe, most=order.most, is_new=is_new)
                self._searching = worker
                return
        if worker is not None:
            worker.close()
        self._searching = WarmWorker(listed, apart=[self._served.fileno(), pipe])
        self._searching.search(query, pipe, most=order.most, is_new=is_new)

    def _stand_by(self, listed: Listed) -> None:
        """Have a copy ready for the next search of these sessions."""
        listed.prepare()
        if self._worker is None or self._worker.listed is not listed:
            if self._worker is not None:
                self._worker.close()
                self._worker = None
            others = [it.fileno() for it in (self._served, self._searching) if it is not None]
            with suppress(OSError):  # no process is to be had now: perhaps when one is needed
                self._worker = WarmWorker(listed, apart=others)


@lru_cache(maxsize=1)
def _store(recipe: Recipe) -> Store:
    store = make_store(recipe)
    store.searcher(ReadyQuery(SearchQuery("anything")), SearchControl())  # copies have its libraries as well
    return store


if __name__ == "__main__":
    main()
