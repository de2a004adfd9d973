"""Messages as paragraphs to listen to: who speaks first, then what is said."""

from __future__ import annotations

import re

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.output import Output
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import (
    SafeText,
    clean,
    clean_line,
    hidden_count,
    lines_of,
    own_text,
    without_tabs,
)

_NAMES = {"user": "User", "assistant": "Assistant", "tool": "Tool", "system": "System"}
_ROLE_SHOWN = 60
_TAB_STOP = 8
_LIKE_A_HEADER = re.compile(r"\W*(?:user|assistant|tool|system|role|bad)\b.*\bline\b", re.IGNORECASE)
"""What in a message could be heard as the beginning of another one."""


class Paragraphs(EntryPrinter):
    """Prints `User, line 12:` and the text below it, indented: what sounds like such a line is quoted."""

    def __init__(self, out: Output) -> None:
        super().__init__(out, as_json=False, flushing=True)
        self._paragraphs = out

    def message(self, number: int | None, message: ChatMessage, time: float | None = None) -> None:
        name = _NAMES.get(message.role)
        who = own_text('Role "{}"', clean_line(message.role, limit=_ROLE_SHOWN))
        if name is not None:
            who = clean_line(name)
        header = own_text("{}, {}:", who, line_words(number))
        hidden = hidden_count(message.content)
        if hidden:
            header = own_text("{} (hidden characters: {})", header, hidden)
        self._paragraphs.line(header)
        body = without_tabs(clean(message.content), _TAB_STOP)
        for line in lines_of(body) if body.strip() else [own_text("(empty)")]:
            self._paragraphs.line(own_text("  > " if _LIKE_A_HEADER.match(line) else "  "), line)
        self._paragraphs.line()
        self._paragraphs.flush()


def line_words(number: int | None) -> SafeText:
    """Return a line by its number, or that it has none yet, where the file has just changed."""
    return own_text("line unknown") if number is None else own_text("line {}", number)
