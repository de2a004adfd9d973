"""Tells how far rows hold what was read of the file that the bot has made them of."""

from __future__ import annotations

from earwig.core.model.entries import Position
from earwig.core.model.read_to import WITNESSED, Earlier, ReadTo, digest_of_end
from earwig.core.model.session import Session
from earwig.core.reading.imports import file_of, place_in_rows
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen

_STEP = 256 * 1024


def taken_over(store: Store, session: Session, earlier: Earlier, *, witness: bool) -> ReadTo | None:
    """Return how far a session is read; None where that cannot be told (yet).

    As many of its messages are read as were of the file, which the bot keeps. Where it is not there any more,
    its bytes are made again of the rows, and known by the hashes that are remembered of it. With `witness`,
    what tells a rewrite from a new text is read as well. May take long where the session is long.
    """
    try:
        rows = store.open(session)
        rows.refresh()
        position: Position | None
        file = file_of(store, session)
        if file is not None:
            position = _by_count(rows, store.open(file), file, earlier)
        else:
            position = _by_bytes(rows, earlier)
        if position is None:
            return None
        return ReadTo(position, rows.witnesses(position) if witness and position else ())
    except CannotOpen:
        return None


def _by_count(rows: Transcript, file: Transcript, listed: Session, earlier: Earlier) -> Position:
    file.refresh()
    if earlier.position is not None:
        stop = file.settled(ReadTo(earlier.position, earlier.witnesses), take=False).position
    else:
        stop = file.end if listed.activity_ns <= earlier.since_ns else file.start
    return place_in_rows(rows, file, stop)


def _by_bytes(rows: Transcript, earlier: Earlier) -> Position | None:
    wanted = {it.position: it.digest for it in earlier.witnesses if it.position <= (earlier.position or 0)}
    furthest, offset, end = max(wanted, default=0), 0, b""
    at, found = rows.start, None
    while offset < furthest:
        stored = rows.stored(at, _STEP)
        positions = [*(position for position, _ in stored.lines[1:]), stored.next]
        for (_, line), behind in zip(stored.lines, positions, strict=True):
            offset += len(line) + 1
            end = (end + line + b"\n")[-WITNESSED:]
            if offset in wanted and digest_of_end(end) == wanted[offset]:
                found = behind
        if stored.next <= at:
            break
        at = stored.next
    return found
