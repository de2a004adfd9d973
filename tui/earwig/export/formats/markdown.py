"""Markdown: each message in a quote of its own, or in a block of code if it would do more than be read."""

from __future__ import annotations

import re

from earwig.core.text.entry_words import number_words, role_words
from earwig.core.text.safe_text import clean_line, own_text
from earwig.export.facts import Facts
from earwig.export.formats.pieces import Folded, Note, Piece, Said, time_words, told
from earwig.export.formats.wording import (
    bad_words,
    in_blocks,
    left_out_words,
)
from earwig.export.formats.writer import Bad
from earwig.export.message import ExportedMessage
from earwig.markdown.parsing import Allowance, ShownPlain, has_markdown, is_cheap

_LINE_START = re.compile(r"\A|(?>\r\n|\n|\r)(?!\Z)")
_REACHES_OUT = re.compile(
    r"<[A-Za-z/!?]|!\[|^[ \t>*+0-9.)-]*\[(?:[^\[\]\\]|\\[\s\S]){1,999}\]:", re.MULTILINE
)
"""HTML, a picture to be fetched, the meaning of links in the rest of the document.

Each part stops at what the next begins with, so that no character is looked at twice.
"""

_TICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


class MarkdownWriter:
    """Keeps every character of a content, whatever a viewer makes of it."""

    def __init__(self, *, utc: bool = False) -> None:
        self._utc = utc
        self._allowance = Allowance()

    def head(self, facts: Facts) -> str:
        session, *rest = facts.told()
        lines = [f"# Session {_code(session.told)}\n\n"]
        lines += [f"- {fact.name}: {_escaped(fact.told)}\n" for fact in rest]
        return "".join(lines)

    def message(self, message: ExportedMessage) -> str:
        shown = told(message)
        title = [_escaped(role_words(message.role)), number_words(message.number)]
        if shown.sent is not None:
            title.append(time_words(shown.sent, utc=self._utc))
        if shown.ending:
            title.append(_escaped(shown.ending))
        return f"\n## {' · '.join(title)}\n" + "".join(
            f"\n{_piece(piece, self._allowance)}\n" for piece in shown.pieces
        )

    def bad(self, number: int | None, line: Bad) -> str:
        name, reason = bad_words(line)
        body = _escaped(left_out_words(line)) if line.raw is None else _block(line.raw)
        return f"\n## {name} · {number_words(number)}\n\nThis line {_escaped(reason)}.\n\n{body}\n"

    def foot(self) -> str:
        return ""


def _piece(piece: Piece, allowance: Allowance) -> str:
    match piece:
        case Said(text, markdown):
            return _said(text, allowance) if markdown else _block(text)
        case Note(words, detail):
            return f"{_code(words)} {_code(detail)}" if detail else _code(words)
        case Folded(summary, blocks):
            rows = [_code(summary)]
            for block in blocks:
                rows += [_code(block.label)] if block.label else []
                rows.append(_block(block.text))
            return "\n\n".join(rows)


def _said(text: str, allowance: Allowance) -> str:
    """Return a quote, of which a viewer makes what it means; what would cost a viewer too much, as it is."""
    if _REACHES_OUT.search(text):
        return _block(text)
    if has_markdown(text) and not is_cheap(text):
        try:
            allowance.parse(text)
        except ShownPlain as plain:
            return f"{_code(own_text('shown as plain text: {}', plain.sentence))}\n\n{_block(text)}"
    return _quote(text)


def _quote(text: str) -> str:
    blocks = (_LINE_START.sub(lambda start: f"{start[0]}> ", block) for block in in_blocks(text))
    return "".join(blocks) or "> "


def _block(text: str) -> str:
    """Return a fence that nothing in the text can end."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}text\n{text}{end}{fence}"


def _code(text: str) -> str:
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    blank = " " if len(ticks) > 1 else ""
    return f"{ticks}{blank}{clean_line(text)}{blank}{ticks}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
