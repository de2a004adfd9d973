"""Reads the list of sessions and the newest messages while the rest of the program is still loading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, in_order
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.store import Listings, Store
from earwig.core.system.opening import CannotOpen

if TYPE_CHECKING:
    from earwig.core.model.entries import Page
    from earwig.core.stores.protocols import Transcript

LINES = 60
"""The number of lines read of the newest session: more than a screen has room for."""


EAGER = 8_000
"""The number of sessions listed at once where no process of its own lists them. More are listed when somebody
asks for more, which is after the first frame: while the program loads, listing and loading take turns."""


_HEAD_START = 0.02
"""Seconds; what is in the system's memory is read in half of that."""


class ListedSoFar(NamedTuple):
    """The sessions known at some moment, newest activity first."""

    sessions: Sequence[Session]
    complete: bool
    """Whether these are all sessions."""


class Opened(NamedTuple):
    """A session with its newest lines."""

    session: Session
    transcript: Transcript
    page: Page


class Beginning(NamedTuple):
    """What the first frame can show."""

    sessions: Sequence[Session]
    newest: Opened | None = None
    rest: Callable[[], ListedSoFar] | None = None
    """Waits for more sessions and returns them; None where these are all."""


class FirstLook(threading.Thread):
    """Lists and reads in its own thread: a slow disk delays neither the imports nor the first frame."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="earwig-first-look", daemon=True)
        self._store = store
        self._listings: Listings | None = None
        self._found: list[Session] = []
        self._news = threading.Condition()
        self._listing = ListedSoFar((), False)
        self._told = self._listing
        self._ready = threading.Event()
        """Set when there is no use in waiting: all is read, or only more sessions than a frame waits for."""

        self._wanted = threading.Event()
        self._opened: Opened | None = None

    def start(self) -> None:
        """Begin: in other processes where there is much to list and the caller has no other thread yet."""
        self._listings = self._store.listing()
        super().start()

    def go_ahead(self) -> None:
        """Leave the interpreter to it until it is ready, or until it is clear that it waits for a disk.

        Both take 5 ms more of a processor where one loads modules while the other lists and reads.
        """
        self._ready.wait(_HEAD_START)

    def run(self) -> None:
        try:
            if self._listings is None or not self._hear(self._listings):
                self._list()
        finally:
            self._tell(self._listing.sessions, complete=True)
            self._ready.set()

    def _hear(self, listings: Listings) -> bool:
        """List by processes; False if one ended too early."""
        try:
            for sessions, newest in listings:
                complete = newest and self._ready.is_set()
                self._tell(sessions, complete=complete)
                if newest and not complete:
                    self._open_newest()
                    self._pause()
        except EOFError:
            return False
        return True

    def _list(self) -> None:
        for session in self._store.in_any_order():
            self._found.append(session)
            if len(self._found) == EAGER:
                self._tell(in_order(self._found))
                self._pause()
        self._tell(in_order(self._found), complete=True)
        self._open_newest()

    def _pause(self) -> None:
        """Keep the interpreter free until the first frame is drawn."""
        self._ready.set()
        self._wanted.wait()

    def _tell(self, sessions: Sequence[Session], *, complete: bool = False) -> None:
        with self._news:
            self._listing = ListedSoFar(sessions, complete)
            self._news.notify_all()

    def _open_newest(self) -> None:
        session = next(iter(self._listing.sessions), None)
        if session is None or session.problem is not None:
            return
        transcript = self._store.open(session)
        try:
            self._opened = Opened(session, transcript, transcript.glance(LINES))
        except CannotOpen:
            return  # the browser meets the same error, and shows it

    def newest(self, seconds: float) -> Opened | None:
        """Return the newest lines of the newest session; None where they are not there within `seconds`."""
        self._ready.wait(seconds)
        return self._opened

    def beginning(self, seconds: float) -> Beginning:
        """Return what is known, after waiting at most `seconds` for the newest lines."""
        newest, listing = self.newest(seconds), self.so_far()
        return Beginning(listing.sessions, newest, None if listing.complete else self.more)

    def so_far(self) -> ListedSoFar:
        """Return the sessions listed by now, without waiting."""
        with self._news:
            self._told = self._listing
        if not self._told.sessions and not self._told.complete:
            return ListedSoFar(in_order(list(self._found)), False)
        return self._told

    def more(self) -> ListedSoFar:
        """Wait until there are more sessions than were returned last, or all, and return them."""
        self._wanted.set()
        with self._news:
            self._news.wait_for(lambda: self._listing is not self._told or self._listing.complete)
            self._told = self._listing
            return self._told

    def sessions(self) -> Sequence[Session]:
        """Wait for all sessions and return them."""
        while not (listing := self.more()).complete:
            pass
        return listing.sessions
