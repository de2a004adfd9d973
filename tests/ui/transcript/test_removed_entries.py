"""What a rewrite took, found by comparing what was held with pages of what is there now."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.model.entries import Entry, Page, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.ui.transcript.removed_entries import KEPT, RETURN, RemovedEntries
from tests.core.bot_writer import line_of
from tests.made_entries import line_entry

NOW = 1_700_000_000.0
Texts = Sequence[str]


def entries_of(texts: Texts) -> list[Entry]:
    found, offset = [], 0
    for number, text in enumerate(texts, 1):
        raw = line_of("user", text)
        item = decode_line(raw)
        assert isinstance(item, ChatMessage)
        found.append(line_entry(offset, len(raw), item, number))
        offset += len(raw) + 1
    return found


def page_of(texts: Texts, first: int = 0, stop: int | None = None) -> Page:
    """The lines from `first` to before `stop` of a file of these texts."""
    entries = entries_of(texts)
    end = entries[-1].next if entries else 0
    part = tuple(entries[first:stop])
    start = part[0].position if part else end
    return Page(
        part, start, part[-1].next if part else end, first == 0, stop is None or stop >= len(texts), 1
    )


def shown(page: Page) -> list[str]:
    """Its texts; what is gone between bars, what is not kept by its number."""
    return [_shown(entry) for entry in page.entries]


def _shown(entry: Entry) -> str:
    item = entry.item
    if isinstance(item, ChatMessage):
        return item.content
    assert isinstance(item, RemovedEntry)
    if item.item is None:
        return f"+{item.messages}"
    assert isinstance(item.item, ChatMessage)
    return f"-{item.item.content}-" if not item.replaced else f"-{item.item.content}->"


def after(before: Texts, now: Texts, *, messages: int | None = None) -> list[str]:
    removed_entries = RemovedEntries()
    page = page_of(now)
    removed_entries.rewritten(entries_of(before), page, at=NOW, messages=messages, whole=messages is None)
    return shown(removed_entries.weave(page))


def test_each_operation_of_the_bot_leaves_its_removed_entries() -> None:
    assert after("abc", "ab") == ["a", "b", "-c-"]
    assert after("abc", "abd") == ["a", "b", "-c->", "d"]
    assert after("abc", "") == ["-a-", "-b-", "-c-"]
    assert after("abc", "x") == ["-a-", "-b-", "-c-", "x"]
    assert after("abcd", "acd") == ["a", "-b-", "c", "d"]
    assert after("abc", "abc") == ["a", "b", "c"]
    assert after(["a", "stre"], ["a", "streamed"]) == ["a", "streamed"]
    assert after("", "abc") == ["a", "b", "c"]


def test_messages_that_nobody_held_are_counted() -> None:
    assert after("yz", "", messages=26) == ["+24", "-y-", "-z-"]
    assert after("yz", "y", messages=26) == ["y", "+24", "-z-"]
    many = [str(number) for number in range(300)]
    assert after(many, [], messages=1000) == [f"+{1000 - KEPT}", *(f"-{text}-" for text in many[-KEPT:])]


def test_what_is_beyond_the_page_is_not_called_gone() -> None:
    before, now, pulse = [*"abcdefgh"], [*"abcdefg"], [0.0]
    removed_entries = RemovedEntries(pulse=lambda: pulse[0])
    page = page_of(now, 2, 5)
    removed_entries.rewritten(entries_of(before)[1:], page, at=NOW)
    assert shown(removed_entries.weave(page)) == [*"cde"]
    pulse[0] += 2 * RETURN
    follows = page_of(now, 5)
    removed_entries.look(follows)
    assert shown(removed_entries.weave(follows)) == ["f", "g", "-h-"]
    assert shown(removed_entries.weave(page_of(now, 0, 2))) == ["a", "b"]


def test_what_went_between_two_pages_is_found() -> None:
    removed_entries, now = RemovedEntries(), [*"abdef"]
    removed_entries.rewritten(entries_of("abcdef"), page_of(now, 0, 2), at=NOW)
    follows = page_of(now, 2)
    removed_entries.look(follows)
    assert shown(removed_entries.weave(follows)) == ["-c-", "d", "e", "f"]


def test_a_page_of_quite_another_place_tells_nothing() -> None:
    removed_entries = RemovedEntries()
    page = page_of([str(number) for number in range(100)], 20, 30)
    removed_entries.rewritten(entries_of("abc"), page, at=NOW)
    assert shown(removed_entries.weave(page)) == [str(number) for number in range(20, 30)]


def test_what_comes_back_soon_was_never_gone() -> None:
    pulse = [0.0]
    removed_entries = RemovedEntries(pulse=lambda: pulse[0])
    empty = page_of([])
    removed_entries.rewritten(entries_of("abcde"), empty, at=NOW, messages=9)
    assert shown(removed_entries.weave(empty)) == ["+4", "-a-", "-b-", "-c-", "-d-", "-e-"]
    first = page_of("abx", 0, 2)
    removed_entries.look(first)
    assert shown(removed_entries.weave(first)) == ["a", "b"]
    pulse[0] += RETURN / 2
    second = page_of("abdx", 2)
    removed_entries.look(second)
    assert shown(removed_entries.weave(second)) == ["-c-", "d", "-e->", "x"]
    pulse[0] += RETURN
    removed_entries.look(page_of("abdxc"))
    assert shown(removed_entries.weave(page_of("abdxc"))) == ["a", "b", "-c-", "d", "-e->", "x", "c"]


def test_what_is_read_is_kept_and_what_is_around_it() -> None:
    texts = [str(number) for number in range(1000)]
    before, empty, removed_entries = entries_of(texts), page_of([]), RemovedEntries()
    removed_entries.rewritten(before, empty, at=NOW, focus=before[300], messages=1000)
    kept = shown(removed_entries.weave(empty))
    assert kept == [f"+{1000 - KEPT}", *(f"-{number}-" for number in range(300 - KEPT // 2, 300 + KEPT // 2))]


def test_removed_entries_of_many_rewrites_stay_bounded_and_are_all_counted() -> None:
    removed_entries = RemovedEntries()
    held, gone = entries_of(["first", "0"]), 0
    for number in range(1, KEPT + 100):
        page = page_of(["first", str(number)])
        removed_entries.rewritten(held, page, at=NOW, whole=True)
        held, gone = list(removed_entries.weave(page).entries), gone + 1
    found = [entry.item for entry in held if isinstance(entry.item, RemovedEntry)]
    assert len(found) == KEPT + 1
    assert sum(removed.messages or 0 for removed in found) == gone
    assert [_shown(entry) for entry in held[:2]] == ["first", f"+{gone - KEPT}"]


@given(
    st.lists(st.sampled_from("abcd"), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["remove", "change", "add"])), max_size=5),
    st.integers(1, 5),
)
@example(list("aabb"), [(1, "add"), (3, "remove")], 4)
@settings(max_examples=300)
def test_whatever_changes_nothing_is_lost_and_nothing_made_up(
    before: list[str], changes: list[tuple[int, str]], size: int
) -> None:
    now = list(before)
    for place, change in changes:
        if change == "add" or place >= len(now):
            now.insert(place, "n")
        elif change == "remove":
            del now[place]
        else:
            now[place] = "m"
    removed_entries = RemovedEntries()
    first = page_of(now, 0, size)
    removed_entries.rewritten(entries_of(before), first, at=NOW, whole=True)
    held = list(removed_entries.weave(first).entries)
    for start in range(size, len(now), size):
        follows = page_of(now, start, start + size)
        removed_entries.look(follows)
        held += removed_entries.weave(follows).entries
    assert [_shown(entry) for entry in held if not isinstance(entry.item, RemovedEntry)] == now
    assert all(one.position <= other.position for one, other in itertools.pairwise(held))
    gone = [_shown(entry)[1] for entry in held if isinstance(entry.item, RemovedEntry)]
    assert not (set(gone) - set(before))
    if size >= len(now):
        for text in set("abcd"):
            assert gone.count(text) >= before.count(text) - now.count(text)
            assert len(gone) <= len(before)


def test_what_came_back_leaves_those_that_stood_for_it() -> None:
    removed_entries = RemovedEntries()
    only = page_of(["X"])
    removed_entries.rewritten(entries_of("ABC"), only, at=NOW, whole=True)
    again = page_of(["X", "Y"])
    removed_entries.look(again)
    assert removed_entries.look(page_of(["X", "Y", "A"], 2))
    held = page_of(["X", "Y", "A"])
    assert [text for text in shown(removed_entries.weave(held)) if text.startswith("-")] == ["-B-", "-C-"]
    removed_entries.rewritten(removed_entries.weave(held).entries, page_of(["Z"]), at=NOW + 1, whole=True)
    assert sorted(shown(removed_entries.weave(page_of(["Z"])))) == ["-A-", "-B-", "-C-", "-X-", "-Y-", "Z"]


def test_each_of_two_replacements_is_called_so() -> None:
    removed_entries = RemovedEntries()
    removed_entries.rewritten(entries_of("ac"), page_of("ad"), at=NOW, whole=True)
    removed_entries.rewritten(removed_entries.weave(page_of("ad")).entries, page_of("ae"), at=NOW, whole=True)
    assert shown(removed_entries.weave(page_of("ae"))) == ["a", "-c->", "-d->", "e"]


def test_a_rewrite_that_stalls_takes_nothing_away_for_good() -> None:
    pulse = [0.0]
    removed_entries, empty = RemovedEntries(pulse=lambda: pulse[0]), page_of([])
    removed_entries.rewritten(entries_of("abcd"), empty, at=NOW, whole=True)
    pulse[0] += 5 * RETURN
    removed_entries.look(page_of("ab", 0))
    pulse[0] += 5 * RETURN
    page = page_of("abxd", 2)
    assert removed_entries.look(page)
    assert shown(removed_entries.weave(page_of("abxd"))) == ["a", "b", "-c->", "x", "d"]


@pytest.mark.parametrize("stalls_at", [0, 1, 6, 239, 245, 299])
@pytest.mark.parametrize("read_to", [100, 241, 299])
def test_a_long_session_that_stalls_and_goes_on_takes_nothing_away(stalls_at: int, read_to: int) -> None:
    pulse = [0.0]
    removed_entries = RemovedEntries(pulse=lambda: pulse[0])
    before = [str(number) for number in range(300)]
    held = entries_of(before)[240:]
    removed_entries.rewritten(held, page_of(before[:stalls_at], max(0, stalls_at - 60)), at=NOW, messages=300)
    pulse[0] += 5 * RETURN
    read_to = max(read_to, stalls_at)
    removed_entries.look(page_of(before, stalls_at, read_to))
    newest = page_of(before, 240)
    removed_entries.look(newest)
    assert shown(removed_entries.weave(page_of(before))) == before
    pulse[0] += 5 * RETURN
    other = [*before[:-1], "299!"]
    removed_entries.rewritten(
        removed_entries.weave(newest).entries, page_of(other, 240), at=NOW, messages=300
    )
    assert shown(removed_entries.weave(page_of(other))) == other


def test_what_an_older_rewrite_took_may_come_back_with_a_newer_one() -> None:
    pulse = [0.0]
    removed_entries = RemovedEntries(pulse=lambda: pulse[0])
    removed_entries.rewritten(entries_of("abc"), page_of("a"), at=NOW, whole=True)
    pulse[0] += 5 * RETURN
    held = removed_entries.weave(page_of("a")).entries
    removed_entries.rewritten(held, page_of("abc"), at=NOW, whole=True)
    assert shown(removed_entries.weave(page_of("abc"))) == ["a", "b", "c"]


def test_messages_that_nobody_held_are_not_called_gone_where_two_rewrites_meet() -> None:
    removed_entries = RemovedEntries()
    before = [str(number) for number in range(300)]
    held = entries_of(before)[200:]
    torn = page_of(before[:3])
    removed_entries.rewritten(held, torn, at=NOW, messages=300)
    now = [*before[:-1], "new"]
    removed_entries.rewritten(removed_entries.weave(torn).entries, page_of(now, 200), at=NOW, messages=3)
    assert shown(removed_entries.weave(page_of(now, 200))) == [*now[200:-1], "-299->", "new"]


def test_what_came_back_while_the_reader_was_elsewhere_is_no_removed() -> None:
    removed_entries = RemovedEntries()
    removed_entries.rewritten(entries_of("abcd"), page_of("ab"), at=NOW, whole=True)
    removed_entries.rest()
    page = page_of("abce")
    removed_entries.returned(page)
    removed_entries.look(page)
    assert shown(removed_entries.weave(page)) == ["a", "b", "-d-", "c", "e"]


def test_what_is_there_again_where_it_was_is_no_removed_however_late() -> None:
    pulse = [0.0]
    removed_entries = RemovedEntries(pulse=lambda: pulse[0])
    removed_entries.rewritten(entries_of("abcd"), page_of("abxd"), at=NOW, whole=True)
    pulse[0] += 5 * RETURN
    removed_entries.look(page_of("abxdy", 4))
    assert shown(removed_entries.weave(page_of("abcd"))) == ["a", "b", "c", "d"]


def test_the_same_removed_is_kept_from_page_to_page() -> None:
    removed_entries = RemovedEntries()
    removed_entries.rewritten(entries_of("abc"), page_of("a"), at=NOW, whole=True)
    first = removed_entries.weave(page_of("a")).entries[1:]
    removed_entries.look(page_of("ax", 1))
    assert [it.identity for it in removed_entries.weave(page_of("ax")).entries if it.identity < 0] == [
        it.identity for it in first
    ]
