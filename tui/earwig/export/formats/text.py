"""Plain text: headers at the left edge, everything that is stored indented below them."""

from __future__ import annotations

from earwig.core.text.entry_words import number_words, role_words
from earwig.core.text.safe_text import SafeText
from earwig.export.facts import Facts
from earwig.export.formats.pieces import Folded, Note, Piece, Said, time_words, told
from earwig.export.formats.wording import (
    bad_words,
    in_blocks,
    left_out_words,
)
from earwig.export.formats.writer import Bad
from earwig.export.message import ExportedMessage

_INDENT = "    "
_FURTHER = _INDENT + "  "
_OWN_INDENT = "  "
"""Before rows in the document's own words: no content can look like one."""


class TextWriter:
    """Keeps every character, and puts blanks before each line, so that no content looks like a header."""

    def __init__(self, *, utc: bool = False) -> None:
        self._utc = utc

    def head(self, facts: Facts) -> str:
        rows = facts.told()
        width = max(len(fact.name) for fact in rows) + 2
        return "".join(f"{fact.name:<{width}}{fact.told}\n" for fact in rows)

    def message(self, message: ExportedMessage) -> str:
        """`user  #1`, with its time, and the content below."""
        shown = told(message)
        title = [role_words(message.role), number_words(message.number)]
        if shown.sent is not None:
            title.append(time_words(shown.sent, utc=self._utc))
        if shown.ending:
            title.append(shown.ending)
        return f"\n{'  '.join(title)}\n{''.join(map(_piece, shown.pieces))}"

    def bad(self, number: int | None, line: Bad) -> str:
        """`bad line  #2  is not JSON`, and what it holds below."""
        name, reason = bad_words(line)
        shown: SafeText | str = left_out_words(line) if line.raw is None else line.raw
        return f"\n{name}  {number_words(number)}  {reason}\n{_indented(shown)}"

    def foot(self) -> str:
        return ""


def _piece(piece: Piece) -> str:
    match piece:
        case Said(text):
            return _indented(text)
        case Note(words, detail):
            return f"{_OWN_INDENT}{words}{' ' if detail else ''}{detail}\n"
        case Folded(summary, blocks):
            rows = [f"{_OWN_INDENT}{summary}\n"]
            for block in blocks:
                rows += [f"{_OWN_INDENT}{block.label}:\n"] if block.label else []
                rows.append(_indented(block.text, _FURTHER))
            return "".join(rows)


def _indented(text: str, margin: str = _INDENT) -> str:
    """Also behind the line ends that only some editors know."""
    ended = "" if text and text[-1] == "\n" else "\n"
    blocks = (
        "".join(margin + line if line.strip() else line for line in block.splitlines(keepends=True))
        for block in in_blocks(text)
    )
    return "".join((*blocks, ended))
