"""A session as a listing sees it, and the order of a listing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

SUFFIX = ".jsonl"

Version = tuple[int, int]
"""The number of what holds a session (an inode), which another one may not have, and a time or number that
differs when anything changed."""

NEVER_SEEN: Version = (0, 0)
"""The version of a session that could not be looked at."""

_ID, _ACTIVITY = itemgetter(0), itemgetter(2)


class Session(NamedTuple):
    """One conversation, as a listing sees it: without opening it. A tuple, because a folder holds 100,000."""

    id: str
    """What tells sessions apart; opaque, and the same from run to run."""

    extent: int
    """How much there is of it, for progress and for people only: bytes of a file, rows of a database."""

    activity_ns: int
    """When anything last happened in it (Unix time, nanoseconds)."""

    version: Version
    """With extent and time, differs when anything changed."""

    problem: str | None = None
    """Why it cannot be opened, for a reader ("is a folder"); None where nothing is known against it."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.id)

    @property
    def key(self) -> str:
        """The file name without its ending, as `os.fsdecode` gives it: bytes that are not UTF-8 are in it."""
        # Half the time of `basename`: to sort 100,000 by name, somebody waits for each.
        return self.id.rpartition(os.sep)[2].removesuffix(SUFFIX)

    @property
    def was_seen(self) -> bool:
        """Whether it could be looked at: else nothing is known but its name and its problem."""
        return self.version != NEVER_SEEN

    def goes_on_from(self, earlier: Session) -> bool:
        """Return whether a file that was away may hold what an earlier one of its name held, and more."""
        if (self.extent, self.activity_ns) == (earlier.extent, earlier.activity_ns):
            return True
        return self.version[0] == earlier.version[0] and self.extent >= earlier.extent


def newest_first(session: Session) -> tuple[int, str]:
    """The order of a listing: by last activity, then by name, so that equal times do not dance."""
    return (-session.activity_ns, session.id)


def in_order(sessions: Iterable[Session]) -> list[Session]:
    """Each session once, newest activity first."""
    found = sorted({session.id: session for session in sessions}.values(), key=_ID)
    found.sort(key=_ACTIVITY, reverse=True)  # as `newest_first`, in half the time: equal ones stay
    return found
