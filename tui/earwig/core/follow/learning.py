"""Reads what a session holds, to recognise it after a change."""

from __future__ import annotations

from earwig.core.follow.known import HEAD, KnownMessages
from earwig.core.model.entries import Entry, Item, Oversized, Position
from earwig.core.model.message import ChatMessage
from earwig.core.stores.protocols import Transcript

LEARNT = 4 * 1024 * 1024
"""Bytes before its end of which a session's messages are learnt: 15 ms."""

_BLOCK = 256 * 1024


def value_of(entry: Entry) -> int:
    """Return a number that identifies an entry, made of the beginning of one that is too long to be read."""
    return hash(entry.item)


def _counts(item: Item | None) -> bool:
    """As `counts`, of what is complete."""
    return isinstance(item, ChatMessage | Oversized)


def counts(entry: Entry) -> bool:
    """Return whether an entry is one of the messages that are recognised."""
    return isinstance(entry.item, ChatMessage) or (isinstance(entry.item, Oversized) and entry.complete)


def learn(transcript: Transcript, stop: Position) -> KnownMessages:
    """Return the messages before the entry that begins at `stop`. Raises `CannotOpen`.

    Of a session that is longer than `LEARNT` the first ones, and those in so many bytes before `stop`. What
    is learnt while the past changes means nothing: the transcript's generation tells.
    """
    start = transcript.position_before(stop, LEARNT)
    if start is None or start <= transcript.start:
        start, known = transcript.start, KnownMessages()
    else:
        first = transcript.after(transcript.start, HEAD).entries
        known = KnownMessages(start, [value_of(it) for it in first if counts(it) and it.position < start])
    while start < stop:
        scanned = transcript.scan(start, _BLOCK)
        if scanned.next <= start:
            break
        items = scanned.items
        if scanned.next > stop:  # the last block also holds what is not to be learnt
            indices = [at for at, item in enumerate(items) if item is not None]
            found = zip(indices, scanned.entries(indices), strict=True)
            items = [items[at] for at, entry in found if entry.position < stop]
        for item in items:
            if _counts(item):
                known.add(hash(item), start)
        start = scanned.next
    return known
