"""The sessions that a list shows: their order, what is known of each, which of them a filter leaves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from earwig.core.following.facts import Facts, Fate
from earwig.core.store import Session, newest_first
from earwig.core.summary import Summary
from earwig.core.titles import Title, title_for

MANY_MOVED = 48
"""Changes from which on the whole order is gone through once, instead of moving each session by itself."""


class SessionBook:
    """Keeps sessions sorted by last activity while facts about them come in.

    Facts cost little when they come: sessions take their new places together, when somebody asks for the
    order. With 100,000 sessions that is 5 ms at most, however many have changed.
    """

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self._sessions = {session.location: session for session in sessions}
        # Spelled out, because a folder holds 100,000: a call each would take longer than the sorting.
        order = sorted([(-session.mtime_ns, location) for location, session in self._sessions.items()])
        self._order = [location for _, location in order]
        self._moved: dict[str, Session | None] = {}
        """Sessions that are to be placed anew, as they were when they were placed last; None for new ones."""

        self._titles: dict[str, Title] = {}
        self._summaries: dict[str, Summary] = {}
        self._summed_up: set[str] = set()
        self._read_to: dict[str, int] = {}
        self._fates: dict[str, Fate] = {}
        self._needle = ""
        self._words: list[str] = []
        self._texts: dict[str, str] = {}
        """What the filter looks through, of each session that it has looked at."""

        self._matching: list[str] | None = None
        self._among: list[str] | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def __contains__(self, location: str) -> bool:
        return location in self._sessions

    def __getitem__(self, location: str) -> Session:
        return self._sessions[location]

    def prepare(self) -> None:
        """Make what a filter needs of all sessions; takes a while, for a thread of its own."""
        self._texts = {location: self._text(location) for location in self._order}

    def take_over(self, listed: SessionBook) -> None:
        """Have the sessions of another book, which is not used from here on, and what is known of them."""
        self._sessions, self._order, self._texts = listed._sessions, listed._order, listed._texts
        self._moved = {}
        self._matching = self._among = None

    def apply(self, facts: Facts, keep: str | None = None) -> None:
        """Take in what the follower says; `keep` is a location whose row stays although its file is gone."""
        for session in facts.appeared:
            self._read_to.setdefault(session.location, 0)
            self._put(session)
        for session in facts.changed:
            known = self._sessions.get(session.location)
            self._read_to.setdefault(session.location, 0 if known is None else known.size)
            self._put(session)
        for vanished in facts.vanished:
            if vanished.location == keep:
                self._fates[vanished.location] = vanished.fate
            else:
                self.forget(vanished.location)

    def _put(self, session: Session) -> None:
        location = session.location
        self._moved.setdefault(location, self._sessions.get(location))
        self._fates.pop(location, None)
        self._sessions[location] = session
        self._summed_up.discard(location)
        if session.size < self._read_to[location]:
            self._read_to[location] = session.size

    def _settle(self) -> None:
        """Give the sessions that changed their new places."""
        moved = self._moved
        if not moved:
            return
        came = sorted(map(self._place_of, moved.keys() & self._sessions.keys()))
        if len(moved) < MANY_MOVED:
            for before in moved.values():
                if before is not None:
                    del self._order[bisect_left(self._order, newest_first(before), key=self._place_before)]
            for place in came:
                self._order.insert(bisect_left(self._order, place, key=self._place_of), place[1])
        else:
            order = [location for location in self._order if location not in moved]
            # All that is older than the oldest one that came stays where it is: mostly, nearly all.
            newer = bisect_left(order, came[-1], key=self._place_of) if came else 0
            order[:newer] = [location for _, location in sorted([*map(self._place_of, order[:newer]), *came])]
            self._order = order
        self._moved = {}
        self._matching = self._among = None

    def _place_of(self, location: str) -> tuple[int, str]:
        return newest_first(self._sessions[location])

    def _place_before(self, location: str) -> tuple[int, str]:
        return newest_first(self._moved.get(location) or self._sessions[location])

    def forget(self, location: str) -> None:
        """Take a session off the list."""
        session = self._sessions.pop(location, None)
        if session is not None:
            self._moved.setdefault(location, session)
        for known in (self._titles, self._texts, self._summaries, self._read_to, self._fates):
            known.pop(location, None)
        self._summed_up.discard(location)

    def forget_vanished(self, keep: str | None) -> None:
        """Take the vanished sessions off the list that were kept for the reader, but for this one."""
        for location in [location for location in self._fates if location != keep]:
            self.forget(location)

    def fate(self, location: str) -> Fate | None:
        """What became of a session that is still on the list although its file is gone."""
        return self._fates.get(location)

    def title(self, location: str) -> Title:
        """What the session is called."""
        title = self._titles.get(location)
        if title is None:
            title = self._titles[location] = title_for(self._sessions[location].key)
        return title

    def summary(self, location: str) -> Summary | None:
        """What was last known of its content."""
        return self._summaries.get(location)

    def wanted(self, locations: Iterable[str]) -> dict[str, int]:
        """Which of these are to be summed up (anew), each with the offset up to which it was read."""
        wanted = [location for location in locations if location not in self._summed_up]
        self._summed_up.update(wanted)
        return {location: self._read_to.get(location, self._sessions[location].size) for location in wanted}

    def learn(self, summaries: Mapping[str, Summary]) -> None:
        """Take in summaries."""
        for location, summary in summaries.items():
            if location in self._sessions:
                self._summaries[location] = summary

    def mark_read(self, location: str) -> None:
        """All that the session holds has been on the screen."""
        session = self._sessions.get(location)
        if session is None:
            return
        self._read_to[location] = session.size
        summary = self._summaries.get(location)
        if summary is not None and summary.unread:
            self._summaries[location] = replace(summary, unread=0, unread_is_more=False)

    def filter(self, text: str) -> None:
        """Show only sessions with this text's words in their key; "" shows all."""
        needle = text.casefold()
        # What the longer text leaves is among what the shorter one left.
        self._among = self._matching if self._words and needle.startswith(self._needle) else None
        self._needle, self._words = needle, needle.split()
        self._matching = None

    @property
    def filtered(self) -> bool:
        """Whether a filter is set."""
        return bool(self._words)

    @property
    def shown(self) -> Sequence[str]:
        """The locations that the filter leaves, newest activity first."""
        self._settle()
        if not self._words:
            return self._order
        if self._matching is None:
            self._matching = self._match(self._order if self._among is None else self._among)
            self._among = None
        return self._matching

    def position(self, location: str) -> int | None:
        """Where a session is among those shown."""
        shown, session = self.shown, self._sessions.get(location)
        if session is None:
            return None
        if not self._words:
            return bisect_left(shown, newest_first(session), key=self._place_of)
        return shown.index(location) if location in shown else None

    def _match(self, among: list[str]) -> list[str]:
        texts = self._texts
        if len(texts) < len(self._sessions):
            texts.update((location, self._text(location)) for location in among if location not in texts)
        for word in self._words:
            among = [location for location in among if word in texts[location]]
        return among

    def _text(self, location: str) -> str:
        key = self._sessions[location].key
        if key.isascii() and key.isprintable() and not key.startswith(("gw_", "rpc_")):
            return key.casefold()  # holds all that the title does, and is ten times as fast to have
        return " ".join((*title_for(key), key)).casefold()

    @property
    def newest(self) -> str | None:
        """The location of the session with the newest activity."""
        self._settle()
        return self._order[0] if self._order else None
