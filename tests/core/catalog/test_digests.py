"""A set of numbers in few bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.catalog import digests
from earwig.core.catalog.digests import FEWEST, Digests

# Many that begin at the same place, so that they stand in each other's way.
numbers = st.integers(1, 2**64 - 1) | st.builds(
    lambda n, m: n * 2**20 + m, st.integers(1, 500), st.integers(0, 2)
)


@given(st.sets(numbers, max_size=300), st.sets(numbers, max_size=30))
def test_it_holds_what_was_put_in_and_nothing_else(there: set[int], others: set[int]) -> None:
    found = Digests()
    for number in there:
        found.add(number)
        found.add(number)
    for known in (found, Digests(found.places)):
        assert set(known) == there
        assert len(known) == len(there)
        assert all(number in known for number in there)
        assert not any(number in known for number in others - there)
        assert 0 not in known
        assert len(known.places) <= max(8 * FEWEST, 8 * 4 * len(there))


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST", 128)
    found = Digests()
    for number in range(1, 1000):
        found.add(number)
    assert len(found) == 102
    assert 1 in found
    assert 999 not in found


@pytest.mark.parametrize(
    "places",
    [b"", bytes(8), bytes(8 * 65), bytes(8 * 64 + 1), b"\1" * 8 * 64, bytes(8 * 2**20)],
    ids=["nothing", "one", "no power of two", "a byte too many", "full", "large"],
)
def test_nothing_else_is_taken_for_one(places: bytes) -> None:
    with pytest.raises(ValueError, match="table of digests"):
        Digests(places)
