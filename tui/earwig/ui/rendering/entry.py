"""One entry of a transcript as rows: the only way from what is stored to what is drawn."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from earwig.core.content.parts import Text
from earwig.core.content.reading import read_content
from earwig.core.model.entries import Entry, Item, Oversized, RemovedEntry, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.block import QUIET_SIGN, Block, Meaning
from earwig.ui.rendering.body import said_rows
from earwig.ui.rendering.cells import drawable, fit, width_of
from earwig.ui.rendering.folding import fold
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.roles import BAD_GUTTER, UNREAD_GUTTER, speaker
from earwig.ui.rendering.rows import Row, Run, text_rows, to_strip
from earwig.ui.rendering.shape import WHOLE, Shape

MARKDOWN_ROLES = frozenset({"user", "assistant"})
"""Who writes Markdown; what tools and the system say is shown as it is."""

GAP = "  "
"""Between the parts of a header."""


class _Way(NamedTuple):
    number: SafeText
    source: bool
    shape: Shape
    markdown: bool
    reach: int


def render_entry(
    entry: Entry,
    width: int,
    palette: Palette,
    *,
    source: bool = False,
    shape: Shape = WHOLE,
    markdown: bool = True,
    reach: int = 0,
) -> Block:
    """Draw an entry in rows of `width` cells, at least one; of no rows, if it is shown with another one.

    Args:
        entry: What to draw.
        width: Cells, without the gutter's.
        palette: The theme.
        source: Show the stored text, whatever it would mean.
        shape: How much is shown of what is no text.
        markdown: Whether text is rendered and code coloured; what is no text is shown as what it is anyway.
        reach: Cells to which a line of a text goes on in one row, if that is more than `width`.
    """
    number = own_text("") if entry.number is None else own_text("{}", entry.number)
    return _drawn(entry.item, max(width, 1), palette, _Way(number, source, shape, markdown, reach))


def _drawn(item: Item, width: int, palette: Palette, way: _Way) -> Block:
    if isinstance(item, ChatMessage):
        return _message(item, width, palette, way)
    header = header_row(item, width, palette, way.number)
    if not isinstance(item, RemovedEntry):
        return _line(item, header, width, palette)
    from earwig.ui.rendering.removed_entry import struck  # most transcripts have none

    if item.item is None:
        return struck(_block("", palette.muted, [header], width, palette), palette)
    block = _drawn(item.item, width, palette, way._replace(shape=WHOLE))
    rows = (to_strip(header, width, palette.text), *block.rows[1:])
    signs = {row: sign for row, sign in block.signs.items() if row}
    return struck(block._replace(rows=rows, title=(), signs=signs), palette)


def with_header(
    block: Block,
    entry: Entry,
    width: int,
    palette: Palette,
    number: SafeText,
    seen: SafeText | None = None,
    turn: SafeText | None = None,
) -> Block:
    """Return the block with another header: what changes is not to be paid for with what does not.

    Args:
        block: The entry, drawn.
        entry: The same one.
        width: Cells, as it was drawn.
        palette: The theme.
        number: The number of its line: `1202`, or `~1202` if it is a guess; empty if nothing is known.
        seen: When the message was sent, or seen to arrive.
        turn: What there is to say of a message that has no answer.
    """
    if not block.rows:
        return block
    header = header_row(entry.item, width, palette, number, seen, turn, block.title)
    return block._replace(rows=(to_strip(header, width, palette.text), *block.rows[1:]))


def header_row(
    item: Item,
    width: int,
    palette: Palette,
    number: SafeText,
    seen: SafeText | None = None,
    turn: SafeText | None = None,
    title: tuple[Run, ...] = (),
) -> Row:
    """Who speaks, or what is wrong; always one row. `number` is empty if nothing is known of it."""
    if isinstance(item, ChatMessage):
        name, _, style = speaker(item.role, palette)
        runs = [*(title or [(name, style)])]
        if turn is not None:
            runs += [(GAP, palette.text), (turn, palette.other)]
        place = own_text("#{}", number) if number else number
        return _header(runs, [words for words in (place, seen) if words], width, palette)
    if isinstance(item, RemovedEntry):
        from earwig.ui.rendering.removed_entry import removed_name, removed_words

        return _header(
            [(removed_name(item, palette), palette.muted)], [removed_words(item, seen)], width, palette
        )
    place = line_words(number)
    if isinstance(item, BadLine):
        words = own_text("{} {}", place, clean_line(item.reason))
        return _header([(words, palette.bad)], [own_text("enter: raw")], width, palette)
    if isinstance(item, Unfinished):
        words = own_text("{} is still being written", place)
        return _header([(words, palette.muted)], [], width, palette)
    over = own_text("over ") if item.at_least else own_text("")
    words = own_text("{} · {}{}: too long to draw", place, over, human_size(item.size))
    return _header([(words, palette.muted)], [], width, palette)


def _line(item: BadLine | Unfinished | Oversized, header: Row, width: int, palette: Palette) -> Block:
    start = _start(item.head if isinstance(item, Oversized) else item.raw, width, palette)
    if isinstance(item, BadLine):
        from earwig.ui.rendering.fused import fused_rows  # as for those

        rows = [header, start, *fused_rows(item, width, palette)]
        return _block(BAD_GUTTER, palette.bad, rows, width, palette)
    return _block(UNREAD_GUTTER, palette.muted, [header, start], width, palette)


def line_words(number: SafeText) -> SafeText:
    """Return a line by its number, as in a sentence."""
    return own_text("line {}", number) if number else own_text("a line")


def load_markdown() -> None:
    """Load the parser and the lexers' machinery, which takes longer than to draw a screen of messages."""
    from earwig.ui.rendering.markdown import markdown_rows

    sample = own_text("*a*\n\n```python\nx\n```")
    markdown_rows(sample, 40, Palette.from_theme_variables({}, dark=True))


