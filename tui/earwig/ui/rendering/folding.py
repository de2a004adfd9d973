"""The part of a message that is drawn: all, or the beginning of what is too long to read in place."""

from __future__ import annotations

import re
from itertools import islice

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import own_text
from earwig.core.text.sizes import utf8_size
from earwig.ui.rendering.block import FOLDED, Block
from earwig.ui.rendering.cells import fit, width_of
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Row, to_strip

FOLD_BYTES = 64_000
"""A longer content is folded there: what is drawn costs time for every character, what is not costs none."""

FOLD_LINES = 1_000
"""So is one of more lines; and one that would fill about as many rows of the width that is drawn."""

KEPT = 3
"""Rows of the content that are seen when it is folded by the reader."""

_LINE_BREAK = re.compile("[\n\x85\u2028\u2029]")
"""What becomes a line break when text is cleaned."""


class FoldedText(NamedTuple):
    text: str
    more: int
    """Bytes (of UTF-8) that are left out; 0 if the text is whole."""


def fold(text: str, width: int, room: int = FOLD_BYTES) -> FoldedText:
    """Cut a text that is too long to be drawn whole, in time that does not depend on its length.

    `room` is the most characters that are drawn of it, where others have taken of the message's share.
    """
    head = text[: min(FOLD_BYTES, FOLD_LINES * width, room)]
    size = utf8_size(head)
    if size > FOLD_BYTES:
        head = head[: len(head) * FOLD_BYTES // size]
    last_line = next(islice(_LINE_BREAK.finditer(head), FOLD_LINES - 1, None), None)
    if last_line is not None and last_line.end() < len(text):
        head = head[: last_line.start()]
    if len(head) == len(text):
        return FoldedText(text, 0)
    more = len(text) - len(head) if text.isascii() else utf8_size(text[len(head) :])
    return FoldedText(head, more)


def shortened(block: Block, width: int, palette: Palette) -> Block:
    """Return the same entry with few rows of its content, and a row that says how many more there are.

    A content that this would make hardly shorter stays as it is.
    """
    stop = len(block.rows) - block.below
    hidden = stop - 1 - KEPT
    if hidden < 2:
        return block
    words = fit(own_text(" {:,} more rows", hidden), width)
    mark = to_strip(Row([(words, palette.muted)], width_of(words)), width, palette.text)
    rows = (*block.rows[: 1 + KEPT], mark, *block.rows[stop:])
    signs = {row: sign for row, sign in block.signs.items() if row <= KEPT}
    shift = len(rows) - len(block.rows)
    signs |= {row + shift: sign for row, sign in block.signs.items() if row >= stop}
    return block._replace(rows=rows, mark=1 + KEPT, signs=signs | {1 + KEPT: FOLDED})
