"""A message's Markdown as rows of text, without losing a letter of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.style import Style

from earwig.core.text.safe_text import SafeText, clean, clean_line, own_text, part
from earwig.markdown.parsing import ShownPlain, parse
from earwig.ui.rendering.cells import TAB_STOP
from earwig.ui.rendering.code import Highlighter
from earwig.ui.rendering.inline import InlineWriter
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import EMPTY, Line, Row, filled, prefixed, text_rows, wrap
from earwig.ui.rendering.source_lines import SourceLines
from earwig.ui.rendering.source_text import SourceText
from earwig.ui.rendering.tables import TableCell, table_rows

if TYPE_CHECKING:
    from markdown_it.token import Token

MIN_WIDTH = 8
"""Cells, also inside lists and quotes: with less, text is better without them."""

_LINE: Final = re.compile(r"[^\n]*(?:\n|$)")
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_STRONG: Final = Style(bold=True)
_BULLET: Final = "•"


def markdown_rows(text: SafeText, width: int, palette: Palette, spare: int = 0) -> list[Row]:
    """Lay out a text that may be Markdown.

    `spare` of the cells of `width` are for long lines alone: rules and the ground of code end before them.

    Raises:
        ShownPlain: It is better shown as plain text.
    """
    writer = _BlockWriter(text, parse(text), palette, spare)
    rows = writer.blocks(width)
    if not _says_all("".join(writer.inline.said), text):
        raise ShownPlain(own_text("Markdown would hide part of it"))
    return rows


def _says_all(said: str, text: str) -> bool:
    """Return whether every letter and digit of the text was said, in the text's order."""
    said, text = _NOT_ALPHANUMERIC.sub("", said), _NOT_ALPHANUMERIC.sub("", text)
    if said == text:
        return True
    rest = iter(said)
    return all(char in rest for char in text)


def _marks(items: Sequence[Token]) -> list[str]:
    """What stands before each item: its number as stored, but counted where all are the same (`1. 1. 1.`)."""
    numbers = [item.info for item in items]
    if not numbers[0]:
        return [f"{_BULLET} "] * len(items)
    if len(numbers) > 1 and len(set(numbers)) == 1:
        numbers = [str(int(numbers[0]) + index) for index in range(len(items))]
    return [f"{number}{item.markup} " for number, item in zip(numbers, items, strict=True)]


