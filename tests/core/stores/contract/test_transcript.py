"""What every store promises of one session's transcript: pages, numbers, scans, and what was there once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Query
from earwig.core.model.entries import Entry
from earwig.core.model.message import BadLine, ChatMessage, line_of
from earwig.core.model.read_to import ReadTo
from earwig.core.stores.protocols import Change, Transcript
from tests.core.stores.contract.talk import Talk, items_of

SEEDS = range(24)


def with_gaps(talk: Talk, count: int = 30) -> Talk:
    """Say so much that other sessions' messages lie between."""
    for at in range(count):
        talk.say_many(1 + at % 3)
        if at % 2:
            talk.say_elsewhere(1 + at % 5)
        if at % 7 == 3:
            talk.damage()
    return talk


def counted(transcript: Transcript) -> Transcript:
    """Have all lines counted."""
    while not transcript.index_step():
        pass
    return transcript


def upwards(transcript: Transcript, count: int) -> list[Entry]:
    """All entries, read from the end in pages that join."""
    page = transcript.tail(count)
    assert page.at_end
    entries = list(page.entries)
    while not page.at_start:
        earlier = transcript.before(page.start, count)
        assert (earlier.stop, earlier.generation) == (page.start, page.generation)
        assert earlier.start < page.start
        assert all(earlier.start <= entry.position < earlier.stop for entry in earlier.entries)
        entries[:0] = earlier.entries
        page = earlier
    return entries


def downwards(transcript: Transcript, count: int) -> list[Entry]:
    """All entries, read from the start in pages that join."""
    page = transcript.after(transcript.start, count)
    assert page.at_start
    entries = list(page.entries)
    while not page.at_end:
        later = transcript.after(page.stop, count)
        assert (later.start, later.generation) == (page.stop, page.generation)
        assert later.stop > page.stop
        entries += later.entries
        page = later
    assert page.stop == transcript.end
    return entries


def scanned(transcript: Transcript, budget: int = 500) -> list[Entry]:
    """All entries, scanned from the start on."""
    at, number = transcript.start, 1
    found: list[Entry] = []
    while (scan := transcript.scan(at, budget)).next != at:
        assert scan.start == at
        assert scan.size > 0
        found += scan.entries(range(len(scan.items)), number)
        number += len(scan.items)
        at = scan.next
    assert at == transcript.end
    return found


def scanned_upwards(transcript: Transcript) -> list[Entry]:
    """All entries, scanned from the end on."""
    at = transcript.end
    found: list[Entry] = []
    while (scan := transcript.scan_before(at)).start != at:
        assert scan.next == at
        found[:0] = scan.entries(range(len(scan.items)))
        at = scan.start
    assert at == transcript.start
    return found


# Pages


@pytest.mark.parametrize("count", [1, 4, 100])
def test_pages_join_to_all_that_is_there(talk: Talk, count: int) -> None:
    transcript = with_gaps(talk).open()
    up = upwards(transcript, count)
    assert talk.fits(items_of(up))
    assert all(one.position < one.next <= other.position for one, other in pairwise(up))
    assert up[-1].next == transcript.end
    down = downwards(transcript, count)
    places = [(entry.position, entry.next, entry.size, entry.item) for entry in up]
    assert [(entry.position, entry.next, entry.size, entry.item) for entry in down] == places
    assert list(transcript.entries()) == downwards(counted(transcript), count)


def test_a_page_around_a_place_has_both_sides(talk: Talk) -> None:
    transcript = counted(with_gaps(talk).open())
    entries = upwards(transcript, 10)
    for at in (0, 1, 20, len(entries) - 1):
        entry = entries[at]
        page = transcript.around(entry.position, 3, 4)
        assert list(page.entries) == entries[max(0, at - 3) : at + 4]
        assert (page.at_start, page.at_end) == (at <= 3, at + 4 >= len(entries))
        only = transcript.around(entry.position, 0, 0)
        assert (only.entries, only.start, only.stop) == ((), entry.position, entry.position)


