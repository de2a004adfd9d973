"""Proves that a file's past is unchanged: by what `stat` said of it, and by the last bytes that were read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from earwig.core.named_tuple import NamedTuple
from earwig.core.system.opening import CannotOpen, read_at

TAIL = 64 * 1024
"""The number of bytes of the file's end that are remembered. A rewrite of anything in them is seen for
certain."""

_SETTLE = 2.5
"""Seconds that a time stamp must have been seen before it tells two writes apart: kernels stamp by the timer
tick, FAT by two seconds. By our own clock: a server's may be wrong, and a copy may keep an old stamp."""


_TRIES = 4
"""How often a file is looked at that changes meanwhile."""

_Read = TypeVar("_Read")
_Identity = tuple[int, int, int, int, int]
"""Device, inode number, size, time of the last write, time of the last change."""


class FileSight(NamedTuple):
    """The result of one look at an open file."""

    size: int
    tail: bytes
    identity: _Identity
    settled: bool
    """Whether any later write would change the identity."""

    same_tail: bool
    """Whether the remembered bytes of the file's end are still where they were."""

    replaced: bool
    """Whether the path leads to another file than before."""

    overwritten: bool = False
    """Whether the file was written to and has not grown: something before its end may be different."""


class FileFingerprint:
    """What is known of a file's past, to be compared with its present.

    The size alone misses a rewrite to the same size, the inode number is reused by rename, and the time stamp
    is coarse: only the bytes themselves tell. An edit before the remembered tail that keeps everything from
    there on in its place is beyond it; the bot never makes one (a rewrite moves what follows).
    """

    def __init__(self) -> None:
        self.size = 0
        self.tail = b""
        self._identity: _Identity | None = None
        self._since = 0.0
        self._settled = False

    @property
    def known(self) -> bool:
        """Whether the file was ever looked at."""
        return self._identity is not None

    @property
    def identity(self) -> tuple[int, int] | None:
        """Device and inode number of the file; None where there is none."""
        return None if self._identity is None else self._identity[:2]

    @property
    def was_put_in_place(self) -> bool:
        """Whether the file got its name after its last byte was written, as far as its time stamps tell.

        Those of an empty file do not: it may have been emptied just now, and its stamps come after.
        """
        return self.size > 0 and self._identity is not None and self._identity[3] != self._identity[4]

    @property
    def tail_start(self) -> int:
        """The offset of the first remembered byte."""
        return self.size - len(self.tail)

    def look(self, fd: int) -> FileSight:
        """Compare the open file with what is known."""
        sight = self._look(fd, _identity(fd))
        for _ in range(_TRIES):
            identity = _identity(fd)
            if identity == sight.identity:
                break
            sight = self._look(fd, identity)  # the bytes may have been of a later text than the size
        return sight

    def is_still_true(self, fd: int, *, grown: bool = True) -> bool:
        """Return whether the file is as it was accepted, or, if `grown` allows that, has grown.

        The same bytes under another stamp may have been away meanwhile: emptied, and written once more.
        """
        sight = self.look(fd)
        may_be_grown = grown and sight.size > self.size
        return sight.same_tail and (sight.identity == self._identity or may_be_grown)

    def proven(self, fd: int, read: Callable[[], _Read]) -> _Read:
        """Return what `read` gives. Raises `CannotOpen` if that may be of another text than is known."""
        before = _identity(fd)
        found = read()
        for _ in range(_TRIES):
            if not self.is_still_true(fd):
                raise CannotOpen("was written anew while it was read")
            now = _identity(fd)
            if now == before:
                break
            before, found = now, read()
        return found

    def _look(self, fd: int, identity: _Identity) -> FileSight:
        asked = time.monotonic()
        replaced = self._identity is not None and self._identity[:2] != identity[:2]
        if identity == self._identity and self._settled:
            return FileSight(self.size, self.tail, identity, True, True, replaced)
        settled = identity == self._identity and asked - self._since > _SETTLE
        size = identity[2]
        if size < self.size:
            return FileSight(size, b"", identity, settled, False, replaced)
        start, tail, same_tail = self._compare(fd, size)
        over = (
            self._identity is not None and identity[:3] == self._identity[:3] and identity != self._identity
        )
        # A file that is cut while it is read gives fewer bytes: what was read is what is known.
        return FileSight(start + len(tail), tail, identity, settled, same_tail, replaced, over)

    def _compare(self, fd: int, size: int) -> tuple[int, bytes, bool]:
        """The file's last bytes, where they begin, and whether those that are known are in their place.

        The known ones are read last: they prove that what was read before is of the same file.
        """
        start = max(0, size - TAIL)
        if start > self.size:
            tail = read_at(fd, TAIL, start)
            return start, tail, read_at(fd, len(self.tail), self.tail_start) == self.tail
        start = max(start, self.tail_start)
        data = read_at(fd, size - self.tail_start, self.tail_start)
        return start, data[start - self.tail_start :], data.startswith(self.tail)

    def accept(self, sight: FileSight) -> None:
        """Take the file as it was seen for what is known."""
        if sight.identity != self._identity:
            self._since = time.monotonic()
        self.size = sight.size
        self.tail = sight.tail
        self._identity = sight.identity
        self._settled = sight.settled


def _identity(fd: int) -> _Identity:
    status = os.fstat(fd)
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def common_prefix(one: bytes, other: bytes) -> int:
    """Return the number of bytes that both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
