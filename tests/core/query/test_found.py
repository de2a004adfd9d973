"""The ids and sizes of sessions without an object for each."""

from __future__ import annotations

import pytest

from earwig.core.model.session import Session, SessionId
from earwig.core.query.found import FlatSessions


def session(session_id: str, size: int = 1, problem: str | None = None) -> Session:
    return Session(SessionId(session_id), size, 0, (1, 1), problem)


@pytest.mark.parametrize(
    "ids",
    [
        ["/s/al.jsonl"],
        ["/s/al.jsonl", "/s/bo.jsonl", "/s/al"],
        ["/s/al.jsonl", "/s/archive/al.jsonl", "/al.jsonl"],
        ["/al.jsonl", "/bo.jsonl"],
        ["/s/sessions.db#al", "/s/sessions.db#al%2Fice"],
        ["al", "bo"],
    ],
)
def test_ids_and_sizes_come_back(ids: list[str]) -> None:
    flat = FlatSessions.of([session(it, size) for size, it in enumerate(ids)])
    assert [flat.session_id(number) for number in range(len(ids))] == ids
    assert [*flat.ids()] == ids
    assert [*flat.sizes] == [*range(len(ids))]


@pytest.mark.parametrize("bad", ["/s/bad.jsonl", "/t/bad.jsonl"])
def test_of_one_that_cannot_be_read_there_is_no_id(bad: str) -> None:
    listed = [session("/s/al.jsonl"), session(bad, problem="is a folder"), session("/s/bo.jsonl")]
    flat = FlatSessions.of(listed)
    assert [*flat.ids()] == ["/s/al.jsonl", "/s/bo.jsonl"]
    assert len(flat.sizes) == len(listed)
