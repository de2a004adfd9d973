"""How much of a session one step of a find looks at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.find.hint import Hint
from earwig.core.find.matcher import Query
from earwig.core.reading.match_count import MatchCount
from earwig.core.reading.match_counting import MatchCounter
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import SCANNED
from earwig.ui.session.search_requests import MOST, QUICK, SLOW, SLOW_STEP, Find


def find_of(query: Query) -> Find:
    match_count, hint = MatchCount(query.matcher()), Hint(query)
    return Find(
        query, match_count, MatchCounter(FileTranscript(Path("a.jsonl")), match_count, hint=hint), hint
    )


def sizes(find: Find, took: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """What the next step looks at, after each that took so many seconds."""
    for seconds in took:
        ticks = iter([1.0, 1.0 + seconds])
        with monkeypatch.context() as patched:
            patched.setattr("earwig.ui.session.searching.time.monotonic", lambda ticks=ticks: next(ticks))
            with find.timed():
                pass
        yield find.step_size


def test_quick_steps_grow_and_slow_ones_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    find = find_of(Query("needle"))
    assert find.step_size == SCANNED
    quick, right, slow = QUICK / 2, (QUICK + SLOW) / 2, SLOW * 2
    grown = list(sizes(find, [quick, right, quick, quick, quick], monkeypatch))
    assert grown == [2 * SCANNED, 2 * SCANNED, 4 * SCANNED, MOST, MOST]
    shrunk = list(sizes(find, [slow] * 10, monkeypatch))
    assert shrunk[0] == MOST // 2
    assert shrunk[-1] == SLOW_STEP


def test_an_expression_begins_with_little() -> None:
    assert find_of(Query("needles?", regex=True)).step_size == SLOW_STEP
