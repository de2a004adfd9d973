"""Which messages of a rewritten file are new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.following.alignment import first_new


@pytest.mark.parametrize(
    ("known", "found", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2, 3], [1, 2], 2),
        ([1, 2, 3], [1, 2, 4], 2),
        ([1, 2, 3], [1], 1),
        ([1, 2, 3], [1, 2, 3, 4, 5], 3),
        ([8, 9], [1, 2, 8, 9, 3], 4),
        ([8, 9], [1, 2, 8, 4], 3),
    ],
)
def test_the_last_message_was_taken_away_or_changed(
    known: list[int], found: list[int], expected: int
) -> None:
    assert first_new(known, found) == expected


@pytest.mark.parametrize(
    ("known", "found"),
    [([], []), ([], [1]), ([1], []), ([1, 2, 3], [4, 5]), ([1, 2, 3], [2]), ([1, 2, 3], [3, 2])],
)
def test_another_conversation_is_all_new(known: list[int], found: list[int]) -> None:
    assert first_new(known, found) is None


def test_one_greeting_in_common_is_no_proof() -> None:
    hi, hello, question, answer = range(4)
    assert first_new([question, hi, hello], [hi, answer]) is None


def test_a_file_that_lost_its_beginning_is_known_by_two_in_a_row() -> None:
    assert first_new([1, 2, 3, 4], [3, 4, 5]) == 2


def test_the_same_message_again_is_new() -> None:
    ok, done = 7, 8
    assert first_new([done, ok], [done, ok, ok]) == 2
    assert first_new([ok, done, ok, ok], [ok, done, ok]) == 3


@given(st.lists(st.integers(), unique=True), st.lists(st.integers(), unique=True), st.integers(0, 40))
def test_distinct_messages(before: list[int], after: list[int], kept: int) -> None:
    new = [value for value in after if value not in before]
    remaining = before[:kept]
    known = before[-32:]
    expected = len(remaining) if set(remaining) & set(known) else None
    assert first_new(known, remaining + new) == expected
