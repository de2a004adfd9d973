"""Sums up sessions for a list, and sees whether what was read of them is still there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from earwig.core.opening import MISSING, CannotOpen, opened, read_at
from earwig.core.sidebar.marks import ReadTo
from earwig.core.store import FolderStore, Session
from earwig.core.summary import Summary, summarise

WITNESSED = 256
"""Bytes before an offset whose hash is remembered: as a rule, the end of a message that only came once."""


class SummedUp(NamedTuple):
    """What was found out."""

    summaries: dict[str, Summary]
    rewritten: set[str]
    """Sessions in which something else stands where the reader had read."""


def sum_up(store: FolderStore, wanted: Iterable[tuple[Session, ReadTo]]) -> SummedUp:
    """Sum up sessions, each with up to where it was read."""
    found = SummedUp({}, set())
    for session, read_to in wanted:
        offset = read_to.offset
        if read_to.witness and witness_of(session.path, offset) not in (read_to.witness, None):
            found.rewritten.add(session.location)
            offset = 0
        summary = summarise(store.open(session), offset)
        if summary.problem != MISSING:  # else what is known of it stays: it may be back in a moment
            found.summaries[session.location] = summary
    return found


def witness_of(path: Path, offset: int) -> str | None:
    """A short hash of the bytes before an offset; None where they cannot be read, "" for none or too few."""
    from hashlib import blake2b  # only now: most runs begin with nothing to compare

    size = min(WITNESSED, offset)
    try:
        with opened(path) as file:
            data = read_at(file, size, offset - size)
    except CannotOpen:
        return None
    return blake2b(data, digest_size=8).hexdigest() if data and len(data) == size else ""
