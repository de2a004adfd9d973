"""Numbers of sessions, added up by what the sessions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from earwig.core.model.session import Session
from earwig.core.model.titles import channel_title
from earwig.core.statistics.numbers import Numbers


def by_channel(counted: Mapping[Session, Numbers]) -> dict[str, Numbers]:
    """Return the numbers by channel, most messages first; `other` where the key tells none."""
    found: dict[str, Numbers] = {}
    for session, numbers in counted.items():
        found.setdefault(channel_title(session) or "other", Numbers()).add(numbers)
    return dict(sorted(found.items(), key=lambda item: -item[1].messages))


def by_day(counted: Mapping[Session, Numbers]) -> dict[str, Numbers]:
    """Return the numbers by the day of the last activity (UTC), newest first."""
    found: dict[str, Numbers] = {}
    for session, numbers in counted.items():
        try:
            day = datetime.fromtimestamp(session.activity_ns / 1e9, UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            continue
        found.setdefault(day, Numbers()).add(numbers)
    return dict(sorted(found.items(), reverse=True))


class Days(NamedTuple):
    """Messages on each of some days that follow one another."""

    first: date
    messages: list[int]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.messages) - 1)


def days_on_end(counted: Mapping[Session, Numbers], most: int) -> Days | None:
    """Return the newest day that `by_day` has and at most `most` before it; None for no day.

    Not more than to the day before the oldest: on that there was nothing, which a plot can be read by.
    """
    known = {
        date.fromisoformat(day).toordinal(): numbers.messages for day, numbers in by_day(counted).items()
    }
    if not known:
        return None
    last = max(known)
    first = max(1, min(known) - 1, last + 1 - most)
    return Days(date.fromordinal(first), [known.get(day, 0) for day in range(first, last + 1)])
