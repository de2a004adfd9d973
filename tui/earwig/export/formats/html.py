"""One HTML page that a browser only shows: everything in it was written by strangers."""

from __future__ import annotations

import re
from html import escape

from earwig.core.text.entry_words import number_words, role_words
from earwig.core.text.safe_text import REPLACEMENT, own_text
from earwig.core.text.sizes import utf8_size
from earwig.export.facts import Facts
from earwig.export.formats import page
from earwig.export.formats.pieces import Folded, Note, Piece, Said, time_words, told
from earwig.export.formats.rendered import rendered
from earwig.export.formats.wording import (
    MARKDOWN_ROLES,
    bad_words,
    left_out_words,
)
from earwig.export.formats.writer import Bad
from earwig.export.message import ExportedMessage
from earwig.markdown.parsing import Allowance, ShownPlain, check_size, has_markdown, stop_of_head

_SHORT = 600
"""Characters of what a tool says that are shown without being asked for."""

_BREAKS = re.compile("\r\n|[\x85\u2028\u2029]")
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Controls, directions of writing, halves of characters: shown as such. A page keeps the joiners of emoji."""

_NONE = own_text("")


class HtmlWriter:
    """Messages as articles, with their Markdown within the budget of the screen."""

    def __init__(self, *, utc: bool = False) -> None:
        self._utc = utc
        self._allowance = Allowance()

    def head(self, facts: Facts) -> str:
        return page.head(facts)

    def message(self, message: ExportedMessage) -> str:
        kind = message.role if message.role in MARKDOWN_ROLES else "other"
        shown = told(message)
        marks = [page.ending(shown.ending, failed=shown.failed)] if shown.ending else []
        if shown.sent is not None:
            marks.append(page.time(shown.sent, time_words(shown.sent, utc=self._utc)))
        body, reason = [], _NONE
        for piece in shown.pieces:
            try:
                body.append(_piece(piece, self._allowance))
            except ShownPlain as plain:
                reason = own_text("shown as plain text: {}", plain.sentence)
                body.append(_plain(_shown(piece.text) if isinstance(piece, Said) else ""))
        place, who = number_words(message.number), role_words(message.role)
        return page.article(kind, place, who, reason, "\n".join(body), "".join(marks))

    def bad(self, number: int | None, line: Bad) -> str:
        name, reason = bad_words(line)
        body = f'<p class="remark">{escape(left_out_words(line))}</p>'
        if line.raw is not None:
            body = f"<pre>{escape(_shown(line.raw))}</pre>"
        return page.article("bad", number_words(number), name, reason, body)

    def foot(self) -> str:
        return page.foot()


def _piece(piece: Piece, allowance: Allowance) -> str:
    """Raises `ShownPlain`."""
    match piece:
        case Said(text, markdown):
            return _markdown(_shown(text), allowance) if markdown else _folded(_shown(text))
        case Note(words, detail):
            more = f' <span class="to">{escape(detail)}</span>' if detail else ""
            return f'<p class="note">{escape(words)}{more}</p>'
        case Folded(summary, blocks, quiet):
            inside = "".join(
                (f'<p class="remark">{escape(block.label)}</p>' if block.label else "")
                + f"<pre>{escape(_shown(block.text))}</pre>"
                for block in blocks
            )
            kind = "quiet" if quiet else "tool"
            return f'<details class="{kind}"><summary>{escape(summary)}</summary>{inside}</details>'


def _markdown(text: str, allowance: Allowance) -> str:
    """Render a text; of one that is too long for it, the first part. Raises `ShownPlain`."""
    if not has_markdown(text):
        return _plain(text)
    try:
        check_size(utf8_size(text))
    except ShownPlain as plain:
        stop = stop_of_head(text)
        if not stop:
            raise
        words = own_text("shown as plain text from here on: {}", plain.sentence)
        return f'{rendered(text[:stop], allowance)}<p class="remark">{escape(words)}</p>{_plain(text[stop:])}'
    return rendered(text, allowance)


def _plain(text: str) -> str:
    return f'<p class="plain">{escape(text)}</p>' if text.strip() else '<p class="remark">(empty)</p>'


def _folded(text: str) -> str:
    """Return what tools and the system say, in a piece that a reader can open."""
    if not text.strip():
        return _plain(text)
    opened = " open" if len(text) <= _SHORT else ""
    lines = text.rstrip("\n").count("\n") + 1
    summary = "1 line" if lines == 1 else f"{lines:,} lines"
    return f"<details{opened}><summary>{summary}</summary><pre>{escape(text)}</pre></details>"


def _shown(text: str) -> str:
    """Return the text with what acts on how the rest is shown made visible."""
    return _UNSHOWN.sub(_picture, _BREAKS.sub("\n", text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else REPLACEMENT
