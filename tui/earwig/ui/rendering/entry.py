"""One entry of a transcript as rows: the only way from what is stored to what is drawn."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from earwig.core.message import BadLine, ChatMessage
from earwig.core.safe_text import SafeText, clean, clean_line, hidden_count, own_text, part
from earwig.core.transcript.entries import Entry, Oversized, Unfinished
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.cells import drawable, fit, width_of
from earwig.ui.rendering.folding import Folded, fold, human_size, utf8_size
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
    number_text: SafeText | None = None,
) -> Block:
    """Draw an entry in rows of `width` cells, at least one.

    Args:
        entry: What to draw.
        width: Cells, without the gutter's.
        look: The theme.
        source: Show the stored text, whatever it would mean in Markdown.
        seen: When the message was seen to arrive, in the words that the header is to show.
        number_text: What the header says instead of `#1202`; for a number that is not sure yet.
    """
    width = max(width, 1)
    if not isinstance(entry.item, ChatMessage):
        return _line(entry.item, entry.number, width, look)
    if number_text is None and entry.number is not None:
        number_text = own_text("#{}", entry.number)
    right = [words for words in (number_text, seen) if words]
    return _message(entry.item, width, look, source, right)


def _line(item: BadLine | Unfinished | Oversized, number: int | None, width: int, look: Look) -> Block:
    """A line that is no message: what is known of it, and how it begins."""
    place = own_text("a line") if number is None else own_text("line {}", number)
    if isinstance(item, BadLine):
        title = own_text("{} {}", place, clean_line(item.reason))
        header = _header(title, look.bad, [own_text("enter: raw")], width, look)
        return _block(BAD_GUTTER, look.bad, [header, _start(item.raw, width, look)], width, look)
    if isinstance(item, Unfinished):
        title, start = own_text("{} is still being written", place), item.raw
    else:
        over = own_text("over ") if item.at_least else own_text("")
        title = own_text("{} · {}{}: too long to draw", place, over, human_size(item.size))
        start = item.head
    rows = [_header(title, look.muted, [], width, look), _start(start, width, look)]
    return _block(UNREAD_GUTTER, look.muted, rows, width, look)


def load_markdown() -> None:
    """Load the parser and the lexers' machinery, which takes longer than to draw a screen of messages."""
    from earwig.ui.rendering.markdown import markdown_rows

    sample = own_text("*a*\n\n```python\nx\n```")
    markdown_rows(sample, 40, Look.from_theme_variables({}, dark=True))


def markdown_is_loaded() -> bool:
    """Whether a message in Markdown can be drawn at once."""
    return "earwig.ui.rendering.markdown" in sys.modules


def _message(message: ChatMessage, width: int, look: Look, source: bool, right: Sequence[SafeText]) -> Block:
    name, gutter, style = speaker(message.role, look)
    folded = fold(message.content, width)
    markdown = message.role in MARKDOWN_ROLES and not source
    rows, reason = _body(clean(folded.text), folded, markdown, width, look)
    remarks = [own_text("shown as plain text: {}", reason)] if reason else []
    if hidden := hidden_count(folded.text):
        remarks.append(own_text("hidden characters: {:,}", hidden))
    if folded.more:
        remarks.append(own_text("… {} more: enter to read all", human_size(folded.more)))
    rows = [_header(name, style, right, width, look), *rows]
    for remark in remarks:
        rows += text_rows(remark, width, look.muted)
    return _block(gutter, style, rows, width, look, note=reason, folded=folded.more > 0)


def _body(
    text: SafeText, folded: Folded, markdown: bool, width: int, look: Look
) -> tuple[list[Row], SafeText | None]:
    """The rows of a content, and why they are plain if they could be Markdown."""
    body = part(text, 0, len(text.rstrip()))
    if not body:
        words = own_text("(blank)") if folded.text else own_text("(empty)")
        return text_rows(words, width, look.muted), None
    reason = None
    if markdown and has_markdown(body):
        try:
            return _markdown(body, folded, width, look), None
        except ShownPlain as plain:
            reason = plain.reason
    return text_rows(body, width, look.text), reason


def _markdown(text: SafeText, folded: Folded, width: int, look: Look) -> list[Row]:
    check_size(utf8_size(folded.text) + folded.more, folded.more > 0)
    # The parser and the lexers are loaded with the first message that needs them, not at the start.
    from earwig.ui.rendering.markdown import markdown_rows

    return markdown_rows(text, width, look)


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
) -> Block:
    blank = Strip.blank(width, look.text)
    strips = (*(to_strip(row, width, look.text) for row in rows), blank)
    return Block(gutter=gutter, gutter_style=style, rows=strips, note=note, folded=folded)
