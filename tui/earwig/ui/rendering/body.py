"""What somebody said as rows: Markdown within its budget, else plain text with the reason."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, hidden_count, own_text, part
from earwig.core.text.sizes import human_size, utf8_size
from earwig.markdown.parsing import ShownPlain, check_size, has_markdown, stop_of_head
from earwig.ui.rendering.folding import FOLD_LINES, FoldedText
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import EMPTY, Row, text_rows
from earwig.ui.rendering.source_text import cleaned


class BodyText(NamedTuple):
    rows: list[Row]
    reason: SafeText | None
    remarks: list[SafeText]


def said_rows(folded: FoldedText, markdown: bool, width: int, palette: Palette, spare: int = 0) -> BodyText:
    """Draw a text, or its beginning; its long lines go on for `spare` cells beyond the width."""
    rows, reason = _body(cleaned(folded.text), folded, markdown, width + spare, palette, spare)
    remarks = [own_text("shown as plain text: {}", reason)] if reason else []
    if hidden := hidden_count(folded.text):
        remarks.append(own_text("hidden characters: {:,}", hidden))
    if folded.more:
        remarks.append(own_text("… {} more: enter to read all", human_size(folded.more)))
    return BodyText(rows, reason, remarks)


def _body(
    text: SafeText, folded: FoldedText, markdown: bool, width: int, palette: Palette, spare: int
) -> tuple[list[Row], SafeText | None]:
    body = part(text, 0, len(text.rstrip()))
    if not body:
        words = own_text("(blank)") if folded.text else own_text("(empty)")
        return text_rows(words, width, palette.muted), None
    reason = None
    if markdown and has_markdown(body):
        try:
            return _markdown(body, folded, width, palette, spare)
        except ShownPlain as plain:
            reason = plain.sentence
    return text_rows(body, width, palette.text), reason


def _markdown(
    text: SafeText, folded: FoldedText, width: int, palette: Palette, spare: int
) -> tuple[list[Row], SafeText | None]:
    """As `_body`: of what is too long for Markdown, the first part is rendered all the same."""
    too_long = _too_long(folded)
    if too_long is None:
        return _rendered(text, width, palette, spare), None
    stop = stop_of_head(text)
    if not stop:
        raise too_long
    head = part(text, 0, stop)
    rows = _rendered(part(head, 0, len(head.rstrip())), width, palette, spare)
    rows += [EMPTY, *text_rows(part(text, stop), width, palette.text)]
    return rows, own_text("from {} on: {}", human_size(utf8_size(head)), too_long.sentence)


def _too_long(folded: FoldedText) -> ShownPlain | None:
    try:
        check_size(utf8_size(folded.text) + folded.more)
    except ShownPlain as plain:
        return plain
    # Markdown that is cut in the middle means something else.
    return (
        ShownPlain(own_text("over {:,} rows are too many for Markdown", FOLD_LINES)) if folded.more else None
    )


def _rendered(text: SafeText, width: int, palette: Palette, spare: int) -> list[Row]:
    # The parser and the lexers are loaded with the first message that needs them, not at the start.
    from earwig.ui.rendering.markdown import markdown_rows

    return markdown_rows(text, width, palette, spare)
