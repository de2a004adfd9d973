"""Whatever is made of a session above the stores comes out right on every store, as it grows and changes."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from earwig.core.content.turn_outcome import has_failed
from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Query
from earwig.core.follow.recovery import LONG
from earwig.core.follow.session_tail import SessionTail
from earwig.core.memory.rules import Limits, judge, weight_of
from earwig.core.memory.watch import BotMemory
from earwig.core.model.entries import Entry, Item, Page, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.message_link import MessageLink
from earwig.core.reading.counting import LineCounter
from earwig.core.reading.filter_counting import FilterCounter
from earwig.core.reading.filtering import read_filter
from earwig.core.reading.gathering import Gathering
from earwig.core.reading.link_search import LinkSearch, digest_at
from earwig.core.reading.match_count import MatchCount
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.reading.newest import newest
from earwig.core.statistics.numbers import SessionCount
from earwig.core.statistics.trouble_count import TroubleCount
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.protocols import Transcript
from earwig.export.document import Document
from earwig.export.request import Format, Request
from tests.core.stores.contract.talk import Talk, items_of

SEEDS = range(12)
FILTER = "role:user,assistant -needle"
NEEDLE = Query("needle")


@pytest.fixture(autouse=True)
def begun(talk: Talk) -> None:
    """There is a message."""
    talk.say_many(1)


def entries_of(talk: Talk) -> list[Entry]:
    """All entries, read by a transcript that has seen nothing else."""
    return list(talk.open().entries())


def is_left(item: Item) -> bool:
    limit = read_filter(FILTER)
    return limit is not None and limit.wants(item)


class Counters:
    """All that counts, on one transcript each."""

    def __init__(self, talk: Talk) -> None:
        limit = read_filter(FILTER)
        assert limit is not None
        self.lines = LineCounter(talk.open())
        self.filtered = FilterCounter(talk.open(), limit)
        self.matches = MatchCounter(talk.open(), MatchCount(NEEDLE.matcher()), hint=Hint(NEEDLE))
        self.numbers = SessionCount(talk.open())
        self.troubles = TroubleCount(talk.open())
        self.memory_of = talk.open()
        self.limits = Limits(tokens=300, messages=10)
        self.memory = BotMemory(self.memory_of, None)
        self.memory._limits = self.limits

    def step(self, chance: random.Random) -> None:
        """Count a little further, or not."""
        for counter in (self.lines, self.filtered, self.matches):
            if chance.random() < 0.7:
                counter.step(chance.randint(1, 3000))
        for whole in (self.numbers, self.troubles):
            if chance.random() < 0.7:
                whole.step()
        self.memory_of.refresh()
        if chance.random() < 0.7 and self.memory.is_due():
            self.memory.step()

    def finish(self) -> None:
        """Count all that is there."""
        for counter in (self.lines, self.filtered, self.matches):
            while not counter.step(700):
                pass
        for whole in (self.numbers, self.troubles):
            while not whole.step():
                pass
        self.memory_of.refresh()
        while self.memory.is_due() and not self.memory.step():
            pass


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_counted_is_what_is_there(talk: Talk, seed: int) -> None:
    chance = random.Random(seed)
    counters = Counters(talk)
    for _ in range(15):
        talk.happen(chance)
        counters.step(chance)
        if chance.random() < 0.5:
            counters.finish()
            check(talk, counters)
    counters.finish()
    check(talk, counters)


def check(talk: Talk, counters: Counters) -> None:
    entries = entries_of(talk)
    items = items_of(entries)
    messages = [item for item in items if isinstance(item, ChatMessage)]
    bad_lines = sum(isinstance(item, BadLine) for item in items)
    lines = counters.lines
    assert (lines.messages, lines.bad_lines) == (len(messages), bad_lines)
    assert counters.filtered.messages == sum(map(is_left, items))
    hidden = [sum(not each.holds(item) for item in items) for each in counters.filtered.filter.conditions]
    assert counters.filtered.hidden == hidden
    matches_of = MatchCount(NEEDLE.matcher())
    assert counters.matches.total == sum(map(matches_of, items))
    for at, entry in enumerate(entries):
        assert counters.matches.before(entry.position) == sum(map(matches_of, items[:at]))
    numbers = counters.numbers.numbers
    assert (numbers.messages, numbers.bad_lines) == (len(messages), bad_lines)
    assert counters.troubles.last_line == len(items)
    failed = [at for at, it in enumerate(items, 1) if isinstance(it, ChatMessage) and has_failed(*it)]
    assert numbers.failed == len(failed)
    assert counters.troubles.troubles == Troubles(bad_lines, len(failed), failed[-1] if failed else 0)
    weights = [weight_of(it.position, it.item) for it in entries if isinstance(it.item, ChatMessage)]
    assert counters.memory.estimate == judge(weights, counters.limits, whole=True)


# What is read


@pytest.mark.parametrize(("before", "after"), [(5, 0), (0, 5), (4, 3), (100, 100)])
def test_pages_of_what_a_filter_leaves_hold_the_nearest(talk: Talk, before: int, after: int) -> None:
    chance = random.Random(7)
    for _ in range(30):
        talk.say(("user", f"{chance.random()} needle" * chance.randint(0, 1))).say_elsewhere()
    transcript = talk.open()
    entries = list(transcript.entries())
    middle = entries[15].position
    page = gathered(transcript, middle, before, after)
    left = [entry for entry in entries if is_left(entry.item)]
    above = [entry for entry in left if entry.position < middle][-before:] if before else []
    below = [entry for entry in left if entry.position >= middle][:after]
    assert items_of(page.entries) == items_of([*above, *below])
    assert page.start <= middle <= page.stop


def gathered(transcript: Transcript, position: Position, before: int, after: int) -> Page:
    gathering = Gathering(transcript, is_left, position, before=before, after=after)
    while (page := gathering.step(500)) is None:
        pass
    return page


def test_the_newest_that_count_are_found_and_numbered(talk: Talk) -> None:
    for _ in range(40):
        talk.say_many(2).say_elsewhere()
    transcript = talk.open()
    entries = counted_entries(transcript)
    users = [entry for entry in entries if isinstance(entry.item, ChatMessage) and entry.item.role == "user"]
    found = list(newest(talk.open(), 5, lambda entry: entry in users or entry.item in items_of(users)))
    assert found == [entry for entry in entries if entry.position >= users[-5].position]


def counted_entries(transcript: Transcript) -> list[Entry]:
    while not transcript.index_step():
        pass
    return list(transcript.entries())


@pytest.mark.parametrize("line", [1, 7, 25, None, 1000])
def test_a_link_finds_its_message_wherever_it_is_now(talk: Talk, line: int | None) -> None:
    talk.say_many(24).say_elsewhere()
    transcript = talk.open()
    wanted = list(transcript.entries())[11]
    link = MessageLink("", line, digest_at(transcript, wanted))
    assert found_by(talk, link) == wanted.item
    talk.rewrite([ChatMessage("user", "first of all"), *talk.said])
    assert found_by(talk, link) == wanted.item
    talk.rewrite([it for it in talk.said if it != wanted.item])
    assert found_by(talk, link) is None


def found_by(talk: Talk, link: MessageLink) -> Item | None:
    transcript = talk.open()
    search = LinkSearch(transcript, link)
    while not search.step():
        pass
    return None if search.found is None else transcript.after(search.found, 1).entries[0].item


def test_an_export_holds_all_that_is_said(talk: Talk) -> None:
    talk.say_many(20).say_elsewhere(4).say_many(3)
    told: list[float] = []
    with Document(talk.open(), "telegram_al", Request(Format.JSONL), progress=told.append) as document:
        facts = document.collect(datetime.now(UTC))
        text = b"".join(document.blocks()).decode()
    said = [message.content for message in talk.said if message is not None]
    assert facts.messages == len(said)
    places = [text.index(f'"{content}"') for content in said]
    assert places == sorted(places)


# What is followed


class Follower:
    """Follows a session by a clock of its own."""

    def __init__(self, talk: Talk) -> None:
        self.told: list[str] = []
        self._now = 1000.0
        self._tail = SessionTail(talk.open, lambda heard: self.told.append(heard.message.content), str)
        self._tail.begin(0)

    def look(self) -> list[str]:
        """What was told since, once all is decided."""
        self.told.clear()
        due = self._tail.look(self._now)
        while due is not None:
            self._now = max(due, self._now + LONG)
            due = self._tail.look(self._now)
        return list(self.told)

    def rest(self) -> None:
        """Let go of what can be found again."""
        self._tail.rest()


@pytest.mark.parametrize("rests", [False, True])
def test_each_message_is_told_once(talk: Talk, rests: bool) -> None:
    follower = Follower(talk)
    assert follower.look() == []
    for at in range(3):
        talk.say(("user", f"new {at}"), ("assistant", f"answer {at}")).say_elsewhere()
        assert follower.look() == [f"new {at}", f"answer {at}"]
        if rests:
            follower.rest()
    assert follower.look() == []


@pytest.mark.parametrize("rests", [False, True])
def test_a_rewrite_tells_what_is_new_in_it(talk: Talk, rests: bool) -> None:
    follower = Follower(talk.say_many(9))
    if rests:
        follower.rest()
    talk.update_last("another answer")
    assert follower.look() == ["another answer"]
    talk.remove_last()
    assert follower.look() == []
    talk.say(("user", "once more")).say_elsewhere()
    assert follower.look() == ["once more"]
    talk.damage().say(("user", "behind it"))
    assert follower.look() == ["behind it"]


def test_of_a_session_of_which_only_the_end_is_known_what_is_new_is_told(talk: Talk) -> None:
    told: list[str] = []
    tail = SessionTail(talk.say_many(9).open, lambda heard: told.append(heard.message.content), str)
    tail.begin(0, learns=False)
    talk.rewrite([ChatMessage("user", f"{at} is another, and longer than all before" * 9) for at in range(5)])
    for now in range(1000, 1010):
        tail.look(now)
    # Where one began before the end that was known, it may have been there before.
    assert told
    assert told == [message.content for message in talk.said if message is not None][-len(told) :]


def test_what_came_since_a_listing_is_told(talk: Talk) -> None:
    talk.say_many(3)
    end = talk.end
    told: list[str] = []
    tail = SessionTail(talk.open, lambda heard: told.append(heard.message.content), str, known_to=end)
    talk.say_elsewhere().say(("user", "since then"))
    tail.look(1000.0)
    assert told == ["since then"]
