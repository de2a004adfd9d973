"""Turns a session's entries into text: as stored, to be taken along; or cleaned, for a terminal to show."""

from __future__ import annotations

from collections.abc import Iterator

from earwig.core.model.entries import Entry, Item, Oversized, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.text.entry_words import number_words, role_words
from earwig.core.text.safe_text import (
    SafeText,
    clean,
    clean_line,
    joined,
    lines_of,
    own_text,
    without_tabs,
)

_TAB_STOP = 8
_INDENT = own_text("    ")


def source_of(item: Item) -> bytes | None:
    """Return what an entry says as it is stored: a message's decoded content, any other line's bytes.

    Returns None where it is not here: for a line that was too long to be read, and a removed entry without a
    text.
    """
    if isinstance(item, RemovedEntry):
        return None if item.item is None else source_of(item.item)
    if isinstance(item, ChatMessage):
        return item.content.encode("utf-8", "surrogatepass")
    return None if isinstance(item, Oversized) else item.raw


def content_of(item: Item) -> str | None:
    """Return the stored content of a message, also of one that was removed; None for any other entry."""
    if isinstance(item, RemovedEntry):
        return None if item.item is None else content_of(item.item)
    return item.content if isinstance(item, ChatMessage) else None


def as_source(entries: Iterator[Entry]) -> Iterator[bytes]:
    """Yield entries as they are stored, each below a line that says whose it is, a blank line between two."""
    first = True
    for entry in entries:
        before = b"" if first else b"\n"
        first = False
        yield before + _title(entry).encode() + b"\n" + (source_of(entry.item) or b"") + b"\n"


def as_shown(entries: Iterator[Entry]) -> Iterator[bytes]:
    """Yield entries as a terminal may show them: cleaned, and indented below their titles."""
    first = True
    for entry in entries:
        lines = [] if first else [own_text("")]
        first = False
        source = source_of(entry.item) or b""
        text = without_tabs(clean(source.decode("utf-8", "backslashreplace")), _TAB_STOP)
        lines += [
            _title(entry),
            *(own_text("{}{}", _INDENT, line) if line else line for line in lines_of(text)),
        ]
        yield joined(own_text("\n"), lines).encode() + b"\n"


def _title(entry: Entry) -> SafeText:
    number = number_words(entry.number)
    item = entry.item
    if isinstance(item, ChatMessage):
        return own_text("{}  {}", role_words(item.role), number)
    if isinstance(item, BadLine):
        return own_text("bad line  {}  {}", number, clean_line(item.reason))
    return own_text("unfinished line  {}", number)
