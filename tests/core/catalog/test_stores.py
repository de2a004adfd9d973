"""What a list does with sessions of several stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.catalog.marks import Mark, Reading
from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.read_to import Earlier, ReadTo, Settled
from earwig.core.model.session import ARCHIVED, MIGRATED, Detail, Session, SessionId

FOLDER = Path("/bot/sessions")


def session(key: str, store: str = "jsonl", activity: int = 1, **known: str) -> Session:
    path = FOLDER / (f"{key}.jsonl" if store == "jsonl" else "sessions.db")
    if store == "jsonl":
        return Session(SessionId(str(path)), 10, activity, (1, 1))
    detail = Detail(store, key, path, None if store in (ARCHIVED, MIGRATED) else 11, **known)  # type: ignore[arg-type]
    return Session(SessionId(f"{path}#{store}-{key}"), 10, activity, (1, 1), None, detail)


@pytest.fixture
def book() -> SessionCatalog:
    return SessionCatalog(
        [
            session("al", "sqlite", 4, name="Alice's order", channel="telegram.main", sender="alice-9"),
            session("bo", activity=3),
            session("cy", MIGRATED, 2),
            session("di", ARCHIVED, 1),
        ]
    )


def keys(book: SessionCatalog) -> list[str]:
    return [book[it].key for it in book.shown]


def test_all_are_listed_together(book: SessionCatalog) -> None:
    assert keys(book) == ["al", "bo", "cy", "di"]


def test_what_is_put_away_can_be_had_alone(book: SessionCatalog) -> None:
    assert book.restrict(Only.PUT_AWAY)
    assert keys(book) == ["cy", "di"]
    [hides] = book.hides
    assert (hides.hidden, hides.complete) == (2, True)
    book.apply(StoreEvents(found=(session("ed", ARCHIVED, 9),)))
    assert keys(book) == ["ed", "cy", "di"]
    book.forget(book.shown[0])
    assert keys(book) == ["cy", "di"]
    assert not book.restrict(Only.PUT_AWAY)
    assert keys(book) == ["al", "bo", "cy", "di"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("store:sqlite", ["al"]),
        ("store:jsonl", ["bo"]),
        ("store:", ["al", "bo", "cy", "di"]),
        ("store:mig", ["cy"]),
        ("STORE:Archived", ["di"]),
        ("store:sqlite bo", []),
        ("store:jsonl bo", ["bo"]),
        ("store:nowhere", []),
        ("alice's", ["al"]),
        ("alice-9", ["al"]),
        ("telegram", ["al"]),
    ],
)
def test_a_filter_knows_stores_and_what_they_know(book: SessionCatalog, text: str, found: list[str]) -> None:
    book.filter(text)
    assert keys(book) == found
    book.filter("")
    assert keys(book) == ["al", "bo", "cy", "di"]
    for end in range(len(text)):
        book.filter(text[: end + 1])  # as it is typed
        book.shown  # noqa: B018 - what is shown of it is narrowed down
    assert keys(book) == found


def test_a_new_name_is_found(book: SessionCatalog) -> None:
    al = session("al", "sqlite", 4, name="Alice's order")
    book.filter("invoice")
    assert keys(book) == []
    book.apply(StoreEvents(changed=(session("al", "sqlite", 5, name="Alice's invoice"),)))
    assert keys(book) == ["al"]
    assert book.title(al.id).name == "Alice's invoice"


def test_what_is_put_away_is_never_unread_or_changed(book: SessionCatalog) -> None:
    book.remember(None)
    later = session("ed", ARCHIVED, 1 << 61)
    book.apply(StoreEvents(found=(later, session("fy", "sqlite", 1 << 61))))
    assert book.marks.read_to(later).position == later.end
    assert not book.marks.is_in_question(later)
    book.restrict(Only.CHANGED)
    assert keys(book) == ["fy"]


@pytest.mark.parametrize("goes_first", [True, False])
@pytest.mark.parametrize("is_read", [True, False])
def test_what_was_done_with_a_file_holds_for_what_an_import_makes_of_it(
    book: SessionCatalog, goes_first: bool, is_read: bool
) -> None:
    book.remember(Reading(2, 2))
    file, rows = session("bo", activity=3), session("bo", "sqlite", 9)
    book.pin(file.id)
    if is_read:
        book.mark_read(file.id)
    gone = StoreEvents(vanished=(Vanished(file.id, RemovalReason.MIGRATED),))
    for events in (gone, StoreEvents(found=(rows,))) if goes_first else (StoreEvents(found=(rows,)), gone):
        book.apply(events)
    assert rows.id in book.marks.pinned
    to_be_found_out = ReadTo(0, earlier=Earlier(file.end if is_read else 0))
    assert book.marks.read_to(rows) == to_be_found_out
    assert keys(book)[0] == "bo"
    later = rows._replace(detail=rows.detail._replace(end=30), extent=12)  # type: ignore[union-attr]
    book.apply(StoreEvents(changed=(later,)))
    assert book.marks.read_to(later) == to_be_found_out
    book.learn({}, {later.id: Settled(to_be_found_out, ReadTo(7))})
    assert book.marks.read_to(later) == ReadTo(7)


def test_pins_outlive_an_import_while_earwig_does_not_run() -> None:
    rows = session("bo", "sqlite", 9)
    book = SessionCatalog([rows, session("al", "sqlite", 10)])
    book.remember(Reading(2, 2, {session("bo").id: Mark(pinned_ns=5)}))
    assert keys(book) == ["bo", "al"]
    assert book.changed_marks()[rows.id].pinned_ns == 5


def test_a_file_that_is_still_there_keeps_its_pin_for_itself() -> None:
    book = SessionCatalog([session("bo", "sqlite", 9), session("bo")])
    book.remember(Reading(2, 2, {session("bo").id: Mark(pinned_ns=5)}))
    assert book.marks.pinned == {session("bo").id}
