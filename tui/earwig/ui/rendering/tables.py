"""A table as rows: borders around its cells, text folded inside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.style import Style

from earwig.ui.rendering.cells import width_of
from earwig.ui.rendering.rows import EMPTY, Line, Row, Run, wrap

MIN_COLUMN = 3
"""Cells; in narrower columns a text is no longer read but spelled."""


class TableCell(NamedTuple):
    """One cell's text, and where it stands in its column: `left`, `right` or `center`."""

    line: Line
    align: str

    @property
    def width(self) -> int:
        return sum(width_of(text) for text, _ in self.line)


def table_rows(
    table: Sequence[Sequence[TableCell]], width: int, border: Style, base: Style
) -> list[Row] | None:
    """Lay a table out, its header first; None if its columns cannot fit the width."""
    columns = _column_widths([[cell.width for cell in row] for row in table], width)
    if columns is None:
        return None
    drawn = [_table_row(cells, columns, border, base) for cells in table]
    folded = any(len(rows) > 1 for rows in drawn[1:])
    rows = [_rule("┌┬┐", columns, border), *drawn[0], _rule("├┼┤", columns, border)]
    for index, body in enumerate(drawn[1:]):
        if folded and index:
            rows.append(_rule("├┼┤", columns, border))
        rows += body
    return [*rows, _rule("└┴┘", columns, border)]


def _column_widths(table: Sequence[Sequence[int]], width: int) -> list[int] | None:
    """The widest columns give way first, until all fit; no column is narrower than it must be."""
    natural = [max(column, default=1) or 1 for column in zip_longest(*table, fillvalue=0)]
    room = width - 3 * len(natural) - 1
    if sum(natural) <= room:
        return natural
    limit = MIN_COLUMN
    if sum(min(column, limit) for column in natural) > room:
        return None
    while sum(min(column, limit + 1) for column in natural) <= room:
        limit += 1
    columns = [min(column, limit) for column in natural]
    left = room - sum(columns)
    for index, column in enumerate(natural):
        if left and column > limit:
            columns[index], left = limit + 1, left - 1
    return columns


def _table_row(cells: Sequence[TableCell], columns: Sequence[int], border: Style, base: Style) -> list[Row]:
    drawn = [wrap(cell.line, column) for cell, column in zip(cells, columns, strict=True)]
    rows: list[Row] = []
    for parts in zip_longest(*drawn, fillvalue=EMPTY):
        runs: list[Run] = []
        for cell, part, column in zip(cells, parts, columns, strict=True):
            runs.append(("│ " if not runs else " │ ", border))
            runs += _aligned(part, column, cell.align, base)
        rows.append(Row([*runs, (" │", border)], sum(columns) + 3 * len(columns) + 1))
    return rows


def _aligned(part: Row, column: int, align: str, base: Style) -> Iterable[Run]:
    space = column - part.cells
    before = {"right": space, "center": space // 2}.get(align, 0)
    yield " " * before, base
    yield from part.runs
    yield " " * (space - before), base


def _rule(corners: str, columns: Sequence[int], border: Style) -> Row:
    text = corners[0] + corners[1].join("─" * (column + 2) for column in columns) + corners[2]
    return Row([(text, border)], len(text))
