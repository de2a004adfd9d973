"""Numbers of sessions, added up by what the sessions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from earwig.core.statistics.numbers import Numbers
from earwig.core.store import Session
from earwig.core.titles import channel_title


def by_channel(counted: Mapping[Session, Numbers]) -> dict[str, Numbers]:
    """The channel with the most messages first; `other` for sessions whose key tells none."""
    found: dict[str, Numbers] = {}
    for session, numbers in counted.items():
        found.setdefault(channel_title(session.key) or "other", Numbers()).add(numbers)
    return dict(sorted(found.items(), key=lambda item: -item[1].messages))


def by_day(counted: Mapping[Session, Numbers]) -> dict[str, Numbers]:
    """By the day of the last activity (UTC), the newest first; a session whose time is no date has none."""
    found: dict[str, Numbers] = {}
    for session, numbers in counted.items():
        try:
            day = datetime.fromtimestamp(session.mtime_ns / 1e9, UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            continue
        found.setdefault(day, Numbers()).add(numbers)
    return dict(sorted(found.items(), reverse=True))
