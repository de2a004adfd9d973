"""One session's lines, by place: the newest, those around an offset, those by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeVar

from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized, Page, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.stores.jsonl.file_fingerprint import FileFingerprint, common_prefix
from earwig.core.stores.jsonl.full_pass import entries_between
from earwig.core.stores.jsonl.line_index import BLOCK, LineIndex
from earwig.core.stores.jsonl.line_reader import (
    RawLine,
    block_after,
    block_before,
    last_line,
    line_start,
    line_start_within,
    lines_after,
    lines_before,
)
from earwig.core.stores.jsonl.newlines import newlines_in
from earwig.core.stores.jsonl.proof import LARGEST, Proof, same_blocks
from earwig.core.stores.jsonl.stable_read import steady
from earwig.core.system.opening import CannotOpen, opened, read_at

INDEX_STEP = 8 * BLOCK
_Taken = TypeVar("_Taken")


class Change(Enum):
    """What happened to a session's file since it was last looked at."""

    SAME = "same"
    GREW = "grew"
    REWRITTEN = "rewritten"
    VANISHED = "vanished"


class Place(NamedTuple):
    """Where a line starts."""

    offset: int
    certain: bool
    """Whether the lines before it are counted; if not, the offset is a guess at which no line need start."""


class Transcript:
    """Read-only random access to one session's file.

    It follows the path, not a descriptor: each call opens, reads bounded slices by position, and closes.
    Not for two threads at once. Every method may raise `CannotOpen`.
    """

    def __init__(self, path: Path, *, line_limit: int = LINE_LIMIT) -> None:
        self.path = path
        self.generation = 0
        """How often the file's past has changed: offsets of an older generation mean nothing."""

        self.unchanged_to = 0
        """After `REWRITTEN`: the offset up to which the file is still as it was, at a line's start."""

        self.absent = False
        """Whether the file was not there when `refresh` last looked for it."""

        self.witness = FileFingerprint()
        """What is known of the file, as last looked at."""

        self._line_limit = line_limit
        self._index = LineIndex()
        self._proof = Proof()

    @property
    def size(self) -> int:
        """Bytes, as last looked at."""
        return self.witness.size

    def refresh(self) -> Change:
        """Look at the file again; everything else answers for the file as it was then."""
        try:
            with opened(self.path) as fd:
                return self._refresh(fd)
        except CannotOpen as error:
            if not error.missing:
                raise
            self.absent = True
            if not self.witness.known:
                return Change.SAME
            self._forget(0)
            self.witness = FileFingerprint()
            return Change.VANISHED

    @steady
    def tail(self, fd: int, count: int) -> Page:
        """The newest `count` lines, and what of the last line is there if no newline ends it yet."""
        end = line_start(fd, self.size)
        lines = lines_before(fd, end, count, self._line_limit)
        lines += last_line(fd, end, self.size, self._line_limit)
        return self._page(fd, lines, lines[0].offset if lines else end)

    def glance(self, count: int) -> Page:
        """As `tail`, but not looking for the beginning of a very long line: then the page is provisional."""
        if not self._has_long_end():
            return self.tail(count)
        start = self.size - self._line_limit
        item = Oversized(self._line_limit, b"", at_least=True)
        entry = Entry(start, self.size, self._line_limit, item, None, complete=False)
        return Page((entry,), start, start, True, True, self.generation, provisional=True)

    @steady
    def _has_long_end(self, fd: int) -> bool:
        end = line_start_within(fd, self.size, self._line_limit)
        return end is None or bool(end and line_start_within(fd, end - 1, self._line_limit) is None)

    @steady
    def before(self, fd: int, offset: int, count: int) -> Page:
        """The `count` lines that end where the line at `offset` starts."""
        lines = lines_before(fd, offset, count, self._line_limit)
        nothing_there = 0 if count > 0 else offset
        return self._page(fd, lines, lines[0].offset if lines else nothing_there)

    @steady
    def after(self, fd: int, offset: int, count: int) -> Page:
        """The `count` lines from `offset` on, where a line starts."""
        return self._page(fd, self._some_after(fd, offset, count), offset)

    @steady
    def around(self, fd: int, offset: int, before: int, after: int) -> Page:
        """Lines on both sides of any byte of the file; its line is the first of the `after` ones."""
        start = line_start(fd, min(offset, self.size))
        lines = lines_before(fd, start, before, self._line_limit)
        lines += self._some_after(fd, start, after)
        return self._page(fd, lines, lines[0].offset if lines else start)

    @steady
    def window(self, fd: int, first: int, stop: int) -> Page:
        """The lines numbered from `first` (counting from 1) to before `stop`."""
        first = max(1, first)
        offset = self._offset_of(fd, first)
        return self._page(fd, self._some_after(fd, offset, stop - first), offset)

    @steady
    def offset_of(self, fd: int, number: int) -> int:
        """Where line `number` (from 1) starts; the file's end where there are fewer."""
        return self._offset_of(fd, number)

    @steady
    def locate(self, fd: int, number: int) -> Place | None:
        """Where line `number` (from 1) starts, at once: by a guess where the lines before it are not counted.

        None where all are counted and there are fewer.
        """
        newlines = number - 1
        if self._index.newlines < newlines and self._index_step(fd, INDEX_STEP):
            offset = self._offset_of(fd, number)
        elif self._index.newlines < newlines:
            beyond = (newlines - self._index.newlines) * self._index.mean
            return Place(min(self._index.size + round(beyond), self.size - 1), certain=False)
        else:
            offset = self._offset_of(fd, number)
        return Place(offset, certain=True) if offset < self.size else None

    @steady
    def read(self, fd: int, offset: int, length: int) -> bytes:
        """The stored bytes at a place; fewer where the file ends before."""
        return read_at(fd, min(length, max(0, self.size - offset)), offset)

    @steady
    def read_lines(self, fd: int, start: int, size: int, limit: int | None = None) -> tuple[bytes, int]:
        """The whole lines from offset `start` on, and where they end.

        About `size` bytes, more for a long line; one over `limit`, which must not be less than `size`, is not
        read: then there are no bytes, and the end is behind that line.
        """
        return self._lines_from(fd, start, size, limit)

    @steady
    def map_blocks(
        self,
        fd: int,
        take: Callable[[bytes], _Taken],
        start: int,
        size: int,
        most: int,
        limit: int | None = None,
    ) -> list[tuple[_Taken, int]]:
        """What `take` makes of what `read_lines` gives, again and again from where the lines before end.

        So many times at most; nothing where there are no more lines. What it costs to see that the file is
        still the same is paid once, and one block is in memory at a time. Where the file is not the same,
        `take` is called again for all of it.
        """
        taken: list[tuple[_Taken, int]] = []
        while len(taken) < most:
            block, stop = self._lines_from(fd, start, size, limit)
            if stop == start:
                break
            taken.append((take(block), stop))
            start = stop
        return taken

    def _lines_from(self, fd: int, start: int, size: int, limit: int | None) -> tuple[bytes, int]:
        data = block_after(fd, start, self.size, size, limit)
        if limit is not None and len(data) > limit and b"\n" not in data:
            line = next(lines_after(fd, start, self.size, limit), None)
            return b"", line.offset + line.length + 1 if line is not None and line.complete else start
        whole = data.rfind(b"\n") + 1
        return data[:whole], start + whole

    @steady
    def read_lines_before(self, fd: int, stop: int, limit: int) -> tuple[bytes, int]:
        """Whole lines that end at offset `stop`, and where they begin; see `read_lines` for the limit."""
        return block_before(fd, min(stop, self.size), limit)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Every entry from offset `start` on, every line whole; a block of lines is in memory at a time.

        What is appended after this call is not in it. The file is not kept open. The iteration raises
        `CannotOpen` also where the file is written anew meanwhile: what comes after is of another text.
        """
        with opened(self.path) as fd:
            self._refresh(fd)
            witness = FileFingerprint()
            witness.accept(witness.look(fd))
            return entries_between(self.path, start, witness, self._number_at(fd, start))

    @steady
    def numbers_of(self, fd: int, offsets: Sequence[int]) -> list[int | None]:
        """The numbers of the lines that start at `offsets`; None where they are not counted yet."""
        return [self._number_at(fd, offset) for offset in offsets]

    def index_step(self, size: int = INDEX_STEP) -> bool:
        """Count the lines of the next `size` bytes; True when all that is there is counted."""
        with opened(self.path) as fd:
            self._refresh(fd)
            return self._index_step(fd, size) and self._prove_step(fd, size)

    def doubt(self) -> None:
        """Let the next steps of the index see whether what is counted is as it was, if that is little."""
        if self.size <= LARGEST:
            self._proof.begin()

    @property
    def doubted(self) -> bool:
        """Whether that is still to be seen."""
        return self._proof.is_due

    @property
    def indexed(self) -> int:
        """Bytes whose lines are counted, from the file's start."""
        return self._index.size

    @property
    def newlines(self) -> int:
        """Newlines in those bytes."""
        return self._index.newlines

    @property
    def lines(self) -> int | None:
        """Newlines in the file; None while they are not all counted."""
        return self._index.newlines if self._index.size == self.size else None

    # What follows works on an open file, looked at just before.

    def _refresh(self, fd: int) -> Change:
        self.absent = False
        sight, known = self.witness.look(fd), self.witness
        if sight.same_tail and not (sight.replaced and same_blocks(fd, self._index) < known.tail_start):
            grew = sight.size > known.size
            fresh = not known.known
            known.accept(sight)
            if sight.overwritten and known.tail_start:
                self._proof.begin()
                if 0 < self._index.size < known.tail_start:
                    self._forget(0)  # of what is not counted nothing tells whether it is the same
                    return Change.REWRITTEN
            return Change.GREW if grew or fresh else Change.SAME
        # The file as it is from here on is what is known; then what it shares with the past. In the other
        # order a second rewrite between the two would go unseen.
        past, self.witness = self.witness, FileFingerprint()
        self.witness.accept(self.witness.look(fd))
        self._forget(self._same_prefix(fd, past, self.size))
        return Change.REWRITTEN

    def _forget(self, same: int) -> None:
        self.unchanged_to = same
        self.generation += 1
        self._index.cut(same)
        self._proof.drop()

    def _prove_step(self, fd: int, size: int) -> bool:
        """Compare a part of what was counted with what is there; True when all of it is compared."""
        other = self._proof.step(fd, self._index, size)
        if other is not None:
            self._forget(line_start(fd, min(other, self.size)))
            return False
        return not self._proof.is_due

    def _same_prefix(self, fd: int, past: FileFingerprint, size: int) -> int:
        """Up to where the file is as it was: by the blocks' checksums, then by the remembered bytes."""
        # More of it may have been written once more since the size was taken.
        offset = min(same_blocks(fd, self._index), size, past.size)
        if past.tail_start <= offset:
            data = read_at(fd, min(size, past.size) - offset, offset) if size > offset else b""
            offset += common_prefix(past.tail[offset - past.tail_start :], data)
        return line_start(fd, offset)

    def _index_step(self, fd: int, size: int) -> bool:
        todo = min(size, self.size - self._index.size)
        if todo > 0:
            self._index.feed(read_at(fd, todo, self._index.size))
            if not self.witness.look(fd).same_tail:
                # Cut or rewritten since it was looked at: these may be lines of another text.
                self._index.cut(0)
                return True
        return self._index.size >= self.size

    def _offset_of(self, fd: int, number: int) -> int:
        newlines = number - 1
        if newlines < 1:
            return 0
        while self._index.newlines < newlines:
            if self._index_step(fd, INDEX_STEP):
                break
        if self._index.newlines < newlines:
            return self.size
        start, count = self._index.block_with_newline(newlines)
        data = read_at(fd, BLOCK, start)
        at = -1
        for _ in range(newlines - count):
            at = data.find(b"\n", at + 1)
            if at < 0:
                return self.size  # the file shrank meanwhile; the next refresh sees it
        return start + at + 1

    def _number_at(self, fd: int, offset: int) -> int | None:
        """The number of the line that starts at `offset`, if the lines before it are counted."""
        if offset > self._index.size:
            # Reading ahead of the index by little is cheaper than a number that comes later.
            if offset - self._index.size > INDEX_STEP:
                return None
            self._index_step(fd, INDEX_STEP)
            if offset > self._index.size:
                return None
        start, count = self._index.block_at(offset)
        return count + newlines_in(read_at(fd, offset - start, start)) + 1

    def _some_after(self, fd: int, offset: int, count: int) -> list[RawLine]:
        lines: list[RawLine] = []
        if count > 0:
            for line in lines_after(fd, offset, self.size, self._line_limit):
                lines.append(line)
                if len(lines) == count:
                    break
        return lines

    def _page(self, fd: int, lines: list[RawLine], start: int) -> Page:
        number = self._number_at(fd, start)
        entries: list[Entry] = []
        stop = start
        for line in lines:
            entry = self._entry(line, number)
            if entry is not None:
                entries.append(entry)
            if line.complete:
                stop = line.offset + line.length + 1
            number = None if number is None else number + 1
        end = stop if not lines or lines[-1].complete else lines[-1].offset + lines[-1].length
        about = (
            None if number is not None or not lines else self._guess_number(start, (end - start) / len(lines))
        )
        at_end = end >= self.size
        return Page(tuple(entries), start, stop, start == 0, at_end, self.generation, about=about)

    def _guess_number(self, offset: int, mean: float) -> int:
        """The number of the line at `offset`, if those not counted are as long as those counted.

        `mean` is used while none is.
        """
        index = self._index
        left = max(0, offset - index.size)
        return index.newlines + 1 + round(left / max(1.0, index.mean if index.newlines else mean))

    @staticmethod
    def _entry(line: RawLine, number: int | None) -> Entry | None:
        if line.data is None:
            item: ChatMessage | BadLine | Unfinished | Oversized = Oversized(line.length, line.head)
        else:
            decoded = decode_line(line.data)
            if decoded is None:
                return None
            item = decoded
            if isinstance(decoded, BadLine) and not line.complete:
                item = Unfinished(line.data)
        behind = line.offset + line.length + line.complete
        return Entry(line.offset, behind, line.length, item, number, line.complete)
