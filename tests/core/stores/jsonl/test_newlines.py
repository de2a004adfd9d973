"""Counting the newlines of some bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwig.core.stores.jsonl.line_index import newlines_in


@given(st.lists(st.sampled_from([b"\n", b"\r", b"x", b"\0", b"\xff", b"long enough for a vector\n"])))
def test_each_newline_counts(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert newlines_in(data) == newlines_in(bytearray(data)) == data.count(b"\n")
