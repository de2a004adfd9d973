"""What of a message's stored text stands behind drawn rows: each drawn character says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import get_character_cell_size
from textual.strip import Strip

from earwig.ui.rendering.cells import Cell
from earwig.ui.rendering.source_text import SourceText

_LINE_MARKS: Final = re.compile(r"(?:[\s>]|#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s)*")
_OPENING: Final = re.compile(r"[*_~`]+|!?\[")
_CLOSING: Final = re.compile(r"[*_~`]+")

Places = tuple[int, int]
"""From where to where a piece of the stored text goes."""


def source_between(source: str, rows: Sequence[Strip], first: Cell, stop: Cell | None) -> str | None:
    """Return what of `source` is drawn from `first` to before `stop`; None where nothing of it is.

    Without `stop`, to the end of the source, also where that is not drawn. The rows are of `SourceText`.
    What stands in rows of which nothing is stored so (a result that was decoded) is taken as it is drawn. A
    line that is taken from its beginning is taken with its mark.
    """
    last = Cell(len(rows), 0) if stop is None else stop
    pieces: list[Places | str] = []
    for row in range(first.row, min(last.row + 1, len(rows))):
        left = first.cell if row == first.row else 0
        right = last.cell if row == last.row else rows[row].cell_length
        if not is_stored(rows[row]):
            if has_words(drawn := rows[row].crop(left, max(left, right)).text.rstrip()):
                pieces.append(drawn)
        elif (found := _places(rows[row], left, right)) is not None:
            before = pieces[-1] if pieces else ""
            if isinstance(before, str):
                pieces.append(found)
            else:
                pieces[-1] = min(before[0], found[0]), max(before[1], found[1])
    if not pieces:
        return None
    begun, ended = pieces[0], pieces[-1]
    if not isinstance(begun, str):
        pieces[0] = begun = _begin(source, *begun, first, rows), begun[1]
    if not isinstance(ended, str):
        begin = begun[0] if len(pieces) == 1 and not isinstance(begun, str) else ended[0]
        pieces[-1] = begin, len(source) if stop is None else _end(source, begin, ended[1], stop, rows)
    return "\n".join(piece if isinstance(piece, str) else source[slice(*piece)] for piece in pieces)


def drawn_between(rows: Sequence[Strip], first: Cell, stop: Cell) -> str:
    """Return what is seen from `first` to before `stop`, without the blanks at the ends of rows."""
    lines = []
    for row in range(first.row, min(stop.row + 1, len(rows))):
        strip = rows[row]
        left = first.cell if row == first.row else 0
        right = stop.cell if row == stop.row else strip.cell_length
        lines.append(strip.crop(left, max(left, right)).text.rstrip())
    return "\n".join(lines).strip("\n")


def has_words(text: str) -> bool:
    """Return whether there is more in it than blanks, borders and marks."""
    return any(char.isalnum() for char in text)


def is_stored(row: Strip) -> bool:
    """Return whether anything in a row knows where it is stored."""
    return any(isinstance(text, SourceText) for text, _, _ in row)


def _characters(row: Strip) -> Iterator[tuple[int, int, int, int]]:
    """Yield, of each stored character of a row, its cells and its places, from and to.

    A mark that is drawn over the character before it has that one's cells.
    """
    cell = before = 0
    for text, _, _ in row:
        for index, char in enumerate(text):
            size = get_character_cell_size(char)
            begin = cell if size else before
            before, cell = begin, cell + size
            if isinstance(text, SourceText):
                yield begin, max(cell, begin + 1), text.starts[index], text.stops[index]


def _places(row: Strip, left: int, right: int) -> Places | None:
    found = [(start, stop) for begin, end, start, stop in _characters(row) if begin < right and end > left]
    return (min(found)[0], max(stop for _, stop in found)) if found else None


def _begin(source: str, at: int, end: int, first: Cell, rows: Sequence[Strip]) -> int:
    """Return where a line begins that is taken from its beginning: what marks it as an item is taken along.

    So are marks in the text, of which the other half is selected.
    """
    line = source.rfind("\n", 0, at) + 1
    marks = _LINE_MARKS.match(source, line, at)
    if marks is None or has_words(rows[first.row].crop(0, first.cell).text):
        return at
    place = marks.end()
    while place < at and (opening := _OPENING.match(source, place, at)) is not None:
        closing = "](" if opening[0].endswith("[") else opening[0]
        if closing not in source[at:end]:
            return at
        place = opening.end()
    return line if place == at else at


def _end(source: str, begin: int, end: int, stop: Cell, rows: Sequence[Strip]) -> int:
    """Return the end of a line of which all is taken: with marks behind it whose other half is selected."""
    closing = _CLOSING.match(source, end)
    if closing is None or (stop.row < len(rows) and has_words(rows[stop.row].crop(stop.cell).text)):
        return end
    line = source.find("\n", end)
    is_last = not source[closing.end() : len(source) if line < 0 else line].strip()
    return closing.end() if is_last and closing[0] in source[begin:end] else end
