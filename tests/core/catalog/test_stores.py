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
def catalog() -> SessionCatalog:
    return SessionCatalog(
        [
            session("al", "sqlite", 4, name="Alice's order", channel="telegram.main", sender="alice-9"),
            session("bo", activity=3),
            session("cy", MIGRATED, 2),
            session("di", ARCHIVED, 1),
        ]
    )


def keys(catalog: SessionCatalog) -> list[str]:
    return [catalog[it].key for it in catalog.shown]


def test_all_are_listed_together(catalog: SessionCatalog) -> None:
    assert keys(catalog) == ["al", "bo", "cy", "di"]


def test_what_is_put_away_can_be_had_alone(catalog: SessionCatalog) -> None:
    assert catalog.restrict(Only.PUT_AWAY)
    assert keys(catalog) == ["cy", "di"]
    [hides] = catalog.hides
    assert (hides.hidden, hides.complete) == (2, True)
    catalog.apply(StoreEvents(found=(session("ed", ARCHIVED, 9),)))
    assert keys(catalog) == ["ed", "cy", "di"]
    catalog.forget(catalog.shown[0])
    assert keys(catalog) == ["cy", "di"]
    assert not catalog.restrict(Only.PUT_AWAY)
    assert keys(catalog) == ["al", "bo", "cy", "di"]


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
def test_a_filter_knows_stores_and_what_they_know(
    catalog: SessionCatalog, text: str, found: list[str]
) -> None:
    catalog.filter(text)
    assert keys(catalog) == found
    catalog.filter("")
    assert keys(catalog) == ["al", "bo", "cy", "di"]
    for end in range(len(text)):
        catalog.filter(text[: end + 1])  # as it is typed
        catalog.shown  # noqa: B018 - what is shown of it is narrowed down
    assert keys(catalog) == found


def test_a_new_name_is_found(catalog: SessionCatalog) -> None:
    al = session("al", "sqlite", 4, name="Alice's order")
    catalog.filter("invoice")
    assert keys(catalog) == []
    catalog.apply(StoreEvents(changed=(session("al", "sqlite", 5, name="Alice's invoice"),)))
    assert keys(catalog) == ["al"]
    assert catalog.title(al.id).name == "Alice's invoice"


def test_what_is_put_away_is_never_unread_or_changed(catalog: SessionCatalog) -> None:
    catalog.remember(None)
    later = session("ed", ARCHIVED, 1 << 61)
    catalog.apply(StoreEvents(found=(later, session("fy", "sqlite", 1 << 61))))
    assert catalog.marks.read_to(later).position == later.end
    assert not catalog.marks.is_in_question(later)
    catalog.restrict(Only.CHANGED)
    assert keys(catalog) == ["fy"]


@pytest.mark.parametrize("goes_first", [True, False])
@pytest.mark.parametrize("is_read", [True, False])
def test_what_was_done_with_a_file_holds_for_what_an_import_makes_of_it(
    catalog: SessionCatalog, goes_first: bool, is_read: bool
) -> None:
    catalog.remember(Reading(2, 2))
    file, rows = session("bo", activity=3), session("bo", "sqlite", 9)
    catalog.pin(file.id)
    if is_read:
        catalog.mark_read(file.id)
    gone = StoreEvents(vanished=(Vanished(file.id, RemovalReason.MIGRATED),))
    for events in (gone, StoreEvents(found=(rows,))) if goes_first else (StoreEvents(found=(rows,)), gone):
        catalog.apply(events)
    assert rows.id in catalog.marks.pinned
    to_be_found_out = ReadTo(0, earlier=Earlier(file.end if is_read else 0))
    assert catalog.marks.read_to(rows) == to_be_found_out
    assert keys(catalog)[0] == "bo"
    later = rows._replace(detail=rows.detail._replace(end=30), extent=12)  # type: ignore[union-attr]
    catalog.apply(StoreEvents(changed=(later,)))
    assert catalog.marks.read_to(later) == to_be_found_out
    catalog.learn({}, {later.id: Settled(to_be_found_out, ReadTo(7))})
    assert catalog.marks.read_to(later) == ReadTo(7)


def test_pins_outlive_an_import_while_earwig_does_not_run() -> None:
    rows = session("bo", "sqlite", 9)
    catalog = SessionCatalog([rows, session("al", "sqlite", 10)])
    catalog.remember(Reading(2, 2, {session("bo").id: Mark(pinned_ns=5)}))
    assert keys(catalog) == ["bo", "al"]
    assert catalog.changed_marks()[rows.id].pinned_ns == 5


def test_a_file_that_is_still_there_keeps_its_pin_for_itself() -> None:
    catalog = SessionCatalog([session("bo", "sqlite", 9), session("bo")])
    catalog.remember(Reading(2, 2, {session("bo").id: Mark(pinned_ns=5)}))
    assert catalog.marks.pinned == {session("bo").id}
