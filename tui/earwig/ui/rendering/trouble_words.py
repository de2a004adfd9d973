"""What is the matter in a session, in few cells: `✗ 9 · 14:03`, `! 3`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.summary import Health, Summary
from earwig.core.model.session import Session
from earwig.core.statistics.troubles import Troubles
from earwig.core.text.safe_text import SafeText, joined, own_text
from earwig.ui.rendering.times import TimeStyle


def troubles_words(
    only: Collection[Only],
    troubles: Troubles | None,
    summary: Summary | None,
    session: Session,
    times: TimeStyle,
    now: float,
) -> Iterator[SafeText]:
    """Yield what is the matter in a session, at length, then shorter; with a plus until all is counted."""
    failed = _failed(troubles, summary, session, times, now) if Only.FAILED in only else None
    bad_lines = _bad_lines(troubles, summary) if Only.BAD_LINES in only else None
    dot = own_text(" · ")
    parts = [it for it in (None if failed is None else joined(dot, failed), bad_lines) if it is not None]
    if parts:
        yield joined(own_text("  "), parts)
        yield joined(own_text("  "), [*([] if failed is None else failed[:1]), *parts[failed is not None :]])


def _failed(
    troubles: Troubles | None, summary: Summary | None, session: Session, times: TimeStyle, now: float
) -> list[SafeText] | None:
    if troubles is not None and troubles.failed:
        count = own_text("✗ {:,}", troubles.failed)
        if troubles.failed_ns:
            return [count, times.short(troubles.failed_ns / 1e9, now)]
        return [count, own_text("#{:,}", troubles.last_failed)]
    if summary is not None and summary.health is Health.FAILED:
        return [own_text("✗ 1+"), times.short(session.activity_ns / 1e9, now)]
    return None


def _bad_lines(troubles: Troubles | None, summary: Summary | None) -> SafeText | None:
    if troubles is not None and troubles.bad_lines:
        return own_text("! {:,}", troubles.bad_lines)
    return own_text("! 1+") if summary is not None and summary.bad_lines else None
