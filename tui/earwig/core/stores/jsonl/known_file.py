"""Keeps what is known of one session's file: how much of it is unchanged, and where each line is."""

from __future__ import annotations

from pathlib import Path

from earwig.core.stores.jsonl.file_fingerprint import FileFingerprint, common_prefix
from earwig.core.stores.jsonl.line_index import BLOCK, LineIndex, newlines_in
from earwig.core.stores.jsonl.line_reader import line_start
from earwig.core.stores.jsonl.proof import LARGEST, Proof, same_blocks
from earwig.core.stores.protocols import Change
from earwig.core.system.opening import CannotOpen, opened, read_at

INDEX_STEP = 8 * BLOCK


class KnownFile:
    """Follows a path, not a descriptor.

    What works on an open file is given one that was looked at just before.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.generation = 0
        self.unchanged_to = 0
        """After `REWRITTEN`: the offset up to which the file is still as it was, at a line's start."""

        self.absent = False
        self.witness = FileFingerprint()
        self.index = LineIndex()
        self._proof = Proof()

    @property
    def size(self) -> int:
        """The size of the file in bytes at the last look."""
        return self.witness.size

    def look(self) -> Change:
        """Look at the file again. Raises `CannotOpen`, unless it is just not there."""
        try:
            with opened(self.path) as fd:
                return self.refresh(fd)
        except CannotOpen as error:
            if not error.missing:
                raise
            self.absent = True
            if not self.witness.known:
                return Change.SAME
            self._forget(0)
            self.witness = FileFingerprint()
            return Change.VANISHED

    def refresh(self, fd: int) -> Change:
        """Look at the open file again."""
        self.absent = False
        sight, known = self.witness.look(fd), self.witness
        if sight.same_tail and not (sight.replaced and same_blocks(fd, self.index) < known.tail_start):
            grew = sight.size > known.size
            fresh = not known.known
            known.accept(sight)
            if sight.overwritten and known.tail_start:
                self._proof.begin()
                if 0 < self.index.size < known.tail_start:
                    self._forget(0)  # of what is not counted nothing tells whether it is the same
                    return Change.REWRITTEN
            return Change.GREW if grew or fresh else Change.SAME
        # The file as it is from here on is what is known; then what it shares with the past. In the other
        # order a second rewrite between the two would go unseen.
        past, self.witness = self.witness, FileFingerprint()
        self.witness.accept(self.witness.look(fd))
        self._forget(self._same_prefix(fd, past, self.size))
        return Change.REWRITTEN

    def doubt(self) -> None:
        """Have the next steps of the index check what is counted, if that is little."""
        if self.size <= LARGEST:
            self._proof.begin()

    @property
    def doubted(self) -> bool:
        """Whether that check is still to be done."""
        return self._proof.is_due

    def step(self, fd: int, size: int) -> bool:
        """Count the lines of the next bytes, and prove some; return whether there is no more of either."""
        return self.index_step(fd, size) and self._prove_step(fd, size)

    def index_step(self, fd: int, size: int) -> bool:
        """Count the lines of the next bytes; return whether all are counted."""
        todo = min(size, self.size - self.index.size)
        if todo > 0:
            self.index.feed(read_at(fd, todo, self.index.size))
            if not self.witness.look(fd).same_tail:
                # Cut or rewritten since it was looked at: these may be lines of another text.
                self.index.cut(0)
                return True
        return self.index.size >= self.size

    def offset_of(self, fd: int, number: int) -> int:
        """Return where line `number` (from 1) begins; the file's end where there are fewer."""
        newlines = number - 1
        if newlines < 1:
            return 0
        while self.index.newlines < newlines:
            if self.index_step(fd, INDEX_STEP):
                break
        if self.index.newlines < newlines:
            return self.size
        start, count = self.index.block_with_newline(newlines)
        data = read_at(fd, BLOCK, start)
        at = -1
        for _ in range(newlines - count):
            at = data.find(b"\n", at + 1)
            if at < 0:
                return self.size  # the file shrank meanwhile; the next refresh sees it
        return start + at + 1

    def number_at(self, fd: int, offset: int) -> int | None:
        """Return the number of the line that begins at `offset`; None if the lines before are not counted."""
        if offset > self.index.size:
            # Reading ahead of the index by little is cheaper than a number that comes later.
            if offset - self.index.size > INDEX_STEP:
                return None
            self.index_step(fd, INDEX_STEP)
            if offset > self.index.size:
                return None
        start, count = self.index.block_at(offset)
        return count + newlines_in(read_at(fd, offset - start, start)) + 1

    def guess_number(self, offset: int, mean: float) -> int:
        """Guess the number of the line at `offset`: others are as long as those counted, or `mean`."""
        index = self.index
        left = max(0, offset - index.size)
        return index.newlines + 1 + round(left / max(1.0, index.mean if index.newlines else mean))

    def _forget(self, same: int) -> None:
        self.unchanged_to = same
        self.generation += 1
        self.index.cut(same)
        self._proof.drop()

    def _prove_step(self, fd: int, size: int) -> bool:
        """Compare a part of what was counted with what is there; True when all of it is compared."""
        other = self._proof.step(fd, self.index, size)
        if other is not None:
            self._forget(line_start(fd, min(other, self.size)))
            return False
        return not self._proof.is_due

    def _same_prefix(self, fd: int, past: FileFingerprint, size: int) -> int:
        """Up to where the file is as it was: by the blocks' checksums, then by the remembered bytes."""
        # More of it may have been written once more since the size was taken.
        offset = min(same_blocks(fd, self.index), size, past.size)
        if past.tail_start <= offset:
            data = read_at(fd, min(size, past.size) - offset, offset) if size > offset else b""
            offset += common_prefix(past.tail[offset - past.tail_start :], data)
        return line_start(fd, offset)
