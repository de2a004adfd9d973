"""The sessions that a list shows: what is known of each, which of them are shown, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from earwig.core.catalog.arrangement import Arrangement, Order, Place
from earwig.core.catalog.known import Known
from earwig.core.catalog.marks import Mark, Marks, Reading
from earwig.core.catalog.naming import Naming
from earwig.core.catalog.ranking import Ranking
from earwig.core.catalog.ranks import rank_by, ranks_by
from earwig.core.catalog.restrictions import BY_CONTENT, COUNTED, Hides, Only
from earwig.core.catalog.shown import Asked, Shown, arranged
from earwig.core.catalog.summary import Summary
from earwig.core.catalog.summary_queue import SummaryQueue
from earwig.core.catalog.words import AT_ONCE, Words
from earwig.core.model.events import RemovalReason, StoreEvents
from earwig.core.model.session import Session, newest_first
from earwig.core.model.titles import Title
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.jsonl.witnesses import NONE, ReadTo, Settled


class SessionCatalog:
    """Keeps sessions sorted, restricted and filtered while facts about them come in.

    Facts cost little when they come: sessions take their new places together, when somebody asks for the
    order. With 100,000 sessions that is 5 ms at most, however many have changed.
    """

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self._sessions = {session.location: session for session in sessions}
        # Spelled out, because a folder holds 100,000: a call each would take longer than the sorting.
        order = sorted([(-session.mtime_ns, location) for location, session in self._sessions.items()])
        self._activity = Arrangement([location for _, location in order], self._place_of, self._place_before)
        self._moved: dict[str, Session | None] = {}
        """Sessions that are to be placed anew, as they were when they were placed last; None for new ones."""

        self._naming = Naming(lambda location: self._sessions[location].key)
        self.known = Known()
        """What is known of their content."""

        self._summed_up: set[str] = set()
        self._fates: dict[str, RemovalReason] = {}
        self.marks = Marks()
        """What the reader has read and pinned."""

        self.order = Order.ACTIVITY
        self._ranking = Ranking(self._rank, self._place_of, self._place_before)
        self.grouped = False
        """Whether the list is in groups, by channel."""

        self._only: list[Only] = []
        self._words = Words(lambda: self._activity.order, self._naming.searched, self._newest_text)
        self._shown: Shown | None = None
        self._kept: str | None = None
        self._unknown = SummaryQueue()

    def __len__(self) -> int:
        return len(self._sessions)

    def __contains__(self, location: str) -> bool:
        return location in self._sessions

    def __getitem__(self, location: str) -> Session:
        return self._sessions[location]

    def get(self, location: str) -> Session | None:
        """What was last seen of a session; None if it is not there any more. From any thread."""
        return None if location in self._fates else self._sessions.get(location)

    def by_activity(self) -> list[str]:
        """The locations of all, newest activity first."""
        self._settle()
        return list(self._activity.order)

    def prepare(self) -> None:
        """Make what a filter needs of all sessions; takes a while, for a thread of its own."""
        self._words.names = {location: self._naming.searched(location) for location in self._activity.order}

    def take_over(self, listed: SessionCatalog) -> None:
        """Have the sessions of another book, which is not used from here on, and what is known of them."""
        self._sessions, self._activity.order = listed._sessions, listed._activity.order
        self._words.names = listed._words.names
        self._words.set(self._words.text)
        self._moved = {}
        self._ask_anew()

    # Facts.

    def apply(self, facts: StoreEvents, keep: str | None = None) -> None:
        """Take in what the follower says; `keep` is a location whose row stays although its file is gone."""
        for session in facts.there:
            self._put(session)
        for vanished in facts.vanished:
            if vanished.location == keep and keep in self._sessions:
                self._fates[keep] = vanished.fate
                self.marks.forget(self._sessions[keep])
            else:
                self.forget(vanished.location)
        if facts.unlisted == ():  # what could not be read before may be possible now
            self._summed_up.clear()

    def _put(self, session: Session) -> None:
        location = session.location
        before = self._sessions.get(location)
        self.marks.grown(before, session)
        self._moved.setdefault(location, before)
        self._fates.pop(location, None)
        self._sessions[location] = session
        self._summed_up.discard(location)
        if session.mtime_ns > self.marks.looked_ns(location):
            self.known.kinds[Only.CHANGED].add(location)
        self._unknown.add(location)
        if before is None:
            self._words.came(location)

    def forget(self, location: str) -> None:
        """Take a session off the list."""
        session = self._sessions.pop(location, None)
        if session is not None:
            self._moved.setdefault(location, session)
            self.marks.forget(session)
        self._fates.pop(location, None)
        self.known.forget(location)
        self._unknown.drop([location])
        self._words.forget(location)
        self._naming.forget(location)
        self._summed_up.discard(location)

    def forget_vanished(self, keep: str | None) -> None:
        """Take the vanished sessions off the list that were kept for the reader, but for this one."""
        for location in [location for location in self._fates if location != keep]:
            self.forget(location)

    def remember(self, reading: Reading | None) -> None:
        """Take in what earlier runs left of the reader's marks; None: there was no earlier run."""
        self.marks.remember(reading)
        self._summed_up.difference_update(self.marks.may_be_unread(self._sessions))
        self._ask_anew()

    def changed_marks(self) -> dict[str, Mark]:
        """The reader's marks that changed since this was asked last."""
        self._settle()
        return self.marks.take_changed(self._sessions[location] for location in self._activity.order)

    # What is known of a session.

    def fate(self, location: str) -> RemovalReason | None:
        """What became of a session that is still on the list although its file is gone."""
        return self._fates.get(location)

    def title(self, location: str) -> Title:
        """What the session is called."""
        return self._naming.title(location)

    def summary(self, location: str) -> Summary | None:
        """What was last known of its newest lines."""
        return self.known.summaries.get(location)

    def wanted(self, locations: Iterable[str]) -> dict[str, ReadTo]:
        """Which of these are to be summed up (anew), each with up to where it was read."""
        wanted = [location for location in locations if location not in self._summed_up]
        self._summed_up.update(wanted)
        self._unknown.drop(wanted)
        return {location: self.marks.read_to(self._sessions[location]) for location in wanted}

    def learn(self, summaries: Mapping[str, Summary], read_to: Mapping[str, Settled] = NONE) -> None:
        """Take in summaries, and up to where sessions hold what was read of them."""
        for location, settled in read_to.items():
            if location in self._sessions:
                self.marks.settle(self._sessions[location], *settled)
        for location, summary in summaries.items():
            if location in self._sessions:
                self._learned(location, self.known.sum_up(location, summary))

    def count(self, troubles: Mapping[str, Troubles], progress: tuple[int, int]) -> None:
        """Take in what is the matter in whole sessions; `progress`: how many of how many are counted."""
        self.known.progress = progress
        for location, found in troubles.items():
            if location in self._sessions:
                self._learned(location, self.known.count(location, found))

    def _learned(self, location: str, kinds: Collection[Only]) -> None:
        if any(only in self._only for only in kinds):
            self._list_changed()
        if self.order in (Order.UNREAD, Order.HEALTH):
            self._ranking.learned(location)
        if self._words and self._words.learn(location):
            self._shown = None

    def mark_read(self, location: str) -> None:
        """All that the session holds has been on the screen."""
        session = self._sessions.get(location)
        if session is None:
            return
        self.marks.read(session)
        summary = self.summary(location)
        if summary is not None and summary.unread:
            self.learn({location: summary._replace(unread=0, unread_is_more=False)})

    def look_at(self, location: str) -> None:
        """The session is on the screen."""
        session = self._sessions.get(location)
        if session is not None:
            self.marks.looked(session)
            if location in self.known.kinds[Only.CHANGED]:
                self.known.kinds[Only.CHANGED].discard(location)
                if Only.CHANGED in self._only:
                    self._list_changed()

    # What the reader asks for.

    def filter(self, text: str) -> None:
        """Show only sessions that have this text's words in their names or newest messages; "" shows all."""
        asked = bool(self._words)
        self._words.set(text)
        self._shown = None
        if asked != bool(self._words):
            self._unknown.ask()

    @property
    def words(self) -> Sequence[str]:
        """What is filtered by, word for word, without regard to case."""
        return self._words.words

    @property
    def filtered(self) -> bool:
        """Whether a filter is set."""
        return bool(self._words)

    @property
    def only(self) -> Sequence[Only]:
        """The restrictions that are set, in the order in which they were."""
        return self._only

    def restrict(self, only: Only) -> bool:
        """Set a restriction, or clear it; whether it is set now."""
        (self._only.remove if only in self._only else self._only.append)(only)
        self._kept = None
        self._ask_anew()
        return only in self._only

    def sort_by(self, order: Order) -> None:
        """Show the sessions in another order."""
        self.order = order
        self._ask_anew()

    def group(self, by_channel: bool) -> None:
        """Show the sessions in groups, or in one list."""
        self.grouped = by_channel
        self._shown = None

    def pin(self, location: str) -> bool:
        """Keep a session at the top, or let it go; whether it is kept now."""
        self._shown = None
        return self.marks.pin(location)

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

    def next_unknown(self, count: int) -> dict[str, ReadTo]:
        """So many sessions at most that are to be summed up next for what is asked for."""
        self._find_unknown()
        return self.wanted(self._unknown.next(count))

    @property
    def looked_through(self) -> tuple[int, int]:
        """How many of how many sessions are summed up for what is asked for; 0 of 0 where none must be."""
        self._find_unknown()
        return self._unknown.progress

    @property
    def needs_counts(self) -> bool:
        """Whether what is asked for hangs on what is the matter in whole sessions."""
        return self.order is Order.HEALTH or not COUNTED.isdisjoint(self._only)

    @property
    def progress(self) -> tuple[int, int]:
        """The same as `looked_through`, or of what is counted for it, whichever is further behind."""
        summed_up, counted = self.looked_through, self.known.progress or (0, len(self))
        behind = summed_up[0] < summed_up[1] and summed_up[0] <= counted[0]
        return summed_up if behind or not self.needs_counts else counted

    @property
    def looking(self) -> bool:
        """Whether the filter may find more in what is known already."""
        return self._words.looking

    def look_further(self, seconds: float) -> bool:
        """Look for what the filter does not find at once, for so long at most; whether all is found."""
        found, done = self._words.looking, self._words.look_further(seconds)
        if found and done:
            self._shown = None
        return done

    # What is shown.

    def _settle(self) -> None:
        """Give the sessions that changed their new places."""
        moved = self._moved
        if moved:
            came = moved.keys() & self._sessions.keys()
            self._activity.settle([it for it, before in moved.items() if before is not None], came)
        if self._ranking.settle(moved, self._sessions) or moved:
            self._moved = {}
            self._list_changed()

    def _place_of(self, location: str) -> Place:
        return newest_first(self._sessions[location])

    def _place_before(self, location: str) -> Place:
        return newest_first(self._moved.get(location) or self._sessions[location])

    def _rank(self, location: str) -> int | str:
        return rank_by(self.order, self._sessions[location], self.known)

    def _ranked_order(self) -> list[str]:
        if self.order is Order.ACTIVITY:
            return self._activity.order
        return self._ranking.ordered(
            self._activity.order, lambda: ranks_by(self.order, self._sessions, self.known)
        )

    @property
    def arranged(self) -> Shown:
        """The sessions that are shown, with their headings and what is hidden."""
        self._settle()
        if self._shown is None:
            if self._words and len(self._sessions) <= AT_ONCE:
                self._words.look_further(None)
            channel = self._naming.channel if self.grouped else None
            pinned = self.marks.pinned
            asked = Asked(self._only, self.known.kinds, self._words, pinned, channel, self._kept)
            self._shown = arranged(self._ranked_order(), asked)
        return self._shown

    @property
    def shown(self) -> Sequence[str]:
        """The locations of the sessions that are shown, in their order."""
        return self.arranged.locations

    @property
    def hides(self) -> list[Hides]:
        """What each restriction does to the list, in the order in which they were set."""
        hidden = self.arranged.hidden
        self._find_unknown()
        done = not self._unknown.is_asked_for and not self._unknown
        return [Hides(it, hidden[it], self.known.is_complete(it, summed_up=done)) for it in self._only]

    def position(self, location: str) -> int | None:
        """Where a session is among those shown."""
        shown = self.arranged
        if location not in self._sessions:
            return None
        if shown.locations is self._activity.order:
            return self._activity.position(location)
        return shown.locations.index(location) if location in shown.locations else None

    def keep(self, location: str | None) -> None:
        """Have one of those shown stay on the list while the reader is on it, whatever it becomes."""
        kept = location if self._only and location in self.shown else None
        if kept != self._kept:
            self._kept = kept
            self._list_changed()

    def _newest_text(self, location: str) -> str | None:
        summary = self.summary(location)
        return None if summary is None else summary.said.casefold()

    @property
    def newest(self) -> str | None:
        """The location of the session with the newest activity."""
        self._settle()
        return self._activity.order[0] if self._activity.order else None
