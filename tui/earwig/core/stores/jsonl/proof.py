"""Proves that counted lines are still what they were, where neither the size nor the end tells."""

from __future__ import annotations

from earwig.core.stores.jsonl import line_index
from earwig.core.stores.jsonl.line_index import LineIndex
from earwig.core.system.opening import read_at

LARGEST = 16 * 1024 * 1024
"""Bytes up to which a file is read once more whenever it was written to and is quiet: some 15 ms.

The bot only appends to a file, or writes it anew. A larger one is read again when it was written to and has
not grown: then something in it must be different.
"""


class Proof:
    """Compares a file with the checksums of its counted blocks, in steps."""

    def __init__(self) -> None:
        self._next: int | None = None
        """The block to be compared next; None: there is no doubt."""

    @property
    def is_due(self) -> bool:
        return self._next is not None

    def begin(self) -> None:
        """Compare from the start: the file was written to, and nothing else tells what changed."""
        self._next = 0

    def drop(self) -> None:
        """Compare nothing: what was counted is forgotten."""
        self._next = None

    def step(self, fd: int, index: LineIndex, size: int) -> int | None:
        """Compare the next `size` bytes; return where the first changed block begins, None if none is."""
        first = self._next
        if first is None:
            return None
        compared = min(max(1, size // line_index.BLOCK), index.blocks - first)
        if compared <= 0:
            self._next = None
            return None
        same = index.same_blocks(first, read_at(fd, compared * line_index.BLOCK, first * line_index.BLOCK))
        self._next = None if same < compared else first + compared
        return (first + same) * line_index.BLOCK if same < compared else None


_STEP = 8
"""Blocks read at once."""


def same_blocks(fd: int, index: LineIndex) -> int:
    """Return up to where the file is as it was counted, in whole blocks."""
    same = 0
    while same < index.blocks:
        found = index.same_blocks(same, read_at(fd, _STEP * line_index.BLOCK, same * line_index.BLOCK))
        same += found
        if found < _STEP:
            break
    return same * line_index.BLOCK
