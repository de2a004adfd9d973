"""What a detector finds, and how long texts are looked through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

WINDOW = 64 * 1024
"""Characters looked through by one call: `re` lets no other thread run meanwhile."""

_OVERLAP = 8 * 1024
"""Characters beyond, so that what begins in a window is found whole."""


class Match(NamedTuple):
    """A place in a text that is to be masked."""

    start: int
    stop: int
    kind: str
    """`email`, `phone`, ...: what its alias is called."""

    value: str
    """What it stands for, in one spelling: equal values get equal aliases."""


Detector = Callable[[str], Iterator[Match]]
"""Gives every match in a text, in time proportional to its length, whatever it holds."""


def scan(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """As `pattern.finditer(text)`, a window at a time."""
    start = 0
    while start < len(text):
        stop = min(len(text), start + WINDOW + _OVERLAP)
        following = start + WINDOW if stop < len(text) else stop
        for found in pattern.finditer(text, start, stop):
            if found.start() >= following and stop < len(text):
                break
            whole = found
            if found.end() == stop < len(text):
                # It may go on behind the window; or it is none, if what follows belongs to it.
                again = pattern.match(text, found.start())
                if again is None:
                    continue
                whole = again
            following = max(following, whole.end())
            yield whole
            if whole is not found:
                break
        start = following
