"""A process that searches for the browser, which has threads and so cannot be copied itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable
from typing import NamedTuple, cast

from earwig.core.model.session import SessionId
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import Portion, ResultBatch, unpack
from earwig.core.stores.store import Recipe, Store
from earwig.core.system.ipc import hand_over, hear
from earwig.core.system.processes import kill_group

_SERVING = "earwig.core.search.serving"


class ServerGone(Exception):
    """Raised where there is no such process, or no longer: search in this one."""


class ServerTask(NamedTuple):
    """An order for the process; with it goes the handle of a pipe for the results."""

    recipe: Recipe
    query: SearchQuery | None
    """What to look for; None: only list the sessions."""

    changed: set[SessionId]
    """The ids of all sessions that have changed since the last order."""

    most: int | None = None
    """The number of hits after which matches are only counted; None: never."""


class Started(NamedTuple):
    """The beginning of a search."""

    size: int
    """The bytes of all sessions to search, but for those that came in the last seconds."""


class Done(NamedTuple):
    """The end of a search: all sessions were searched."""


class SearchServer:
    """The process, seen from the browser. From any thread."""

    def __init__(self) -> None:
        """Start it; it is ready some 0.1 s later. Raises `ServerGone` on systems without such processes."""
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            raise ServerGone
        self._lock = threading.Lock()
        self._changed: set[SessionId] = set()
        try:
            self._socket, other = socket.socketpair()
        except OSError as error:  # no handle is left
            raise ServerGone from error
        with other:
            # -P: no module of the folder that one happens to be in.
            command = [sys.executable, "-P", "-m", _SERVING, str(other.fileno())]
            try:
                self._process = subprocess.Popen(
                    command,
                    pass_fds=[other.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # the terminal's signals are not for it
                )
            except OSError as error:
                self._socket.close()
                raise ServerGone from error

    def note_changed(self, ids: Iterable[SessionId]) -> None:
        """Tell of sessions that have changed. The order of all others is that of their listing."""
        with self._lock:
            self._changed.update(ids)

    def get_ready(self, store: Store) -> None:
        """Have the sessions listed before there is something to look for. Raises `ServerGone`."""
        try:
            with self._lock:
                self._hand_over(store, None)
        except OSError as error:
            raise ServerGone from error

    def search(
        self, store: Store, query: SearchQuery, *, most: int | None = None
    ) -> Generator[Started | Portion]:
        """Search all sessions of a store. Closing the iterator ends the search, and so does the next one.

        After `most` hits, or some more, matches are only counted. Raises `ServerGone`.
        """
        try:
            reading, writing = os.pipe()
        except OSError as error:
            raise ServerGone from error
        try:
            try:
                with self._lock:
                    self._hand_over(store, query, writing, most)
            except OSError as error:
                raise ServerGone from error
            finally:
                os.close(writing)
            while not isinstance(told := _told(reading), Done):
                yield told
        finally:
            os.close(reading)

    def _hand_over(
        self,
        store: Store,
        query: SearchQuery | None,
        handle: int | None = None,
        most: int | None = None,
    ) -> None:
        """What is to be done, with what was not yet told; under the lock."""
        changed, self._changed = self._changed, set()
        hand_over(self._socket, ServerTask(store.recipe, query, changed, most), handle)

    def close(self) -> None:
        """End the process, with what it is doing."""
        self._socket.close()
        kill_group(self._process.pid)  # it holds nothing that would have to be put in order
        self._process.wait()


def _told(pipe: int) -> Started | Portion | Done:
    try:
        told = hear(pipe)
    except EOFError as error:
        raise ServerGone from error  # killed, perhaps for want of memory
    if isinstance(told, Exception):
        raise told
    return unpack(told) if isinstance(told, ResultBatch) else cast("Started | Done", told)
