"""The protocol of a store: all that the rest of earwig knows of where sessions live."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from earwig.core.model.session import in_order
from earwig.core.named_tuple import NamedTuple

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
"""A function that takes an entry: the id of its session, the position behind it, and its item."""

Listings = Iterator[tuple[list["Session"], bool]]
"""A listing that is under way: the newest sessions so far, newest first, again and again where the disk is
slow; at last all of them. The second value says whether the newest sessions are among them. Raises `EOFError`
if it breaks off."""

GRACE = 1.0
"""Seconds that a session may be away before it is reported as vanished: an import, or a backup, moves it."""


class Recipe(NamedTuple):
    """A description from which another process makes the same store: see `earwig.core.stores.kinds`."""

    kind: str
    places: tuple[str, ...] = ()
    """The folders, or other places of many sessions."""

    files: tuple[str, ...] = ()
    """The files named one by one, or the ids of the only sessions that it has."""

    parts: tuple[Recipe, ...] = ()


class WatchOptions(NamedTuple):
    """What a watcher is asked for."""

    tell: Callable[[StoreEvents], None]
    """Called in a thread of the watcher's own, with what differs from what is known."""

    known: Iterable[Session] = ()
    """The sessions that a listing found. Nothing is told of them while they stay as they were."""

    unlisted: Iterable[Unlisted] = ()
    """The places that the listing left out, or listed in part."""

    poll: bool = False
    """Whether to look by the clock alone, without the system's notifications."""

    grace: float = GRACE
    at_once: Callable[[], bool] = bool
    """Called as soon as something may have happened to what is watched closely, to look at that alone, where
    it takes long to look at all; returns whether something is to be drawn. If so, that goes first."""


class Store(Protocol):
    """A place where sessions live. Nothing of it is open between two calls. For any thread.

    What has a body here is right for a store of which nothing else is known.
    """

    @property
    def recipe(self) -> Recipe:
        """The description that makes the same store in another process; equal ones hold the same sessions."""

    @property
    def places(self) -> Sequence[Path]:
        """The folders and files where sessions are looked for, for people; they need not exist."""

    @property
    def bots_folders(self) -> Sequence[Path]:
        """The folders that belong to the bot. Nothing else may write there."""

    @property
    def groups(self) -> frozenset[str]:
        """The first parts, by `grouped`, that the ids of its sessions may have."""
        return frozenset(map(str, self.bots_folders))

    def sessions(self, unlisted: list[Unlisted] | None = None) -> list[Session]:
        """Return all sessions, newest activity first; places not listed whole are appended to `unlisted`."""
        return in_order(self.in_any_order(unlisted))

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        """Yield what `sessions` returns, as it is found. A session may come twice."""

    def look(self, session_id: SessionId) -> Session | None:
        """Return a session as it is now, whether or not it would be listed; None where it is not there."""

    def find(self, name: str) -> Sequence[Session]:
        """Return the sessions that a reader may mean by an id or a key, the likeliest first."""

    def open(self, session: Session) -> Transcript:
        """Return the transcript of a session. Nothing is read yet."""

    def remarks(self, session: Session) -> Sequence[str]:
        """Return what is wrong with how a session is kept, though the bot goes on with it.

        Each is a clause to follow the key. Nothing is said of single entries, or of a session that cannot be
        read.
        """
        return ()

    def about(self, session: Session) -> About:
        """Return what is known of a session beside its messages. Raises `CannotOpen`."""
        from earwig.core.model.about import NOTHING  # few ask, and the first frame waits for none

        return NOTHING

    def elsewhere(self, session: Session) -> Sequence[Session]:
        """Return the sessions with the same messages in other places, also those that the list leaves out."""
        return ()

    def only(self, sessions: Iterable[Session]) -> Store:
        """Return a store of some known sessions, to watch them and what an import makes of them."""

    def watcher(self, watch: WatchOptions) -> Watcher:
        """Return a watcher of the sessions. It begins once it is started."""

    def additions(self) -> Additions:
        """Return what finds new sessions after the listing that is about to be made."""

    def searcher(self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False) -> Searcher:
        """Return what searches sessions; with `one_is_enough`, each only until something is found."""

    def read_together(self, sessions: Sequence[Session], take: Take) -> Iterator[None] | None:
        """Yield after each step, of some milliseconds, of one pass over everything that lies mixed with these
        sessions.

        `take` is called with a session's id, the position behind an entry, and the entry's item: also for
        sessions that were not asked for. What cannot be read is left out, and sessions may change before it
        ends, so what was taken is of use only where it comes to as much as the session has. Returns None
        where reading each session by itself takes no longer.
        """
        return None

    def foremost(self) -> Sequence[Session]:
        """Return the newest sessions where listing all takes far longer; empty if that is not sure."""
        return ()

    def listing(self) -> Listings | None:
        """Begin to list in other processes; None where that is not worth it, or this one has threads."""


class Watcher(Protocol):
    """Reports what happens in a store: each difference once, in a thread of its own."""

    def start(self) -> None:
        """Begin to watch."""

    def know(self, sessions: Iterable[Session]) -> None:
        """Take these sessions for known, before `start`: nothing is told of them while they stay the same."""

    def watch_closely(self, session_ids: Iterable[SessionId]) -> None:
        """Look at these sessions every second, also without a notification from the system."""

    def stop(self) -> None:
        """Tell the thread to end. Does not wait for it, because a dead network file system may hold it."""

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end of the thread, at most `timeout` seconds."""


class Additions(Protocol):
    """Finds sessions that came after a listing, in less time than another listing takes."""

    def begin(self, known: Iterable[SessionId]) -> None:
        """Take these sessions for those that the listing found."""

    def ids(self) -> Iterable[SessionId]:
        """Return the ids that are not known. Some of the sessions may be gone again."""


class Searcher(Protocol):
    """Searches sessions, one at a time. For one thread. Nothing of a session is open between two parts.

    It ends early once its control is cancelled.
    """

    def begin(self) -> None:
        """Begin with what can be searched while sessions are listed; called again before each listing."""

    def look_through(self, sessions: Sequence[Session], flat: FlatSessions) -> Generator[Found]:
        """Yield what is found in many sessions, maybe not those without. `flat` has the same ones."""

    def look(self, session: Session, start: Stop) -> Iterator[Found]:
        """Yield what is found in one session from `start` on.

        Each part has the session as it is now; the last one says where it stops, or why it cannot be read.
        """
