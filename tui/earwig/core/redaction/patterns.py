"""What else is to be masked, by the user's own patterns."""

from __future__ import annotations

import re
import time
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from earwig.core.redaction.matches import Match, TextStretch
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import clean_line, own_text, safe_name

if TYPE_CHECKING:
    from regex import Pattern

SECONDS = 1.0
"""How long one pattern may look through a text of up to a megabyte; as long again for each further one."""

_MEGABYTE = 1_000_000
_MOMENT = 0.05
"""Seconds that are left for a stretch where all are spent: then it fails, and says so."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class ExtraPattern(NamedTuple):
    """A regular expression of the user's, whose matches are masked as `[name-1]`, `[name-2]`, ..."""

    name: str
    """A word in lower case: letters, digits, `_` and `-`."""

    pattern: str
    """In the syntax of the `regex` module, which is that of Python's `re` and more."""


class RedactionFailed(Refusal):
    """Nothing may be handed on: what was to be masked could not be looked for to the end."""


class OwnPattern:
    """One of the user's patterns, ready to look for what it matches. Raises `RedactionFailed` for none."""

    def __init__(self, extra: ExtraPattern, seconds: float = SECONDS) -> None:
        import regex  # only where somebody has patterns of their own: it takes 30 ms

        if not _NAME.fullmatch(extra.name):
            raise RedactionFailed(
                own_text(
                    "the redaction pattern's name {} is not a word in lower case (a-z, 0-9, _ and -); "
                    "rename it",
                    safe_name(extra.name[:80]),
                )
            )
        try:
            self._pattern: Pattern[str] = regex.compile(extra.pattern)
        except regex.error as error:
            raise RedactionFailed(
                own_text(
                    "the redaction pattern {} is no regular expression ({}); mend it",
                    clean_line(extra.name),
                    clean_line(str(error), limit=100),
                )
            ) from error
        self._seconds = seconds
        self.name = extra.name

    def places(self, text: str) -> tuple[array[int], array[int]]:
        """Return where in a text the matches start and stop. Raises `RedactionFailed` if it is slow."""
        starts, stops = array("q"), array("q")
        for start, stop in self._spans(text, 0, self._limit(len(text))):
            starts.append(start)
            stops.append(stop)
        return starts, stops

    def matches(self, look: TextStretch) -> Iterator[Match]:
        """Yield the matches in a stretch, unescaped. Raises `RedactionFailed` if all took too long."""
        begun = time.monotonic()
        spent = look.known.get(self, 0.0)
        found = list(self._spans(look.text, look.start, max(_MOMENT, self._limit(look.size) - spent)))
        look.known[self] = spent + time.monotonic() - begun
        for start, stop in found:
            look.take(start, stop)
            yield Match(start, stop, self.name, look.text[start:stop])

    def _limit(self, size: int) -> float:
        return self._seconds * (1 + size // _MEGABYTE)

    def _spans(self, text: str, start: int, limit: float) -> Iterator[tuple[int, int]]:
        try:
            # Concurrent: other threads run meanwhile, also the one that draws.
            for found in self._pattern.finditer(text, start, timeout=limit, concurrent=True):
                if found.end() > found.start():
                    yield found.span()
        except TimeoutError as error:
            raise RedactionFailed(
                own_text(
                    "the redaction pattern {} took longer than {:g} s on one text; make it simpler",
                    clean_line(self.name),
                    limit,
                )
            ) from error
