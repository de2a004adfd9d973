"""What a transcript must show, made the simplest way: the whole file split at its newlines."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from earwig.core.model.entries import Entry, Item, Oversized, Unfinished
from earwig.core.model.message import BadLine
from earwig.core.stores.jsonl import line_reader
from earwig.core.stores.jsonl.decoding import decode_line
from tests.core.bot_writer import line_of
from tests.made_entries import line_entry


class Physical(NamedTuple):
    """One line of the file, blank or not."""

    number: int
    offset: int
    raw: bytes
    complete: bool

    @property
    def stop(self) -> int:
        return self.offset + len(self.raw) + self.complete


def physical_lines(data: bytes) -> list[Physical]:
    """Every line; what follows the last newline is one only if there is something."""
    lines = []
    offset = 0
    pieces = data.split(b"\n")
    for number, raw in enumerate(pieces, 1):
        complete = number < len(pieces)
        if complete or raw:
            lines.append(Physical(number, offset, raw, complete))
        offset += len(raw) + 1
    return lines


def entry_of(line: Physical, limit: int) -> Entry | None:
    """The line's entry, with its number; None for a blank line."""
    item: Item
    if len(line.raw) > limit:
        item = Oversized(len(line.raw), line.raw[: line_reader.HEAD])
    else:
        decoded = decode_line(line.raw)
        if decoded is None:
            return None
        item = Unfinished(line.raw) if isinstance(decoded, BadLine) and not line.complete else decoded
    return line_entry(line.offset, len(line.raw), item, line.number, line.complete)


def entries_of(data: bytes, limit: int = 1 << 60) -> list[Entry]:
    """Every entry of the file."""
    return some_entries(physical_lines(data), limit)


def some_entries(lines: list[Physical], limit: int) -> list[Entry]:
    """The entries of these lines."""
    return [entry for line in lines if (entry := entry_of(line, limit)) is not None]


FRAGMENTS = (
    *(line_of("user", text) for text in ("", "hi", "Wo ist es? Ü €", "x" * 70, "a\nb\r\u2028c")),
    line_of("assistant", "ok") + b"\n",
    b'["user","array"]',
    b'{"role":"user"}',
    b'{"role":"user","content":',
    b'"tail"}',
    b'{"role":"user","content":"\\ud800"}',
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\0",
    b" \t ",
    b"\xc2\xa0",
    b"\x1c",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x82",
    b"not JSON",
    b"{",
    b"}",
    b"z" * 90,
)
"""What hostile files are made of: whole lines, halves of them, line ends, bytes that are no text."""

file_bytes = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=6), max_size=14).map(b"".join)
"""Any session file, small."""
