"""A link to one message: `KEY:LINE~HASH`, which finds the message again also where a rewrite has moved it.

The hash is of the line's stored bytes. It has 40 bits: that some other line of a session of a million
messages has the same is one chance in a million. It tells lines that have moved from one another; it does not
tell who has written one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from earwig.core.model.entries import LINE_LIMIT
from earwig.core.system.blake2 import blake2b
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

HASHED = LINE_LIMIT
"""The most bytes of a line that are hashed. A longer line is known by its beginning."""

_DIGITS = 10
# From the right, because a key may hold anything, a colon and a tilde too.
_LINK = re.compile(
    rf"(?:(?P<key>.*):)?(?P<line>[0-9]{{1,18}})?~(?P<hash>[0-9a-fA-F]{{{_DIGITS}}})", re.DOTALL
)


class MessageLink(NamedTuple):
    """A link to one message of a session."""

    key: str
    """The key of the session as a reader may type it; empty for the session that is open."""

    line: int | None
    """The number of the line when the link was made, from 1; None where it was not known."""

    digest: str
    """The hash: ten hexadecimal digits in lower case."""

    def told(self) -> SafeText:
        """Return the text to copy, with the key in the reversible escape in which it is listed."""
        line = own_text("") if self.line is None else own_text("{}", self.line)
        return own_text("{}:{}~{}", safe_name(self.key), line, clean_line(self.digest))


def read_link(text: str) -> MessageLink | None:
    """Return the link that a text spells; None where it spells none."""
    match = _LINK.fullmatch(text.strip())
    if match is None:
        return None
    line = int(match["line"] or 0)
    return MessageLink(match["key"] or "", line or None, match["hash"].lower())


def digest_of(raw: bytes) -> str:
    """Return the hash of a line's stored bytes, given without the newline."""
    return blake2b(raw[:HASHED], digest_size=_DIGITS // 2).hexdigest()
