"""How that is drawn which is not in the session any more."""

from __future__ import annotations

from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.model.entries import Oversized, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.roles import GHOST_GUTTER, speaker


def struck(block: Block, palette: Palette) -> Block:
    """Return the block muted, its content struck through, with a gutter that no entry of the file has."""
    stop = len(block.rows) - block.below
    rows = (block.rows[0], *(_struck(row, palette) for row in block.rows[1:stop]), *block.rows[stop:])
    return block._replace(gutter=GHOST_GUTTER, gutter_style=palette.muted, rows=rows)


def _struck(row: Strip, palette: Palette) -> Strip:
    """Cells without text are left as they are: a line through them would say nothing."""
    style = palette.muted + Style(strike=True)
    segments = (Segment(text, palette.text if text.isspace() else style) for text, _, _ in row)
    return Strip(segments, row.cell_length)


def removed_name(removed: RemovedEntry, palette: Palette) -> SafeText:
    """Return who spoke, or what else it was."""
    item = removed.item
    if isinstance(item, ChatMessage):
        return speaker(item.role, palette).name
    if isinstance(item, BadLine):
        return own_text("a bad line")
    if isinstance(item, Oversized):
        return own_text("a line of {}", human_size(item.size))
    if removed.messages is None:
        return own_text("and more messages")
    return own_text(
        "and {:,} more {}", removed.messages, own_text("message" if removed.messages == 1 else "messages")
    )


def removed_words(removed: RemovedEntry, when: SafeText | None) -> SafeText:
    """Return what became of it, and when: `withdrawn 14:03`; without a `when`, in the local zone."""
    if when is None:
        when = clean_line(datetime.fromtimestamp(removed.at).astimezone().strftime("%H:%M"))
    return own_text("replaced {}" if removed.replaced else "withdrawn {}", when)
