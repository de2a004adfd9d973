"""Times as programs read them: RFC 3339, in UTC."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@cache
def _calendar() -> tuple[datetime, type[timedelta]]:
    """Return the epoch, and what is added to it."""
    from datetime import UTC, datetime, timedelta  # the browser prints none, and does not wait for it

    return datetime(1970, 1, 1, tzinfo=UTC), timedelta


def moment_of(time_ns: int) -> str | None:
    """Return a time (Unix time, nanoseconds) by RFC 3339, in UTC; None where it is no date."""
    epoch, timedelta = _calendar()
    try:
        moment = epoch + timedelta(0, 0, time_ns // 1000)
    except OverflowError:
        return None
    return moment.isoformat(timespec="microseconds")


def stored_at(time: float | None) -> dict[str, object]:
    """Return the field of when a message was stored (Unix time, seconds): `time`; nothing where unknown."""
    moment = None if time is None else moment_of(round(time * 1_000_000) * 1000)
    return {} if moment is None else {"time": moment}
