"""Makes a private copy of a database and its -wal: how one in use is read where apsw is missing."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from earwig.core.stores.sqlite.faults import Changed, State, Unreadable
from earwig.core.stores.sqlite.place import DatabaseLook, open_file, read, stamp_of, there
from earwig.core.stores.sqlite.wal import WAL_HEADER
from earwig.core.system.leftovers import TemporaryFolder

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Copied:
    """The copy that is read instead of the database itself."""

    size: int
    at: float
    """When it was made (Unix time, seconds)."""


class PrivateCopy:
    """A copy of one state, in a folder that only this user can enter."""

    def __init__(self, place: DatabaseLook, limit: int) -> None:
        """Raises `Unreadable`, or `Changed` where the copy is of two states."""
        size = place.stamp.size + (place.wal.size if place.wal else 0)
        if size > limit:
            raise Unreadable(
                State.TOO_LARGE,
                f"is in use, has {_megabytes(size)} and can only be read from a copy, which may have "
                f"{_megabytes(limit)}",
            )
        self.place = place
        try:
            self._folder = TemporaryFolder("database")
        except OSError as error:
            raise Unreadable(State.REFUSED, "can only be read from a copy, and none can be made") from error
        try:
            self.path = self._folder.path / "copy.db"
            self._copy(place)
        except OSError as error:
            self.remove()
            raise Unreadable(State.REFUSED, "can only be read from a copy, and none can be made") from error
        except BaseException:
            self.remove()
            raise
        self.told = Copied(size, time.time())

    def is_of(self, place: DatabaseLook) -> bool:
        """Return whether it still is what a new copy would be."""
        return (place.path, place.stamp, place.wal) == (self.place.path, self.place.stamp, self.place.wal)

    def remove(self) -> None:
        self._folder.remove()

    def _copy(self, place: DatabaseLook) -> None:
        """First the database, then the -wal, and the -wal's header must be the same before, within and after.

        A checkpoint meanwhile copies only what the -wal still has; if the -wal begins anew, its header tells.
        """
        head = _head(place)
        if len(head) < WAL_HEADER:
            raise Changed  # it was emptied just now: that it is so again afterwards would prove nothing
        _copy_file(place.path, self.path)
        wal = self.path.with_name("copy.db-wal")
        with there():
            _copy_file(place.wal_path, wal)
        with wal.open("rb") as copied:
            if not copied.read(WAL_HEADER) == head == _head(place):
                raise Changed
        now = stamp_of(place.path)
        if now is None or now.inode != place.stamp.inode:
            raise Changed


def _head(place: DatabaseLook) -> bytes:
    with there(), open_file(place.wal_path, "-wal") as fd:
        return read(fd, WAL_HEADER, 0)


def _copy_file(source: str, target: Path) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file, open_file(source) as fd:
        at = 0
        while piece := read(fd, _PIECE, at):
            file.write(piece)
            at += len(piece)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
