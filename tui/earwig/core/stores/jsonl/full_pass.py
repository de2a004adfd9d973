"""Reads every line of a session from a place on, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import accumulate, chain, count, islice, repeat
from operator import add, itemgetter
from pathlib import Path

from earwig.core.model.entries import Entry, Unfinished
from earwig.core.model.message import BadLine
from earwig.core.stores.jsonl.decoding import decode_block, decode_line
from earwig.core.stores.jsonl.file_fingerprint import FileFingerprint
from earwig.core.stores.jsonl.line_reader import block_after
from earwig.core.system.opening import opened

_FIRST_BLOCK = 64 * 1024
_BLOCK = 96 * 1024

_new = tuple.__new__


def entries_between(
    path: Path | str, start: int, witness: FileFingerprint, number: int | None
) -> Iterator[Entry]:
    """Yield the entries from offset `start`, where line `number` begins, to the end that the witness knows.

    Every line is read whole. Between two blocks the file is closed, and may grow. Raises `CannotOpen` if it
    is written anew: what comes after is of another text.
    """
    return chain.from_iterable(_blocks(path, start, witness, number))


def _blocks(
    path: Path | str, start: int, witness: FileFingerprint, number: int | None
) -> Iterator[list[Entry]]:
    size = _FIRST_BLOCK
    while start < witness.size:
        with opened(path) as fd:
            data = witness.proven(fd, partial(block_after, fd, start, witness.size, size))
        lines = data.split(b"\n")
        rest = lines.pop()
        if not lines:
            yield _unended(start, rest, number)
            return
        yield _entries(data[: len(data) - len(rest)], lines, start, number)
        number = None if number is None else number + len(lines)
        start += len(data) - len(rest)
        size = _BLOCK


def _entries(block: bytes, lines: list[bytes], start: int, number: int | None) -> list[Entry]:
    """Return the entries of a block of complete lines, made without a step of Python for each."""
    items = decode_block(block)
    lengths = list(map(len, lines))
    offsets = list(accumulate(map(add, lengths, repeat(1)), initial=start))
    numbers = repeat(None) if number is None else count(number)
    ends = islice(offsets, 1, None)
    unsaid = (repeat(None), repeat(None))  # no time, no remark
    rows = zip(offsets, ends, lengths, items, numbers, repeat(True), *unsaid, strict=False)
    return list(map(_new, repeat(Entry), rows if all(items) else filter(itemgetter(3), rows)))


def _unended(start: int, line: bytes, number: int | None) -> list[Entry]:
    """Return the entry of a last line that no newline ends; none if it is blank."""
    item = decode_line(line)
    if item is None:
        return []
    shown = Unfinished(line) if isinstance(item, BadLine) else item
    return [Entry(start, start + len(line), len(line), shown, number, complete=False)]
