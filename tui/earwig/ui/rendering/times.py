"""Times as they are shown: short, in one zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text

DAY_PART = 900
"""Seconds; in every zone, a day begins with such a part of the hour."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_WAITS = ((60, 10, "s"), (3600, 60, "min"), (86400, 3600, "h"), (10**12, 86400, "d"))
"""Up to so many seconds, the step in which a wait is told, and its unit."""


class TimeStyle(NamedTuple):
    """How times are shown: in the reader's zone, or in UTC."""

    utc: bool = False

    def when(self, at: float, now: float) -> SafeText:
        """Return a time (Unix, seconds) as `14:03` if it is of the day of `now`, else `2026-06-30 14:03`."""
        return _when(at, int(now // DAY_PART) * DAY_PART, self.utc, time.tzname)

    def short(self, at: float, now: float) -> SafeText:
        """The same in seven cells at most: `14:03`, `30 Jun`, or `Jun 2025`: a minute, a day or a month."""
        return _short(at, int(now // DAY_PART) * DAY_PART, self.utc, time.tzname)

    def seen(self, at: float, now: float) -> SafeText:
        """Return when earwig saw a message arrive that has no time of its own."""
        return own_text("seen {}", self.when(at, now))


@lru_cache(maxsize=1024)
def _when(at: float, now: float, utc: bool, zone: tuple[str, str]) -> SafeText:
    """Kept, because it is asked for with every frame; `zone` is only what it is kept by."""
    then, today = _moment(at, utc), _moment(now, utc)
    pattern = "%H:%M" if then.date() == today.date() else "%Y-%m-%d %H:%M"
    return clean_line(then.strftime(pattern) + ("Z" if utc else ""))


@lru_cache(maxsize=1024)
def _short(at: float, now: float, utc: bool, zone: tuple[str, str]) -> SafeText:
    then, today = _moment(at, utc), _moment(now, utc)
    if then.date() == today.date():
        return _when(at, now, utc, zone)
    month = _MONTHS[then.month - 1]  # not by `strftime`: its words are of the reader's language
    return clean_line(f"{then.day} {month}" if then.year == today.year else f"{month} {then.year}")


def _moment(at: float, utc: bool) -> datetime:
    moment = datetime.fromtimestamp(at, UTC)
    return moment if utc else moment.astimezone()


def waiting_words(seconds: float) -> SafeText:
    """Return how long somebody waits, in words that change seldom."""
    for limit, step, unit in _WAITS:
        if seconds < limit:
            count = int(seconds) // step * (step if unit == "s" else 1)
            return own_text("waiting {} {}", count, clean_line(unit)) if count > 0 else own_text("waiting")
    return own_text("waiting")


def until_words_change(seconds: float) -> float:
    """Seconds until a wait is told in other words."""
    step = next((step for limit, step, _ in _WAITS if seconds < limit), 86400)
    return step - max(0.0, seconds) % step
