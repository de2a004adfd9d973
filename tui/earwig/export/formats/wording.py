"""Words that all documents for people share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.export.formats.writer import Bad

MARKDOWN_ROLES = frozenset({"user", "assistant"})
"""Who writes Markdown; what tools and the system say is shown as it is."""

_BLOCK = 64 * 1024
"""Characters, at least."""

_BASE64 = re.compile(r"(data:[\w/+.;=-]{0,100}?;base64,)([A-Za-z0-9+/_=-]{64,})")


def bad_words(line: Bad) -> tuple[SafeText, SafeText]:
    """Return what the line is called, and what is wrong with it."""
    if line.unfinished:
        return own_text("unfinished line"), own_text("has no newline yet, and is no message so far")
    return own_text("bad line"), clean_line(line.reason)


def left_out_words(line: Bad) -> SafeText:
    """Return what stands in the place of what a bad line holds."""
    return own_text("({} not shown)", human_size(line.size))


def without_base64(text: str) -> str:
    """The text with a remark in the place of embedded files: nobody reads them, and they are megabytes."""
    if ";base64," not in text:
        return text
    return _BASE64.sub(lambda found: f"{found[1]}…({human_size(len(found[2]))} not shown)", text)


def in_blocks(text: str) -> Iterator[str]:
    """Yield the text in pieces of some size that end with lines, or one if it has none.

    What is made of a text line by line is made of one after the other: millions of lines take many times the
    memory of the text that holds them.
    """
    at = 0
    while at < len(text):
        end = text.find("\n", at + _BLOCK) + 1
        yield text[at : end or len(text)]
        at = end or len(text)
