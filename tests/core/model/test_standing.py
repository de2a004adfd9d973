"""What is said of a session besides its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from earwig.core.model.session import Beside, Detail, Session, SessionId
from earwig.core.model.standing import people_of, places_of, words_of
from earwig.core.model.titles import title_of

NOW_NS = 1_800_000_000 * 10**9


def session(store: str = "sqlite", key: str = "gw_1", **known: Any) -> Session:
    path = Path("/bot/sessions/sessions.db")
    return Session(SessionId("id"), 1, NOW_NS, (1, 1), None, Detail(store, key, path, 2, **known))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, ["sqlite"]),
        ({"state": "error"}, ["error", "sqlite"]),
        ({"state": "running"}, ["running", "sqlite"]),
        ({"state": "running", "since_ns": NOW_NS - 200 * 10**9}, ["running for 3m", "sqlite"]),
        ({"state": "running", "since_ns": NOW_NS + 200 * 10**9}, ["running", "sqlite"]),
        ({"state": "\x1b[2J"}, ["␛[2J", "sqlite"]),
        ({"hidden": True}, ["hidden", "sqlite"]),
        ({"also_in": ("migrated", "archived")}, ["also in migrated, archived", "sqlite"]),
        ({"beside": (Beside("migrated", 0, 1),)}, ["1 more in migrated", "sqlite"]),
        ({"beside": (Beside("migrated", 0, 2),)}, ["2 more in migrated", "sqlite"]),
        ({"beside": (Beside("\x1b[2J", 0, 2_000),)}, ["2,000 more in \\x1b[2J", "sqlite"]),
        ({"beside": (Beside("sqlite", 2_000, 0),)}, ["2,000 lines only here", "sqlite"]),
    ],
)
def test_what_matters_most_comes_first(known: dict[str, Any], words: list[str]) -> None:
    assert words_of(session(**known), NOW_NS) == words
    assert words_of(session(**known), NOW_NS, with_store=False) == words[:-1]


def test_of_a_plain_file_there_is_nothing_to_say() -> None:
    plain = Session(SessionId("/bot/sessions/al.jsonl"), 1, NOW_NS, (1, 1))
    assert words_of(plain, NOW_NS) == []


def test_what_is_put_away_is_always_said() -> None:
    assert words_of(session("archived"), NOW_NS, with_store=False) == ["archived"]


def test_people() -> None:
    known = people_of(Detail("sqlite", "k", Path("x"), 1, name="n", room="r", sender="a\nb"))
    assert known == [("name", "n"), ("room", "r"), ("sender", "a␊b")]


@pytest.mark.parametrize(
    ("given", "title"),
    [
        (session(name="Carol's shop"), ("web", "Carol's shop")),
        (session(name="\u202e"), ("web", "\ufffd")),
        (session(channel="telegram.main"), ("telegram", "1")),
        (session("acp", "6f1c", room="/home/me/project/"), ("acp", "project 6f1c")),
        (session("acp", "6f1c"), ("", "6f1c")),
    ],
)
def test_a_title_is_what_a_person_recognises(given: Session, title: tuple[str, str]) -> None:
    assert tuple(title_of(given)) == title


def test_other_places_are_told_at_length() -> None:
    beside = (Beside("migrated", 0, 1), Beside("sqlite", 2, 0))
    assert places_of(Detail("sqlite", "k", Path("x"), 1, also_in=("archived",), beside=beside)) == [
        "archived",
        "migrated, which has 1 line more, skipped by the bot",
        "sqlite, but for 2 lines that the bot skipped",
    ]
