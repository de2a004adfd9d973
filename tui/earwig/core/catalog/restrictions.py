"""Restrictions of a list, and which sessions are of which kind as far as that is known."""

from __future__ import annotations

from enum import Enum

from earwig.core.catalog.summary import Health, Summary
from earwig.core.named_tuple import NamedTuple
from earwig.core.statistics.troubles import CLEAN, Troubles
from earwig.core.text.safe_text import SafeText, own_text


class Only(Enum):
    """A restriction: only sessions of this kind are shown."""

    UNREAD = "unread"
    WAITING = "unanswered"
    FAILED = "failed"
    BAD_LINES = "bad lines"
    CHANGED = "changed"
    PUT_AWAY = "put away"

    @property
    def label(self) -> SafeText:
        return own_text(self.value)


BY_CONTENT = frozenset({Only.WAITING})
"""Restrictions for which every session must have been summed up."""

COUNTED = frozenset({Only.FAILED, Only.BAD_LINES})
"""Restrictions for which every session must have been counted, from its first line to its last."""


NOT_OF_CONTENT = frozenset({Only.CHANGED, Only.PUT_AWAY})
"""Restrictions for which nothing of a session need be read."""


class Hides(NamedTuple):
    """A restriction that is set, and how many sessions it hides."""

    only: Only
    hidden: int
    """The number of sessions that it hides of those that the ones set before it leave."""

    complete: bool
    """Whether all sessions are known; if not, it may leave more of them later."""


def kinds_of(summary: Summary | None, troubles: Troubles = CLEAN) -> set[Only]:
    """Return the kinds that a session is of, by its newest lines and by what is wrong in all of it."""
    kinds: set[Only] = set()
    if troubles.bad_lines:
        kinds.add(Only.BAD_LINES)
    if troubles.failed:
        kinds.add(Only.FAILED)
    if summary is None:
        return kinds
    if summary.unread:
        kinds.add(Only.UNREAD)
    if summary.bad_lines or summary.health is Health.BAD_LINES:
        kinds.add(Only.BAD_LINES)
    if summary.role == "user":
        kinds.add(Only.WAITING)
    if summary.health is Health.FAILED:
        kinds.add(Only.FAILED)
    return kinds
