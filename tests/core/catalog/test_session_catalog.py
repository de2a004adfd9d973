"""The list of sessions while facts about them come in."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.catalog import arrangement
from earwig.core.catalog.arrangement import Order
from earwig.core.catalog.restrictions import Hides, Only, kinds_of
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.catalog.summary import Health, Summary
from earwig.core.catalog.words import AT_ONCE
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.read_to import ReadTo
from earwig.core.model.session import Session, SessionId, newest_first
from earwig.core.statistics.troubles import CLEAN, Troubles


def id_of(name: str) -> SessionId:
    return SessionId(f"/sessions/{name}.jsonl")


def session(name: str, *, size: int = 10, at: int = 0) -> Session:
    return Session(id_of(name), size, at, (1, at))


def names(catalog: SessionCatalog) -> list[str]:
    return [catalog[session_id].key for session_id in catalog.shown]


def test_newest_activity_first_and_a_change_moves_up() -> None:
    catalog = SessionCatalog([session("a", at=1), session("b", at=3), session("c", at=2)])
    assert names(catalog) == ["b", "c", "a"]
    catalog.apply(StoreEvents(changed=(session("a", size=20, at=4),)))
    assert names(catalog) == ["a", "b", "c"]


def test_a_vanished_session_goes_but_for_the_one_being_read() -> None:
    catalog = SessionCatalog([session("a", at=1), session("b", at=2)])
    gone = tuple(Vanished(session_id, RemovalReason.DELETED) for session_id in catalog.shown)
    catalog.apply(StoreEvents(vanished=gone), keep=id_of("a"))
    assert names(catalog) == ["a"]
    assert catalog.removal_reason(id_of("a")) is RemovalReason.DELETED
    catalog.forget_vanished(keep=None)
    assert names(catalog) == []


def test_a_session_that_comes_back_is_not_gone() -> None:
    catalog = SessionCatalog([session("a", at=1)])
    catalog.apply(
        StoreEvents(vanished=(Vanished(id_of("a"), RemovalReason.MIGRATED),)),
        keep=id_of("a"),
    )
    catalog.apply(StoreEvents(appeared=(session("a", at=5),)))
    assert catalog.removal_reason(id_of("a")) is None
    assert names(catalog) == ["a"]


def test_unread_counts_from_where_it_was_read_to() -> None:
    catalog = SessionCatalog([session("a", size=100)])
    session_id = id_of("a")
    assert catalog.wanted([session_id]) == {session_id: ReadTo(100)}
    assert catalog.wanted([session_id]) == {}
    catalog.apply(StoreEvents(changed=(session("a", size=150, at=1),)))
    assert catalog.wanted([session_id]) == {session_id: ReadTo(100)}
    catalog.learn({session_id: Summary(Health.ANSWERED, unread=2)})
    catalog.mark_read(session_id)
    summary = catalog.summary(session_id)
    assert summary is not None
    assert summary.unread == 0
    catalog.apply(StoreEvents(changed=(session("a", size=170, at=2),)))
    assert catalog.wanted([session_id]) == {session_id: ReadTo(150)}


def test_a_new_session_is_unread_from_its_start_and_a_shrunk_one_from_its_end() -> None:
    catalog = SessionCatalog([session("old", size=100)])
    catalog.apply(StoreEvents(appeared=(session("new", size=70),), changed=(session("old", size=40, at=1),)))
    assert catalog.wanted([id_of("new"), id_of("old")]) == {
        id_of("new"): ReadTo(0),
        id_of("old"): ReadTo(40),
    }


def test_the_filter_takes_words_in_any_order_and_case() -> None:
    catalog = SessionCatalog([session("telegram_alice"), session("discord_bob"), session("telegram_bob")])
    catalog.filter("BOB tele")
    assert names(catalog) == ["telegram_bob"]
    catalog.filter("")
    assert len(names(catalog)) == 3


_changes = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.one_of(st.none(), st.integers(0, 50)), st.booleans()),
    max_size=60,
)


@given(_changes, st.sampled_from([1, 3, arrangement.MANY_MOVED]), st.sampled_from(["", "a", "telegram"]))
@settings(max_examples=200)
def test_any_changes_leave_the_order_of_a_fresh_listing(
    changes: list[tuple[str, int | None, bool]], many: int, words: str
) -> None:
    there = {it.id: it for it in (session("b", at=7), session("e", at=20), session("f", at=20))}
    catalog = SessionCatalog(there.values())
    catalog.filter(words)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrangement, "MANY_MOVED", many)
        for name, at, asked in changes:
            session_id = session(name).id
            if at is None:
                if there.pop(session_id, None):
                    catalog.apply(StoreEvents(vanished=(Vanished(session_id, RemovalReason.DELETED),)))
            else:
                seen = session(name, at=at)
                events = (
                    StoreEvents(changed=(seen,)) if session_id in there else StoreEvents(appeared=(seen,))
                )
                there[session_id] = seen
                catalog.apply(events)
            if asked:
                assert catalog.shown == fresh(there, words)
        assert catalog.shown == fresh(there, words)
        assert [catalog.position(session_id) for session_id in catalog.shown] == list(
            range(len(catalog.shown))
        )
        assert catalog.newest == next(iter(fresh(there, "")), None)
    assert len(catalog) == len(there)


def fresh(there: dict[SessionId, Session], words: str) -> list[SessionId]:
    listed = sorted(there.values(), key=newest_first)
    return [it.id for it in listed if all(word in it.key for word in words.split())]


def test_a_filter_that_is_typed_and_deleted_letter_by_letter_leaves_what_it_says() -> None:
    there = {it.id: it for it in (session(name) for name in ("tele_bob", "Bobby", "bo bo", "alice"))}
    catalog = SessionCatalog(there.values())
    for words in ("b", "bo", "bob", "bob ", "bob t", "bob", "", "bobb", "bo", "al", "al ice b"):
        catalog.filter(words)
        expected = [it for it in fresh(there, "") if all(word in it.casefold() for word in words.split())]
        sections = catalog.arranged.sections
        named = catalog.shown[: sections[0].start] if sections else catalog.shown
        assert named == [it for it in expected if it in there]


def test_names_come_before_messages_and_those_before_letters_apart() -> None:
    catalog = SessionCatalog([session("the_bill", at=1), session("bob", at=2), session("b_i_l_l", at=3)])
    catalog.learn({session("bob").id: Summary(Health.WAITING, "user", "The Bill, please")})
    catalog.filter("bill")
    assert names(catalog) == ["the_bill", "bob", "b_i_l_l"]
    assert [(it.start, it.heading) for it in catalog.arranged.sections] == [
        (1, "in the newest message"),
        (2, "letters in this order"),
    ]


def test_a_long_list_is_looked_through_in_steps_that_no_key_waits_for() -> None:
    many = [session(f"telegram_u{number:05}", at=number) for number in range(AT_ONCE + 1)]
    catalog = SessionCatalog(many)
    first = many[7].id
    catalog.wanted([first])
    catalog.learn({first: Summary(Health.ANSWERED, "assistant", "about the invoice")})
    catalog.filter("invoice")
    assert catalog.shown == []
    assert catalog.looked_through == (0, 0), (
        "nothing is summed up before the filter is done with what is known"
    )
    assert catalog.look_further(0.0) is False
    while not catalog.look_further(0.001):
        pass
    assert catalog.shown == [first]
    assert catalog.looked_through == (0, AT_ONCE)
    wanted = catalog.next_unknown(3)
    assert list(wanted) == [it.id for it in many[:-4:-1]]
    catalog.learn(dict.fromkeys(wanted, Summary(Health.ANSWERED, "assistant", "your invoice")))
    assert catalog.shown == [*wanted, first]
    assert catalog.looked_through == (3, AT_ONCE)
    catalog.filter("")
    assert catalog.looked_through == (0, 0)


def test_a_restriction_asks_for_what_it_needs_and_says_what_it_knows() -> None:
    catalog = SessionCatalog([session("a", at=2), session("b", at=1)])
    catalog.restrict(Only.WAITING)
    assert catalog.hides == [Hides(Only.WAITING, 2, complete=False)]
    wanted = catalog.next_unknown(9)
    waits = Summary(Health.WAITING, "user", "still there?")
    catalog.learn({it: waits if "b" in it else Summary(Health.ANSWERED, "assistant", "yes") for it in wanted})
    assert names(catalog) == ["b"]
    assert catalog.hides == [Hides(Only.WAITING, 1, complete=True)]


@pytest.mark.parametrize("only", [Only.FAILED, Only.BAD_LINES])
def test_what_needs_whole_sessions_is_known_so_far_until_all_are_counted(only: Only) -> None:
    catalog = SessionCatalog([session("a", at=3), session("b", at=2), session("c", at=1)])
    catalog.restrict(only)
    assert catalog.needs_counts
    assert (catalog.hides, catalog.progress) == ([Hides(only, 3, complete=False)], (0, 3))
    found = Troubles(bad_lines=2, failed=3)
    catalog.count({id_of("c"): found}, (1, 3))
    assert names(catalog) == ["c"]
    assert (catalog.hides, catalog.progress) == ([Hides(only, 2, complete=False)], (1, 3))
    assert catalog.known.troubles(id_of("c")) == found
    failed = Summary(Health.FAILED, "assistant", "[Task failed — no]", bad_lines=True)
    catalog.learn({id_of("a"): failed})
    assert names(catalog) == ["a", "c"], "what its newest lines say needs no count"
    catalog.count({id_of("c"): CLEAN}, (3, 3))
    assert names(catalog) == ["a"]
    assert (catalog.hides, catalog.progress) == ([Hides(only, 2, complete=True)], (3, 3))
    assert catalog.next_unknown(9) == {}, "nothing is summed up for it"
    catalog.apply(StoreEvents(vanished=(Vanished(id_of("a"), RemovalReason.DELETED),)))
    assert names(catalog) == []


def test_health_is_the_worst_of_all_that_is_known() -> None:
    catalog = SessionCatalog([session(name, at=9) for name in "abcd"])
    healths = (Health.FAILED, Health.WAITING, Health.ANSWERED, Health.ANSWERED)
    catalog.learn(
        {id_of(name): Summary(it, "assistant", "") for name, it in zip("abcd", healths, strict=True)}
    )
    catalog.sort_by(Order.HEALTH)
    assert names(catalog) == ["a", "b", "c", "d"]
    many = Troubles(bad_lines=1, failed=9)
    catalog.count({id_of("a"): many, id_of("d"): many, id_of("c"): Troubles(failed=9)}, (4, 4))
    assert names(catalog) == ["a", "d", "b", "c"]
    found = [catalog.known.health(id_of(name)) for name in "abcd"]
    assert found == [Health.FAILED, Health.WAITING, Health.ANSWERED, Health.BAD_LINES]


def test_bad_lines_hide_neither_that_a_session_waits_nor_that_its_turn_failed() -> None:
    assert kinds_of(Summary(Health.BAD_LINES, "user", "hi")) == {Only.BAD_LINES, Only.WAITING}
    failed = Summary(Health.FAILED, "assistant", "[Task failed — no]", bad_lines=True)
    assert kinds_of(failed) == {Only.BAD_LINES, Only.FAILED}


def test_what_the_reader_is_on_stays_when_it_is_read_until_they_go_on() -> None:
    catalog = SessionCatalog([session("a", at=2), session("b", at=1)])
    unread = Summary(Health.ANSWERED, "assistant", "yes", unread=1)
    first, second = catalog.shown
    catalog.learn({first: unread, second: unread})
    catalog.restrict(Only.UNREAD)
    catalog.keep(first)
    catalog.mark_read(first)
    assert names(catalog) == ["a", "b"]
    catalog.keep(second)
    assert names(catalog) == ["b"]


def test_changed_is_what_changed_since_it_was_looked_at() -> None:
    later = time.time_ns() + 10**9
    catalog = SessionCatalog([session("a", at=2), session("b", at=1)])
    catalog.restrict(Only.CHANGED)
    assert names(catalog) == []
    catalog.apply(StoreEvents(changed=(session("b", size=20, at=later),)))
    assert names(catalog) == ["b"]
    catalog.look_at(id_of("b"))
    assert names(catalog) == []
    assert catalog.hides == [Hides(Only.CHANGED, 2, complete=True)]


def test_what_is_known_of_a_session_outlives_a_longer_listing() -> None:
    catalog = SessionCatalog([session("a", size=5, at=1)])
    catalog.filter("tele")
    session_id = id_of("a")
    assert catalog.shown == []
    catalog.learn({session_id: Summary(Health.ANSWERED)})
    catalog.wanted([session_id])
    listed = SessionCatalog([session("a", size=5, at=1), session("telegram_b", at=2)])
    listed.prepare()
    catalog.take_over(listed)
    assert names(catalog) == ["telegram_b"]
    catalog.filter("")
    assert names(catalog) == ["telegram_b", "a"]
    assert catalog.summary(session_id) == Summary(Health.ANSWERED)
    assert catalog.wanted(catalog.shown) == {id_of("telegram_b"): ReadTo(10)}
