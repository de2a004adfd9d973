"""Looks at a database's files as they lie in their folder. What is no regular file is never opened."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.faults import Changed, State, Unreadable
from earwig.core.system.opening import CannotOpen, open_session, read_at

HEADER = 100
"""The number of bytes at a database's start that say what it is."""

MAGIC = b"SQLite format 3\0"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_SHM = 48
_PAGE_SIZES = {512 << n for n in range(8)}


class Stamp(NamedTuple):
    """What tells two states of a file apart without reading it."""

    inode: int
    size: int
    mtime_ns: int


NO_STAMP = Stamp(0, 0, 0)


class Header(NamedTuple):
    """The first bytes of a database."""

    page_size: int
    pages: int
    """The number of pages there should be; 0 where the header does not say, as before SQLite 3.7.0."""

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Read the first `HEADER` bytes. Raises `Unreadable`."""
        if not data.startswith(MAGIC):
            if data and MAGIC.startswith(data):
                raise Unreadable(State.CUT, "is cut off within its header")
            raise Unreadable(State.NOT_A_DATABASE, "is not a SQLite database")
        if len(data) < HEADER:
            raise Unreadable(State.CUT, "is cut off within its header")
        size = int.from_bytes(data[16:18], "big")
        size = 65536 if size == 1 else size
        if size not in _PAGE_SIZES:
            raise Unreadable(State.DAMAGED, "is damaged: its header names a size of pages that cannot be")
        if data[19] > 2:
            raise Unreadable(State.UNKNOWN_FORMAT, "is of a newer format than earwig knows")
        counted = data[24:28] == data[92:96]
        return cls(size, int.from_bytes(data[28:32], "big") if counted else 0)


class DatabaseLook(NamedTuple):
    """One look at a database's files. Nothing of it is open."""

    path: str
    """The path of the file itself: a link is resolved."""

    stamp: Stamp
    wal: Stamp | None
    """The stamp of its -wal; None where there is none."""

    shared: bytes
    """The start of its -shm, where that can be read: see `shared_of`."""

    header: Header | None
    """None for a file of no bytes, which SQLite takes for a database without tables."""

    @property
    def wal_path(self) -> str:
        """The path of the -wal, which lies beside the file, not beside a link."""
        return f"{self.path}-wal"

    @property
    def missing(self) -> int:
        """How many bytes the file lacks of what its header says; right only where there is no -wal."""
        return (
            0 if self.header is None else max(0, self.header.pages * self.header.page_size - self.stamp.size)
        )

    def is_unchanged(self) -> bool:
        """Whether both files still are what they were, by their stamps, and nobody has begun to write."""
        same = stamp_of(self.path) == self.stamp and stamp_of(self.wal_path) == self.wal
        same = same and shared_of(self.path) == self.shared
        return same and not has_journal(self.path)


def look(path: Path | str) -> DatabaseLook:
    """Look at a database. Raises `Unreadable`, or `Changed` where somebody writes to it in the old way.

    Only a regular file is opened, never through a link: a pipe would block, and some devices start.
    """
    place = resolved(path)
    stamp, shared = stamp_of(place), shared_of(place)
    try:
        with open_file(place) as fd:
            data = read(fd, HEADER, 0)
    except Unreadable:
        _refuse_broken_link(path)
        raise
    header = Header.parse(data) if data else None
    if stamp is None or (header is None and stamp.size):
        raise Changed
    if has_journal(place):
        raise Changed
    return DatabaseLook(place, stamp, stamp_of(f"{place}-wal"), shared, header)


def resolved(path: Path | str) -> str:
    """Return the path of the file itself."""
    name = os.fspath(path)
    try:
        return os.path.realpath(name) if stat.S_ISLNK(os.lstat(name).st_mode) else name
    except (OSError, ValueError):
        return name  # to open it will tell


def _refuse_broken_link(path: Path | str) -> None:
    """Raises `Unreadable` where a path is a link that leads to nothing."""
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            os.stat(path)  # noqa: PTH116 - as the path is given
    except FileNotFoundError:
        if os.path.lexists(path):
            raise Unreadable(State.LINK, "is a symbolic link that leads nowhere") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable(State.LINK, "is a symbolic link that leads in a circle") from error


def stamp_of(path: str) -> Stamp | None:
    """Return a file's stamp; None where there is none, or it cannot be looked at."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)


def shared_of(path: str) -> bytes:
    """Return the start of a -shm: counter of changes, committed frames, salts; empty without one.

    It is exact where the clock of files is too coarse to tell two commits apart.
    """
    name = f"{path}-shm"
    if stamp_of(name) is not None:
        with suppress(Unreadable), open_file(name) as fd:  # the stamps have to do
            return read(fd, _SHM, 0)
    return b""


@contextmanager
def there() -> Iterator[None]:
    """Raise `Changed` where a file that was there a moment ago is missing."""
    try:
        yield
    except Unreadable as error:
        if error.state is State.MISSING:
            raise Changed from error
        raise


@contextmanager
def open_file(path: str, name: str = "") -> Iterator[int]:
    """Yield a regular file's descriptor, closed at the end; `name`: for the reader. Raises `Unreadable`."""
    try:
        fd = open_session(path)
    except CannotOpen as error:
        raise unreadable(error, name) from error
    try:
        yield fd
    finally:
        os.close(fd)


def read(fd: int, size: int, offset: int) -> bytes:
    """Return the bytes there; fewer where the file ends. Raises `Unreadable`."""
    try:
        return read_at(fd, size, offset)
    except CannotOpen as error:
        raise unreadable(error) from error


def has_journal(path: str) -> bool:
    """Return whether a rollback journal stands beside: a write in the old way goes on, or broke off."""
    name = f"{path}-journal"
    stamp = stamp_of(name)
    if stamp is None or not stamp.size:
        return False
    try:
        with open_file(name) as fd:
            return read(fd, len(_JOURNAL_MAGIC), 0) == _JOURNAL_MAGIC
    except Unreadable as error:
        return error.state is not State.MISSING


def unreadable(error: CannotOpen, name: str = "") -> Unreadable:
    """Return the error in this package's words; `name` is the file, if it is not the database itself."""
    reason = f"has a {name} that {error.reason}" if name else error.reason
    if error.missing:
        return Unreadable(State.MISSING, reason)
    return Unreadable(State.KIND if error.reason.startswith("is ") else State.REFUSED, reason)
