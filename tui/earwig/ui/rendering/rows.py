"""Styled text as rows of a fixed width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.cells import TAB_STOP, cut_line, drawable
from earwig.ui.rendering.source_text import SourceText

Run = tuple[str, Style]
"""A piece of cleaned text in one style, without line breaks and tabs."""

Line = list[Run]
"""What one line of a message says, as long as it is."""


class Row(NamedTuple):
    """Runs that fit a width, and the cells that they take."""

    runs: Sequence[Run]
    cells: int


EMPTY = Row((), 0)


def wrap(line: Line, width: int) -> list[Row]:
    """Lay a line out in as many rows as it needs, at least one."""
    text = "".join(run[0] for run in line)
    if not text.isascii():
        line = _drawable(line, text, width)
        text = "".join(run[0] for run in line)
    spans = cut_line(text, width)
    if len(line) == 1:
        text, style = line[0]
        return [Row(((text[start:stop], style),), cells) for start, stop, cells in spans]
    if len(spans) == 1 and spans[0][1] == len(text):
        return [Row(line, spans[0][2])]
    return [Row(piece, cells) for piece, (_, _, cells) in zip(_pieces(line, spans), spans, strict=True)]


def _drawable(line: Line, text: str, width: int) -> Line:
    changed = drawable(text, width)
    if changed is text:
        return line
    shift = len(changed) - len(text)
    pieces: Line = []
    start = 0
    for part, style in line:
        stop = start + len(part) + (shift if part and not start else 0)
        piece = changed[start:stop]
        pieces.append((part.redrawn(piece) if isinstance(part, SourceText) else piece, style))
        start = stop
    return pieces


def _pieces(line: Line, spans: Iterable[tuple[int, int, int]]) -> Iterable[list[Run]]:
    index, run_start = 0, 0
    for start, stop, _ in spans:
        piece: list[Run] = []
        while index < len(line):
            text, style = line[index]
            run_stop = run_start + len(text)
            if run_stop > start:
                piece.append((text[max(start - run_start, 0) : stop - run_start], style))
            if run_stop > stop:
                break
            index, run_start = index + 1, run_stop
        yield piece


def text_rows(text: SafeText, width: int, style: Style) -> list[Row]:
    """Plain text as rows: its lines as they are, tabs at their stops, long lines wrapped."""
    return [row for line in text.expandtabs(TAB_STOP).split("\n") for row in wrap([(line, style)], width)]


def prefixed(rows: Iterable[Row], first: Run, rest: Run, cells: int) -> list[Row]:
    """The rows with something of `cells` cells before the first one, and something before the others."""
    prefixes = [first, rest]
    return [Row((prefixes[min(index, 1)], *row.runs), row.cells + cells) for index, row in enumerate(rows)]


def filled(row: Row, width: int, style: Style) -> Row:
    """Return the row in `width` cells, padded in a style of its own."""
    return Row((*row.runs, (" " * (width - row.cells), style)), width) if row.cells < width else row


def to_strip(row: Row, width: int, base: Style) -> Strip:
    """Return the row as Textual draws it, at least `width` cells wide: blank cells inherit no style."""
    if not row.runs:
        return Strip.blank(width, base)
    segments = [Segment(text, style) for text, style in row.runs if text]
    if row.cells < width:
        segments.append(Segment(" " * (width - row.cells), base))
    return Strip(segments, max(row.cells, width))
