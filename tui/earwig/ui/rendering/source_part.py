"""What of a message's source text stands behind drawn rows: found by their words, whatever drew them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.strip import Strip

from earwig.core.text.safe_text import clean
from earwig.ui.rendering.cells import Cell

LIMIT = 200_000
"""Characters of a source that are looked through; what is drawn of a message is less."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SYNTAX_BEFORE = re.compile(r"[\s>#*+\-`~_|\[!\d.)]*")
_SYNTAX_AFTER = re.compile(r"[*_`~|\s]*")


class _Token(NamedTuple):
    """A drawn word, and where it stands."""

    text: str
    first: Cell
    stop: Cell


class _Match(NamedTuple):
    token: _Token
    at: int


def source_between(source: str, rows: Sequence[Strip], first: Cell, stop: Cell | None) -> str | None:
    """Return the part of `source` that is drawn from `first` to before `stop`; None where it cannot be found.

    Without `stop`, to the end of the source, also where that is not drawn.

    The words of the rows are looked for in the source, each behind the one before, so that a border, a bullet
    or a wrap in between does not matter. A line that is taken from its beginning is taken with its mark.
    """
    shown, places = _cleaned(source[:LIMIT])
    last = Cell(len(rows), 0) if stop is None else stop
    matches = [match for match in _matches(shown, rows, last) if match.token.stop > first]
    if not matches:
        return None
    begin, end = _begin(shown, matches[0], first, rows), _end(shown, matches[-1], last, rows)
    if end <= begin:
        return None
    at = begin if places is None else places[begin]
    if stop is None:
        return source[at:]
    return source[at : end if places is None else places[end - 1] + 1]


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


def _cleaned(source: str) -> tuple[str, list[int] | None]:
    """The source as it is shown, and where each of its characters comes from, if not from the same place."""
    if clean(source) == source:
        return source, None
    made = {char: clean(char) for char in set(source)}
    shown: list[str] = []
    places: list[int] = []
    for at, char in enumerate(source):
        for each in made[char]:
            shown.append(each)
            places.append(at)
    return "".join(shown), places


def _matches(shown: str, rows: Sequence[Strip], stop: Cell) -> Iterator[_Match]:
    at = 0
    for token in _tokens(rows, stop):
        found = shown.find(token.text, at, at + _reach(token.text))
        if found >= 0:
            yield _Match(token, found)
            at = found + len(token.text)


def _reach(text: str) -> int:
    """Return how far ahead a word is looked for: the rarer it is likely to be, the further."""
    return 8 if not text.isalnum() else 32 * len(text) ** 2


def _tokens(rows: Sequence[Strip], stop: Cell) -> Iterator[_Token]:
    for row in range(min(stop.row + 1, len(rows))):
        cell = 0
        for text, _, _ in rows[row]:
            for match in _TOKEN.finditer(text):
                first = Cell(row, cell + cell_len(text[: match.start()]))
                if first >= stop:
                    return
                yield _Token(match[0], first, Cell(row, first.cell + cell_len(match[0])))
            cell += cell_len(text)


def _begin(shown: str, match: _Match, first: Cell, rows: Sequence[Strip]) -> int:
    token = match.token
    if token.first < first:
        return match.at + _characters(token.text, first.cell - token.first.cell)
    line = shown.rfind("\n", 0, match.at) + 1
    starts_row = not has_words(rows[first.row].crop(0, first.cell).text)
    return line if starts_row and _SYNTAX_BEFORE.fullmatch(shown, line, match.at) else match.at


def _end(shown: str, match: _Match, stop: Cell, rows: Sequence[Strip]) -> int:
    token = match.token
    if token.stop > stop:
        return match.at + _characters(token.text, stop.cell - token.first.cell)
    end = match.at + len(token.text)
    line = shown.find("\n", end)
    line = len(shown) if line < 0 else line
    ends_row = stop.row >= len(rows) or not has_words(rows[stop.row].crop(stop.cell).text)
    return line if ends_row and _SYNTAX_AFTER.fullmatch(shown, end, line) else end


def _characters(text: str, cells: int) -> int:
    return next((at for at in range(len(text)) if cell_len(text[: at + 1]) > cells), len(text))
