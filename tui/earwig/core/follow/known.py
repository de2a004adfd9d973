"""Keeps what is known of a session's messages: their hashes in order, however long the session is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

MOST = 8_192
"""The number of newest messages whose hashes are kept for certain; at most twice as many are: 128 KiB."""

HEAD = 32
"""The number of first messages kept besides of a longer session. They tell whether it was begun anew."""


class KnownMessages:
    """The hashes of a session's messages: of all, or of the first few and of the newest ones."""

    __slots__ = ("_mark", "base", "hashes", "head")

    def __init__(self, base: int = 0, head: Iterable[int] = ()) -> None:
        self.hashes = array("q")
        """Of the newest messages."""

        self.base = base
        """The position from which on all are in `hashes`; 0: there are no others."""

        self.head = array("q", head)
        """Of the first messages, where `hashes` begins later."""

        self._mark = 0

    def add(self, value: int, position: int) -> None:
        if len(self.hashes) == MOST:
            self._mark = position
        elif len(self.hashes) >= 2 * MOST:
            if not self.base:
                self.head = self.hashes[:HEAD]
            self.base = self._mark
            del self.hashes[:MOST]
            self._mark = position
        self.hashes.append(value)

    def take_back(self) -> None:
        """Remove the last message: it turned out to be none."""
        del self.hashes[-1:]
