"""The catalog beside a naive one: orders, restrictions, filter, groups and pins, while facts come in."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from earwig.core.catalog.arrangement import Order
from earwig.core.catalog.restrictions import Only, kinds_of
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.summary import Health, Summary
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.model.titles import title_for
from earwig.core.statistics.troubles import CLEAN, Troubles

KEYS = ("telegram_bob", "telegram_Bobby", "discord_bob", "gw_b1-o2-b3", "slack_carol", "notes", "wecom_ws_al")
WORST_FIRST = ("failed", "bad lines", "unreadable", "waiting", "answered", "empty")
FILTERS = ("", "b", "bo", "bob", "bob tele", "web", "invoice", "bob inv", "wcl", "TELE BOB", "zz")

summaries = st.builds(
    Summary,
    health=st.sampled_from(Health),
    role=st.sampled_from(["user", "assistant", ""]),
    text=st.sampled_from(["Where is my Invoice?", "[Task failed — no]", "bob was here", ""]),
    unread=st.integers(0, 2),
)

troubles = st.builds(Troubles, bad_lines=st.integers(0, 1), failed=st.integers(0, 1))


def session(key: str, size: int, at: int) -> Session:
    return Session(SessionId(f"/s/{key}.jsonl"), size, at, (1, at))


@dataclass
class Naive:
    """What is known, and the list made from it in the plainest way."""

    sessions: dict[str, Session] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    troubles: dict[str, Troubles] = field(default_factory=dict)
    order: Order = Order.ACTIVITY
    only: list[Only] = field(default_factory=list)
    pinned: set[str] = field(default_factory=set)
    text: str = ""
    grouped: bool = False

    def rank(self, it: Session) -> tuple[object, ...]:
        known = self.summaries.get(it.id)
        title = title_for(it.key)
        ranks: dict[Order, tuple[object, ...]] = {
            Order.ACTIVITY: (),
            Order.NAME: (f"{title.name}\0{it.key}".casefold(),),
            Order.SIZE: (-it.extent,),
            Order.UNREAD: (-known.unread if known else 0,),
            Order.HEALTH: (self.health(it.id, known) if known else 99,),
        }
        return (*ranks[self.order], -it.activity_ns, it.id)

    def health(self, session_id: str, known: Summary) -> int:
        ranks = [WORST_FIRST.index(known.health.value)]
        if self.troubles.get(session_id, CLEAN).bad_lines and known.health is not Health.UNREADABLE:
            ranks.append(WORST_FIRST.index("bad lines"))
        return min(ranks)

    def kinds(self, session_id: str) -> set[Only]:
        return kinds_of(self.summaries.get(session_id), self.troubles.get(session_id, CLEAN))

    def closeness(self, it: Session) -> int | None:
        name = " ".join((*title_for(it.key), it.key)).casefold()
        words = self.text.casefold().split()
        missing = [word for word in words if word not in name]
        known = self.summaries.get(it.id)
        if not missing:
            return 0
        if known is not None and all(word in known.said.casefold() for word in missing):
            return 1
        return 2 if all(_in_order(word, name) for word in words) else None

    def restricted(self) -> list[Session]:
        left = list(self.sessions.values())
        for only in self.only:
            left = [it for it in left if only in self.kinds(it.id)]
        return left

    def shown(self) -> list[str]:
        left = [(self.closeness(it), it) for it in self.restricted()]
        found = [(close, it) for close, it in left if close is not None]

        def place(close: int, it: Session) -> tuple[object, ...]:
            pinned = it.id in self.pinned
            channel = title_for(it.key).channel if self.grouped and not pinned else ""
            unnamed = self.grouped and not pinned and not channel
            return (not pinned, unnamed, channel, close, *self.rank(it))

        return [it.id for _, it in sorted(found, key=lambda each: place(*each))]


def _in_order(word: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in word)


class Books(RuleBasedStateMachine):
    """Does the same to both."""

    def __init__(self) -> None:
        super().__init__()
        first = [session(key, 10, at) for at, key in enumerate(KEYS[:4])]
        self.catalog = SessionCatalog(first)
        self.naive = Naive({it.id: it for it in first})

    @rule(key=st.sampled_from(KEYS), size=st.integers(0, 30), at=st.integers(0, 20))
    def comes_or_changes(self, key: str, size: int, at: int) -> None:
        it = session(key, size, at)
        known = it.id in self.naive.sessions
        self.catalog.apply(StoreEvents(changed=(it,)) if known else StoreEvents(appeared=(it,)))
        self.naive.sessions[it.id] = it

    @rule(key=st.sampled_from(KEYS))
    def goes(self, key: str) -> None:
        session_id = session(key, 0, 0).id
        self.catalog.apply(StoreEvents(vanished=(Vanished(session_id, RemovalReason.DELETED),)))
        self.naive.sessions.pop(session_id, None)
        self.naive.summaries.pop(session_id, None)
        self.naive.troubles.pop(session_id, None)

    @rule(known=st.dictionaries(st.sampled_from(KEYS), summaries, max_size=4))
    def is_summed_up(self, known: dict[str, Summary]) -> None:
        found = {session(key, 0, 0).id: summary for key, summary in known.items()}
        self.catalog.learn(found)
        self.naive.summaries |= {it: summary for it, summary in found.items() if it in self.naive.sessions}

    @rule(found=st.dictionaries(st.sampled_from(KEYS), troubles, max_size=4))
    def is_counted(self, found: dict[str, Troubles]) -> None:
        by_location = {session(key, 0, 0).id: it for key, it in found.items()}
        self.catalog.count(by_location, (1, 2))
        self.naive.troubles |= {it: each for it, each in by_location.items() if it in self.naive.sessions}

    @rule(key=st.sampled_from(KEYS))
    def is_pinned_or_not(self, key: str) -> None:
        session_id = session(key, 0, 0).id
        if session_id in self.naive.sessions:
            self.catalog.pin(session_id)
            self.naive.pinned ^= {session_id}

    @rule(order=st.sampled_from(Order))
    def is_sorted(self, order: Order) -> None:
        self.catalog.sort_by(order)
        self.naive.order = order

    @rule(only=st.sampled_from([it for it in Only if it is not Only.CHANGED]))
    def is_restricted_or_not(self, only: Only) -> None:
        self.catalog.restrict(only)
        (self.naive.only.remove if only in self.naive.only else self.naive.only.append)(only)

    @rule(text=st.sampled_from(FILTERS))
    def is_filtered(self, text: str) -> None:
        self.catalog.filter(text)
        self.naive.text = text

    @rule()
    def is_grouped_or_not(self) -> None:
        self.naive.grouped = not self.naive.grouped
        self.catalog.group(self.naive.grouped)

    @invariant()
    def both_show_the_same(self) -> None:
        shown = list(self.catalog.shown)
        assert shown == self.naive.shown()
        assert [self.catalog.position(it) for it in shown] == list(range(len(shown)))

    @invariant()
    def what_is_hidden_adds_up(self) -> None:
        hides = self.catalog.hides
        assert [it.only for it in hides] == self.naive.only
        assert len(self.naive.sessions) - sum(it.hidden for it in hides) == len(self.naive.restricted())

    @invariant()
    def headings_stand_where_their_sessions_begin(self) -> None:
        arranged = self.catalog.arranged
        starts = [section.start for section in arranged.sections]
        assert starts == sorted(set(starts))
        ends = [*starts, len(arranged.ids)][1:]
        sizes = [end - start for start, end in zip(starts, ends, strict=True)]
        assert [section.size for section in arranged.sections] == sizes


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