class _BlockWriter:
    def __init__(self, source: SafeText, tokens: Sequence[Token], palette: Palette, spare: int) -> None:
        self._source = source
        self._places = SourceLines(source) if isinstance(source, SourceText) else None
        self._tokens = tokens
        self._next = 0
        self._palette = palette
        self._spare = spare
        self._highlighter = Highlighter(palette)
        self.inline = InlineWriter(palette)

    def blocks(self, width: int, tight: bool = False) -> list[Row]:
        """Return the blocks up to the end of the one around them, blank rows between them if not tight."""
        if width < MIN_WIDTH:
            raise ShownPlain(own_text("there is no room for its Markdown"))
        rows: list[Row] = []
        for token in self._walk():
            if token.nesting < 0:
                break
            if rows and not tight:
                rows.append(EMPTY)
            rows += self._block(token, width)
        return rows or [EMPTY]

    def _walk(self) -> Iterator[Token]:
        """Yield the tokens that are left; what a loop's body takes is not seen by the loop."""
        while self._next < len(self._tokens):
            self._next += 1
            yield self._tokens[self._next - 1]

    def _block(self, token: Token, width: int) -> list[Row]:
        match token.type:
            case "paragraph_open":
                return self._text(self._palette.text, width)
            case "heading_open":
                return self._heading(token, width)
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token, width)
            case "blockquote_open":
                bar = ("│ ", self._palette.line)
                return prefixed(self.blocks(width - 2), bar, bar, 2)
            case "fence" | "code_block":
                return self._code(token, width)
            case "hr":
                width -= self._spare
                return [Row([("─" * width, self._palette.line)], width)]
            case "table_open":
                return self._table(token, width)
        raise ShownPlain(own_text("it has something unknown in Markdown ({})", clean_line(token.type)))

    def _lines(self, style: Style, row: int | None = None) -> list[Line]:
        """Return the lines of a block that holds text: of its inline token, behind which it is closed.

        `row` is that of a table's cell.
        """
        token = self._tokens[self._next]
        self._next += 2
        content = token.content
        if self._places is not None and row is not None:
            content = self._places.cell(content, row)
        elif self._places is not None and token.map:
            content = self._places.block(content, token.map[0])
        return self.inline.lines(token.children or (), style, content)

    def _text(self, style: Style, width: int) -> list[Row]:
        return [row for line in self._lines(style) for row in wrap(line, width)]

    def _heading(self, token: Token, width: int) -> list[Row]:
        mark = "#" * int(token.tag[1:]) + " "
        rows = self._text(self._palette.heading, max(width - len(mark), 2))
        return prefixed(rows, (mark, self._palette.line), (" " * len(mark), self._palette.line), len(mark))

    def _list(self, token: Token, width: int) -> list[Row]:
        items, tight = self._items(token.level)
        marks = _marks(items)
        cells = max(map(len, marks))
        rows: list[Row] = []
        for mark, item in zip(marks, items, strict=True):
            next(self._walk())
            self.inline.say(item.info)
            if rows and not tight:
                rows.append(EMPTY)
            first, rest = (mark.rjust(cells), self._palette.line), (" " * cells, self._palette.line)
            rows += prefixed(self.blocks(width - cells, tight), first, rest, cells)
        next(self._walk())
        return rows

    def _items(self, level: int) -> tuple[list[Token], bool]:
        """The tokens that open the items of the list just opened, and whether its paragraphs stand close."""
        items: list[Token] = []
        tight = True
        for token in islice(self._tokens, self._next, None):
            if token.level == level:
                break
            if token.type == "list_item_open" and token.level == level + 1:
                items.append(token)
            elif token.type == "paragraph_open" and token.level == level + 2:
                tight = tight and token.hidden
        return items, tight

    def _code(self, token: Token, width: int) -> list[Row]:
        palette = self._palette
        info = clean_line(token.info.strip())
        code: str = clean(token.content).removesuffix("\n")
        if self._places is not None and token.map:
            code = self._places.block(code, token.map[0] + (token.type == "fence"))
        code = code.expandtabs(TAB_STOP)
        self.inline.say(info)
        self.inline.say(code)
        label = wrap([(self._info(info, token), palette.code_label)], width - 2) if info else []
        lines = self._highlighter.lines(code, info.split(" ")[0])
        rows = [*label, *(row for line in lines for row in wrap(line, width - 2))]
        margin = ("  ", palette.code_block)
        return [
            filled(row, width - self._spare, palette.code_block) for row in prefixed(rows, margin, margin, 2)
        ]

    def _info(self, info: str, token: Token) -> str:
        return info if self._places is None or not token.map else self._places.block(info, token.map[0])

    def _table(self, token: Token, width: int) -> list[Row]:
        palette = self._palette
        said = len(self.inline.said)
        table: list[list[TableCell]] = []
        row: int | None = None
        for inner in self._walk():
            if inner.type == "table_close":
                break
            if inner.type == "tr_open":
                table.append([])
                row = inner.map[0] if inner.map else None
            elif inner.type in ("th_open", "td_open"):
                style = palette.text + _STRONG if inner.type == "th_open" else palette.text
                align = str(inner.attrs.get("style") or "").removeprefix("text-align:")
                table[-1].append(TableCell(self._lines(style, row)[0], align))
        source = self._lines_of_source(*(token.map or (0, 0)))
        rows = None
        if _says_all("".join(self.inline.said[said:]), source):
            rows = table_rows(table, width, palette.line, palette.text)
        if rows is None:
            self.inline.said[said:] = [source]
            rows = text_rows(source, width, palette.text)
        return rows

    def _lines_of_source(self, first: int, stop: int) -> SafeText:
        ends = [match.end() for match in _LINE.finditer(self._source)]
        return part(self._source, ends[first - 1] if first else 0, ends[stop - 1] if stop else 0)
