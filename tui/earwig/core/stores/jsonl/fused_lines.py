"""The messages that the bot loses with a bad line: whole ones, fused with one another or with a torn one."""

from __future__ import annotations

import re

from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line

_BLANKS = re.compile(rb"[ \t\n\r]*")
_BEGINNING = re.compile(rb'\{[ \t\r]*"role"[ \t\r]*:')
"""How a message begins; inside of a text it cannot stand, because there its quotes are escaped."""

_TORN = 20
"""Torn pieces that are passed over: each may cost a look at all that follows it."""


def messages_in(raw: bytes) -> list[ChatMessage]:
    """Return the whole messages that stand on a bad line, in their order; `raw` has no newline.

    Each is one that the bot would have loaded from a line of its own. There are several where two appenders
    wrote at once (`{A}{B}` and then two newlines), and one where it follows a torn one, NULs or the like.
    """
    # Only for a bad line: to compile its patterns takes longer than to load the rest of the core.
    from earwig.core.stores.jsonl.serde_json import Refused, value_end

    messages: list[ChatMessage] = []
    torn = 0
    at = _after_blanks(raw, 0)
    while at < len(raw) and torn < _TORN:
        try:
            end = value_end(raw, at)
        except Refused:
            torn += 1
            begins = _BEGINNING.search(raw, at + 1)
            at = begins.start() if begins else len(raw)
            continue
        item = decode_line(raw[at:end])
        if isinstance(item, ChatMessage):
            messages.append(item)
        at = _after_blanks(raw, end)
    return messages


def _after_blanks(raw: bytes, at: int) -> int:
    found = _BLANKS.match(raw, at)
    return found.end() if found else at
