"""Counts the matches of a message, and gives up an expression that takes too long."""

from __future__ import annotations

import time
from contextlib import suppress

from earwig.core.find.matcher import Matcher, TooSlow
from earwig.core.model.entries import Item
from earwig.core.model.message import ChatMessage
from earwig.core.reading.filtering import EntryFilter

SLOW = 0.01
"""Seconds of processor time for one message; an ordinary expression takes some millionths."""

SLOW_MESSAGES = 8
"""The number of slow messages after which the expression is given up."""


class MatchCount:
    """Counts a message's matches. What the filter hides, and what is no message, has none."""

    def __init__(self, matcher: Matcher, entry_filter: EntryFilter | None = None) -> None:
        self._matcher = matcher
        self._filter = entry_filter
        self._slow = 0

    def __call__(self, item: Item) -> int:
        """Return how many there are. Raises `TooSlow` once too many messages took too long."""
        if not isinstance(item, ChatMessage) or (self._filter is not None and not self._filter.wants(item)):
            return 0
        begun = time.monotonic()
        try:
            found = self._matcher.count(item.content)
        except TooSlow:
            found = 0
        if self._matcher.may_be_slow and time.monotonic() - begun > SLOW and self._is_slow(item.content):
            self._slow += 1
            if self._slow >= SLOW_MESSAGES:
                raise TooSlow
        return found

    def _is_slow(self, text: str) -> bool:
        """Whether it was the expression that took the time, and not other programs on a busy machine."""
        begun = time.thread_time()
        with suppress(TooSlow):
            self._matcher.count(text)
        return time.thread_time() - begun > SLOW

    def texts(self, item: Item, most: int) -> list[str]:
        """Return the text of each match in order, at most `most`. Raises as a call does."""
        if not self(item) or not isinstance(item, ChatMessage):
            return []
        spans = self._matcher.spans(item.content)
        return [item.content[start:stop] for (start, stop), _ in zip(spans, range(most), strict=False)]