def test_any_position_belongs_to_some_entry_or_lies_between_two(talk: Talk) -> None:
    transcript = with_gaps(talk, 6).open()
    entries = upwards(transcript, 10)
    step = max(17, (transcript.end - transcript.start) // 50)
    for position in range(transcript.start, transcript.end, step):
        page = transcript.around(position, 1, 1)
        near = [entry for entry in entries if entry.position <= position < entry.next]
        assert all(entry in page.entries for entry in near)
        assert page.entries


def test_a_page_without_a_line_is_a_place(talk: Talk) -> None:
    transcript = talk.say_many(3).open()
    end = transcript.tail(0)
    assert (end.entries, end.start, end.stop, end.at_end) == ((), transcript.end, transcript.end, True)
    beyond = transcript.after(transcript.end, 5)
    assert (beyond.entries, beyond.at_end) == ((), True)
    before = transcript.before(transcript.start, 5)
    assert (before.entries, before.at_start) == ((), True)


def test_a_glance_is_the_newest_page(talk: Talk) -> None:
    transcript = with_gaps(talk).open()
    assert transcript.glance(5) == transcript.tail(5)


# Numbers


def test_lines_have_numbers_once_they_are_counted(talk: Talk) -> None:
    transcript = counted(with_gaps(talk).open())
    entries = upwards(transcript, 7)
    assert [entry.number for entry in entries] == list(range(1, len(talk.said) + 1))
    assert (transcript.lines, transcript.lines_counted) == (len(talk.said), len(talk.said))
    assert transcript.indexed == transcript.end
    assert transcript.numbers_of([entries[4].position, entries[-1].position]) == [5, len(talk.said)]
    assert transcript.lines_between(entries[3].position, entries[9].position) == 6
    assert transcript.lines_between(entries[3].next, entries[4].position) == 0


def test_a_line_is_located_by_its_number(talk: Talk) -> None:
    transcript = counted(with_gaps(talk).open())
    entries = upwards(transcript, 7)
    for number in (1, 2, 17, len(entries)):
        place = transcript.locate(number)
        assert place is not None
        assert place.certain
        assert transcript.after(place.position, 1).entries == (entries[number - 1],)
    assert transcript.locate(len(entries) + 1) is None


# Scans


@pytest.mark.parametrize("budget", [1, 500, 1_000_000])
def test_scans_give_all_that_is_there(talk: Talk, budget: int) -> None:
    transcript = counted(with_gaps(talk).open())
    entries = upwards(transcript, 50)
    assert scanned(transcript, budget) == entries
    assert [entry._replace(number=None) for entry in entries] == scanned_upwards(transcript)


def test_what_is_tallied_is_what_is_scanned(talk: Talk) -> None:
    transcript = with_gaps(talk).open()
    for start in (transcript.start, upwards(transcript, 50)[10].position):
        at, messages, bad_lines = start, 0, 0
        while (tally := transcript.tally(at, 700, limit=1_000_000)).next != at:
            assert (tally.start, tally.long_lines) == (at, 0)
            at, messages, bad_lines = tally.next, messages + tally.messages, bad_lines + tally.bad_lines
        items = items_of([entry for entry in upwards(transcript, 50) if entry.position >= start])
        assert messages == sum(isinstance(item, ChatMessage) for item in items)
        assert bad_lines == sum(isinstance(item, BadLine) for item in items)


@pytest.mark.parametrize("text", ["needle", "NEEDLE", 'a "quoted"', "\\", "\t", "strasse", "S", "手", "\x7f"])
@pytest.mark.parametrize("seed", range(3))
def test_a_hint_spares_nothing_that_matches(talk: Talk, text: str, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        talk.happen(chance)
    transcript, query = talk.open(), Query(text)
    matcher, hint = query.matcher(), Hint(query)

    def matching(entry: Entry) -> bool:
        return isinstance(entry.item, ChatMessage) and matcher.has(entry.item.content)

    at = transcript.start
    found: list[Entry] = []
    while (scan := transcript.scan(at, 2000, hint=hint)).next != at:
        found += filter(matching, scan.entries(range(len(scan.items))))
        at = scan.next
    everything = list(filter(matching, scanned_upwards(transcript)))
    assert found == everything
    at, found = transcript.end, []
    while (scan := transcript.scan_before(at, hint=hint)).start != at:
        found[:0] = filter(matching, scan.entries(range(len(scan.items))))
        at = scan.start
    assert found == everything


def as_line(transcript: Transcript, entry: Entry) -> bytes:
    """As the bot would write it into a file; of a file, as it is there."""
    if transcript.row_of(entry.position) is not None and isinstance(entry.item, ChatMessage):
        return line_of(entry.item)
    return transcript.raw(entry, 1_000_000)


def test_lines_are_those_of_the_entries(talk: Talk) -> None:
    transcript = with_gaps(talk).open()
    entries = upwards(transcript, 50)
    at = transcript.start
    stored: dict[int, bytes] = {}
    while (some := transcript.stored(at, 600)).next != at:
        assert some.size > 0
        stored |= dict(some.lines)
        at = some.next
    assert at == transcript.end
    assert stored == {entry.position: as_line(transcript, entry) for entry in entries}
    raw = transcript.raw(entries[0], 1_000_000)
    assert len(raw) == entries[0].size
    assert transcript.raw(entries[0], 3) == raw[:3]


def test_a_position_so_many_bytes_before_another_is_an_entrys(talk: Talk) -> None:
    transcript = with_gaps(talk).open()
    entries = upwards(transcript, 50)
    begins = [entry.position for entry in entries]
    assert transcript.position_before(transcript.end, 10**9) == transcript.start
    for size in (1, 100, sum(entry.size for entry in entries[5:])):
        position = transcript.position_before(transcript.end, size)
        assert position in begins
        newest = [entry for entry in entries if entry.position >= position]
        assert sum(entry.size + 1 for entry in newest) >= size
        assert sum(entry.size + 1 for entry in newest[1:]) <= size
    assert transcript.position_before(transcript.end + 10**9, 1) is None


# Changes


def test_what_happens_is_told_once(talk: Talk) -> None:
    transcript = talk.say_many(4).open()
    assert transcript.refresh() is Change.GREW
    assert transcript.refresh() is Change.SAME
    talk.say_elsewhere()
    assert transcript.refresh() is Change.SAME
    talk.say(("user", "more"))
    assert transcript.refresh() is Change.GREW
    assert transcript.generation == 0
    before = upwards(transcript, 10)
    talk.update_last("something else")
    assert transcript.refresh() is Change.REWRITTEN
    assert transcript.generation == 1
    assert transcript.unchanged_to <= before[-1].next
    assert talk.fits(items_of(upwards(transcript, 10)))


def test_what_a_rewrite_left_is_before_where_it_is_unchanged(talk: Talk) -> None:
    transcript = counted(with_gaps(talk, 12).rewrite(talk.said).open())
    before = upwards(transcript, 10)
    talk.remove_last()
    assert transcript.refresh() is Change.REWRITTEN
    after = upwards(transcript, 10)
    assert transcript.unchanged_to > before[0].position
    same = [entry for entry in before if entry.next <= transcript.unchanged_to]
    assert [entry._replace(number=None) for entry in after[: len(same)]] == [
        entry._replace(number=None) for entry in same
    ]


def test_a_session_that_is_gone_is_absent_until_it_is_back(talk: Talk) -> None:
    transcript = talk.say_many(2).open()
    transcript.refresh()
    talk.remove()
    assert transcript.refresh() is Change.VANISHED
    assert (transcript.absent, transcript.end) == (True, transcript.start)
    talk.say_many(1)
    assert transcript.refresh() in (Change.GREW, Change.REWRITTEN)
    assert not transcript.absent
    assert talk.fits(items_of(upwards(transcript, 10)))


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_all_ways_to_read_find_what_is_there(talk: Talk, seed: int) -> None:
    chance = random.Random(seed)
    transcript = talk.say_many(1).open()
    generation = transcript.generation
    for _ in range(12):
        said = list(talk.said)
        talk.happen(chance)
        change = transcript.refresh()
        grown = talk.said[: len(said)] == said
        assert change in ((Change.GREW, Change.SAME) if grown else (Change.REWRITTEN, Change.GREW))
        if grown:
            assert transcript.generation == generation
        generation = transcript.generation
        assert talk.fits(items_of(upwards(transcript, chance.randint(1, 9))))
        assert talk.fits(items_of(scanned(transcript)))
        if chance.random() < 0.5:
            counted(transcript)
        assert list(transcript.entries()) == scanned(transcript)


# What was there once


def changes(talk: Talk) -> Iterator[bool]:
    """Let things happen; with each, whether what was there is still there."""
    yield True
    talk.say_elsewhere()
    yield True
    talk.say_many(3)
    yield True
    talk.rewrite([ChatMessage("user", "all of it"), ChatMessage("assistant", "is another")])
    yield False


def test_what_a_session_ended_with_is_known_again(talk: Talk) -> None:
    transcript = with_gaps(talk, 5).open()
    transcript.refresh()
    ending, digest = transcript.ending(), transcript.digest_before(transcript.end)
    assert ending.position == transcript.end
    assert digest
    for is_there in changes(talk):
        other = talk.open()
        assert other.still_has(ending) is is_there
        assert (other.digest_before(ending.position) == digest) is is_there


def test_reading_goes_on_behind_what_was_there(talk: Talk) -> None:
    transcript = with_gaps(talk, 5).open()
    transcript.refresh()
    end, before = transcript.end, len(talk.said)
    for count in (0, 1, 3):
        talk.say_elsewhere().say_many(count)
        other = talk.open()
        resume = other.resume_at(end)
        assert resume.early is None
        page = other.after(resume.position, 50)
        assert items_of(page.entries) == talk.said[before:]
    assert talk.open().resume_at(transcript.start).position == transcript.start


def test_up_to_where_a_session_was_read_is_known_through_rewrites(talk: Talk) -> None:
    transcript = talk.say_many(12).open()
    entries = upwards(transcript, 50)
    read_to = ReadTo(transcript.end, transcript.witnesses(transcript.end))
    assert read_to.is_witnessed
    assert transcript.settled(read_to, take=False) == read_to
    talk.say_elsewhere().say_many(2)
    assert talk.open().settled(read_to, take=False).position == read_to.position
    talk.rewrite(talk.said[:11])
    found = talk.open().settled(read_to, take=False)
    assert entries[0].position < found.position <= entries[10].next
    talk.rewrite([ChatMessage("user", "all of it is another, and so long that it could hold the same" * 30)])
    transcript = talk.open()
    found = transcript.settled(read_to, take=False)
    assert [entry for entry in transcript.entries() if entry.position < found.position] == []


def test_what_was_read_without_a_witness_is_given_one(talk: Talk) -> None:
    transcript = talk.say_many(5).open()
    transcript.refresh()
    found = transcript.settled(ReadTo(transcript.end), take=True)
    assert (found.position, found.is_witnessed) == (transcript.end, True)


def test_of_a_session_that_is_gone_nothing_is_known_better(talk: Talk) -> None:
    transcript = talk.say_many(5).open()
    transcript.refresh()
    read_to = ReadTo(transcript.end, transcript.witnesses(transcript.end))
    ending = transcript.ending()
    talk.remove()
    assert transcript.witnesses(read_to.position) == ()
    assert transcript.settled(read_to, take=True) == read_to
    assert not transcript.still_has(ending)
