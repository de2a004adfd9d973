"""A session as a listing sees it, and the order of a listing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NewType

from earwig.core.model.keys import sanitise_key
from earwig.core.named_tuple import NamedTuple

SUFFIX = ".jsonl"

SessionId = NewType("SessionId", str)
"""The id of a session: unique, and the same from run to run. Only a store makes one and knows what is in it.
Nobody else takes it for a path, or makes one of a text that was no id before."""

NO_SESSION = SessionId("")
"""The id that no session has."""

Version = tuple[int, int]
"""The number of what holds a session (an inode), and a time or number that differs after every change."""

NEVER_SEEN: Version = (0, 0)
"""The version of a session that could not be looked at."""

_ID, _ACTIVITY = itemgetter(0), itemgetter(2)


PLAIN = "jsonl"
"""The store name of a session without a `Detail`: a file of lines whose id is its path."""

MIGRATED, IMPORTING, ARCHIVED = "migrated", "importing", "archived"
"""Of what the bot has put away, or is about to: a file that it has read, or reads, into its database, and
whatever lies in its archive."""

KILLED = "killed"
"""In place of what a turn is doing: the session was ended by force, and nothing more comes of that turn."""

_PUT_AWAY = frozenset({MIGRATED, IMPORTING, ARCHIVED})


class Beside(NamedTuple):
    """Another place that lists the same messages, because one of the two holds more lines."""

    store: str
    only_here: int
    """The number of lines that the other place lacks. They are no messages."""

    only_there: int
    """The number of lines that only the other place has."""


class Detail(NamedTuple):
    """What is known of a session that is no plain file of lines."""

    store: str
    """The short name of the store, for people and programs: `sqlite`, `archived`."""

    key: str
    path: Path
    end: int | None = None
    """The position at which it ended when it was listed; None: as many bytes as it has."""

    name: str | None = None
    """The name that the bot's own list gives it."""

    channel: str | None = None
    room: str | None = None
    sender: str | None = None
    agent: str | None = None
    state: str | None = None
    """What its turn is doing: `running` or `error`; or `killed`."""

    since_ns: int | None = None
    """When that turn began, or the session was killed (Unix time, nanoseconds)."""

    hidden: bool = False
    """Whether the bot's own list leaves it out."""

    also_in: Sequence[str] = ()
    """The names of the other stores that hold the same conversation."""

    beside: Sequence[Beside] = ()
    """The places that list the same messages once more, because one of them holds more lines."""


class Session(NamedTuple):
    """One conversation, known without opening it. A tuple, because a folder holds 100,000."""

    id: SessionId

    extent: int
    """Its size for progress and for people: bytes of a file, or rows of a database."""

    activity_ns: int
    """When anything last happened in it (Unix time, nanoseconds)."""

    version: Version
    """With `extent` and `activity_ns`, differs after every change."""

    problem: str | None = None
    """Why it cannot be opened, as a clause for a reader ("is a folder"); None where nothing is known against
    it."""

    detail: Detail | None = None
    """What else is known of it; None for a plain file of lines."""

    @property
    def path(self) -> Path:
        """The file that holds it, where a person would find it."""
        return Path(self.id) if self.detail is None else self.detail.path

    @property
    def file(self) -> str:
        """The same as `path`, as a string: making 100,000 paths takes long."""
        return self.id if self.detail is None else str(self.detail.path)

    @property
    def key(self) -> str:
        """The bot's name for it. Bytes of a file name that are not UTF-8 are as `os.fsdecode` gives them."""
        if self.detail is not None:
            return self.detail.key
        # Half the time of `basename`: to sort 100,000 by name, somebody waits for each.
        return self.id.rpartition(os.sep)[2].removesuffix(SUFFIX)

    @property
    def store(self) -> str:
        return PLAIN if self.detail is None else self.detail.store

    @property
    def is_put_away(self) -> bool:
        """Whether the bot is done with it: it was moved into a database or an archive."""
        return self.detail is not None and self.detail.store in _PUT_AWAY

    @property
    def is_file(self) -> bool:
        """Whether it is a whole file of lines."""
        return self.detail is None or self.detail.end is None

    @property
    def imported_from(self) -> SessionId | None:
        """The id of the file that an import would have made it of; None for a file, or an archived row."""
        if self.detail is None or self.is_file or self.is_put_away:
            return None
        # Not by a Path's own means, which take ten times as long: it is asked for thousands.
        folder = str(self.detail.path).rpartition(os.sep)[0]
        return SessionId(f"{folder}{os.sep}{sanitise_key(self.detail.key)}{SUFFIX}")

    @property
    def is_mixed(self) -> bool:
        """Whether entries of other sessions lie between its own, so that many are read faster at once."""
        return not self.is_file

    @property
    def end(self) -> int:
        """The position at which it ended when it was listed."""
        return self.extent if self.detail is None or self.detail.end is None else self.detail.end

    @property
    def place(self) -> str:
        """What a sentence calls it beside its key: its file, and the key where that holds more."""
        return self.id if self.detail is None else f"{self.detail.path}: {self.detail.key}"

    @property
    def was_seen(self) -> bool:
        """Whether it could be looked at. If not, only its name and its problem are known."""
        return self.version != NEVER_SEEN

    def goes_on_from(self, earlier: Session) -> bool:
        """Return whether this may be a file that was away, with all that it held before, and maybe more."""
        if (self.extent, self.activity_ns) == (earlier.extent, earlier.activity_ns):
            return True
        return self.version[0] == earlier.version[0] and self.extent >= earlier.extent


def key_in_file_name(session_id: SessionId) -> str | None:
    """Return the key that the id of a session in a file ends with; None for any other id."""
    return session_id.rpartition(os.sep)[2].removesuffix(SUFFIX) if session_id.endswith(SUFFIX) else None


def grouped(session_id: SessionId) -> tuple[str, str]:
    """Split an id into a part that many ids share and the rest, to keep many ids in little memory."""
    # Not by `os.path`, which would take half of what it takes to look one up.
    group, separator, rest = session_id.rpartition(os.sep)
    return group or separator, rest


def ungrouped(group: str, rest: str) -> SessionId:
    """Return the id that `grouped` split."""
    return SessionId(os.path.join(group, rest))  # noqa: PTH118 - an id is a string


def newest_first(session: Session) -> tuple[int, SessionId]:
    """Return the sort key of a listing: last activity, then the id, so that equal times keep their order."""
    return (-session.activity_ns, session.id)


def in_order(sessions: Iterable[Session]) -> list[Session]:
    """Return each session once, newest activity first."""
    found = sorted({session.id: session for session in sessions}.values(), key=_ID)
    found.sort(key=_ACTIVITY, reverse=True)  # as `newest_first`, in half the time: equal ones stay
    return found
