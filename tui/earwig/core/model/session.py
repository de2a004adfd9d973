"""A session as a listing sees it, and the order of a listing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, NewType

from earwig.core.model.keys import sanitise_key

SUFFIX = ".jsonl"

SessionId = NewType("SessionId", str)
"""Tells sessions apart; the same from run to run. Only its store makes one, and knows what is in it: nobody
else takes it for a path, or makes one of a text that was no id before."""

NO_SESSION = SessionId("")
"""The id that no session has."""

Version = tuple[int, int]
"""The number of what holds a session (an inode), which another one may not have, and a time or number that
differs when anything changed."""

NEVER_SEEN: Version = (0, 0)
"""The version of a session that could not be looked at."""

_ID, _ACTIVITY = itemgetter(0), itemgetter(2)


PLAIN = "jsonl"
"""The store's name of a session that has no detail: a file of lines, its id its path."""

MIGRATED, IMPORTING, ARCHIVED = "migrated", "importing", "archived"
"""Of what the bot has put away, or is about to: a file that it has read, or reads, into its database, and
whatever lies in its archive."""

KILLED = "killed"
"""In place of what a turn is doing: the session was ended by force, and nothing more comes of that turn."""

_PUT_AWAY = frozenset({MIGRATED, IMPORTING, ARCHIVED})


class Beside(NamedTuple):
    """Another place that has the same messages, and is listed too: one of the two has lines besides."""

    store: str
    """Its name, as in `Detail.also_in`."""

    only_here: int
    """Lines that the other place does not have; they are no messages."""

    only_there: int
    """The same, of the other place."""


class Detail(NamedTuple):
    """What is known of a session that is no plain file of lines."""

    store: str
    """The store's short name, for people and for programs: `sqlite`, `archived`."""

    key: str
    path: Path
    """The file that it is in."""

    end: int | None = None
    """The position where it ended when it was listed; None: as many bytes as it has."""

    name: str | None = None
    """Its name in the bot's own list."""

    channel: str | None = None
    room: str | None = None
    sender: str | None = None
    agent: str | None = None
    state: str | None = None
    """What its turn is doing: `running`, `error`; or `killed`."""

    since_ns: int | None = None
    """When that turn began, or it was killed (Unix time, nanoseconds)."""

    hidden: bool = False
    """Whether the bot's own list leaves it out."""

    also_in: Sequence[str] = ()
    """The names of other stores that hold the same conversation."""

    beside: Sequence[Beside] = ()
    """Where the same messages are listed once more, because one has lines that the other does not have."""


class Session(NamedTuple):
    """One conversation, as a listing sees it: without opening it. A tuple, because a folder holds 100,000."""

    id: SessionId

    extent: int
    """How much there is of it, for progress and for people only: bytes of a file, rows of a database."""

    activity_ns: int
    """When anything last happened in it (Unix time, nanoseconds)."""

    version: Version
    """With extent and time, differs when anything changed."""

    problem: str | None = None
    """Why it cannot be opened, for a reader ("is a folder"); None where nothing is known against it."""

    detail: Detail | None = None
    """None of a plain file of lines."""

    @property
    def path(self) -> Path:
        """The file that it is in: where a person would find it."""
        return Path(self.id) if self.detail is None else self.detail.path

    @property
    def file(self) -> str:
        """The same, as a string: for 100,000 of them."""
        return self.id if self.detail is None else str(self.detail.path)

    @property
    def key(self) -> str:
        """The bot's name for it; of a file as `os.fsdecode` gives it, with bytes that are not UTF-8 in it."""
        if self.detail is not None:
            return self.detail.key
        # Half the time of `basename`: to sort 100,000 by name, somebody waits for each.
        return self.id.rpartition(os.sep)[2].removesuffix(SUFFIX)

    @property
    def store(self) -> str:
        """The short name of the store that keeps it."""
        return PLAIN if self.detail is None else self.detail.store

    @property
    def is_put_away(self) -> bool:
        """Whether the bot does not go on with it: it was moved into a database or an archive."""
        return self.detail is not None and self.detail.store in _PUT_AWAY

    @property
    def is_file(self) -> bool:
        """Whether it is a file of lines, all of it and nothing else."""
        return self.detail is None or self.detail.end is None

    @property
    def imported_from(self) -> SessionId | None:
        """The id of the file that an import makes rows of a database of; None for what is no such rows."""
        if self.detail is None or self.is_file or self.is_put_away:
            return None
        # Not by a Path's own means, which take ten times as long: it is asked for thousands.
        folder = str(self.detail.path).rpartition(os.sep)[0]
        return SessionId(f"{folder}{os.sep}{sanitise_key(self.detail.key)}{SUFFIX}")

    @property
    def is_mixed(self) -> bool:
        """Whether other sessions' entries lie between its own: then many are read at once in less time."""
        return not self.is_file

    @property
    def end(self) -> int:
        """The position where it ended."""
        return self.extent if self.detail is None or self.detail.end is None else self.detail.end

    @property
    def place(self) -> str:
        """What a sentence calls it where its key would not tell: its file, with its key if that has more."""
        return self.id if self.detail is None else f"{self.detail.path}: {self.detail.key}"

    @property
    def was_seen(self) -> bool:
        """Whether it could be looked at: else nothing is known but its name and its problem."""
        return self.version != NEVER_SEEN

    def goes_on_from(self, earlier: Session) -> bool:
        """Return whether a file that was away may hold what an earlier one of its name held, and more."""
        if (self.extent, self.activity_ns) == (earlier.extent, earlier.activity_ns):
            return True
        return self.version[0] == earlier.version[0] and self.extent >= earlier.extent


def key_in_file_name(session_id: SessionId) -> str | None:
    """Return the key that the id of a session in a file ends with; None for any other id."""
    return session_id.rpartition(os.sep)[2].removesuffix(SUFFIX) if session_id.endswith(SUFFIX) else None


def grouped(session_id: SessionId) -> tuple[str, str]:
    """Split an id into a part that many share and the rest of it, so that many are kept in little room."""
    # Not by `os.path`, which would take half of what it takes to look one up.
    group, separator, rest = session_id.rpartition(os.sep)
    return group or separator, rest


def ungrouped(group: str, rest: str) -> SessionId:
    """Return the id that was split by `grouped`."""
    return SessionId(os.path.join(group, rest))  # noqa: PTH118 - an id is a string


def newest_first(session: Session) -> tuple[int, SessionId]:
    """The order of a listing: by last activity, then by name, so that equal times do not dance."""
    return (-session.activity_ns, session.id)


def in_order(sessions: Iterable[Session]) -> list[Session]:
    """Each session once, newest activity first."""
    found = sorted({session.id: session for session in sessions}.values(), key=_ID)
    found.sort(key=_ACTIVITY, reverse=True)  # as `newest_first`, in half the time: equal ones stay
    return found
