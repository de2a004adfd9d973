"""The list of sessions and the newest messages, read while the rest of the program is still loading."""

from __future__ import annotations

import threading
from typing import NamedTuple

from earwig.core.opening import CannotOpen
from earwig.core.store import FolderStore, Session, in_order
from earwig.core.transcript.entries import Page
from earwig.core.transcript.transcript import Transcript

LINES = 60
"""Lines read of the newest session: more than a screen has room for."""


EAGER = 8_000
"""Sessions listed at once; more when somebody asks for all, which is after the first frame.

While the program loads, listing and loading take turns: 100,000 sessions would delay it by half a second.
"""


class Opened(NamedTuple):
    """A session whose newest lines are already here."""

    session: Session
    transcript: Transcript
    page: Page


class FirstLook(threading.Thread):
    """Reads in a thread of its own, so that a slow disk delays neither the imports nor the first frame."""

    def __init__(self, store: FolderStore) -> None:
        super().__init__(name="earwig-first-look", daemon=True)
        self._store = store
        self._found: list[Session] = []
        self._sessions: list[Session] = []
        self._listed = threading.Event()
        self._ready = threading.Event()
        """Set when there is no use in waiting: all is read, or only more sessions than a frame waits for."""

        self._wanted = threading.Event()
        self._opened: Opened | None = None

    def run(self) -> None:
        """List, then read."""
        try:
            self._list()
            if self._sessions and self._sessions[0].problem is None:
                self._open(self._sessions[0])
        finally:
            self._ready.set()

    def _list(self) -> None:
        try:
            for session in self._store.in_any_order():
                self._found.append(session)
                if len(self._found) == EAGER:
                    self._ready.set()
                    self._wanted.wait()
            self._sessions = in_order(self._found)
        finally:
            self._listed.set()

    def _open(self, session: Session) -> None:
        transcript = self._store.open(session)
        try:
            self._opened = Opened(session, transcript, transcript.glance(LINES))
        except CannotOpen:
            return  # the browser meets the same error, and shows it

    def sessions(self) -> list[Session]:
        """All sessions, newest activity first; waits for the listing."""
        self._wanted.set()
        self._listed.wait()
        return self._sessions

    @property
    def listed(self) -> bool:
        """Whether all sessions are listed."""
        return self._listed.is_set()

    def sessions_so_far(self) -> list[Session]:
        """Those listed by now, newest activity first; does not wait."""
        return self._sessions if self.listed else in_order(list(self._found))

    def newest(self, seconds: float) -> Opened | None:
        """The newest session's newest lines, if they are there within so many seconds."""
        self._ready.wait(seconds)
        return self._opened
