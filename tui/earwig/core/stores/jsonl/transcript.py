"""Random access to the lines of one session's file."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized, Page, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.stores.jsonl.file_fingerprint import FileFingerprint
from earwig.core.stores.jsonl.known_file import INDEX_STEP, KnownFile
from earwig.core.stores.jsonl.line_index import newlines_in
from earwig.core.stores.jsonl.line_reader import (
    RawLine,
    block_after,
    block_before,
    head_of,
    last_line,
    line_start,
    line_start_within,
    lines_after,
    lines_before,
)
from earwig.core.stores.jsonl.scanned_lines import LongLine, ScannedLines
from earwig.core.stores.jsonl.stable_read import stable_read
from earwig.core.stores.jsonl.witnesses import settled, witnesses_of
from earwig.core.stores.protocols import SCANNED, Change, Ending, LinePlace, Resume, Scanned, Stored, Tally
from earwig.core.system.blake2 import blake2b
from earwig.core.system.opening import CannotOpen, opened, read_at

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint

PROVEN = 64 * 1024
"""The number of bytes before a position that a digest is made of."""


class FileTranscript:
    """The `Transcript` of one session's file. A position is a byte offset.

    It follows the path, not a descriptor: each call opens, reads bounded slices by position, and closes.
    """

    def __init__(self, path: Path | str, *, line_limit: int = LINE_LIMIT) -> None:
        self.file = KnownFile(path)
        self._line_limit = line_limit

    @property
    def path(self) -> Path | str:
        return self.file.path

    @property
    def generation(self) -> int:
        return self.file.generation

    @property
    def unchanged_to(self) -> int:
        return self.file.unchanged_to

    @property
    def absent(self) -> bool:
        return self.file.absent

    @property
    def start(self) -> int:
        return 0

    @property
    def end(self) -> int:
        return self.file.size

    @property
    def identity(self) -> Hashable:
        """Device and inode number; None where there is no file."""
        return self.file.witness.identity

    @property
    def was_put_in_place(self) -> bool:
        return self.file.witness.was_put_in_place

    def refresh(self) -> Change:
        return self.file.look()

    @stable_read
    def tail(self, fd: int, count: int) -> Page:
        end = line_start(fd, self.end)
        lines = lines_before(fd, end, count, self._line_limit)
        lines += last_line(fd, end, self.end, self._line_limit)
        return self._page(fd, lines, lines[0].offset if lines else end)

    def glance(self, count: int) -> Page:
        if not self._has_long_end():
            return self.tail(count)
        start = self.end - self._line_limit
        item = Oversized(self._line_limit, b"", at_least=True)
        entry = Entry(start, self.end, self._line_limit, item, None, complete=False)
        return Page((entry,), start, start, True, True, self.generation, provisional=True)

    @stable_read
    def _has_long_end(self, fd: int) -> bool:
        end = line_start_within(fd, self.end, self._line_limit)
        return end is None or bool(end and line_start_within(fd, end - 1, self._line_limit) is None)

    @stable_read
    def before(self, fd: int, offset: int, count: int) -> Page:
        lines = lines_before(fd, offset, count, self._line_limit)
        nothing_there = 0 if count > 0 else offset
        return self._page(fd, lines, lines[0].offset if lines else nothing_there)

    @stable_read
    def after(self, fd: int, offset: int, count: int) -> Page:
        return self._page(fd, self._some_after(fd, offset, count), offset)

    @stable_read
    def around(self, fd: int, offset: int, before: int, after: int) -> Page:
        start = line_start(fd, min(offset, self.end))
        lines = lines_before(fd, start, before, self._line_limit)
        lines += self._some_after(fd, start, after)
        return self._page(fd, lines, lines[0].offset if lines else start)

    @stable_read
    def window(self, fd: int, first: int, stop: int) -> Page:
        """Return the lines numbered from `first` (counting from 1) to before `stop`."""
        first = max(1, first)
        offset = self.file.offset_of(fd, first)
        return self._page(fd, self._some_after(fd, offset, stop - first), offset)

    @stable_read
    def offset_of(self, fd: int, number: int) -> int:
        """Return where line `number` (from 1) begins; the file's end where there are fewer."""
        return self.file.offset_of(fd, number)

    @stable_read
    def locate(self, fd: int, number: int) -> LinePlace | None:
        newlines = number - 1
        if self.file.index.newlines < newlines and self.file.index_step(fd, INDEX_STEP):
            offset = self.file.offset_of(fd, number)
        elif self.file.index.newlines < newlines:
            beyond = (newlines - self.file.index.newlines) * self.file.index.mean
            return LinePlace(min(self.file.index.size + round(beyond), self.end - 1), certain=False)
        else:
            offset = self.file.offset_of(fd, number)
        return LinePlace(offset, certain=True) if offset < self.end else None

    @stable_read
    def read(self, fd: int, offset: int, length: int) -> bytes:
        """Return the stored bytes at a place; fewer where the file ends before."""
        return read_at(fd, min(length, max(0, self.end - offset)), offset)

    def raw(self, entry: Entry, limit: int) -> bytes:
        return self.read(entry.position, min(entry.size, limit))

    def scan(
        self, start: int, budget: int = SCANNED, *, hint: Hint | None = None, limit: int = LINE_LIMIT
    ) -> Scanned:
        block, line = self._whole_lines(start, budget, max(budget, limit))
        return ScannedLines(block, start, limit, hint) if block else LongLine(start, line)

    def scan_before(self, stop: int, *, hint: Hint | None = None, limit: int = LINE_LIMIT) -> Scanned:
        block, begin, line = self._lines_before(stop, limit)
        return LongLine(begin, line) if line is not None else ScannedLines(block, begin, limit, hint)

    @stable_read
    def tally(
        self,
        fd: int,
        start: int,
        budget: int = SCANNED,
        *,
        limit: int | None = None,
        parts: Collection[bytes] = (),
    ) -> Tally:
        """That the file is still the same is proved once; a block is in memory at a time."""
        from earwig.core.stores.jsonl.tallied_lines import tally_lines  # no first frame counts

        return tally_lines(partial(self._lines_from, fd), start, budget, limit, parts)

    @stable_read
    def stored(self, fd: int, start: int, budget: int = SCANNED, *, limit: int = LINE_LIMIT) -> Stored:
        block, line = self._lines_from(fd, start, budget, max(budget, limit))
        if not block:
            stop = self.end if line is None else line.offset + line.length + 1
            first = read_at(fd, min(limit, stop - start - (line is not None)), start)
            return Stored(start, stop, stop - start, [(start, first)] if stop > start else [])
        lines, at = [], start
        for data in block.split(b"\n")[:-1]:
            lines.append((at, data[:limit]))
            at += len(data) + 1
        return Stored(start, at, len(block), lines)

    @stable_read
    def _whole_lines(self, fd: int, start: int, size: int, limit: int) -> tuple[bytes, RawLine | None]:
        return self._lines_from(fd, start, size, limit)

    def _lines_from(self, fd: int, start: int, size: int, limit: int | None) -> tuple[bytes, RawLine | None]:
        """Return the whole lines from `start` on: about `size` bytes, more for a long line.

        One over `limit` is not read: then there are no bytes, but what is known of it.
        """
        data = block_after(fd, start, self.end, size, limit)
        if limit is not None and len(data) > limit and b"\n" not in data:
            line = next(lines_after(fd, start, self.end, limit), None)
            return b"", line if line is not None and line.complete else None
        return data[: data.rfind(b"\n") + 1], None

    @stable_read
    def _lines_before(self, fd: int, stop: int, limit: int) -> tuple[bytes, int, RawLine | None]:
        """Whole lines that end at `stop`, where they begin, and what is known of one over the limit."""
        stop = min(stop, self.end)
        block, begin = block_before(fd, stop, limit)
        if block or begin == stop:
            return block, begin, None
        length = stop - 1 - begin
        return b"", begin, RawLine(begin, length, None, complete=True, head=head_of(fd, begin, length))

    def row_of(self, _position: int) -> None:
        """As `Transcript` has it."""

    @stable_read
    def position_before(self, fd: int, position: int, size: int) -> int | None:
        at = max(0, position - size)
        return line_start(fd, at) if at <= self.end else None

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """A block of lines is in memory at a time, and the file is not kept open."""
        from earwig.core.stores.jsonl.full_pass import entries_between  # no first frame reads all

        with opened(self.path) as fd:
            self.file.refresh(fd)
            witness = FileFingerprint()
            witness.accept(witness.look(fd))
            return entries_between(self.path, start, witness, self.file.number_at(fd, start))

    @stable_read
    def numbers_of(self, fd: int, positions: Sequence[int]) -> list[int | None]:
        return [self.file.number_at(fd, offset) for offset in positions]

    def lines_between(self, start: int, stop: int) -> int:
        return newlines_in(self.read(start, stop - start)) if start < stop else 0

    def index_step(self, size: int = INDEX_STEP) -> bool:
        with opened(self.path) as fd:
            self.file.refresh(fd)
            return self.file.step(fd, size)

    def doubt(self) -> None:
        self.file.doubt()

    @property
    def doubted(self) -> bool:
        return self.file.doubted

    @property
    def indexed(self) -> int:
        return self.file.index.size

    @property
    def lines_counted(self) -> int:
        return self.file.index.newlines

    @property
    def lines(self) -> int | None:
        return self.file.index.newlines if self.file.index.size == self.end else None

    # What was there once.

    def ending(self) -> Ending:
        witness = self.file.witness
        return Ending(witness.size, (witness.tail_start, hash(witness.tail)))

    def still_has(self, ending: Ending) -> bool:
        if not isinstance(ending.proof, tuple):
            return False
        start, value = ending.proof
        try:
            return bool(hash(self.read(start, ending.position - start)) == value)
        except CannotOpen:
            return False

    def resume_at(self, end: int) -> Resume:
        """A last line that had no newline is read once more."""
        if not end or self.read(end - 1, 1) == b"\n":
            return Resume(end)
        page = self.around(end - 1, 0, 1)
        early = (entry for entry in page.entries if entry.position + entry.size == end)
        return Resume(page.start, next(early, None))

    def digest_before(self, position: int) -> str:
        size, generation = min(PROVEN, position), self.generation
        data = self.read(position - size, size)
        if not data or len(data) < size or self.generation != generation:
            return ""
        return blake2b(data, digest_size=16).hexdigest()

    def witnesses(self, position: int) -> tuple[Witness, ...]:
        return witnesses_of(self.path, position)

    def settled(self, read_to: ReadTo, *, take: bool) -> ReadTo:
        return settled(self.path, read_to, take=take)

    # What follows works on an open file, looked at just before.

    def _some_after(self, fd: int, offset: int, count: int) -> list[RawLine]:
        lines: list[RawLine] = []
        if count > 0:
            for line in lines_after(fd, offset, self.end, self._line_limit):
                lines.append(line)
                if len(lines) == count:
                    break
        return lines

    def _page(self, fd: int, lines: list[RawLine], start: int) -> Page:
        number = self.file.number_at(fd, start)
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
            None
            if number is not None or not lines
            else self.file.guess_number(start, (end - start) / len(lines))
        )
        at_end = end >= self.end
        return Page(tuple(entries), start, stop, start == 0, at_end, self.generation, about=about)

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