def markdown_is_loaded() -> bool:
    """Return whether a message in Markdown can be drawn at once."""
    return "earwig.ui.rendering.markdown" in sys.modules


def _message(message: ChatMessage, width: int, palette: Palette, way: _Way) -> Block:
    _, gutter, style = speaker(message.role, palette)
    spare = max(0, way.reach - width)
    # Not of a text that knows its places: no reader of JSON takes any but a string itself.
    parts = () if way.source else read_content(message.role, str(message.content))
    markdown = message.role in MARKDOWN_ROLES and way.markdown and not way.source
    if parts and not (len(parts) == 1 and isinstance(parts[0], Text)):
        from earwig.ui.rendering.meaning import meaning_of  # not for a message that is all text

        drawn = meaning_of(message, parts, width, palette, way.shape, markdown=way.markdown, spare=spare)
        if drawn is None:
            return Block(gutter=gutter, gutter_style=style, rows=())
    else:
        folded = fold(message.content, width)
        said = said_rows(folded, markdown, width, palette, spare)
        drawn = Meaning(said.rows, remarks=said.remarks, note=said.reason, more=folded.more > 0)
    below: list[Row] = []
    signs = {row + 1: sign for row, sign in drawn.signs.items()}
    for remark in drawn.remarks:
        signs[1 + len(drawn.rows) + len(below)] = QUIET_SIGN
        below += text_rows(remark, width, palette.muted)
    title = tuple(drawn.title)
    header = header_row(message, width, palette, way.number, title=title)
    block = _block(gutter, style, [header, *drawn.rows, *below], width, palette, below=len(below))
    tight = way.shape.tight and not way.source and not below
    return block._replace(
        rows=block.rows[:-1] if tight else block.rows,
        below=0 if tight else block.below,
        note=drawn.note,
        folded=drawn.more,
        signs=signs,
        title=title,
        items=drawn.items,
    )


def _start(raw: bytes, width: int, palette: Palette) -> Row:
    text = drawable(clean_line(raw[: 8 * width].decode("utf-8", "backslashreplace")), width)
    shown = fit(text, width)
    return Row([(shown, palette.muted)], width_of(shown))


def _header(title: Sequence[Run], right: Sequence[SafeText], width: int, palette: Palette) -> Row:
    """Return a title, and on the right what there is room for; the parts at the end give way first."""
    parts = list(right)
    taken = sum(width_of(text) for text, _ in title)
    while parts and taken + width_of(GAP.join(parts)) + len(GAP) > width:
        parts.pop()
    end = GAP.join(parts)
    runs: list[Run] = []
    left = width - width_of(end)
    for text, style in title:
        shown = fit(text, left)
        runs.append((shown, style))
        left -= width_of(shown)
    return Row([*runs, (" " * left, palette.text), (end, palette.muted)], width)


def _block(
    gutter: str,
    style: Style,
    rows: Sequence[Row],
    width: int,
    palette: Palette,
    below: int = 0,
) -> Block:
    blank = Strip.blank(width, palette.text)
    strips = (*(to_strip(row, width, palette.text) for row in rows), blank)
    return Block(gutter=gutter, gutter_style=style, rows=strips, below=below + 1)
