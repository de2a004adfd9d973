"""Whole lines of a file, decoded together. Where each one is, is worked out only for those asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry, Item, Oversized
from earwig.core.stores.jsonl.decoding import decode_block, decode_line, decode_lines
from earwig.core.stores.jsonl.line_index import newlines_in
from earwig.core.stores.jsonl.line_reader import RawLine, beginning

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint

_NO_ITEMS: tuple[Item | None, ...] = ()


class ScannedLines:
    """The lines of a block that starts at an offset: all of them, or those that a hint finds."""

    def __init__(self, block: bytes, start: int, limit: int, hint: Hint | None = None) -> None:
        self.start = start
        self.next = start + len(block)
        self._block = block
        self._places: Sequence[tuple[int, int]] | None = None
        """Where the lines begin in the block and their lengths; None: of all."""

        self.items: Sequence[Item | None] = _NO_ITEMS
        if not block:
            return
        if len(block) > limit:  # to look for its end may have read one that is too long
            self.items = [
                decode_line(line) if len(line) <= limit else Oversized(len(line), beginning(line))
                for line in block.split(b"\n")[:-1]
            ]
        elif hint is None:
            self.items = decode_block(block)
        else:
            lines = list(decode_lines(block, hint.line_ends(block, len(block))))
            self.items = [item for _, _, item in lines]
            self._places = [(begin, length) for begin, length, _ in lines]

    @property
    def size(self) -> int:
        return self.next - self.start

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        found: list[Entry] = []
        places, start, counted = self._places, self.start, 0
        for index in indices:
            item = self.items[index]
            if item is None:
                continue
            begin, length = self._all_places[index] if places is None else places[index]
            if number is not None:
                number += newlines_in(self._block[counted:begin])
                counted = begin
            at = start + begin
            found.append(Entry(at, at + length + 1, length, item, number))
        return found

    @cached_property
    def _all_places(self) -> Sequence[tuple[int, int]]:
        lengths = list(map(len, self._block.split(b"\n")))
        begins = accumulate((length + 1 for length in lengths), initial=0)
        return list(zip(begins, lengths, strict=False))


class LongLine:
    """A single complete line over the limit, which was not read; or none."""

    def __init__(self, start: int, line: RawLine | None) -> None:
        self.start = start
        self.next = start if line is None else line.offset + line.length + line.complete
        self.items: Sequence[Item | None] = (
            _NO_ITEMS if line is None else (Oversized(line.length, line.head),)
        )
        self._length = 0 if line is None else line.length

    @property
    def size(self) -> int:
        """The number of bytes looked at, or passed over."""
        return self.next - self.start

    def entries(self, indices: Iterable[int], number: int | None = None) -> list[Entry]:
        return [
            Entry(self.start, self.next, self._length, item, number)
            for index in indices
            if (item := self.items[index]) is not None
        ]
