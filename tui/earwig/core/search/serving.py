"""The process that searches for the browser: `python -m earwig.core.search.serving HANDLE`.

HANDLE is that of a socket, on which searches come, each with a pipe to tell on what is found; or a store
alone, in which one is soon to search.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress

from earwig.core.search.job import Portion, SearchJob, portions_of
from earwig.core.search.known_sessions import KnownSessions, Listed, as_of_now
from earwig.core.search.pipes import say
from earwig.core.search.query import SearchQuery
from earwig.core.search.server import HEAD, Done, Started
from earwig.core.search.session_search import Found
from earwig.core.store import FolderStore, Session

_APART = 0.05
"""Seconds between two words on how far it is."""


def main() -> None:
    """Serve until the browser is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a search
    known = KnownSessions()
    SearchJob(SearchQuery("anything")).prepare()  # copies of this process have the library already
    with socket.socket(fileno=int(sys.argv[1])) as served:
        while True:
            head, handles, _, _ = socket.recv_fds(served, HEAD, 1)
            if not head:
                return
            data = _rest(served, int.from_bytes(head + _rest(served, HEAD - len(head)), "little"))
            folders, files, query, changed = pickle.loads(data)  # noqa: S301 - the browser wrote it
            store = FolderStore(folders, files)
            if query is None:
                known.of(store, changed=changed)[0].prepare()
                continue
            by_time = query.since_ns is not None or query.until_ns is not None
            listed, is_new = known.of(store, changed=changed, anew=by_time)
            if os.fork() == 0:
                try:
                    served.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _search(query, listed, handles[0], is_new=is_new)
                finally:
                    os._exit(0)
            os.close(handles[0])


def _rest(served: socket.socket, size: int) -> bytes:
    pieces: list[bytes] = []
    while size and (piece := served.recv(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _search(query: SearchQuery, listed: Listed, pipe: int, *, is_new: bool) -> None:
    """In a copy, which ends with the search. What is not new is looked at again where something is found."""
    with suppress(BrokenPipeError):  # nobody waits any more
        try:
            sessions = query.wanted_of(listed.sessions)
            portions = listed.portions if sessions is listed.sessions else portions_of(sessions)
            say(pipe, Started(sum(portion.size for portion in portions)))
            newer: list[Session] = []
            told: set[str] = set()

            def first() -> Sequence[Session]:
                newer.extend(() if is_new else query.wanted_of(listed.newer_ones()))
                return newer

            with closing(SearchJob(query).run_through(portions, first=first)) as found:
                for portion in _together(found, lambda: len(newer) + len(sessions)):
                    if not is_new:  # what has changed is looked through first, and in its old place again
                        new = (it for it in portion.found if it.session.location not in told)
                        portion.found[:] = map(as_of_now, new)
                        told.update(it.session.location for it in portion.found)
                    say(pipe, portion)
                say(pipe, Done())  # before the copies of this process have ended
        except BrokenPipeError:
            raise
        except Exception as fault:  # noqa: BLE001 - raised again where somebody waits
            say(pipe, fault)


def _together(portions: Iterable[Portion], count: Callable[[], int]) -> Iterator[Portion]:
    """The first hits at once, later ones some portions together: to tell takes time from the search.

    Ends with the last of so many sessions: that nothing comes any more is known later.
    """
    seen = sessions = size = 0
    found: list[Found] = []
    told, waiting = time.monotonic(), True
    for portion in portions:
        seen, sessions, size = seen + portion.sessions, sessions + portion.sessions, size + portion.size
        found += portion.found
        is_last = seen == count()
        if is_last or (found and waiting) or time.monotonic() - told > _APART:
            yield Portion(sessions, size, found)
            waiting = waiting and not found
            sessions, size, found, told = 0, 0, [], time.monotonic()
        if is_last:
            return


if __name__ == "__main__":
    main()
