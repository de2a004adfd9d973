"""Finds what blocks of Markdown hold in the lines of their source, where signs and blanks stand before it."""

from __future__ import annotations

import re
from typing import Final

from earwig.ui.rendering.source_text import SourceText

_BEFORE_HEADING: Final = re.compile(r"[\s>*+\-\d.)]*?#{1,6}[ \t]+")
_BEFORE_CELLS: Final = re.compile(r"[\s>]*\|?")


class SourceLines:
    """The lines of a text that knows where it is stored."""

    def __init__(self, text: SourceText) -> None:
        self._lines = [line for line in text.split("\n") if isinstance(line, SourceText)]
        self._row, self._behind = -1, 0

    def block(self, content: str, first: int) -> str:
        """Return the content of a block whose first line is the `first` of the text, with its places."""
        starts: list[int] = []
        stops: list[int] = []
        for number, line in enumerate(content.split("\n"), first):
            piece = self._line(line, number)
            if piece is None:
                return content
            if number > first:  # the break between two
                starts.append(stops[-1] if stops else 0)
                stops.append(piece.starts[0] if piece else starts[-1])
            starts += piece.starts
            stops += piece.stops
        return SourceText(content, starts, stops)

    def cell(self, content: str, row: int) -> str:
        """Return the content of a table's next cell in a line of the text, with its places."""
        if row >= len(self._lines):
            return content
        source = self._lines[row]
        if row != self._row:
            before = _BEFORE_CELLS.match(source)
            self._row, self._behind = row, before.end() if before else 0
        at, places = self._behind, []
        at += len(source[at:]) - len(source[at:].lstrip())
        for char in content:
            size = 2 if char == "|" and source.startswith("\\|", at) else 1
            if source[at + size - 1 : at + size] != char:
                return content
            places.append((at, at + size - 1))
            at += size
        bar = source.find("|", at)
        self._behind = len(source) if bar < 0 else bar + 1
        return SourceText(
            content, [source.starts[start] for start, _ in places], [source.stops[last] for _, last in places]
        )

    def _line(self, line: str, number: int) -> SourceText | None:
        """Return a line of a block: what one of the source ends with, but for blanks and a heading's end."""
        if number >= len(self._lines):
            return None
        source = self._lines[number]
        start = len(source.rstrip()) - len(line.rstrip())
        if start < 0 or not source.startswith(line, start):
            heading = _BEFORE_HEADING.match(source)
            start = source.find(line, heading.end() if heading else 0)
        if start >= 0:
            return source.at(start, start + len(line))
        rest = line.lstrip(" ")
        start = source.find(rest)
        if not rest or start < 1:
            return None
        # A tab before it was made spaces, some of which are left.
        blanks = source.at(start - 1, start).as_one(" " * (len(line) - len(rest)))
        text = source.at(start, start + len(rest))
        return SourceText(line, [*blanks.starts, *text.starts], [*blanks.stops, *text.stops])
