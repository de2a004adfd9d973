"""One entry of a transcript as rows: the only way from what is stored to what is drawn."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from rich.style import Style
from textual.strip import Strip

from earwig.core.message import BadLine, ChatMessage
from earwig.core.safe_text import SafeText, clean, clean_line, hidden_count, own_text, part
from earwig.core.transcript.entries import Entry, Ghost, Item, Oversized, Unfinished
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.cells import drawable, fit, width_of
from earwig.ui.rendering.folding import Folded, fold, human_size, utf8_size
from earwig.ui.rendering.fused import fused_rows
from earwig.ui.rendering.ghost import ghost_name, ghost_words, struck
from earwig.ui.rendering.look import Look
from earwig.ui.rendering.parsing import ShownPlain, check_size, has_markdown
from earwig.ui.rendering.roles import BAD_GUTTER, UNREAD_GUTTER, speaker
from earwig.ui.rendering.rows import Row, text_rows, to_strip

MARKDOWN_ROLES = frozenset({"user", "assistant"})
"""Who writes Markdown; what tools and the system say is shown as it is."""

GAP = "  "
"""Between the parts of a header."""


def render_entry(
    entry: Entry,
    width: int,
    look: Look,
    *,
    source: bool = False,
    seen: SafeText | None = None,
    number: SafeText | None = None,
    reach: int = 0,
) -> Block:
    """Draw an entry in rows of `width` cells, at least one.

    Args:
        entry: What to draw.
        width: Cells, without the gutter's.
        look: The theme.
        source: Show the stored text, whatever it would mean in Markdown.
        seen: When the message was seen to arrive, in the words that the header is to show.
        number: What the header says for the entry's own number: `1202`, or `~1202` if it is a guess.
        reach: Cells to which a line of a message goes on in one row, if that is more than `width`.
    """
    width = max(width, 1)
    if number is None:
        number = own_text("") if entry.number is None else own_text("{}", entry.number)
    header = header_row(entry.item, width, look, number, seen)
    return _drawn(entry.item, header, width, look, source, reach)


def _drawn(item: Item, header: Row, width: int, look: Look, source: bool, reach: int) -> Block:
    if isinstance(item, ChatMessage):
        return _message(item, header, width, look, source, reach)
    if not isinstance(item, Ghost):
        return _line(item, header, width, look)
    if item.item is None:
        return struck(_block("", look.muted, [header], width, look), look)
    return struck(_drawn(item.item, header, width, look, source, reach), look)


def with_header(
    block: Block, entry: Entry, width: int, look: Look, number: SafeText, seen: SafeText | None
) -> Block:
    """The block with another header: what changes is not to be paid for with what does not."""
    header = header_row(entry.item, width, look, number, seen)
    return replace(block, rows=(to_strip(header, width, look.text), *block.rows[1:]))


def header_row(item: Item, width: int, look: Look, number: SafeText, seen: SafeText | None) -> Row:
    """Who speaks, or what is wrong; always one row. `number` is empty if nothing is known of it."""
    if isinstance(item, ChatMessage):
        name, _, style = speaker(item.role, look)
        place = own_text("#{}", number) if number else number
        return _header(name, style, [words for words in (place, seen) if words], width, look)
    if isinstance(item, Ghost):
        return _header(ghost_name(item, look), look.muted, [ghost_words(item)], width, look)
    place = line_words(number)
    if isinstance(item, BadLine):
        title = own_text("{} {}", place, clean_line(item.reason))
        return _header(title, look.bad, [own_text("enter: raw")], width, look)
    if isinstance(item, Unfinished):
        return _header(own_text("{} is still being written", place), look.muted, [], width, look)
    over = own_text("over ") if item.at_least else own_text("")
    title = own_text("{} · {}{}: too long to draw", place, over, human_size(item.size))
    return _header(title, look.muted, [], width, look)


def _line(item: BadLine | Unfinished | Oversized, header: Row, width: int, look: Look) -> Block:
    """A line that is no message: what is known of it, and how it begins."""
    start = _start(item.head if isinstance(item, Oversized) else item.raw, width, look)
    if isinstance(item, BadLine):
        rows = [header, start, *fused_rows(item, width, look)]
        return _block(BAD_GUTTER, look.bad, rows, width, look)
    return _block(UNREAD_GUTTER, look.muted, [header, start], width, look)


def line_words(number: SafeText) -> SafeText:
    """A line by its number, as in a sentence."""
    return own_text("line {}", number) if number else own_text("a line")


def load_markdown() -> None:
    """Load the parser and the lexers' machinery, which takes longer than to draw a screen of messages."""
    from earwig.ui.rendering.markdown import markdown_rows

    sample = own_text("*a*\n\n```python\nx\n```")
    markdown_rows(sample, 40, Look.from_theme_variables({}, dark=True))


