"""The numbers of entries, known and guessed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.entries import Entry, Unfinished
from earwig.core.text.safe_text import SafeText
from earwig.ui.transcript.numbering import Numbering
from tests.made_entries import line_entry


def entries_from(first: int, stop: int, known: bool = False) -> list[Entry]:
    return [line_entry(at * 10, 9, Unfinished(b""), at + 1 if known else None) for at in range(first, stop)]


def words(numbering: Numbering, entries: list[Entry]) -> list[SafeText]:
    return [numbering.words(entry) for entry in entries]


def test_guessed_numbers_count_from_the_first_one_guessed() -> None:
    numbering = Numbering()
    held = entries_from(50, 53)
    numbering.hold(held, 500)
    assert words(numbering, held) == ["~500", "~501", "~502"]
    held = entries_from(48, 54)
    numbering.hold(held, 9_000)
    assert words(numbering, held) == ["~498", "~499", "~500", "~501", "~502", "~503"]
    held = entries_from(80, 82)
    numbering.hold(held, 700)
    assert words(numbering, held) == ["~700", "~701"]


def test_a_known_number_is_what_its_neighbours_count_from() -> None:
    numbering = Numbering()
    held = entries_from(50, 54)
    numbering.hold(held, 500)
    numbering.learn({510: 52}, held)
    assert words(numbering, held) == ["~51", "52", "~53", "~54"]
    assert numbering.unknown(held, 520) == [500, 520]
    numbering.clear()
    assert words(numbering, held) == [""] * 4


@given(st.integers(0, 50), st.integers(0, 100), st.integers(1, 200), st.sets(st.integers(0, 150)))
def test_shown_numbers_never_fall(first: int, count: int, about: int, learnt: set[int]) -> None:
    numbering = Numbering()
    held = entries_from(first, first + count)
    numbering.hold(held, about)
    numbering.learn({at * 10: at + 1 for at in learnt}, held)
    shown = [int(text.lstrip("~")) for text in words(numbering, held)]
    assert shown == sorted(shown)
    assert all(number > 0 for number in shown)
