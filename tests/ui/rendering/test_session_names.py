"""No two sessions look alike in the sidebar, and no name looks like a part of earwig."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.catalog.summary import Health, Summary
from earwig.core.model.session import Session, SessionId
from earwig.core.model.titles import Title, title_for
from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.cells import width_of
from earwig.ui.rendering.palette import Palette
from earwig.ui.sidebar.session_names import Label, distinct_labels, label_of
from earwig.ui.sidebar.session_row import (
    MARK,
    PINNED,
    SessionRow,
    draw_heading,
    draw_session,
    drawn_name,
    found_in,
)
from tests.data.hostile import HOSTILE

PALETTE = Palette.from_theme_variables({}, dark=True)


def session(session_id: str) -> Session:
    return Session(SessionId(session_id), 1, 1, (1, 1))


def rows(ids: list[str], width: int, **more: object) -> list[str]:
    """The first rows of sessions that are on the screen together."""

    def drawn(_: Session, title: Title, label: Label) -> str:
        return " ".join(drawn_name(width, title, label, "2s"))

    there = [(session(session_id), title_for(session(session_id).key)) for session_id in ids]
    labels = distinct_labels(there, drawn)
    return [draw(it, title, labels[it.id], width)[0] for it, title in there]


def draw(it: Session, title: Title, label: Label, width: int, **more: object) -> tuple[str, str]:
    row = SessionRow(it, title, label, None, None, "2s", **more)  # type: ignore[arg-type] # of its fields
    first, second = draw_session(row, width, PALETTE, None)
    assert first.cell_length == second.cell_length == width
    assert width_of(first.text) == width
    return first.text, second.text


@pytest.mark.parametrize("width", [24, 26, 38, 46])
@pytest.mark.parametrize(
    "keys",
    [
        [f"slack_C123_17000000{number:02}_000100_Alice_Smith" for number in range(12)],
        ["telegram_bob", "bob telegram", "bob  telegram", "bob     telegram", "bob␣telegram"],
        ["a b", "a␣b", "a\u00a0b", "a\\x20b"],
        [f"{'x' * 30}{one}{'y' * 30}{two}{'z' * 30}" for one in "ab" for two in "ab"],
        [f"會議室會議室會議室會議室{one}會議室會議室會議室會議室" for one in "甲乙丙"],
    ],
)
def test_no_two_sessions_look_alike(keys: list[str], width: int) -> None:
    shown = rows([f"/s/{key}.jsonl" for key in keys], width)
    assert len(set(shown)) == len(keys), shown


def test_the_same_name_in_two_folders_tells_the_folders() -> None:
    shown = rows(["/old/sessions/bob.jsonl", "/new/sessions/bob.jsonl"], 38)
    assert "old/sessions/bob" in shown[0]
    assert "new/sessions/bob" in shown[1]


@given(st.sets(st.text("ab_ ", min_size=1, max_size=40), min_size=2, max_size=6), st.integers(24, 48))
def test_any_names_differ(keys: set[str], width: int) -> None:
    shown = rows([f"/s/{key}.jsonl" for key in sorted(keys)], width)
    assert len(set(shown)) == len(keys), shown


FORGERIES = (
    "★ pinned · 3",
    "● following",
    "── telegram · 12 ───",
    "✕ unread · 812 hidden",
    "· 80 messages · ●",
)


@pytest.mark.parametrize("name", [*FORGERIES, *HOSTILE.values()])
def test_the_two_columns_at_the_left_are_earwigs(name: str) -> None:
    it = session("/s/" + name.replace("/", "_").replace("\0", "") + ".jsonl")
    title = title_for(it.key)
    summary = Summary(Health.WAITING, "user", name)
    for pinned, mark in ((False, " "), (True, PINNED)):
        for text in draw(it, title, label_of(title), 30, pinned=pinned):
            assert text[:2] in (f"·{mark}", "  ")
    words = (name.casefold(),)
    row = SessionRow(it, title, label_of(title), summary, None, "2s", words=words, health=summary.health)
    first, second = draw_session(row, 30, PALETTE, None)
    assert first.text[:2] == "◌ "
    assert second.text[:2] == "  "
    assert "\x1b" not in first.text + second.text


def test_a_heading_begins_where_no_session_draws() -> None:
    strip = draw_heading(own_text("telegram"), 1200, 30, PALETTE)
    assert strip.text == "── telegram · 1,200 ──────────"[:30].ljust(30, "─")
    assert draw_heading(own_text("telegram"), 12, 5, PALETTE).cell_length == 5


def test_what_the_filter_found_is_marked() -> None:
    it = session("/s/telegram_Big_Bob.jsonl")
    title = title_for(it.key)
    summary = Summary(Health.WAITING, "user", "is Bob here?")
    row = SessionRow(it, title, label_of(title), summary, None, "2s", words=("bob", "tele"))
    strips = draw_session(row, 40, PALETTE, None)
    found = [
        segment.text for strip in strips for segment in strip if segment.style and segment.style.underline
    ]
    assert found == ["Bob", "tele", "Bob"]
    assert MARK.bold


def test_letters_apart_are_marked_in_names_alone() -> None:
    assert found_in("Big_Orange_Bob", ["bob"]) == {11, 12, 13}
    assert found_in("Big_Orange_Box", ["bob"], letters=True) == {0, 4, 11}
    assert found_in("Big_Orange_Box", ["bob"]) == set()
    assert found_in("Straße", ["strasse"], letters=True) == set()
