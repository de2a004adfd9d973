"""Finds messages by how many stand before them: the same number in all places that hold the same messages."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice, takewhile

from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import ChatMessage
from earwig.core.reading.newest import exact
from earwig.core.stores.protocols import Transcript

_STEP = 256 * 1024
"""Bytes read in a step; more where an entry is longer."""

_PAGE = 256

Counting = Generator[bool, None, int]
"""A generator that reads a bounded part in each step and yields False. It returns a number or a position, and
may raise `CannotOpen`."""


def messages_before(transcript: Transcript, stop: Position) -> Counting:
    """Count the messages before a position at which an entry begins, or the session ends."""
    at, count = transcript.start, 0
    while at < stop:
        tally = transcript.tally(at, _STEP)
        if not at < tally.next <= stop:
            before = takewhile(lambda entry: entry.position < stop, _messages_from(transcript, at))
            return count + sum(1 for _ in before)
        at, count = tally.next, count + tally.messages
        yield False
    return count


def place_behind(transcript: Transcript, count: int) -> Counting:
    """Find the position behind the first `count` messages; the session's end where there are fewer."""
    at = transcript.start
    while count > 0:
        tally = transcript.tally(at, _STEP)
        if tally.next <= at or tally.messages > count:
            last = next(islice(_messages_from(transcript, at), count - 1, None), None)
            return transcript.end if last is None else last.next
        at, count = tally.next, count - tally.messages
        yield False
    return at


def counterpart(of: Transcript, position: Position, into: Transcript) -> Counting:
    """Find where another place with the same messages has what stands at a position."""
    count = yield from messages_before(of, position)
    return (yield from place_behind(into, count))


def done(steps: Counting) -> int:
    """Take all steps at once and return the result. Raises `CannotOpen`."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return int(end.value)


def _messages_from(transcript: Transcript, at: Position) -> Iterator[Entry]:
    """Yield the entries from a position on that are messages, also of a last line that no newline ends."""
    while True:
        page = transcript.after(at, _PAGE)
        yield from (it for it in page.entries if isinstance(exact(transcript, it).item, ChatMessage))
        if page.at_end or page.stop <= at:
            return
        at = page.stop
