"""Times of day as they are shown: in the reader's own zone, or in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from earwig.core.safe_text import SafeText, clean_line, own_text


def moment(unix: float, utc: bool) -> datetime | None:
    """A time in the zone that times are shown in, with that zone; None for what no calendar has.

    `unix` are seconds of the epoch.
    """
    try:
        when = datetime.fromtimestamp(unix, UTC)
        return when if utc else when.astimezone()
    except (OverflowError, ValueError, OSError):
        return None


def clock_words(unix: float, utc: bool) -> SafeText:
    """The time of day, as in `14:03`, or `14:03Z` in UTC so that nobody takes it for their own."""
    when = moment(unix, utc)
    if when is None:
        return own_text("?")
    return clean_line(when.strftime("%H:%MZ" if utc else "%H:%M"))
