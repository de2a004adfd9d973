"""A session as a listing sees it, and the order of a listing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

SUFFIX = ".jsonl"

NEVER_SEEN = (0, 0)
"""The stamp of a session that could not be looked at."""

_LOCATION, _MTIME = itemgetter(0), itemgetter(2)


class Session(NamedTuple):
    """One conversation, as a listing sees it: without opening it. A tuple, because a folder holds 100,000."""

    location: str
    """Its path, as the listing gave it; what tells sessions apart."""

    size: int
    mtime_ns: int
    stamp: tuple[int, int]
    """Inode number and time of the last change to it: with size and time, tells whether anything happened."""

    problem: str | None = None
    """Why it cannot be opened, for a reader ("is a folder"); None where nothing is known against it."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.location)

    @property
    def key(self) -> str:
        """The file name without its ending, as `os.fsdecode` gives it: bytes that are not UTF-8 are in it."""
        # Half the time of `basename`: to sort 100,000 by name, somebody waits for each.
        return self.location.rpartition(os.sep)[2].removesuffix(SUFFIX)

    @property
    def was_seen(self) -> bool:
        """Whether it could be looked at: else nothing is known but its name and its problem."""
        return self.stamp != NEVER_SEEN

    def goes_on_from(self, earlier: Session) -> bool:
        """Return whether a file that was away may hold what an earlier one of its name held, and more."""
        if (self.size, self.mtime_ns) == (earlier.size, earlier.mtime_ns):
            return True
        return self.stamp[0] == earlier.stamp[0] and self.size >= earlier.size


def newest_first(session: Session) -> tuple[int, str]:
    """The order of a listing: by last activity, then by name, so that equal times do not dance."""
    return (-session.mtime_ns, session.location)


def in_order(sessions: Iterable[Session]) -> list[Session]:
    """Each session once, newest activity first."""
    found = sorted({session.location: session for session in sessions}.values(), key=_LOCATION)
    found.sort(key=_MTIME, reverse=True)  # as `newest_first`, in half the time: equal ones stay
    return found