def markdown_is_loaded() -> bool:
    """Whether a message in Markdown can be drawn at once."""
    return "earwig.ui.rendering.markdown" in sys.modules


def _message(message: ChatMessage, header: Row, width: int, look: Look, source: bool, reach: int) -> Block:
    _, gutter, style = speaker(message.role, look)
    folded = fold(message.content, width)
    markdown = message.role in MARKDOWN_ROLES and not source
    spare = max(0, reach - width)
    rows, reason = _body(clean(folded.text), folded, markdown, width + spare, look, spare)
    remarks = [own_text("shown as plain text: {}", reason)] if reason else []
    if hidden := hidden_count(folded.text):
        remarks.append(own_text("hidden characters: {:,}", hidden))
    if folded.more:
        remarks.append(own_text("… {} more: enter to read all", human_size(folded.more)))
    rows = [header, *rows]
    below = [row for remark in remarks for row in text_rows(remark, width, look.muted)]
    return _block(
        gutter, style, [*rows, *below], width, look, note=reason, folded=folded.more > 0, below=len(below)
    )


def _body(
    text: SafeText, folded: Folded, markdown: bool, width: int, look: Look, spare: int
) -> tuple[list[Row], SafeText | None]:
    """The rows of a content, and why they are plain if they could be Markdown."""
    body = part(text, 0, len(text.rstrip()))
    if not body:
        words = own_text("(blank)") if folded.text else own_text("(empty)")
        return text_rows(words, width, look.muted), None
    reason = None
    if markdown and has_markdown(body):
        try:
            return _markdown(body, folded, width, look, spare), None
        except ShownPlain as plain:
            reason = plain.reason
    return text_rows(body, width, look.text), reason


def _markdown(text: SafeText, folded: Folded, width: int, look: Look, spare: int) -> list[Row]:
    check_size(utf8_size(folded.text) + folded.more, folded.more > 0)
    # The parser and the lexers are loaded with the first message that needs them, not at the start.
    from earwig.ui.rendering.markdown import markdown_rows

    return markdown_rows(text, width, look, spare)


def _start(raw: bytes, width: int, look: Look) -> Row:
    """One row with the beginning of a line's bytes, of which a cell takes at most four."""
    text = drawable(clean_line(raw[: 8 * width].decode("utf-8", "backslashreplace")), width)
    shown = fit(text, width)
    return Row([(shown, look.muted)], width_of(shown))


def _header(title: SafeText, style: Style, right: Sequence[SafeText], width: int, look: Look) -> Row:
    """A title, and on the right what there is room for; the parts at the end give way first."""
    parts = list(right)
    while parts and width_of(title) + width_of(GAP.join(parts)) + len(GAP) > width:
        parts.pop()
    end = GAP.join(parts)
    shown = fit(title, width)
    space = width - width_of(shown) - width_of(end)
    return Row([(shown, style), (" " * space, look.text), (end, look.muted)], width)


def _block(
    gutter: str,
    style: Style,
    rows: Sequence[Row],
    width: int,
    look: Look,
    note: SafeText | None = None,
    folded: bool = False,
    below: int = 0,
) -> Block:
    blank = Strip.blank(width, look.text)
    strips = (*(to_strip(row, width, look.text) for row in rows), blank)
    return Block(gutter=gutter, gutter_style=style, rows=strips, note=note, folded=folded, below=below + 1)
