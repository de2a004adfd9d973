"""The whole messages on a bad line, to be read inside it: quieter than any that the bot loads."""

from __future__ import annotations

from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.safe_text import SafeText, clean, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.cells import fit, width_of
from earwig.ui.rendering.folding import FOLD_BYTES, fold
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.roles import speaker
from earwig.ui.rendering.rows import Row, prefixed, text_rows

SHOWN = 20
"""Messages of one bad line that are drawn."""

INDENT = 2
"""Cells by which they stand further right than a message that is loaded."""

_NOT_LOADED = own_text("not loaded")


def lost_with(line: BadLine) -> list[ChatMessage]:
    """Return the messages that the bot loses with a line; on a very long one, nobody looks for them."""
    return line.whole_messages() if len(line.raw) <= FOLD_BYTES else []


def fused_rows(line: BadLine, width: int, palette: Palette) -> list[Row]:
    """Return what the bot loses with the line, if whole messages are on it."""
    lost = lost_with(line)
    if not lost or width <= INDENT:
        return []
    rows = text_rows(_verdict(len(lost)), width, palette.muted)
    for message in lost[:SHOWN]:
        rows += _inside(message, width - INDENT, palette)
    if len(lost) > SHOWN:
        rows += text_rows(own_text("… {:,} more: enter to read all", len(lost) - SHOWN), width, palette.muted)
    return rows


def _verdict(count: int) -> SafeText:
    if count == 1:
        return own_text("the bot skips this line: a whole message is lost with it")
    return own_text("the bot skips this line: it would have been {:,} messages", count)


def _inside(message: ChatMessage, width: int, palette: Palette) -> list[Row]:
    name = fit(speaker(message.role, palette).name, width)
    space = width - width_of(name) - width_of(_NOT_LOADED)
    header = [(name, palette.muted)]
    if space > 0:
        header += [(" " * space, palette.text), (_NOT_LOADED, palette.muted)]
    folded = fold(message.content, width)
    text = clean(folded.text.rstrip()) or own_text("(blank)" if folded.text else "(empty)")
    rows = [Row(header, sum(width_of(words) for words, _ in header)), *text_rows(text, width, palette.muted)]
    if folded.more:
        more = own_text("… {} more: enter to read all", human_size(folded.more))
        rows += text_rows(more, width, palette.muted)
    margin = (" " * INDENT, palette.text)
    return prefixed(rows, margin, margin, INDENT)
