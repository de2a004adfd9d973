"""How a file that others write is opened and read: a regular file or nothing, through no link, in slices."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A flag that a system does not have is 0: no O_BINARY outside Windows, and of these only O_BINARY on it.
# O_NONBLOCK: a pipe without a writer would block for ever. O_NOCTTY: a terminal device must not become ours.
_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_FLAGS: int = (
    os.O_RDONLY
    | _NO_FOLLOW
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_FOLDER_FLAGS: int = (
    os.O_RDONLY | getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
)
_LINK = "is a symbolic link"
_LINK_ERRORS = (errno.ELOOP, errno.EMLINK)
"""What O_NOFOLLOW says of a link: POSIX, FreeBSD."""

_KINDS = {
    stat.S_IFDIR: "is a folder",
    stat.S_IFLNK: _LINK,
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}
MISSING = "is not there"
_CLAUSES = {
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
    errno.EACCES: "cannot be read: permission denied",
    errno.EPERM: "cannot be read: permission denied",
    errno.ELOOP: "is behind a loop of symbolic links",
    errno.ENAMETOOLONG: "has a name that is too long",
    errno.EMFILE: "cannot be opened: this program has too many files open",
    errno.ENFILE: "cannot be opened: the system has too many files open",
}


class CannotOpen(Exception):
    """A session file that cannot be opened or read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """A clause for a reader, to follow the file's name: `is a folder`. No text from the disk in it."""

    @property
    def missing(self) -> bool:
        """Whether there is nothing of that name."""
        return self.reason == MISSING


def reason_for_mode(mode: int) -> str | None:
    """Why a file with this `st_mode`, from `lstat`, is not opened; None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    return _KINDS.get(stat.S_IFMT(mode), "is not a regular file")


def open_session(path: Path | str, *, dir_fd: int | None = None) -> int:
    """Open a regular file for reading and give its descriptor, which the caller closes.

    `dir_fd`: an open folder that a relative `path` starts from. Raises `CannotOpen`.
    What counts is the check of the open file. The look before it spares what is no session an open: that
    alone wakes the writer of a pipe and starts some devices. Where there is no O_NOFOLLOW (Windows), it is
    also what refuses links.
    """
    try:
        _refuse(os.stat(path, dir_fd=dir_fd, follow_symlinks=False).st_mode)
    except OSError as error:
        raise CannotOpen(_clause(error)) from error
    except ValueError as error:  # a NUL in it, or a surrogate that stands for no byte
        raise CannotOpen("has a name that no file can have") from error
    return open_listed(path, dir_fd=dir_fd)


def open_listed(path: Path | str, *, dir_fd: int | None = None) -> int:
    """As `open_session`, of what was a regular file a moment ago: one look less. Raises `CannotOpen`."""
    try:
        fd = os.open(path, _FLAGS, dir_fd=dir_fd)
    except OSError as error:
        raise CannotOpen(_LINK if error.errno in _LINK_ERRORS else _clause(error)) from error
    try:
        _refuse(os.fstat(fd).st_mode)
    except BaseException:
        os.close(fd)
        raise
    return fd


@contextmanager
def opened(path: Path | str) -> Iterator[int]:
    """The descriptor of a session file, closed at the end. Raises `CannotOpen`."""
    fd = open_session(path)
    try:
        yield fd
    finally:
        os.close(fd)


def read_at(fd: int, size: int, offset: int) -> bytes:
    """Return the `size` bytes at `offset`; fewer only where the file ends. Raises `CannotOpen`.

    Reads that the system cuts short are completed. Without `pread` (Windows) it moves the descriptor's
    position, so one descriptor must stay in one thread.
    """
    try:
        data = _read_once(fd, size, offset)
        if not data or len(data) == size:
            return data
        pieces = [data]
        got = len(data)
        while got < size and (data := _read_once(fd, size - got, offset + got)):
            pieces.append(data)
            got += len(data)
    except OSError as error:
        raise CannotOpen(_clause(error)) from error
    return b"".join(pieces)


def read_into(fd: int, buffer: memoryview, offset: int) -> int:
    """Fill `buffer` from `offset` on; return how many bytes there were. Raises `CannotOpen`.

    As `read_at`, without new memory for each of many reads.
    """
    got = 0
    try:
        while got < len(buffer) and (count := _read_into_once(fd, (buffer[got:],), offset + got)):
            got += count
    except OSError as error:
        raise CannotOpen(_clause(error)) from error
    return got


@contextmanager
def at_hand(folder: str) -> Iterator[int | None]:
    """A handle on a folder: the way there is not gone for each of its files. None if there is none."""
    handle = None
    if folder and os.open in os.supports_dir_fd:
        with suppress(OSError, ValueError):
            handle = os.open(folder, _FOLDER_FLAGS)
    try:
        yield handle
    finally:
        if handle is not None:
            os.close(handle)


def read_listed_into(
    location: str, size: int, buffer: memoryview, *, dir_fd: int | None = None
) -> int | None:
    """Read a file that was seen to be a regular one of so many bytes into `buffer`; how many it has now.

    None where that is not all there is to it: a file that cannot be opened or is none, that does not fit, or
    of which the system gave less than it has. The other functions find out. With as few calls as there can
    be, because a search opens tens of thousands: pipes and terminals refuse to tell their end, and devices
    have it elsewhere than where reading stops.
    """
    try:
        fd = os.open(location, _FLAGS, dir_fd=dir_fd)
    except OSError:
        return None
    try:
        count = _read_into_once(fd, (buffer,), 0)
        if count == size < len(buffer):
            return count
        return count if count < len(buffer) and os.lseek(fd, 0, os.SEEK_END) == count else None
    except OSError:
        return None
    finally:
        os.close(fd)


def _read_and_copy(fd: int, buffers: tuple[memoryview], offset: int) -> int:
    (buffer,) = buffers
    data = _read_once(fd, len(buffer), offset)
    buffer[: len(data)] = data
    return len(data)


_read_into_once: Callable[[int, tuple[memoryview], int], int] = getattr(os, "preadv", _read_and_copy)


def _seek_and_read(fd: int, size: int, offset: int) -> bytes:
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)


_read_once = getattr(os, "pread", _seek_and_read)


def _refuse(mode: int) -> None:
    reason = reason_for_mode(mode)
    if reason is not None:
        raise CannotOpen(reason)


def _clause(error: OSError) -> str:
    return _CLAUSES.get(error.errno or 0) or f"cannot be read: {error.strerror or type(error).__name__}"
