"""Reads what a session holds, to know it again: before anything has changed in it."""

from __future__ import annotations

from earwig.core.follow.known import HEAD, Known
from earwig.core.model.entries import LINE_LIMIT, Entry, Oversized
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.decoding import decode_block
from earwig.core.stores.jsonl.transcript import Transcript

LEARNT = 4 * 1024 * 1024
"""Bytes before its end of which a session's messages are learnt: 15 ms."""

_BLOCK = 256 * 1024


def value_of(entry: Entry) -> int:
    """A number by which an entry is known again; of one that is too long to be read, by its beginning."""
    return hash(entry.item)


def counts(entry: Entry) -> bool:
    """Whether an entry is one of the messages that are known again."""
    return isinstance(entry.item, ChatMessage) or (isinstance(entry.item, Oversized) and entry.complete)


def learn(transcript: Transcript, stop: int) -> Known:
    """The messages before the line that starts at `stop`. Raises `CannotOpen`.

    Of a session that is longer than `LEARNT` the first ones, and those in so many bytes before `stop`. What
    is learnt while the file is rewritten means nothing: the transcript's generation tells.
    """
    if stop <= LEARNT:
        known = Known()
    else:
        base = transcript.around(stop - LEARNT, 0, 1).start
        first = transcript.after(0, HEAD).entries
        known = Known(base, [value_of(entry) for entry in first if counts(entry) and entry.position < base])
    start = known.base
    while start < stop:
        block, end = transcript.read_lines(start, min(_BLOCK, stop - start), LINE_LIMIT)
        if end <= start:
            break
        if block:
            for item in decode_block(block[: stop - start]):
                if isinstance(item, ChatMessage):
                    known.add(hash(item), start)
        else:
            for entry in transcript.after(start, 1).entries:
                known.add(value_of(entry), start)
        start = end
    return known
