"""Looks through a session for some of its entries, from a place in one direction, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from earwig.core.find.line_scan import Scan
from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Oversized
from earwig.core.stores.jsonl.decoding import decode_block, decode_line, decode_lines
from earwig.core.stores.jsonl.line_reader import HEAD
from earwig.core.stores.jsonl.newlines import newlines_in
from earwig.core.stores.jsonl.transcript import Transcript

STEP = 96 * 1024
"""Bytes looked at in one step: what a key may have to wait for."""

Wanted = Callable[[Item], object]
"""True, in the sense of `bool`, for an item that is wanted."""


class Walk:
    """Finds entries that are wanted, step by step; a step costs about the same wherever the next one is.

    `at` is the offset up to which (backwards: down to which) all has been looked at, where a line begins. An
    entry has its line's number where the lines before it are counted.
    """

    def __init__(
        self,
        transcript: Transcript,
        at: int,
        wanted: Wanted,
        *,
        forward: bool,
        scan: Scan | None = None,
        limit: int = LINE_LIMIT,
        numbered: bool = True,
    ) -> None:
        """`scan` spares the decoding of lines that it does not find: none of them is wanted."""
        self._transcript = transcript
        self._wanted = wanted
        self._scan = scan
        self._limit = limit
        self._numbered = numbered
        self.forward = forward
        self.at = at
        self.generation = transcript.generation
        self.done = not forward and at <= 0
        """Whether there is no more in this direction, for now."""

    @property
    def outdated(self) -> bool:
        """Whether the file's past has changed since: `at`, and what was found, are of another text."""
        return self._transcript.generation != self.generation

    def step(self, size: int = STEP) -> list[Entry]:
        """What is wanted of the next lines, in their order; nothing if `done` or `outdated`.

        The last line, while no newline ends it, is looked at when all others are, and `at` stays before it.
        Raises `CannotOpen`.
        """
        if self.done or self.outdated:
            return []
        return self._step_down(size) if self.forward else self._step_up()

    def _step_down(self, size: int) -> list[Entry]:
        start = self.at
        block, stop = self._transcript.read_lines(start, size, max(size, self._limit))
        if self.outdated:
            return []
        if stop == start:
            self.done = True
            return self._apart(start) if start < self._transcript.size else []
        self.at = stop
        return self._pick(block, start) if block else self._apart(start)

    def _step_up(self) -> list[Entry]:
        stop = self.at
        block, start = self._transcript.read_lines_before(stop, self._limit)
        if self.outdated:
            return []
        self.at = start
        self.done = start == 0 or start == stop
        return self._pick(block, start) if block or start == stop else self._apart(start)

    def _apart(self, offset: int) -> list[Entry]:
        """The line at an offset, if it is wanted: one that is too long, or has no newline yet."""
        page = self._transcript.after(offset, 1)
        return [entry for entry in page.entries if self._wanted(entry.item)]

    def _pick(self, block: bytes, start: int) -> list[Entry]:
        wanted = self._wanted
        picked = [line for line in self._lines(block) if line[2] is not None and wanted(line[2])]
        if not picked:
            return []
        number = self._transcript.numbers_of([start])[0] if self._numbered else None
        if self.outdated:
            return []
        found: list[Entry] = []
        counted = 0
        for begin, length, item in picked:
            if item is not None:
                if number is not None:
                    number += newlines_in(block[counted:begin])
                found.append(Entry(start + begin, start + begin + length + 1, length, item, number))
                counted = begin
        return found

    def _lines(self, block: bytes) -> Iterable[tuple[int, int, Item | None]]:
        """Where lines begin, their lengths and what they are: all, or those that may be wanted."""
        if self._scan is not None and len(block) <= self._limit:
            return decode_lines(block, self._scan(block, len(block)))
        lengths = list(map(len, block.split(b"\n")))
        begins = accumulate((length + 1 for length in lengths), initial=0)
        return zip(begins, lengths, self._decoded(block), strict=False)

    def _decoded(self, block: bytes) -> Sequence[Item | None]:
        """What each line is; to look for one backwards may have read some that are too long."""
        if len(block) <= self._limit:
            return decode_block(block)
        lines = block.split(b"\n")[:-1]
        return [
            decode_line(line) if len(line) <= self._limit else Oversized(len(line), line[:HEAD])
            for line in lines
        ]
