"""Counts what is wrong in many sessions at once, where they lie mixed in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from earwig.core.content.turn_outcome import has_failed
from earwig.core.model.entries import Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.trouble_count import Start
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.store import Store


@dataclass(slots=True)
class _Tally:
    end: Position = 0
    lines: int = 0
    bad_lines: int = 0
    failed: int = 0
    last_failed: int = 0


def counted_together(
    store: Store, sessions: Sequence[Session]
) -> Iterator[tuple[Session, Start | None] | None]:
    """Count sessions in one pass. Yields None after each step, and at the end each session with its count.

    The count is None where the session is to be counted by itself: it was not found as it was listed, or
    counting one by one takes no longer.
    """
    tallies: dict[SessionId, _Tally] = {}

    def take(session_id: SessionId, end: Position, item: object) -> None:
        tally = tallies.get(session_id)
        if tally is None:
            tally = tallies[session_id] = _Tally()
        tally.end, tally.lines = end, tally.lines + 1
        if isinstance(item, BadLine):
            tally.bad_lines += 1
        elif isinstance(item, ChatMessage) and has_failed(*item):
            tally.failed += 1
            tally.last_failed = tally.lines

    yield from store.read_together(sessions, take) or ()
    for session in sessions:
        found = tallies.pop(session.id, None)
        if found is None or found.lines != session.extent or found.end != session.end:
            yield session, None
        else:
            troubles = Troubles(found.bad_lines, found.failed, found.last_failed)
            yield session, Start(found.end, found.lines, troubles)
