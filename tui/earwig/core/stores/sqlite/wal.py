"""Reads a database's -wal: which pages have a newer version there, by whole commits.

The format: a header of 32 bytes, then frames, each with a header of 24 bytes and a page; all is big-endian. A
frame counts if its salts are the header's and its checksum, which runs on from the frame before, is right;
the last frame of a commit names the size of the database. When the -wal begins anew, the salts change, and
what stands behind is of the past. See "WAL-mode File Format" in SQLite's documentation.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from earwig.core.stores.sqlite.checksum import Sums, add_up
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.place import read

WAL_HEADER = 32
FRAME_HEADER = 24
_MAGICS = (0x377F0682, 0x377F0683)
"""Checksums of little-endian words, of big-endian ones."""

_VERSION = 3007000
_FIRST_BLOCK = 16
"""Frames read at first: after a commit there are few new ones."""

_BLOCK = 1024 * 1024
"""The most bytes read at once."""


@dataclass(frozen=True, slots=True)
class WalIndex:
    """The committed frames of one -wal. A later state is another index; this one stays as it is."""

    head: bytes = b""
    """The header. Another header is another -wal, whatever else is the same."""

    page_size: int = 0
    pages: dict[int, int] = field(default_factory=dict)
    """Where the header of the newest committed frame of each page is, by page number."""

    end: int = WAL_HEADER
    """Where the frame after the last commit begins."""

    sums: Sums = (0, 0)
    count: int = 0
    """The number of pages of the database as of the last commit; 0 where there is none."""

    checked: set[int] = field(default_factory=set)
    """The frames whose content was seen to have its checksum."""

    wholly: bool = False
    """Whether each frame is checked as it is taken in: needed where nobody that wrote it is alive."""

    @property
    def big(self) -> bool:
        """Whether checksums are of big-endian words."""
        return bool(self.head[3] & 1)

    def taken_in(self, fd: int, page_size: int, *, wholly: bool = False) -> WalIndex:
        """Return the index of what is in the file now. Raises `Unreadable`.

        Of each commit, the last frame's checksum is checked: a live writer appends in order, so only there
        can something be half written. `is_sound` checks any other frame, when its page is used.
        """
        head = read(fd, WAL_HEADER, 0)
        if head == self.head and (self.wholly or not wholly):
            index = self
        else:
            index = _begun(head, page_size, wholly=wholly)
        return index._extended(fd) if index.page_size else index

    def doubted(self) -> WalIndex:
        """Return the same -wal, to be taken in again with each frame checked: one was not right."""
        return _begun(self.head, self.page_size, wholly=True)

    def is_sound(self, fd: int, at: int) -> bool:
        """Return whether the frame there has its checksum, which is looked at once."""
        if at in self.checked:
            return True
        size = FRAME_HEADER + self.page_size
        before = read(fd, 8, WAL_HEADER - 8 if at == WAL_HEADER else at - size + 16)
        frame = read(fd, size, at)
        if len(before) < 8 or len(frame) < size:
            return False
        sound = _sums_of(frame, struct.unpack(">2I", before), big=self.big) == struct.unpack_from(
            ">2I", frame, 16
        )
        if sound:
            self.checked.add(at)
        return sound

    def _extended(self, fd: int) -> WalIndex:
        size = FRAME_HEADER + self.page_size
        salts, big = struct.unpack_from(">2I", self.head, 16), self.big
        at, end, count, sums, running = self.end, self.end, self.count, self.sums, self.sums
        new: dict[int, int] = {}
        pending: dict[int, int] = {}
        frames = _FIRST_BLOCK
        while block := memoryview(read(fd, frames * size, at)):
            for start in range(0, len(block) - size + 1, size):
                number, commit, salt, pepper, *stored = struct.unpack_from(">6I", block, start)
                if (salt, pepper) != salts or not number:
                    break
                if (commit or self.wholly) and tuple(stored) != _sums_of(
                    block[start : start + size], running, big=big
                ):
                    break
                running = (stored[0], stored[1])
                pending[number] = at
                at += size
                if commit:
                    new |= pending
                    pending = {}
                    end, sums, count = at, running, commit
                if commit or self.wholly:
                    self.checked.add(at - size)
            else:
                frames = min(frames * 4, max(1, _BLOCK // size))
                if len(block) >= size:
                    continue
            break
        if end == self.end:
            return self
        return WalIndex(
            self.head, self.page_size, self.pages | new, end, sums, count, self.checked, self.wholly
        )


def _begun(head: bytes, page_size: int, *, wholly: bool) -> WalIndex:
    """Return an index of a -wal with this header: without pages where SQLite would take none of it either."""
    if len(head) < WAL_HEADER:
        return WalIndex(head)
    magic, version, size, _, _, _, s0, s1 = struct.unpack(">8I", head)
    if magic not in _MAGICS or add_up(head[:24], (0, 0), big=bool(magic & 1)) != (s0, s1):
        return WalIndex(head)
    if version != _VERSION:
        raise Unreadable(State.UNKNOWN_FORMAT, "has a -wal of a format that earwig does not know")
    if size != page_size:
        raise Unreadable(State.DAMAGED, "has a -wal that is of another database: its pages have another size")
    return WalIndex(head, size, sums=(s0, s1), wholly=wholly)


def _sums_of(frame: bytes | memoryview, sums: Sums, *, big: bool) -> Sums:
    return add_up(frame[FRAME_HEADER:], add_up(frame[:8], sums, big=big), big=big)
