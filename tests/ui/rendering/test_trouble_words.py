"""What a row of the list tells of what is the matter in a session."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.summary import Health, Summary
from earwig.core.model.session import Session, SessionId
from earwig.core.statistics.troubles import Troubles
from earwig.ui.rendering.times import TimeStyle
from earwig.ui.rendering.trouble_words import troubles_words

NOW = datetime(2026, 6, 30, 14, 3, tzinfo=UTC)
FAILED = Summary(Health.FAILED, "assistant", "[Task failed — no]", bad_lines=True)
CALM = Summary(Health.ANSWERED, "assistant", "yes")
BOTH = (Only.FAILED, Only.BAD_LINES)


def words(only: tuple[Only, ...], troubles: Troubles | None, summary: Summary | None = CALM) -> list[str]:
    session = Session(SessionId("/s/a.jsonl"), 9, round(NOW.timestamp()) * 10**9, (1, 1))
    return list(troubles_words(only, troubles, summary, session, TimeStyle(utc=True), NOW.timestamp()))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 6, 30, 0, 1, tzinfo=UTC), "00:01Z"),
        (datetime(2026, 6, 29, 23, 59, tzinfo=UTC), "29 Jun"),
        (datetime(2026, 1, 1, tzinfo=UTC), "1 Jan"),
        (datetime(2025, 12, 31, tzinfo=UTC), "Dec 2025"),
        (datetime(2027, 1, 1, tzinfo=UTC), "Jan 2027"),
        (None, "#1,204"),
    ],
)
def test_when_the_last_one_failed(at: datetime | None, told: str) -> None:
    when = 0 if at is None else round(at.timestamp()) * 10**9
    assert words((Only.FAILED,), Troubles(2, 1900, 1204, when)) == [f"✗ 1,900 · {told}", "✗ 1,900"]


def test_only_what_the_list_is_of_is_told_and_the_time_gives_way_first() -> None:
    found = Troubles(3, 9, 12, round(NOW.timestamp()) * 10**9)
    assert words((Only.BAD_LINES,), found)[0] == "! 3"
    assert words(BOTH, found) == ["✗ 9 · 14:03Z  ! 3", "✗ 9  ! 3"]
    assert words((Only.UNREAD,), found) == []
    assert words(BOTH, Troubles(failed=9, last_failed=2)) == ["✗ 9 · #2", "✗ 9"]


def test_what_is_not_counted_is_told_with_a_plus() -> None:
    assert words(BOTH, None, FAILED) == ["✗ 1+ · 14:03Z  ! 1+", "✗ 1+  ! 1+"]
    assert words(BOTH, None) == []
    assert words(BOTH, None, None) == []
