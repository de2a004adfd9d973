"""Tells by a few hashes whether what was read of a conversation is still there, and if not, how much of it
is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from earwig.core.model.read_to import ReadTo, Witness
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.system.blake2 import blake2b

PROVEN = 8
"""The number of rows before a position that a digest is made of."""

_LAST = 4
"""Rows before the end of what was read that each have a witness: the bot takes back and replaces these."""

_FURTHER = 4
"""Witnesses before those, each a quarter as far into the session as the next; the first row has one, too."""


def digest_before(snapshot: Snapshot, conversation: Conversation, position: int) -> str:
    """Return a hash of the rows right before a position, and of where they stand; empty without any."""
    return _hash_of(snapshot, conversation, position, PROVEN, 16)


def witnesses_of(snapshot: Snapshot, conversation: Conversation, position: int) -> tuple[Witness, ...]:
    """Return what to remember of a conversation that was read up to a position, the furthest first."""
    places = dict.fromkeys(_places(snapshot, conversation, position))
    found = (Witness(place, _digest(snapshot, conversation, place)) for place in places)
    return tuple(witness for witness in found if witness.digest)


def settled(
    snapshot: Snapshot, conversation: Conversation, end: int, read_to: ReadTo, *, take: bool
) -> ReadTo:
    """Return how far a conversation that ends at `end` holds what was read of it, as `Transcript` has it."""

    def digest_at(position: int) -> str | None:
        return _digest(snapshot, conversation, position) if position <= end else None

    found = read_to.held(end, digest_at)
    return found.witnessed(partial(witnesses_of, snapshot, conversation)) if take else found


def _places(snapshot: Snapshot, conversation: Conversation, position: int) -> Iterator[int]:
    """Positions to remember: that one, those of the rows right before it, and some far before."""
    yield position
    place = position
    for row in islice(conversation.walk(snapshot, position, ascending=False), _LAST):
        place = row.position
        yield place
    for _ in range(_FURTHER):
        earlier = next(conversation.walk(snapshot, place // 4, ascending=False), None)
        if earlier is None:
            break
        place = earlier.position + 1
        yield place
    first = next(conversation.walk(snapshot), None)
    if first is not None and first.position + 1 < place:
        yield first.position + 1


def _digest(snapshot: Snapshot, conversation: Conversation, position: int) -> str:
    return _hash_of(snapshot, conversation, position, 1, 8)


def _hash_of(snapshot: Snapshot, conversation: Conversation, position: int, count: int, size: int) -> str:
    rows = list(islice(conversation.walk(snapshot, position, ascending=False), count))
    made = blake2b(digest_size=size)
    for row in rows:
        made.update(b"%d " % row.position)
        made.update(row.digest)
    return made.hexdigest() if rows else ""
