"""Counts neighbouring lines of a file by their kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import count_block
from earwig.core.stores.jsonl.line_index import newlines_in
from earwig.core.stores.jsonl.line_reader import RawLine
from earwig.core.stores.jsonl.scanned_lines import ScannedLines
from earwig.core.stores.protocols import SCANNED, Tally

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
"""What may stand for a letter of a part: no other escape does."""


def tally_lines(
    read: Callable[[int, int, int | None], tuple[bytes, RawLine | None]],
    start: int,
    budget: int,
    limit: int | None,
    parts: Collection[bytes],
) -> Tally:
    """Return what `Transcript.tally` does.

    `read` returns whole lines from an offset on, of about so many bytes, or one over the limit. A block is in
    memory at a time.
    """
    at, messages, bad_lines, long_lines, lines, may_hold = start, 0, 0, 0, 0, False
    while at - start < budget:
        size = min(budget, SCANNED)
        block, line = read(at, size, None if limit is None else max(size, limit))
        if block and limit is not None and len(block) > limit:
            items = ScannedLines(block, at, limit).items
            messages += sum(isinstance(item, ChatMessage) for item in items)
            bad_lines += sum(isinstance(item, BadLine) for item in items)
            long_lines += sum(isinstance(item, Oversized) for item in items)
            at += len(block)
        elif block:
            some_messages, some_bad_lines = count_block(block)
            messages, bad_lines = messages + some_messages, bad_lines + some_bad_lines
            at += len(block)
        elif line is not None:
            long_lines += 1
            lines += 1
            at = line.offset + line.length + 1
        else:
            break
        lines += newlines_in(block)
        may_hold = may_hold or _may_hold(block, parts)
    return Tally(start, at, messages, bad_lines, long_lines, lines, may_hold)


def _may_hold(block: bytes, parts: Collection[bytes]) -> bool:
    if not parts:
        return False
    return any(part in block for part in parts) or _ESCAPED_ASCII.search(block) is not None
