"""Which messages of a rewritten file were there before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.follow.alignment import Alignment, align


@pytest.mark.parametrize(
    ("known", "found", "old"),
    [
        ([], [], 0),
        ([], [1], 0),
        ([1], [], 0),
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2, 3], [1, 2], 2),
        ([1, 2, 3], [1, 2, 4], 2),
        ([1, 2, 3], [1], 1),
        ([1, 2, 3], [1, 2, 3, 4, 5], 3),
        ([1, 2, 3], [4, 5], 0),
    ],
)
def test_what_comes_behind_the_beginning_is_new(known: list[int], found: list[int], old: int) -> None:
    assert align(known, found).old == old


@pytest.mark.parametrize(
    ("known", "found", "expected"),
    [
        ([1, 2, 3, 4], [1, 9, 3, 4], Alignment(4, 0)),
        ([1, 2, 3, 4], [1, 9, 3, 4, 5], Alignment(4, 0)),
        ([1, 2, 3, 4, 5], [1, 9, 3, 8, 5, 6], Alignment(5, 0)),
        ([1, 2, 3, 4, 5, 6], [1, 9, 3, 4], Alignment(4, 2)),
        ([1, 2], [9, 2], Alignment(2, 0)),
        ([1, 2, 3, 4], [3, 4, 5], Alignment(2, 0)),
    ],
    ids=["edited", "edited and more", "edited twice", "not yet whole", "the first", "the first are gone"],
)
def test_an_edit_in_between_is_no_message_that_comes(
    known: list[int], found: list[int], expected: Alignment
) -> None:
    assert align(known, found) == expected


def test_one_message_in_common_at_another_place_is_said_again() -> None:
    question, hi, hello, answer = range(4)
    assert align([question, hi, hello], [hi, answer]).old == 0
    assert align([question, hi, hello], [question, hello]).old == 1


def test_the_same_message_again_is_new() -> None:
    ok, done = 7, 8
    assert align([done, ok], [done, ok, ok]).old == 2
    assert align([ok, done, ok, ok], [ok, done, ok]).old == 3
    assert align([ok, done] * 2, [ok, done] * 3) == Alignment(4, 0)


def test_what_was_decided_before_proves_nothing_of_what_comes() -> None:
    ok, thanks, new = 7, 8, 9
    known = [1, 2, 3, ok, 4, thanks]
    assert align(known, [1, 2, 3, new, ok, thanks]).old == 6
    assert align(known, [1, 2, new, ok, thanks], since=5).old == 2


def test_less_than_must_come_back_is_another_conversation() -> None:
    assert align([1, 2, 3], [1, 4], least=2) == Alignment(0, 0)
    assert align([1, 2, 3], [1, 2, 4], least=2).old == 2
    assert align([1, 2, 3], [1], least=2).old == 1  # nothing differs yet


@given(st.lists(st.integers(), unique=True), st.lists(st.integers(), unique=True), st.integers(0, 40))
def test_distinct_messages(before: list[int], after: list[int], kept: int) -> None:
    new = [value for value in after if value not in before]
    remaining = before[:kept]
    assert align(before, remaining + new) == Alignment(len(remaining), len(before) - len(remaining))


@given(st.lists(st.sampled_from("abc"), max_size=60), st.lists(st.sampled_from("abc"), max_size=60))
def test_however_alike_they_are_what_is_old_is_a_part(one: list[str], other: list[str]) -> None:
    known, found = [ord(it) for it in one], [ord(it) for it in other]
    aligned = align(known, found)
    assert 0 <= aligned.old <= len(found)
    assert 0 <= aligned.missing <= len(known)


def test_many_are_laid_side_by_side_in_little_time() -> None:
    known = list(range(8_000)) + [1, 2] * 2_000
    found = [-1, *known[1:], 5]
    assert align(known, found).old == len(known)
