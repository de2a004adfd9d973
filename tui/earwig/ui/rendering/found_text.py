"""Where found text is in rows that are drawn already, and how it stands out there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.text.safe_text import clean

MOST = 2000
"""Hits looked for in one block; a screen has fewer cells."""

FOUND = Style(bold=True, underline=True)
CURRENT = Style(bold=True, reverse=True)
"""Told apart without colour, which some readers do not see, and some terminals do not have."""


class Piece(NamedTuple):
    """A part of a row: its first cell, the one behind its last."""

    start: int
    stop: int
    current: bool = False


Hit = tuple[tuple[int, Piece], ...]
"""A found text, row by row: it may go over several."""


class DrawnText:
    """The text of neighbouring rows, in which a layout may have broken a text at any place.

    Blanks are left out on both sides, for a break takes their place; each hit is then looked at for whether
    blanks are where the found text has some, and nowhere else but at a break.
    """

    def __init__(self, rows: Sequence[str]) -> None:
        self._rows = rows
        squeezed = ["".join(row.split()) for row in rows]
        self._text = "".join(squeezed)
        self._starts = list(accumulate(map(len, squeezed), initial=0))
        self._cells = cache(self._measure)

    def hits(self, texts: Iterable[str]) -> list[Hit]:
        """Return where any of these texts is, in order."""
        found: list[tuple[int, int]] = []
        for text in texts:
            found += self._occurrences(clean(text))
        return [self._hit(start, stop) for start, stop in sorted(set(found))[:MOST]]

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        words = text.split()
        needle = "".join(words)
        ends = set(list(accumulate(map(len, words)))[:-1])
        at = self._text.find(needle) if needle else -1
        left = MOST
        while at >= 0 and left:
            stop = at + len(needle)
            if self._is_spaced(at, stop, ends):
                yield at, stop
                left -= 1
                at = self._text.find(needle, stop)
            else:
                at = self._text.find(needle, at + 1)

    def _is_spaced(self, start: int, stop: int, ends: set[int]) -> bool:
        """Return whether blanks are after just these characters; a break may stand for one, and for none."""
        for place in range(start + 1, stop):
            row = self._row_of(place)
            at = place - self._starts[row]
            if at and self._cells(row)[at][2] != (place - start in ends):
                return False
        return True

    def _row_of(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _hit(self, start: int, stop: int) -> Hit:
        parts: list[tuple[int, Piece]] = []
        while start < stop:
            row = self._row_of(start)
            end = min(stop, self._starts[row + 1])
            cells = self._cells(row)
            first, last = cells[start - self._starts[row]], cells[end - 1 - self._starts[row]]
            parts.append((row, Piece(first[0], last[1])))
            start = end
        return tuple(parts)

    def _measure(self, row: int) -> list[tuple[int, int, bool]]:
        """Return of each character that is no blank its cells, and whether a blank is before it."""
        measured: list[tuple[int, int, bool]] = []
        cell, blank = 0, False
        for char in self._rows[row]:
            size = get_character_cell_size(char)
            if char.isspace():
                blank = True
            else:
                measured.append((cell, cell + size, blank))
                blank = False
            cell += size
        return measured


def standing_out(strip: Strip, pieces: Sequence[Piece]) -> Strip:
    """Return the row with these parts marked; where two overlap, the current one is seen."""
    cuts = sorted({strip.cell_length, *(cell for piece in pieces for cell in piece[:2])} - {0})
    start = 0
    parts: list[Strip] = []
    for part, cut in zip(strip.divide(cuts), cuts, strict=False):
        over = [piece.current for piece in pieces if piece.start <= start < piece.stop]
        if over:
            mark = CURRENT if any(over) else FOUND
            segments = [Segment(text, (style or Style()) + mark) for text, style, _ in part]
            parts.append(Strip(segments, part.cell_length))
        else:
            parts.append(part)
        start = cut
    return Strip.join(parts)
