"""Times as programs read them: RFC 3339, in UTC."""

from __future__ import annotations


def moment_of(time_ns: int) -> str | None:
    """Return a time (Unix time, nanoseconds) by RFC 3339, in UTC; None where it is no date."""
    from datetime import UTC, datetime, timedelta  # the browser prints none, and does not wait for it

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_ns // 1000)
    except OverflowError:
        return None
    return moment.isoformat(timespec="microseconds")


def stored_at(time: float | None) -> dict[str, object]:
    """Return the field of when a message was stored (Unix time, seconds): `time`; nothing where unknown."""
    moment = None if time is None else moment_of(round(time * 1_000_000) * 1000)
    return {} if moment is None else {"time": moment}
