"""What a detector finds, and what it looks through: a stretch of a text, of which it keeps account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Match(NamedTuple):
    """A place in a text that is to be masked."""

    start: int
    stop: int
    kind: str
    """`email`, `phone`, ...: what its alias is called."""

    value: str
    """What it stands for, in one spelling: equal values get equal aliases."""


class TextStretch:
    """A stretch of a text, at one level of escapes, with some of the text around it.

    A text is looked through a stretch at a time. Each begins where no pattern has taken anything that
    reaches further, so that together they find what one look at all of it would find.
    """

    __slots__ = ("_edge", "_limit", "known", "size", "start", "taken", "text")

    def __init__(
        self,
        text: str,
        start: int = 0,
        *,
        limit: int | None = None,
        edge: int | None = None,
        size: int | None = None,
        known: dict[Any, Any] | None = None,
    ) -> None:
        """Look through a stretch from `start` in `text`; what begins at `limit` is the next one's.

        What ends at `edge` or before does not matter for where the next one may begin. `size` is that of all
        the text; `known`, what detectors remember from stretch to stretch of one text, at one level.
        """
        self.text = text
        self.start = start
        self._limit = len(text) if limit is None else limit
        self._edge = len(text) if edge is None else edge
        self.size = len(text) if size is None else size
        self.known: dict[Any, Any] = {} if known is None else known
        self.taken: list[tuple[int, int]] = []
        """Places that patterns have taken, as far as they reach beyond the edge."""

    def scan(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """As `pattern.finditer`. What a detector makes no match of is taken as well."""
        edge, limit, taken = self._edge, self._limit, self.taken
        for found in pattern.finditer(self.text, self.start):
            start, stop = found.span()
            if start >= limit:
                return
            if stop > edge:
                taken.append((start, stop))
            yield found

    def take(self, start: int, stop: int) -> None:
        """Remember that a pattern has taken these characters, be they a match or not."""
        if stop > self._edge:
            self.taken.append((start, stop))


Detector = Callable[[TextStretch], Iterator[Match]]
"""Gives every match from where a look starts, in time proportional to its length, whatever it holds.

It depends on no more of what is around a match than `stretches.BEFORE` and `stretches.BEHIND` give.
"""
