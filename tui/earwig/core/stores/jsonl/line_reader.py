"""Reads physical lines of an open file, forwards or backwards, in bounded slices."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from earwig.core.model.entries import LINE_LIMIT
from earwig.core.named_tuple import NamedTuple
from earwig.core.system.opening import read_at

HEAD = 4096
"""The number of bytes kept of a line that is over the limit."""

_FIRST_SLICE = 64 * 1024
_BACK_SLICE = 4096
_STEP = 1024 * 1024


class RawLine(NamedTuple):
    """One physical line. `data` is None where the line is over the limit; then `head` is its beginning."""

    offset: int
    length: int
    data: bytes | None
    complete: bool
    head: bytes = b""


def lines_after(fd: int, start: int, end: int, limit: int = LINE_LIMIT) -> Iterator[RawLine]:
    """Yield the lines from `start`, where a line begins, up to `end`. The last one may have no newline."""
    offset = at = start
    pieces: list[bytes] = []  # what is read of the line at `offset`, not joined before its end is found
    size = _FIRST_SLICE
    while at < end:
        piece = read_at(fd, min(size, end - at), at)
        if not piece:
            break  # the file shrank meanwhile; the next refresh sees it
        at += len(piece)
        size = min(size * 4, _STEP)
        first, *others = piece.split(b"\n")
        pieces.append(first)
        if others:
            *done, rest = others
            for data in (b"".join(pieces), *done):
                yield _line(offset, data, limit, complete=True)
                offset += len(data) + 1
            pieces = [rest]
        if at - offset > limit:
            line = _skip_long(fd, offset, at - offset, end)
            yield line
            offset += line.length + line.complete
            at, pieces = offset, []
    if at > offset:
        yield _line(offset, b"".join(pieces), limit, complete=False)


def block_after(fd: int, start: int, end: int, size: int, limit: int | None = None) -> bytes:
    """Return about `size` bytes from `start` on, none from `end` on; more if the line at `start` is longer.

    That line is read to its end, or until it is over `limit`: then there is no newline in what is returned.
    """
    pieces: list[bytes] = []
    at = start
    while at < end:
        piece = read_at(fd, min(max(size, at - start), end - at), at)
        pieces.append(piece)
        at += len(piece)
        if not piece or b"\n" in piece or (limit is not None and at - start > limit):
            break  # without a piece, the file shrank meanwhile; the next refresh sees it
    return b"".join(pieces)


def lines_before(fd: int, stop: int, count: int, limit: int = LINE_LIMIT) -> list[RawLine]:
    """Return the last `count` lines, or fewer, that end at or before `stop`, where a line begins."""
    lines: list[RawLine] = []
    while stop > 0 and len(lines) < count:
        begin, block = _block_before(fd, stop, limit)
        if len(block) < stop - begin:
            break  # the file shrank meanwhile; the next refresh sees it
        first = 0 if begin == 0 else block.find(b"\n", 0, -1) + 1
        if begin > 0 and first == 0:
            line = _long_line_before(fd, begin, stop)
            lines.append(line)
            stop = line.offset
            continue
        wanted = block[first:-1].split(b"\n")[-(count - len(lines)) :]
        offset = stop
        for data in reversed(wanted):
            offset -= len(data) + 1
            lines.append(_line(offset, data, limit, complete=True))
        stop = offset
    lines.reverse()
    return lines


def block_before(fd: int, stop: int, limit: int) -> tuple[bytes, int]:
    """Return whole lines that end at `stop`, and where they begin; more bytes for a long line.

    A line over `limit` is not read: then there are no bytes, and the place is where that line begins. Where
    the file shrank meanwhile, there are no bytes, and the place is `stop`.
    """
    begin, block = _block_before(fd, stop, limit)
    if len(block) < stop - begin:
        return b"", stop
    first = block.find(b"\n", 0, -1) + 1 if begin or len(block) - 1 > limit else 0
    if first or (begin == 0 and len(block) - 1 <= limit):
        return block[first:], begin + first
    return b"", line_start(fd, begin)


def _block_before(fd: int, stop: int, limit: int) -> tuple[int, bytes]:
    """Bytes up to `stop` and where they begin: enough for the whole last line, or more than `limit` of it."""
    begin, size = stop, _FIRST_SLICE
    block = b""
    # A whole line is there with a newline before the one that ends it.
    while begin > 0 and block.find(b"\n", 0, -1) < 0 and len(block) - 1 <= limit:
        begin = max(0, stop - min(size, limit + 2))  # so many tell that a line is over the limit
        block = read_at(fd, stop - begin, begin)
        if len(block) < stop - begin:
            break
        size *= 4
    return begin, block


def line_start_within(fd: int, offset: int, reach: int) -> int | None:
    """Return what `line_start` does; None where the line is longer than `reach` before `offset`."""
    start = line_start(fd, offset, max(0, offset - reach))
    return start if start or offset <= reach else None


def line_start(fd: int, offset: int, low: int = 0) -> int:
    """Return where the line begins that holds the byte at `offset`; 0 if that is before `low`."""
    end = offset
    size = _BACK_SLICE
    while end > low:
        begin = max(0, end - size)
        found = read_at(fd, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end, size = begin, min(size * 4, _STEP)
        if size == _STEP:
            end = _hole_before(fd, end, low)
    return 0


def _hole_before(fd: int, end: int, low: int) -> int:
    """Return where at least half of the hole begins that ends at `end`; no newline is in a hole."""
    begin, size = end, _STEP
    while begin > low and _data_from(fd, max(low, begin - size)) >= end:
        begin = max(low, begin - size)
        size *= 2
    return begin


def _data_from(fd: int, offset: int) -> int:
    """The next place from `offset` on that is not in a hole of the file: where it has no bytes on the disk.

    A terabyte of hole costs its maker nothing, and a reader an hour. Where the system has no such question
    (Windows), every place is taken for data.
    """
    if not hasattr(os, "SEEK_DATA"):
        return offset
    try:
        return os.lseek(fd, offset, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            return offset
        return max(offset, os.fstat(fd).st_size)  # nothing but a hole up to the end, or it is behind that


def last_line(fd: int, start: int, end: int, limit: int = LINE_LIMIT) -> list[RawLine]:
    """Return what there is of the line at `start` that no newline ends before `end`, if anything."""
    if start >= end:
        return []
    if end - start > limit:
        return [RawLine(start, end - start, None, complete=False, head=read_at(fd, HEAD, start))]
    return [_line(start, read_at(fd, end - start, start), limit, complete=False)]


def _line(offset: int, data: bytes, limit: int, *, complete: bool) -> RawLine:
    if len(data) > limit:
        return RawLine(offset, len(data), None, complete, data[:HEAD])
    return RawLine(offset, len(data), data, complete)


def _skip_long(fd: int, offset: int, known: int, end: int) -> RawLine:
    """Return the line at `offset`, of which `known` bytes hold no newline, without keeping it."""
    at = offset + known
    while at < end:
        piece = read_at(fd, min(_STEP, end - at), at)
        if not piece:
            break
        found = piece.find(b"\n")
        if found >= 0:
            return _long_line(fd, offset, at + found - offset, complete=True)
        at = min(end, max(at + len(piece), _data_from(fd, at + len(piece))))
    return _long_line(fd, offset, at - offset, complete=False)


def _long_line_before(fd: int, known: int, stop: int) -> RawLine:
    """Return the line that ends at `stop` and of which the bytes from `known` on hold no other newline."""
    offset = line_start(fd, known)
    return _long_line(fd, offset, stop - 1 - offset, complete=True)


def _long_line(fd: int, offset: int, length: int, *, complete: bool) -> RawLine:
    return RawLine(offset, length, None, complete, head_of(fd, offset, length))


def beginning(line: bytes) -> bytes:
    """Return what is kept of a line over the limit, given all that was read of it."""
    return line[:HEAD]


def head_of(fd: int, offset: int, length: int) -> bytes:
    """Return the beginning of a line over the limit, read from the file."""
    return read_at(fd, min(HEAD, length), offset)
