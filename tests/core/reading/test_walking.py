"""Looking through a session in steps finds what the whole file split at its newlines has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Query
from earwig.core.model.entries import Entry, Item, Page
from earwig.core.model.message import ChatMessage
from earwig.core.reading.filter_counting import FilterCounter
from earwig.core.reading.filtering import read_filter
from earwig.core.reading.gathering import Gathering
from earwig.core.reading.match_count import MatchCount
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.reading.walking import Walk
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import line_of
from tests.core.reference import entries_of, file_bytes, physical_lines

LIMIT = 60

said = st.lists(
    st.tuples(st.sampled_from(["user", "assistant", "tool"]), st.sampled_from(["hi", "ho hi hi", "Hin", ""])),
    max_size=8,
).map(lambda lines: b"".join(line_of(role, text) + b"\n" for role, text in lines))
"""A session with something to find in it."""

sessions = st.lists(file_bytes | said, max_size=3).map(b"".join)
sizes = st.integers(1, 200)


def everything(_: Item) -> bool:
    return True


def has_hi(item: Item) -> bool:
    return isinstance(item, ChatMessage) and "hi" in item.content


HI = Hint(Query("hi", exact=True))
"""Tells which lines may have it."""

wishes = st.sampled_from([(everything, None), (has_hi, None), (has_hi, HI)])
Wish = tuple[Callable[[Item], bool], Hint | None]


def written(folder: str, data: bytes) -> Path:
    path = Path(folder) / "a.jsonl"
    path.write_bytes(data)
    return path


def wanted_of(data: bytes, wanted: Callable[[Item], bool], limit: int = LIMIT) -> list[Entry]:
    return [entry for entry in entries_of(data, limit) if wanted(entry.item)]


@given(sessions, sizes, st.data(), wishes)
def test_a_walk_finds_all_from_its_place_on(data: bytes, size: int, draw: st.DataObject, wish: Wish) -> None:
    begins = [line.offset for line in physical_lines(data)] or [0]
    start = draw.draw(st.sampled_from(begins))
    wanted, hint = wish
    with TemporaryDirectory() as folder:
        transcript = FileTranscript(written(folder, data), line_limit=LIMIT)
        transcript.refresh()
        walk = Walk(transcript, start, wanted, forward=True, limit=LIMIT, hint=hint)
        found: list[Entry] = []
        while not walk.done:
            found += walk.step(min(size, LIMIT))
    assert found == [entry for entry in wanted_of(data, wanted) if entry.position >= start]


@given(sessions, st.data(), wishes)
def test_a_walk_up_finds_all_before_its_place(data: bytes, draw: st.DataObject, wish: Wish) -> None:
    begins = [line.offset for line in physical_lines(data)] or [0]
    start = draw.draw(st.sampled_from(begins))
    wanted, hint = wish
    with TemporaryDirectory() as folder:
        transcript = FileTranscript(written(folder, data), line_limit=LIMIT)
        transcript.refresh()
        walk = Walk(transcript, start, wanted, forward=False, limit=LIMIT, hint=hint)
        found: list[Entry] = []
        while not walk.done:
            found[:0] = walk.step()
    assert found == [entry for entry in wanted_of(data, wanted) if entry.position < start]


def gather(
    transcript: FileTranscript, wanted: Callable[[Item], bool], offset: int, before: int, after: int
) -> Page:
    gathering = Gathering(transcript, wanted, offset, before=before, after=after, budget=80)
    while (page := gathering.step(40)) is None:
        pass
    return page


@given(sessions, st.data(), wishes, st.integers(1, 3))
def test_pages_that_follow_each_other_hold_all_that_is_wanted_once(
    data: bytes, draw: st.DataObject, wish: Wish, count: int
) -> None:
    begins = [line.offset for line in physical_lines(data)] or [0]
    start = draw.draw(st.sampled_from(begins))
    wanted, _ = wish
    with TemporaryDirectory() as folder:
        transcript = FileTranscript(written(folder, data))
        transcript.refresh()
        page = gather(transcript, wanted, start, count, count)
        found = list(page.entries)
        above, below = page, page
        while not above.at_start:
            above = gather(transcript, wanted, above.start, count, 0)
            found[:0] = above.entries
        while not below.at_end:
            below = gather(transcript, wanted, below.stop, 0, count)
            found += below.entries
        assert len(page.entries) <= 2 * count
    assert found == wanted_of(data, wanted, 1 << 60)
    assert below.stop == data.rfind(b"\n") + 1


def test_a_page_is_bounded_by_what_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(line_of("user", f"hi {n}") + b"\n" for n in range(9000)))
    transcript = FileTranscript(path)
    gathering = Gathering(transcript, lambda _: False, 0, before=0, after=5, budget=100_000)
    while (page := gathering.step()) is None:
        pass
    assert not page.entries
    assert not page.at_end
    assert 100_000 <= page.stop < 300_000


def test_a_rewrite_in_between_gives_a_page_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(line_of("user", f"hi {n}") + b"\n" for n in range(9000)))
    transcript = FileTranscript(path)
    transcript.refresh()
    before = transcript.generation
    gathering = Gathering(transcript, everything, 0, before=0, after=5000)
    assert gathering.step() is None
    path.write_bytes(line_of("user", "all else is gone") + b"\n")
    page = gathering.step()
    assert page is not None
    assert page.generation > before
    assert not page.entries


class Rewrites:
    """What happens to a file between the steps: appended to, cut, or written anew."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path, self.data = path, data

    def apply(self, kind: str, more: bytes) -> None:
        if kind == "append":
            self.data += more
        elif kind == "cut":
            self.data = self.data[: len(self.data) // 2]
        elif kind == "anew":
            self.data = more
        self.path.write_bytes(self.data)


events = st.lists(st.tuples(st.sampled_from(["append", "cut", "anew", "none"]), said), max_size=4)


@given(said, events, sizes, st.sampled_from(["hi", "HI", "Hi", "h"]), st.booleans())
def test_matches_are_counted_to_the_last_whatever_is_written_meanwhile(
    data: bytes, happening: list[tuple[str, bytes]], size: int, text: str, scanned: bool
) -> None:
    with TemporaryDirectory() as folder:
        file = Rewrites(written(folder, data), data)
        transcript = FileTranscript(file.path)
        match_count = MatchCount(Query(text).matcher())
        hint = Hint(Query(text)) if scanned else None
        counter = MatchCounter(transcript, match_count, hint=hint)
        for kind, more in happening:
            counter.step(size)
            file.apply(kind, more)
        while not counter.step(size):
            pass
        weighed = [(entry.position, match_count(entry.item)) for entry in entries_of(file.data)]
        assert counter.total == sum(count for _, count in weighed)
        for at, (offset, _) in enumerate(weighed):
            assert counter.before(offset) == sum(count for _, count in weighed[:at])
            nothing_before = counter.next_block(offset)
            assert not any(count for place, count in weighed if offset <= place < nothing_before)


@given(said, events, sizes, st.sampled_from(["role:user hi", "-role:tool", "tools -hin", "bad"]))
def test_what_a_filter_hides_is_counted_to_the_last(
    data: bytes, happening: list[tuple[str, bytes]], size: int, words: str
) -> None:
    limit = read_filter(words)
    assert limit is not None
    with TemporaryDirectory() as folder:
        file = Rewrites(written(folder, data), data)
        transcript = FileTranscript(file.path)
        counter = FilterCounter(transcript, limit)
        for kind, more in happening:
            counter.step(size)
            file.apply(kind, more)
        while not counter.step(size):
            pass
        complete = [entry for entry in entries_of(file.data) if entry.complete]
        assert counter.messages == sum(limit.matches(entry) for entry in complete)
        assert counter.hidden == [
            sum(not condition.holds(entry.item) for entry in complete) for condition in limit.conditions
        ]
