"""Faults of databases in words for a reader: what is wrong, and what to do."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """What is wrong with a database as a whole."""

    MISSING = "missing"
    KIND = "kind"
    """It is no regular file."""

    LINK = "link"
    """It is a link that leads to nothing."""

    REFUSED = "refused"
    """The system does not let it, or its -wal, be read."""

    NOT_A_DATABASE = "not a database"
    CUT = "cut"
    DAMAGED = "damaged"
    BUSY = "busy"
    """Whatever was read was changed meanwhile: the next look may do."""

    UNKNOWN_FORMAT = "unknown format"
    TOO_LARGE = "too large"
    """It could only be read from a copy, and is larger than a copy may be."""

    TOO_LONG = "too long"
    """One value of it is longer than is read in one piece."""


_ADVICE = {
    State.MISSING: "look whether the path is right",
    State.KIND: "give a database's own path",
    State.LINK: "look what it should lead to, and whether that is mounted",
    State.REFUSED: "run earwig as the bot's user, or let your user read the database and its -wal",
    State.NOT_A_DATABASE: "look whether it is the right file",
    State.CUT: "look for a backup of it",
    State.DAMAGED: "ask `sqlite3 FILE 'pragma integrity_check'` on a copy of it, or look for a backup",
    State.BUSY: "wait: earwig looks again when it changes",
    State.UNKNOWN_FORMAT: "look for a newer earwig",
    State.TOO_LARGE: "install apsw (`pip install apsw`), or stop the bot",
    State.TOO_LONG: "look at it with `sqlite3`",
}


class Unreadable(Exception):
    """Raised for a database, or a part of it, that cannot be read."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(f"{reason}; {_ADVICE[state]}")
        self.state = state
        self.reason = reason
        """A clause for a reader, to follow the file's name: `is a folder`. No text from the disk in it."""

        self.advice = _ADVICE[state]
        """What to do, as a clause in the imperative."""


class DamagedPage(Unreadable):
    """Raised where a query met a damaged page. What does not need that page can still be read."""

    def __init__(self) -> None:
        super().__init__(State.DAMAGED, "is damaged: a page of it cannot be read")


class TooLong(Unreadable):
    """Raised where a query met a value too long to be read in one piece. Its slices can still be read."""

    def __init__(self) -> None:
        super().__init__(State.TOO_LONG, "holds a value that is too long to be read in one piece")


class Cancelled(Exception):
    """Raised where a query was stopped because nobody wants its answer any more."""


class Changed(Exception):
    """Raised where the database changed while it was read: what was read may be of two states."""
