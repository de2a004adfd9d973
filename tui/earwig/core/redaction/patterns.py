"""What else is to be masked, by the user's own patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from earwig.core.redaction.matches import Detector, Match
from earwig.core.safe_text import SafeText, clean_line, own_text, safe_name

if TYPE_CHECKING:
    from regex import Pattern

SECONDS = 1.0
"""How long one pattern may look through a text of up to a megabyte; as long again for each further one."""

_MEGABYTE = 1_000_000
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class ExtraPattern(NamedTuple):
    """A regular expression of the user's, whose matches are masked as `[name-1]`, `[name-2]`, ..."""

    name: str
    """A word in lower case: letters, digits, `_` and `-`."""

    pattern: str
    """In the syntax of the `regex` module, which is that of Python's `re` and more."""


class RedactionFailed(Exception):
    """Nothing may be handed on: what was to be masked could not be looked for to the end."""

    def __init__(self, sentence: SafeText) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        """What is wrong, and what to do; no content in it."""


def pattern_detectors(patterns: Sequence[ExtraPattern], seconds: float = SECONDS) -> list[Detector]:
    """A detector for each pattern. Raises `RedactionFailed` for one that is none."""
    return [_detector(extra, seconds) for extra in patterns]


def _detector(extra: ExtraPattern, seconds: float) -> Detector:
    import regex  # only where somebody has patterns of their own: it takes 30 ms

    if not _NAME.fullmatch(extra.name):
        raise RedactionFailed(
            own_text(
                "the redaction pattern's name {} is not a word in lower case (a-z, 0-9, _ and -); rename it",
                safe_name(extra.name[:80]),
            )
        )
    try:
        compiled = regex.compile(extra.pattern)
    except regex.error as error:
        raise RedactionFailed(
            own_text(
                "the redaction pattern {} is no regular expression ({}); mend it",
                clean_line(extra.name),
                clean_line(str(error), limit=100),
            )
        ) from error
    return partial(_matches, extra.name, compiled, seconds)


def _matches(name: str, pattern: Pattern[str], seconds: float, text: str) -> Iterator[Match]:
    limit = seconds * (1 + len(text) // _MEGABYTE)
    try:
        # Concurrent: other threads run meanwhile, also the one that draws.
        for found in pattern.finditer(text, timeout=limit, concurrent=True):
            if found.end() > found.start():
                yield Match(*found.span(), name, found[0])
    except TimeoutError as error:
        raise RedactionFailed(
            own_text(
                "the redaction pattern {} took longer than {:g} s on one text; make it simpler",
                clean_line(name),
                limit,
            )
        ) from error
