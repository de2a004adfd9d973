"""What is counted of a session, in one go and as it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.core.memory.rules import tokens_of
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics import numbers as statistics
from earwig.core.statistics.grouping import days_on_end
from earwig.core.statistics.numbers import Numbers, SessionCount, sum_of
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import line_of

FAILURE = "[Task failed — no model]"
said = st.sampled_from(
    [("user", "hi"), ("assistant", "hello"), ("assistant", FAILURE), ("tool", "{}"), ("user", FAILURE), None]
)


def counted(count: SessionCount) -> Numbers:
    while not count.step():
        pass
    return count.numbers


def stored(messages: list[tuple[str, str] | None]) -> bytes:
    return b"".join(line_of(*message) + b"\n" if message else b"{bad\n" for message in messages)


def plainly(messages: list[tuple[str, str] | None]) -> Numbers:
    numbers = Numbers(sessions=1)
    speakers = [message[0] for message in messages if message and message[0] in ("user", "assistant")]
    for message in messages:
        if message is None:
            numbers.bad_lines += 1
        else:
            numbers.roles[message[0]] += 1
            numbers.tokens += tokens_of(message[1])
            numbers.failed += message == ("assistant", FAILURE)
    turns = pairwise([*speakers, ""])
    numbers.unanswered = sum(who == "user" and after != "assistant" for who, after in turns)
    return numbers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(messages=st.lists(said, max_size=12), cut=st.integers(0, 12), rewritten=st.booleans())
def test_growing_counts_to_the_same(
    tmp_path: Path, messages: list[tuple[str, str] | None], cut: int, rewritten: bool
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored(messages[:cut]))
    count = SessionCount(FileTranscript(path))
    assert counted(count) == plainly(messages[:cut])
    if rewritten:
        messages = [("user", "quite another beginning"), *messages]
        path.unlink()
    path.write_bytes(stored(messages))
    assert counted(count) == plainly(messages)


def test_a_whole_last_line_counts_and_a_torn_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for end, unanswered in ((line_of("user", "no newline"), 2), (b'{"role":"us', 1)):
        path.write_bytes(stored([("user", "one")]) + end)
        count = SessionCount(FileTranscript(path))
        counted(count)
        assert count.numbers.unanswered == unanswered
        assert count.numbers.bad_lines == 0


def test_a_last_line_that_failed_is_the_same_with_and_without_its_newline(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored([("user", "one")]) + line_of("assistant", FAILURE))
    count = SessionCount(FileTranscript(path))
    for end in (b"", b"\n", stored([("user", "two")])):
        with path.open("ab") as file:
            file.write(end)
        assert counted(count).failed == 1
    assert (count.numbers.messages, count.numbers.unanswered) == (3, 1)


def test_long_lines_are_counted_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "STEP", 50)
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored([("user", "one"), ("user", "x" * 500), ("assistant", "two")]))
    numbers = counted(SessionCount(FileTranscript(path), longest=100))
    assert (numbers.messages, numbers.long_lines) == (2, 1)


def test_numbers_add_up() -> None:
    one = plainly([("user", "a"), ("assistant", FAILURE), None])
    total = sum_of([one, one])
    assert (total.sessions, total.messages, total.bad_lines, total.failed) == (2, 4, 2, 2)


def of_days(days: Mapping[str, int]) -> dict[Session, Numbers]:
    def session(day: str) -> Session:
        at = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
        return Session(SessionId(day), 0, round(at) * 10**9, (0, 0))

    return {session(day): Numbers(roles=Counter(user=messages)) for day, messages in days.items()}


@pytest.mark.parametrize(
    ("days", "most", "shown"),
    [
        ({"2026-03-01": 3, "2026-02-27": 5}, 30, ("2026-02-26", [0, 5, 0, 3])),
        ({"2026-03-01": 3, "2026-02-27": 5}, 2, ("2026-02-28", [0, 3])),
        ({"0001-01-01": 1}, 30, ("0001-01-01", [1])),
        ({"9999-12-31": 1, "0001-01-02": 1}, 3, ("9999-12-29", [0, 0, 1])),
    ],
)
def test_days_follow_one_another_from_the_one_before_the_oldest(
    days: dict[str, int], most: int, shown: tuple[str, list[int]]
) -> None:
    found = days_on_end(of_days(days), most)
    assert found is not None
    assert (found.first.isoformat(), found.messages) == shown
    assert found.last.isoformat() == max(days)


def test_no_session_has_no_days() -> None:
    assert days_on_end({}, 10) is None
