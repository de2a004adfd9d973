"""Tells whether a database has changed, by a look at its files, and what became of a conversation."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from pathlib import Path

from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.place import Stamp, resolved, shared_of, stamp_of
from earwig.core.stores.sqlite.snapshot import Snapshot

TAIL = 8
"""The number of newest rows that are compared. The bot changes and removes only the last."""

_NEW = 8
"""The number of new rows that are taken in as those before them are compared."""


class Signature(NamedTuple):
    """What differs after a commit. If two are equal, nothing has happened, as far as a look can tell."""

    database: Stamp | None
    wal: Stamp | None
    shared: bytes
    """The start of the -shm, which is exact where the clock of files is too coarse to tell two commits
    apart."""


def signature(path: Path | str) -> Signature:
    """Return the signature of a database's files, in 15 us and without a lock. Never raises."""
    place = resolved(path)
    return Signature(stamp_of(place), stamp_of(f"{place}-wal"), shared_of(place))


class Known(NamedTuple):
    """A conversation's newest rows at the last look."""

    tail: tuple[tuple[int, bytes], ...] = ()
    """Position and digest of each, the oldest first; fewer than `TAIL` where there were no more."""

    @property
    def last(self) -> int | None:
        """The position of the newest row; None without any."""
        return self.tail[-1][0] if self.tail else None


class Became(Enum):
    """What has become of the rows that were known."""

    SAME = "same"
    REPLACED = "replaced"
    """The last one has another text (`update_last`)."""

    REMOVED = "removed"
    """The last ones have gone (`remove_last`)."""

    CLEARED = "cleared"
    """There are none of before; there may be new ones."""

    ANOTHER = "another"
    """It cannot be told how it came from what was known: read it anew."""


class RowsChange(NamedTuple):
    """What has happened to a conversation between two looks."""

    became: Became
    unchanged_to: int | None
    """The position up to which nothing has changed; None: everything may have."""

    now: Known


def known_of(snapshot: Snapshot, conversation: Conversation) -> Known:
    """Return what to compare with later."""
    newest = islice(conversation.walk(snapshot, ascending=False), TAIL)
    return Known(tuple((row.position, row.digest) for row in newest)[::-1])


def compare(snapshot: Snapshot, conversation: Conversation, known: Known) -> RowsChange:
    """Return what has happened since, by the newest rows: the bot never writes those before them again."""
    if not known.tail:
        now = known_of(snapshot, conversation)
        return RowsChange(Became.SAME, None, now)
    first, last = known.tail[0][0], known.tail[-1][0]
    rows = islice(conversation.walk(snapshot, first - 1), TAIL + _NEW + 1)
    there = [(row.position, row.digest) for row in rows]
    are_all = TAIL <= len(there) <= TAIL + _NEW  # of more there is not the end, of fewer not the beginning
    now = Known(tuple(there[-TAIL:])) if are_all else known_of(snapshot, conversation)
    if not now.tail:
        return RowsChange(Became.CLEARED, None, now)
    still = [(position, digest) for position, digest in there if position <= last]
    agreed = _agreed(known.tail, still)
    unchanged_to = known.tail[agreed - 1][0] if agreed else None
    if agreed == len(known.tail) == len(still):
        return RowsChange(Became.SAME, last, now)
    if len(still) == len(known.tail) == agreed + 1 and still[-1][0] == last:
        return RowsChange(Became.REPLACED, unchanged_to, now)
    if agreed and agreed == len(still):
        return RowsChange(Became.REMOVED, unchanged_to, now)
    if not still and next(conversation.walk(snapshot, last, ascending=False), None) is None:
        return RowsChange(Became.CLEARED, None, now)
    return RowsChange(Became.ANOTHER, None, now)


def _agreed(known: tuple[tuple[int, bytes], ...], still: list[tuple[int, bytes]]) -> int:
    count = 0
    for before, after in zip(known, still, strict=False):
        if before != after:
            break
        count += 1
    return count
