"""The list of sessions while facts about them come in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.following.facts import Facts, Fate, Vanished
from earwig.core.session_book import SessionBook
from earwig.core.sidebar import arrangement
from earwig.core.sidebar.marks import ReadTo
from earwig.core.store import Session, newest_first
from earwig.core.summary import Health, Summary


def session(name: str, *, size: int = 10, at: int = 0) -> Session:
    return Session(f"/sessions/{name}.jsonl", size, at, (1, at))


def names(book: SessionBook) -> list[str]:
    return [book[location].key for location in book.shown]


def test_newest_activity_first_and_a_change_moves_up() -> None:
    book = SessionBook([session("a", at=1), session("b", at=3), session("c", at=2)])
    assert names(book) == ["b", "c", "a"]
    book.apply(Facts(changed=(session("a", size=20, at=4),)))
    assert names(book) == ["a", "b", "c"]


def test_a_vanished_session_goes_but_for_the_one_being_read() -> None:
    book = SessionBook([session("a", at=1), session("b", at=2)])
    gone = tuple(Vanished(location, Fate.DELETED) for location in book.shown)
    book.apply(Facts(vanished=gone), keep="/sessions/a.jsonl")
    assert names(book) == ["a"]
    assert book.fate("/sessions/a.jsonl") is Fate.DELETED
    book.forget_vanished(keep=None)
    assert names(book) == []


def test_a_session_that_comes_back_is_not_gone() -> None:
    book = SessionBook([session("a", at=1)])
    book.apply(Facts(vanished=(Vanished("/sessions/a.jsonl", Fate.MIGRATED),)), keep="/sessions/a.jsonl")
    book.apply(Facts(appeared=(session("a", at=5),)))
    assert book.fate("/sessions/a.jsonl") is None
    assert names(book) == ["a"]


def test_unread_counts_from_where_it_was_read_to() -> None:
    book = SessionBook([session("a", size=100)])
    location = "/sessions/a.jsonl"
    assert book.wanted([location]) == {location: ReadTo(100, "")}
    assert book.wanted([location]) == {}
    book.apply(Facts(changed=(session("a", size=150, at=1),)))
    assert book.wanted([location]) == {location: ReadTo(100, "")}
    book.learn({location: Summary(Health.ANSWERED, unread=2)})
    book.mark_read(location)
    summary = book.summary(location)
    assert summary is not None
    assert summary.unread == 0
    book.apply(Facts(changed=(session("a", size=170, at=2),)))
    assert book.wanted([location]) == {location: ReadTo(150, "")}


def test_a_new_session_is_unread_from_its_start_and_a_shrunk_one_from_its_end() -> None:
    book = SessionBook([session("old", size=100)])
    book.apply(Facts(appeared=(session("new", size=70),), changed=(session("old", size=40, at=1),)))
    assert book.wanted(["/sessions/new.jsonl", "/sessions/old.jsonl"]) == {
        "/sessions/new.jsonl": ReadTo(0, ""),
        "/sessions/old.jsonl": ReadTo(40, ""),
    }


def test_the_filter_takes_words_in_any_order_and_case() -> None:
    book = SessionBook([session("telegram_alice"), session("discord_bob"), session("telegram_bob")])
    book.filter("BOB tele")
    assert names(book) == ["telegram_bob"]
    book.filter("")
    assert len(names(book)) == 3


_changes = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.one_of(st.none(), st.integers(0, 50)), st.booleans()),
    max_size=60,
)


@given(_changes, st.sampled_from([1, 3, arrangement.MANY_MOVED]), st.sampled_from(["", "a", "telegram"]))
@settings(max_examples=200)
def test_any_changes_leave_the_order_of_a_fresh_listing(
    changes: list[tuple[str, int | None, bool]], many: int, words: str
) -> None:
    there = {it.location: it for it in (session("b", at=7), session("e", at=20), session("f", at=20))}
    book = SessionBook(there.values())
    book.filter(words)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrangement, "MANY_MOVED", many)
        for name, at, asked in changes:
            location = session(name).location
            if at is None:
                if there.pop(location, None):
                    book.apply(Facts(vanished=(Vanished(location, Fate.DELETED),)))
            else:
                seen = session(name, at=at)
                facts = Facts(changed=(seen,)) if location in there else Facts(appeared=(seen,))
                there[location] = seen
                book.apply(facts)
            if asked:
                assert book.shown == fresh(there, words)
        assert book.shown == fresh(there, words)
        assert [book.position(location) for location in book.shown] == list(range(len(book.shown)))
        assert book.newest == next(iter(fresh(there, "")), None)
    assert len(book) == len(there)


def fresh(there: dict[str, Session], words: str) -> list[str]:
    listed = sorted(there.values(), key=newest_first)
    return [it.location for it in listed if all(word in it.key for word in words.split())]


def test_a_filter_that_is_typed_and_deleted_letter_by_letter_leaves_what_it_says() -> None:
    there = {it.location: it for it in (session(name) for name in ("tele_bob", "Bobby", "bo bo", "alice"))}
    book = SessionBook(there.values())
    for words in ("b", "bo", "bob", "bob ", "bob t", "bob", "", "bobb", "bo", "al", "al ice b"):
        book.filter(words)
        expected = [it for it in fresh(there, "") if all(word in it.casefold() for word in words.split())]
        assert book.shown == [it for it in expected if it in there]


def test_what_is_known_of_a_session_outlives_a_longer_listing() -> None:
    book = SessionBook([session("a", size=5, at=1)])
    book.filter("tele")
    location = "/sessions/a.jsonl"
    assert book.shown == []
    book.learn({location: Summary(Health.ANSWERED)})
    book.wanted([location])
    listed = SessionBook([session("a", size=5, at=1), session("telegram_b", at=2)])
    listed.prepare()
    book.take_over(listed)
    assert names(book) == ["telegram_b"]
    book.filter("")
    assert names(book) == ["telegram_b", "a"]
    assert book.summary(location) == Summary(Health.ANSWERED)
    assert book.wanted(book.shown) == {"/sessions/telegram_b.jsonl": ReadTo(10, "")}
