"""A session's file, and its folder, open only while they are read: a search may wait long for its reader."""

from __future__ import annotations

import os
from contextlib import ExitStack

from earwig.core.system.opening import (
    CannotOpen,
    at_hand,
    open_listed,
    read_at,
    read_into,
    read_listed_into,
)

PROOF = 4096
"""Bytes before the place where reading stopped that must be the same when it goes on."""


class SessionFile:
    """Opens a file when its handle is needed, and again after it was closed, if its past is the same."""

    def __init__(self, location: str, at: int = 0, before: bytes = b"") -> None:
        """Reading begins at an offset; `before`: the last bytes before it, as they were."""
        self._location = location
        self._at = at
        self._before = before
        self._fd = -1

    def read(self, size: int, offset: int) -> bytes:
        """Return `size` bytes from an offset on, or all up to the end. Raises as `read_into` does."""
        return read_at(self._handle(), size, offset)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill a buffer; return how many bytes follow. Raises `CannotOpen`, also after a rewrite."""
        return read_into(self._handle(), buffer, offset)

    def _handle(self) -> int:
        if self._fd < 0:
            self._fd = open_listed(self._location)
            if read_at(self._fd, len(self._before), self._at - len(self._before)) != self._before:
                raise CannotOpen("was rewritten while it was searched; search again")
        return self._fd

    def let_go(self, at: int = 0, before: bytes = b"") -> None:
        """Close the file. Reading is to go on at offset `at`, before which the bytes `before` are."""
        self._at, self._before = at, before
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class FolderHandle:
    """Opens a folder when its handle is needed: the system then looks up the way there only once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._opened: ExitStack | None = None
        self._handle: int | None = None

    def handle(self) -> int | None:
        """Return the descriptor of the open folder; None if there is none."""
        if self._opened is None:
            self._opened = ExitStack()
            self._handle = self._opened.enter_context(at_hand(self._folder))
        return self._handle

    def read_listed_into(self, name: str, size: int, buffer: memoryview) -> int | None:
        """Read a file of the folder whole, as `earwig.core.system.opening.read_listed_into` does."""
        return read_listed_into(name, size, buffer, dir_fd=self.handle())

    def let_go(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None
