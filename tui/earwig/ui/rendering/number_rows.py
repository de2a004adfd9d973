"""Numbers of sessions as rows of text with bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from earwig.core.model.session import Session
from earwig.core.statistics.grouping import by_channel, by_day
from earwig.core.statistics.numbers import Numbers, sum_of
from earwig.core.text.safe_text import SafeText, clean_line, many, own_text, safe_name
from earwig.ui.rendering.cells import fit_ends, width_of

DAYS, CHANNELS, SESSIONS = 14, 8, 10
"""Rows of each kind at most."""

_NAME, _BAR = 26, 30
_EIGHTHS = "▏▎▍▌▋▊▉█"


def total_rows(counted: Mapping[Session, Numbers]) -> Iterator[SafeText]:
    total = sum_of(counted.values())
    yield own_text("{} · {}", many(total.sessions, "session"), many(total.messages, "message"))
    tokens = own_text("{} by the bot's estimate", many(total.tokens, "token"))
    yield own_text("{} · {}", tokens, many(total.bad_lines, "bad line"))
    yield own_text("{} · {:,} unanswered", many(total.failed, "failed turn"), total.unanswered)


def group_rows(counted: Mapping[Session, Numbers], width: int) -> Iterator[SafeText]:
    """Messages by role, by channel, by day, and of the busiest sessions, in `width` cells."""
    total = sum_of(counted.values())
    yield from _group("by role", dict(total.roles.most_common(CHANNELS)), width)
    channels = {name: numbers.messages for name, numbers in by_channel(counted).items()}
    yield from _group("by channel", dict(list(channels.items())[:CHANNELS]), width)
    days = {day: numbers.messages for day, numbers in list(by_day(counted).items())[:DAYS]}
    yield from _group("by day of the last activity (UTC)", days, width)
    busiest = sorted(counted.items(), key=lambda item: -item[1].messages)[:SESSIONS]
    yield from _group("busiest sessions", {it.key: numbers.messages for it, numbers in busiest}, width)


def _group(heading: str, counts: Mapping[str, int], width: int) -> Iterator[SafeText]:
    if not counts:
        return
    yield own_text("")
    yield clean_line(heading)
    most = max(counts.values()) or 1
    room = max(4, min(_BAR, width - _NAME - 14))
    for name, count in counts.items():
        shown = fit_ends(safe_name(name), _NAME)
        space = " " * (_NAME - width_of(shown))
        yield clean_line(f"  {shown}{space} {count:>9,} {bar(count / most, room)}")


def bar(share: float, cells: int) -> str:
    """Return a bar of so many cells at most, to an eighth of a cell; never nothing for something."""
    eighths = max(1, round(share * cells * 8)) if share > 0 else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")
