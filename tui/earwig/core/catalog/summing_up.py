"""Sums up sessions for a list, and checks whether what was read of them is still there."""

from __future__ import annotations

from collections.abc import Iterable

from earwig.core.catalog.summary import Summary, summarise
from earwig.core.model.read_to import ReadTo, Settled
from earwig.core.model.session import Session, SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.store import Store
from earwig.core.system.opening import MISSING


class SummedUp(NamedTuple):
    """What was found out, by id."""

    summaries: dict[SessionId, Summary]
    read_to: dict[SessionId, Settled]
    """How far sessions were read, where that is known better now."""


def sum_up(store: Store, wanted: Iterable[tuple[Session, ReadTo]], *, witness: bool = True) -> SummedUp:
    """Sum up sessions, each given with how far it was read.

    With `witness`, what tells a rewrite from a new text is read as well, for sessions that have none. What an
    import has made (`ReadTo.earlier`) is looked through as far as it was read: that may take long.
    """
    found = SummedUp({}, {})
    for session, asked in wanted:
        transcript = store.open(session)
        if asked.earlier is not None:
            from earwig.core.catalog.taking_over import taken_over  # seldom: once for each import

            read_to = taken_over(store, session, asked.earlier, witness=witness) or asked
        else:
            read_to = transcript.settled(asked, take=witness)
        if read_to != asked:
            found.read_to[session.id] = Settled(asked, read_to)
        summary = summarise(transcript, read_to.position)
        if summary.problem != MISSING:  # else what is known of it stays: it may be back in a moment
            found.summaries[session.id] = summary
    return found
