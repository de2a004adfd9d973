"""What every kind of store can do: all that the rest of earwig knows of where sessions live."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # a listing alone waits for none of these
    from earwig.core.model.about import About
    from earwig.core.model.events import StoreEvents
    from earwig.core.model.session import Session, SessionId
    from earwig.core.model.unlisted import Unlisted
    from earwig.core.query.control import SearchControl
    from earwig.core.query.found import FlatSessions, Found, Stop
    from earwig.core.query.ready_query import ReadyQuery
    from earwig.core.stores.protocols import Transcript

Take = Callable[["SessionId", int, object], None]
"""What takes an entry: of which session, where the next one stands, and its item."""

GRACE = 1.0
"""Seconds that a session may be away before it is told to have vanished: an import, or a backup, moves it."""


class Recipe(NamedTuple):
    """What a store is made of, for another process to make the same one: see `earwig.core.stores.kinds`."""

    kind: str
    places: tuple[str, ...] = ()
    """Folders, or whatever holds many sessions."""

    files: tuple[str, ...] = ()
    """Files named one by one."""

    parts: tuple[Recipe, ...] = ()
    """Of a store that consists of others."""


class Watch(NamedTuple):
    """What is asked of a watcher."""

    tell: Callable[[StoreEvents], None]
    """Called in a thread of the watcher's own, with what differs from what is known."""

    known: Iterable[Session] = ()
    """The sessions that a listing found: nothing is told of these while they are as they were."""

    unlisted: Iterable[Unlisted] = ()
    """The places that this listing was not whole of."""

    poll: bool = False
    """Whether to look by the clock alone."""

    grace: float = GRACE
    """Seconds that a session may be away before it is told to have vanished."""

    at_once: Callable[[], bool] = bool
    """Called as soon as something may have happened to what is watched closely, to look at that alone, where
    it takes long to look at all; returns whether something is to be drawn. If so, that goes first."""


class Store(Protocol):
    """Where sessions live. Nothing of it is open between two calls; from any thread."""

    @property
    def recipe(self) -> Recipe:
        """What it is made of; two stores with equal ones hold the same sessions."""

    @property
    def places(self) -> Sequence[Path]:
        """Where its sessions are looked for, for people: folders and files, whether or not they are there."""

    @property
    def bots_folders(self) -> Sequence[Path]:
        """The folders that are the bot's: nothing else may write there."""

    @property
    def groups(self) -> frozenset[str]:
        """The first parts, by `grouped`, that the ids of its sessions may have."""

    def sessions(self, unlisted: list[Unlisted] | None = None) -> list[Session]:
        """Return all sessions that can be listed, newest activity first.

        `unlisted` is filled with the places of which these are not all.
        """

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        """As `sessions`, as they are found; one may come twice."""

    def look(self, session_id: SessionId) -> Session | None:
        """Return a session as it is now; None if it is not there. It need not be one that would be listed."""

    def find(self, name: str) -> Sequence[Session]:
        """Return the sessions that a reader may mean by an id, or by a key; the likeliest first."""

    def open(self, session: Session) -> Transcript:
        """Return its transcript; nothing is read yet."""

    def remarks(self, session: Session) -> Sequence[str]:
        """Return what is wrong with how a session is kept, though the bot goes on with it.

        Clauses to follow its key; nothing of its entries, nor of a session that cannot be read.
        """

    def about(self, session: Session) -> About:
        """Return what is known of a session beside its messages. Raises `CannotOpen`."""

    def elsewhere(self, session: Session) -> Sequence[Session]:
        """Return the sessions with the same messages in other places: those that it is listed for, too."""

    def only(self, sessions: Iterable[Session]) -> Store:
        """Return a store of some sessions that this one has listed, looked at or found, to follow them.

        What an import makes of one is in it, too, from then on.
        """

    def watcher(self, watch: Watch) -> Watcher:
        """Return what tells of the sessions, once it is started, as it is asked to."""

    def additions(self) -> Additions:
        """Return what tells, after the listing that is about to be made, what has come since."""

    def searcher(self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False) -> Searcher:
        """Return what looks for a query; with `one_is_enough`, in each session until something is found."""

    def read_together(self, sessions: Sequence[Session], take: Take) -> Iterator[None] | None:
        """Go once through all that lies mixed with these sessions; each step takes some milliseconds.

        `take` is given a session's id, the position behind an entry, and the entry's item: also of sessions
        that were not asked for. What cannot be read is left out, and sessions may change before it ends, so
        what was taken is of use only where it comes to as much as the session has. None where each is read
        by itself as soon.
        """

    def listing(self) -> ListingUnderWay | None:
        """Begin to list in processes of their own; None where that is not worth it, or not possible.

        Only a process without threads can begin it.
        """


class Watcher(Protocol):
    """Turns what happens in a store into facts: each difference once, in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def know(self, sessions: Iterable[Session]) -> None:
        """Take these for known before it is started: no facts of them."""

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        """Look at these sessions every second, whether or not the system tells of them."""

    def stop(self) -> None:
        """End; does not wait for it, because a dead network file system may hold it."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, so many seconds at most."""


class Additions(Protocol):
    """Tells what has come to a store since a listing, in less time than another listing takes."""

    def begin(self, known: Iterable[SessionId]) -> None:
        """Take these for what the listing found."""

    def ids(self) -> Iterable[SessionId]:
        """Return those that are not known; some may not be there any more."""


class Searcher(Protocol):
    """Looks through sessions, one at a time; for one thread. Nothing of a session is open between two parts.

    Ends early once its control is cancelled.
    """

    def look_through(self, sessions: Sequence[Session], flat: FlatSessions) -> Generator[Found]:
        """Look through many, which are there; nothing need come of one in which there is nothing.

        `flat`: the same sessions.
        """

    def look(self, session: Session, start: Stop) -> Iterator[Found]:
        """Look through one from `start` on.

        What is found has the session as it is now; the last part has where it stops, or the problem.
        """


class ListingUnderWay(Protocol):
    """A listing that processes of its own make."""

    def listings(self) -> Iterator[tuple[list[Session], bool]]:
        """The newest sessions so far, newest first, again and again where the disk is slow; then all.

        With each, whether the newest ones are among them. Raises `EOFError` if it breaks off.
        """
