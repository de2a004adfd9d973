"""A session file as blocks of whole lines, read once from some place to its end as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from earwig.core.opening import opened, read_at
from earwig.core.transcript.line_reader import LINE_LIMIT

_FIRST = 256 * 1024
_STEP = 2 * 1024 * 1024


class Block(NamedTuple):
    """Whole lines."""

    data: bytes
    """Ends with a newline, also where the file has none there."""

    start: int
    """Offset of its first byte in the file."""

    complete: bool
    """Whether newlines end all its lines in the file; if not, it is one line, the last."""

    oversized: int
    """Lines over the limit before it that were left out."""

    @property
    def stop(self) -> int:
        """The offset behind its last whole line."""
        return self.start + len(self.data) if self.complete else self.start


def blocks_of(path: Path, offset: int, *, limit: int = LINE_LIMIT, step: int = _STEP) -> Iterator[Block]:
    """The lines from `offset` on, where one begins. Raises `CannotOpen`."""
    with opened(path) as fd:
        at = start = offset
        rest = b""
        skipping = False  # in a line over the limit, the beginning of which is given up
        oversized = 0
        size = min(_FIRST, step)
        while piece := read_at(fd, size, at):
            at += len(piece)
            size = step
            if skipping:
                end = piece.find(b"\n")
                if end < 0:
                    continue
                skipping = False
                piece = piece[end + 1 :]
                start = at - len(piece)
            data = rest + piece
            cut = data.rfind(b"\n") + 1
            if cut:
                yield Block(data[:cut], start, True, oversized)
                oversized = 0
                start += cut
            rest = data[cut:]
            if len(rest) > limit:
                rest, skipping = b"", True
                oversized += 1
        if rest and not skipping:
            yield Block(rest + b"\n", start, False, oversized)
        elif oversized:
            yield Block(b"", start, True, oversized)
