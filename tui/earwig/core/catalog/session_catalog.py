"""The sessions of a list: what is known of each, which of them are shown, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from earwig.core.catalog.arrangement import Arrangement, Order, Place
from earwig.core.catalog.known import KnownSummaries
from earwig.core.catalog.marks import Mark, Marks, Reading
from earwig.core.catalog.naming import Naming
from earwig.core.catalog.ranking import Ranking
from earwig.core.catalog.ranks import rank_by, ranks_by
from earwig.core.catalog.restrictions import BY_CONTENT, COUNTED, Hides, Only
from earwig.core.catalog.shown import ListRequest, Shown, arranged
from earwig.core.catalog.summary import Summary
from earwig.core.catalog.summary_queue import SummaryQueue
from earwig.core.catalog.words import AT_ONCE, Words
from earwig.core.model.events import RemovalReason, StoreEvents
from earwig.core.model.read_to import NONE, ReadTo, Settled
from earwig.core.model.session import NO_SESSION, Session, SessionId, newest_first
from earwig.core.model.titles import Title
from earwig.core.statistics.troubles import Troubles


class SessionCatalog:
    """Keeps sessions sorted, restricted and filtered while events about them come in.

    Events cost little when they come: sessions move together, when somebody asks for the order. With 100,000
    sessions that takes 5 ms at most, however many have changed.
    """

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self._sessions = {session.id: session for session in sessions}
        # Spelled out, because a folder holds 100,000: a call each would take longer than the sorting.
        order = sorted([(-session.activity_ns, it) for it, session in self._sessions.items()])
        self._activity = Arrangement([it for _, it in order], self._place_of, self._place_before)
        self._moved: dict[SessionId, Session | None] = {}
        """Sessions that are to be placed anew, as they were when they were placed last; None for new ones."""

        self._naming = Naming(lambda session_id: self._sessions[session_id])
        self.known = KnownSummaries(self._sessions.values())
        self._summed_up: set[SessionId] = set()
        self._removal_reasons: dict[SessionId, RemovalReason] = {}
        self.marks = Marks()
        self.order = Order.ACTIVITY
        self._ranking = Ranking(self._rank, self._place_of, self._place_before)
        self.grouped = False
        self._only: list[Only] = []
        self._words = Words(lambda: self._activity.order, self._naming.searched, self._newest_text)
        self._words.store_of = lambda session_id: self._sessions[session_id].store
        self._shown: Shown | None = None
        self._kept: SessionId | None = None
        self._unknown = SummaryQueue()

    def __len__(self) -> int:
        return len(self._sessions)

    def __contains__(self, session_id: SessionId) -> bool:
        return session_id in self._sessions

    def __getitem__(self, session_id: SessionId) -> Session:
        return self._sessions[session_id]

    def get(self, session_id: SessionId) -> Session | None:
        """Return a session as it was last seen; None if it is not there any more. From any thread."""
        return None if session_id in self._removal_reasons else self._sessions.get(session_id)

    def by_activity(self) -> list[SessionId]:
        """Return the ids of all sessions, newest activity first."""
        self._settle()
        return list(self._activity.order)

    def prepare(self) -> None:
        """Make what a filter needs of all sessions. It takes a while, so it is for a thread of its own."""
        self._words.names = {it: self._naming.searched(it) for it in self._activity.order}

    def take_over(self, listed: SessionCatalog) -> None:
        """Take the sessions of another catalog, which is not used from here on, and what is known of them."""
        self._sessions, self._activity.order = listed._sessions, listed._activity.order
        self._words.names = listed._words.names
        self.known.kinds[Only.PUT_AWAY] = listed.known.kinds[Only.PUT_AWAY]
        self._words.set(self._words.text)
        self._moved = {}
        self._ask_anew()

    # Facts.

    def apply(self, events: StoreEvents, keep: SessionId | None = None) -> None:
        """Take in events. `keep` is the id of a session that stays on the list although it is gone."""
        for session in events.there:
            self._put(session)
        for vanished in events.vanished:
            if vanished.id == keep and keep in self._sessions:
                self._removal_reasons[keep] = vanished.removal_reason
                self.marks.forget(self._sessions[keep])
            else:
                self.forget(vanished.id)
        if events.unlisted == ():  # what could not be read before may be possible now
            self._summed_up.clear()

    def _put(self, session: Session) -> None:
        session_id = session.id
        before = self._sessions.get(session_id)
        self.marks.grown(before, session, self._sessions.get(session.imported_from or NO_SESSION))
        self._moved.setdefault(session_id, before)
        self._removal_reasons.pop(session_id, None)
        self._sessions[session_id] = session
        self.known.saw(session)
        self._summed_up.discard(session_id)
        if session.activity_ns > self.marks.looked_ns(session_id) and not session.is_put_away:
            self.known.kinds[Only.CHANGED].add(session_id)
        self._unknown.add(session_id)
        if before is None or before.detail != session.detail:
            self._naming.forget(session_id)
            self._words.came(session_id)

    def forget(self, session_id: SessionId) -> None:
        session = self._sessions.pop(session_id, None)
        if session is not None:
            self._moved.setdefault(session_id, session)
            self.marks.forget(session)
        self._removal_reasons.pop(session_id, None)
        self.known.forget(session_id)
        self._unknown.drop([session_id])
        self._words.forget(session_id)
        self._naming.forget(session_id)
        self._summed_up.discard(session_id)

    def forget_vanished(self, keep: SessionId | None) -> None:
        """Take the vanished sessions off the list that were kept for the reader, but for this one."""
        for session_id in [session_id for session_id in self._removal_reasons if session_id != keep]:
            self.forget(session_id)

    def remember(self, reading: Reading | None) -> None:
        """Take in what earlier runs left of the reader's marks; None: there was no earlier run."""
        self.marks.remember(reading, self._sessions)
        self._summed_up.difference_update(self.marks.may_be_unread(self._sessions))
        self._ask_anew()

    def changed_marks(self) -> dict[SessionId, Mark]:
        """Return the reader's marks that changed since the last call."""
        self._settle()
        return self.marks.take_changed(self._sessions[session_id] for session_id in self._activity.order)

    # What is known of a session.

    def removal_reason(self, session_id: SessionId) -> RemovalReason | None:
        """Return what became of a session that is on the list although it is gone; None for any other."""
        return self._removal_reasons.get(session_id)

    def title(self, session_id: SessionId) -> Title:
        return self._naming.title(session_id)

    def summary(self, session_id: SessionId) -> Summary | None:
        return self.known.summaries.get(session_id)

    def wanted(self, ids: Iterable[SessionId]) -> dict[SessionId, ReadTo]:
        """Return the sessions that are to be summed up (anew), each with how far it was read."""
        wanted = [session_id for session_id in ids if session_id not in self._summed_up]
        self._summed_up.update(wanted)
        self._unknown.drop(wanted)
        return {session_id: self.marks.read_to(self._sessions[session_id]) for session_id in wanted}

    def learn(self, found: Mapping[SessionId, Summary], read_to: Mapping[SessionId, Settled] = NONE) -> None:
        """Take in summaries, and how far sessions hold what was read of them."""
        for session_id, settled in read_to.items():
            if session_id in self._sessions:
                self.marks.settle(self._sessions[session_id], *settled)
        for session_id, summary in found.items():
            if session_id in self._sessions:
                self._learned(session_id, self.known.sum_up(session_id, summary))

    def count(self, troubles: Mapping[SessionId, Troubles], progress: tuple[int, int]) -> None:
        """Take in what is wrong in whole sessions. `progress`: how many of how many are counted."""
        self.known.progress = progress
        for session_id, found in troubles.items():
            if session_id in self._sessions:
                self._learned(session_id, self.known.count(session_id, found))

    def _learned(self, session_id: SessionId, kinds: Collection[Only]) -> None:
        if any(only in self._only for only in kinds):
            self._list_changed()
        if self.order in (Order.UNREAD, Order.HEALTH):
            self._ranking.learned(session_id)
        if self._words and self._words.learn(session_id):
            self._shown = None

    def mark_read(self, session_id: SessionId) -> None:
        if (session := self._sessions.get(session_id)) is None:
            return
        self.marks.read(session)
        summary = self.summary(session_id)
        if summary is not None and summary.unread:
            self.learn({session_id: summary._replace(unread=0, unread_is_more=False)})

    def look_at(self, session_id: SessionId) -> None:
        """Mark a session as looked at: it is on the screen."""
        session = self._sessions.get(session_id)
        if session is not None:
            self.marks.looked(session)
            if session_id in self.known.kinds[Only.CHANGED]:
                self.known.kinds[Only.CHANGED].discard(session_id)
                if Only.CHANGED in self._only:
                    self._list_changed()

    # What the reader asks for.

    def filter(self, text: str) -> None:
        """Show only sessions with the words of `text` in their names or newest messages; "" shows all."""
        asked = bool(self._words)
        self._words.set(text)
        self._shown = None
        if asked != bool(self._words):
            self._unknown.ask()

    @property
    def words(self) -> Sequence[str]:
        """The words of the filter, in lower case."""
        return self._words.words

    @property
    def filtered(self) -> bool:
        return bool(self._words)

    @property
    def only(self) -> Sequence[Only]:
        """The restrictions that are set, in the order in which they were set."""
        return self._only

    def restrict(self, only: Only) -> bool:
        """Set a restriction, or clear it; return whether it is set now."""
        (self._only.remove if only in self._only else self._only.append)(only)
        self._kept = None
        self._ask_anew()
        return only in self._only

    def sort_by(self, order: Order) -> None:
        self.order = order
        self._ask_anew()

    def group(self, by_channel: bool) -> None:
        self.grouped = by_channel
        self._shown = None

    def pin(self, session_id: SessionId) -> bool:
        """Keep a session at the top, or no longer; return whether it is kept now."""
        self._shown = None
        return self.marks.pin(session_id)

    def _list_changed(self) -> None:
        self._shown = None
        self._words.changed()

    def _ask_anew(self) -> None:
        self._ranking.drop()
        self._list_changed()
        if Only.CHANGED in self._only:
            self.known.kinds[Only.CHANGED] = self.marks.changed_since(self._sessions)
        self._unknown.ask()

    # What is still to be found out for it.

    def _find_unknown(self) -> None:
        """Only once the filter has looked through what is known: a key does not wait for it."""
        if not self._unknown.is_asked_for or self._words.looking:
            return
        if self._words or BY_CONTENT & set(self._only) or self.order is Order.HEALTH:
            self._unknown.fill(it for it in self._activity.order if it not in self._summed_up)
        elif Only.UNREAD in self._only or self.order is Order.UNREAD:
            unread = self.marks.may_be_unread(self._sessions) - self._summed_up
            self._unknown.fill(sorted(unread, key=self._place_of))
        else:
            self._unknown.fill(None)

    def next_unknown(self, count: int) -> dict[SessionId, ReadTo]:
        """Return at most `count` sessions that are to be summed up next for what is asked for."""
        self._find_unknown()
        return self.wanted(self._unknown.next(count))

    @property
    def looked_through(self) -> tuple[int, int]:
        """How many of how many sessions are summed up for what is asked for; 0 of 0 where none must be."""
        self._find_unknown()
        return self._unknown.progress

    @property
    def needs_counts(self) -> bool:
        """Whether what is asked for depends on what is wrong in whole sessions."""
        return self.order is Order.HEALTH or not COUNTED.isdisjoint(self._only)

    @property
    def progress(self) -> tuple[int, int]:
        """The same as `looked_through`, or how many are counted, whichever is further behind."""
        summed_up, counted = self.looked_through, self.known.progress or (0, len(self))
        behind = summed_up[0] < summed_up[1] and summed_up[0] <= counted[0]
        return summed_up if behind or not self.needs_counts else counted

    @property
    def looking(self) -> bool:
        """Whether the filter may find more in what is known already."""
        return self._words.looking

    def look_further(self, seconds: float) -> bool:
        """Look for at most `seconds` for what takes the filter longer; return whether all is found."""
        found, done = self._words.looking, self._words.look_further(seconds)
        if found and done:
            self._shown = None
        return done

    # What is shown.

    def _settle(self) -> None:
        """Give the sessions that changed their new places."""
        if moved := self._moved:
            came = moved.keys() & self._sessions.keys()
            self._activity.settle([it for it, before in moved.items() if before is not None], came)
        if self._ranking.settle(moved, self._sessions) or moved:
            self._moved = {}
            self._list_changed()

    def _place_of(self, session_id: SessionId) -> Place:
        return newest_first(self._sessions[session_id])

    def _place_before(self, session_id: SessionId) -> Place:
        return newest_first(self._moved.get(session_id) or self._sessions[session_id])

    def _rank(self, session_id: SessionId) -> int | str:
        return rank_by(self.order, self._sessions[session_id], self.known)

    def _ranked_order(self) -> list[SessionId]:
        if self.order is Order.ACTIVITY:
            return self._activity.order
        return self._ranking.ordered(
            self._activity.order, lambda: ranks_by(self.order, self._sessions, self.known)
        )

    @property
    def arranged(self) -> Shown:
        """The sessions that are shown, with their headings, and what is hidden."""
        self._settle()
        if self._shown is None:
            if self._words and len(self._sessions) <= AT_ONCE:
                self._words.look_further(None)
            channel = self._naming.channel if self.grouped else None
            pinned = self.marks.pinned
            asked = ListRequest(self._only, self.known.kinds, self._words, pinned, channel, self._kept)
            self._shown = arranged(self._ranked_order(), asked)
        return self._shown

    @property
    def shown(self) -> Sequence[SessionId]:
        """The ids of the sessions that are shown, in order."""
        return self.arranged.ids

    @property
    def hides(self) -> list[Hides]:
        """What each restriction hides, in the order in which they were set."""
        hidden = self.arranged.hidden
        self._find_unknown()
        done = not self._unknown.is_asked_for and not self._unknown
        return [Hides(it, hidden[it], self.known.is_complete(it, summed_up=done)) for it in self._only]

    def position(self, session_id: SessionId) -> int | None:
        """Return the index of a session among those shown; None where it is not."""
        shown = self.arranged
        if session_id not in self._sessions:
            return None
        if shown.ids is self._activity.order:
            return self._activity.position(session_id)
        return shown.ids.index(session_id) if session_id in shown.ids else None

    def keep(self, session_id: SessionId | None) -> None:
        """Keep a shown session on the list while the reader is on it, whatever it becomes."""
        kept = session_id if self._only and session_id in self.shown else None
        if kept != self._kept:
            self._kept = kept
            self._list_changed()

    def _newest_text(self, session_id: SessionId) -> str | None:
        summary = self.summary(session_id)
        return None if summary is None else summary.said.casefold()

    @property
    def newest(self) -> SessionId | None:
        """The id of the session with the newest activity; None without any."""
        self._settle()
        return self._activity.order[0] if self._activity.order else None
