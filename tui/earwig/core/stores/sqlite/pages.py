"""The pages of one state of a database, by plain reads of it and its -wal, and whether they fit together.

Why that is sound: a checkpoint copies to the database only what is committed in the -wal, and the -wal begins
anew, with other salts, only when all of it was copied. So a page without a frame, read from the database, is
of this state unless a checkpoint wrote it meanwhile; then it has a newer frame afterwards, or the -wal has
begun anew. And a checkpoint that writes changes the time of the database.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from earwig.core.stores.sqlite.faults import Changed, DamagedPage
from earwig.core.stores.sqlite.place import DatabaseLook, Stamp, open_file, read, stamp_of, there
from earwig.core.stores.sqlite.wal import FRAME_HEADER, WAL_HEADER, WalIndex

_FORMAT = slice(18, 20)
_OLD_FORMAT = b"\x01\x01"
"""Says that there is no -wal: else SQLite would look for one itself."""

_TICK_NS = 50_000_000
"""A file's time may stay the same over two writes this near to each other."""

_COARSE_TICK_NS = 3_000_000_000
"""The same on file systems with whole seconds."""

_BLOCK = 64 * 1024
"""Bytes that are read together once two pages of them are wanted, as by a search."""

_BLOCKS = 32
"""Blocks that are remembered: a table's pages lie among those of its indexes."""


class Pages:
    """What one query reads. Its files are open only within `open_pages`."""

    def __init__(self, place: DatabaseLook, page_size: int, db: int, wal: int, index: WalIndex) -> None:
        self._place, self._db, self._wal = place, db, wal
        self.index = index
        self._page_size = page_size
        status = os.fstat(db)
        self._stamp = Stamp(status.st_ino, status.st_size, status.st_mtime_ns)
        # The clock is this machine's, so a server's may be ahead or behind: then the longer way is gone.
        age = time.time_ns() - status.st_mtime_ns
        self._is_settled = age > (_TICK_NS if status.st_mtime_ns % 1_000_000_000 else _COARSE_TICK_NS)
        self._frames = index.pages
        self._from_db: set[int] = set()
        self._blocks: dict[int, bytes] = {}
        """The last ones of which pages were wanted; nothing for one of which only one was."""

        self.broken_frame = False
        """Whether a frame turned out not to be what its checksum says."""

        self.count = index.count or max(status.st_size // page_size, self._said(place))
        """How many pages there are; more than the file has where that is cut off."""

    @staticmethod
    def _said(place: DatabaseLook) -> int:
        return place.header.pages if place.header and not place.wal else 0

    @property
    def size(self) -> int:
        """The size in bytes of the database in this state."""
        return self.count * self._page_size

    def reader(self) -> Callable[[int, int], bytes]:
        """Return what reads as `read`, in half of its time where pages follow one another, as in a search."""
        frames, note, page_size = self._frames, self._from_db.add, self._page_size
        block, begin, room = b"", 0, 0

        def read_next(amount: int, offset: int) -> bytes:
            nonlocal block, begin, room
            number, start = offset // page_size + 1, offset - begin
            if 0 <= start < room and number not in frames:
                note(number)
                return block[start : start + amount]
            data = self.read(amount, offset, goes_on=room > 0 and start // _BLOCK == 1)
            begin = offset - offset % _BLOCK
            # The first page is never given as it is.
            block = self._blocks.get(begin // _BLOCK, b"") if begin else b""
            room = len(block) - page_size + 1
            return data

        return read_next

    def read(self, amount: int, offset: int, *, goes_on: bool = False) -> bytes:
        """Return the bytes there, of one page; fewer where the file is cut off. Raises `Unreadable`.

        `goes_on`: whether more of those behind it will be wanted.
        """
        number = offset // self._page_size + 1
        if number in self._frames:
            data = self._from_wal(number, amount, offset)
        else:
            self._from_db.add(number)
            data = self._read(amount, offset, goes_on=goes_on)
        return data if offset >= _FORMAT.stop else _in_old_format(data, offset)

    def _from_wal(self, number: int, amount: int, offset: int) -> bytes:
        at = self._frames[number]
        if at not in self.index.checked and not self.index.is_sound(self._wal, at):
            self.broken_frame = True
            raise DamagedPage
        return _read(self._wal, amount, at + FRAME_HEADER + offset % self._page_size)

    def _read(self, amount: int, offset: int, *, goes_on: bool) -> bytes:
        """Return the bytes there of the database. What is read ahead is of this state as well."""
        number, start = divmod(offset, _BLOCK)
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) == _BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[number] = b""
            if not goes_on:
                return _read(self._db, amount, offset)
        if not block:
            block = self._blocks[number] = _read(self._db, _BLOCK, number * _BLOCK)
        data = block[start : start + amount]
        return data if len(data) == amount else _read(self._db, amount, offset)

    def fit_together(self) -> bool:
        """Return whether all that was read until now is of one state of the database."""
        if self.broken_frame:
            return False
        place, now = self._place, stamp_of(self._place.path)
        if now is None or now.inode != self._stamp.inode:
            return False
        if not self.index.page_size:
            # No -wal that counts: if it grows and is emptied again, only the database tells.
            return now == self._stamp and place.is_unchanged()
        wal = stamp_of(place.wal_path)
        if wal is None or wal.inode != os.fstat(self._wal).st_ino:
            return False
        if not (now == self._stamp and self._is_settled):
            # A checkpoint may have written: only what has a frame by now.
            newer = self.index.taken_in(self._wal, self._page_size)
            if newer.head != self.index.head:
                return False
            if newer is not self.index and any(
                number in self._from_db for number, at in newer.pages.items() if at >= self.index.end
            ):
                return False
        return read(self._wal, WAL_HEADER, 0) == self.index.head


def _read(fd: int, amount: int, offset: int) -> bytes:
    """As `place.read`, with as little around the call as there can be: a search reads every page."""
    try:
        data = _pread(fd, amount, offset)
    except OSError:
        return read(fd, amount, offset)
    return data if len(data) == amount else read(fd, amount, offset)


_pread = getattr(os, "pread", read)


def _in_old_format(data: bytes, offset: int) -> bytes:
    whole = bytearray(data)
    for place in range(_FORMAT.start, _FORMAT.stop):
        if offset <= place < offset + len(whole):
            whole[place - offset] = _OLD_FORMAT[place - _FORMAT.start]
    return bytes(whole)


@contextmanager
def open_pages(place: DatabaseLook, known: WalIndex, *, wholly: bool) -> Iterator[Pages]:
    """Yield the pages of the newest state; both files are closed at the end.

    `known` is an earlier index of the same database, which spares reading its frames again; `wholly` has each
    frame checked. Raises `Unreadable`, `Changed`.
    """
    if place.header is None:
        raise Changed
    page_size = place.header.page_size
    with ExitStack() as files:
        db = files.enter_context(open_file(place.path))
        wal, index = -1, WalIndex()
        if place.wal is not None and place.wal.size:
            with there():
                wal = files.enter_context(open_file(place.wal_path, "-wal"))
            index = known.taken_in(wal, page_size, wholly=wholly)
            if read(wal, WAL_HEADER, 0) != index.head:
                raise Changed
        yield Pages(place, page_size, db, wal, index)
