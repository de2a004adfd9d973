"""Proof that a file's past is unchanged: what `stat` said of it, and the last bytes that were read."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from earwig.core.opening import read_at

TAIL = 64 * 1024
"""Bytes of the file's end that are remembered: a rewrite of anything in them is seen for certain."""

_SETTLE = 2.5
"""Seconds that a time stamp must have been seen before it tells two writes apart: kernels stamp by the timer
tick, FAT by two seconds. By our own clock: a server's may be wrong, and a copy may keep an old stamp."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at an open file."""

    size: int
    tail: bytes
    """The file's last bytes."""

    identity: tuple[int, int, int, int, int]
    settled: bool
    """Whether any later write would change the identity."""

    same_tail: bool
    """Whether the bytes remembered of the file's end are still where they were."""

    replaced: bool
    """Whether the path leads to another file than before."""


class Witness:
    """What is known of a file's past, to be compared with its present.

    The size alone misses a rewrite to the same size, the inode number is reused by rename, and the time stamp
    is coarse: only the bytes themselves tell. An edit before the remembered tail that keeps everything
    from there on in its place is beyond it; the bot never makes one (a rewrite moves what follows).
    """

    def __init__(self) -> None:
        self.size = 0
        self.tail = b""
        self._identity: tuple[int, int, int, int, int] | None = None
        self._since = 0.0
        self._settled = False

    @property
    def known(self) -> bool:
        """Whether the file was ever looked at."""
        return self._identity is not None

    @property
    def tail_start(self) -> int:
        """The offset of the first remembered byte."""
        return self.size - len(self.tail)

    def look(self, fd: int) -> Sight:
        """Compare the open file with what is known."""
        asked = time.monotonic()
        status = os.fstat(fd)
        identity = (
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )
        replaced = self._identity is not None and self._identity[:2] != identity[:2]
        if identity == self._identity and self._settled:
            return Sight(self.size, self.tail, identity, True, True, replaced)
        settled = identity == self._identity and asked - self._since > _SETTLE
        if status.st_size < self.size:
            return Sight(status.st_size, b"", identity, settled, False, replaced)
        start, tail, same_tail = self._compare(fd, status.st_size)
        # A file that is cut while it is read gives fewer bytes: what was read is what is known.
        return Sight(start + len(tail), tail, identity, settled, same_tail, replaced)

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

    def accept(self, sight: Sight) -> None:
        """Take the file as it was seen for what is known."""
        if sight.identity != self._identity:
            self._since = time.monotonic()
        self.size = sight.size
        self.tail = sight.tail
        self._identity = sight.identity
        self._settled = sight.settled
