"""What a row of the list says of where a session is kept, and what its turn is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from earwig.core.model.session import Detail, Session, SessionId
from earwig.core.model.standing import words_of
from earwig.core.model.titles import Title, title_of
from earwig.ui.rendering.palette import Palette
from earwig.ui.sidebar.session_names import Label, distinct_labels, label_of
from earwig.ui.sidebar.session_row import SessionRow, draw_session

NOW_NS = 1_800_000_000 * 10**9
PATH = Path("/bot/sessions/sessions.db")
PALETTE = Palette.from_theme_variables({}, dark=True)


def session(store: str = "sqlite", **known: Any) -> Session:
    detail = Detail(store, "telegram_alice", PATH, 2, **known)
    return Session(SessionId(f"{PATH}#{store}"), 1, NOW_NS, (1, 1), None, detail)


def drawn(given: Session, width: int = 38) -> tuple[str, str]:
    title = title_of(given)
    standing = tuple(words_of(given, NOW_NS))
    row = SessionRow(given, title, label_of(title), None, None, "2m", standing=standing)
    first, second = draw_session(row, width, PALETTE, None)
    assert first.cell_length == second.cell_length == width
    return first.text, second.text


@pytest.mark.parametrize(
    ("given", "width", "end"),
    [
        (session(), 38, "… sqlite"),
        (session(also_in=("migrated",)), 38, " also in migrated"),
        (session(state="running", since_ns=NOW_NS - 60 * 10**9), 38, " running for 1m"),
        (session(state="error"), 38, " error · sqlite"),
        (session(hidden=True), 26, " hidden"),
        (session("archived"), 26, " archived"),
        (session(state="x" * 500), 26, "…"),
    ],
)
def test_the_second_row_ends_with_what_the_store_knows(given: Session, width: int, end: str) -> None:
    _, second = drawn(given, width)
    assert second.rstrip().endswith(end.removeprefix("…"))


def test_a_name_of_the_stores_stands_in_the_first() -> None:
    first, _ = drawn(session(name="Alice's order", channel="telegram.main"))
    assert "Alice's order" in first
    assert first.endswith("telegram 2m")


def test_what_is_put_away_is_quieter() -> None:
    for given, quiet in ((session(), False), (session("archived"), True)):
        title = title_of(given)
        row = SessionRow(given, title, label_of(title), None, None, "2m")
        (first, _) = draw_session(row, 38, PALETTE, None)
        name = next(segment for segment in first if "alice" in segment.text)
        assert name.style is not None
        assert (name.style.color == PALETTE.muted.color) == quiet


def test_equal_names_in_one_folder_are_told_apart_by_their_stores() -> None:
    def shown(_: Session, title: Title, label: Label) -> str:
        return label.name

    there = [session(), session("migrated")]
    labels = distinct_labels([(it, title_of(it)) for it in there], shown)
    assert [labels[it.id].name for it in there] == ["sqlite/alice", "migrated/alice"]
