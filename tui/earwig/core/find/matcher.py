"""Finds what a reader typed in the text of messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple, Protocol

from earwig.core.find.byte_patterns import BytePattern, pattern_of_expression, pattern_of_literal
from earwig.core.find.literal import Literal
from earwig.core.find.steps import steps_of

LONGEST = 500
"""The most characters of an expression."""

REPEATS = 20_000
"""The most that all numbers in braces of an expression multiply to. Beyond, it takes minutes to be made
ready."""

PATIENCE = 0.03
"""Seconds that an expression may take for one message. Some would take longer than the universe is old."""

_NO_TIME = 1_000_000
"""Tries of an expression that take less than `PATIENCE` for certain: then nobody looks at the clock."""

Span = tuple[int, int]
"""The index of the first character of a match, and the one behind its last."""

_BRACES = re.compile(r"\{\s*(\d*)\s*,?\s*(\d*)\s*\}")
_ESCAPED = re.compile(r"\\(?:[pP]\{[^}]*\}|[xuUN](?:\{[^}]*\}|[0-9A-Fa-f]*)|.)", re.DOTALL)
_GROUP_SYNTAX = re.compile(r"\(\?P?[<=>!A-Za-z#&|:-][^):>]*[):>]?")


class BadPattern(ValueError):
    """Raised for a text that is no expression. Says why, in words for the reader."""


class TooSlow(Exception):
    """Raised where an expression took longer for one message than a reader would wait."""


class Matcher(Protocol):
    """Finds in a message's text as it is stored. No match is empty, and none overlaps another."""

    may_be_slow: ClassVar[bool]
    """Whether it may take longer than the text's length says."""

    def spans(self, text: str) -> Iterable[Span]:
        """Return the matches in order. Raises `TooSlow`."""

    def count(self, text: str) -> int:
        """Return the number of matches. Raises `TooSlow`."""

    def has(self, text: str) -> bool:
        """Return whether there is any match, which is the fastest to know. Raises `TooSlow`."""


class Findable(Protocol):
    """Anything that can be looked for."""

    @property
    def text(self) -> str:
        """The text as the reader typed it."""

    @property
    def regex(self) -> bool:
        """Whether it is an expression, for which each message takes longer."""

    def matcher(self) -> Matcher:
        """Return what finds it. Raises `BadPattern`."""

    def byte_pattern(self) -> BytePattern:
        """Return what the bytes of a line must hold for its message to match."""


class Query(NamedTuple):
    """A text that the reader wants to find."""

    text: str
    regex: bool = False
    exact: bool = False
    """Whether capitals matter in any case; else they do where the text has one."""

    @property
    def folds(self) -> bool:
        """Whether upper and lower case are the same."""
        return not (self.exact or _has_capital(_without_syntax(self.text) if self.regex else self.text))

    def matcher(self) -> Matcher:
        if self.regex:
            return Expression(self.text, fold=self.folds)
        return Literal(self.text, fold=self.folds)

    def byte_pattern(self) -> BytePattern:
        pattern_of = pattern_of_expression if self.regex else pattern_of_literal
        return pattern_of(self.text, fold=self.folds)


class Expression:
    """Finds matches of a regular expression of the `regex` module; `^` and `$` stand for a line's ends.

    That module can give up after some time, and lets other threads run meanwhile; Python's own can neither.
    """

    may_be_slow: ClassVar[bool] = True

    def __init__(self, pattern: str, *, fold: bool, whole_words: bool = False) -> None:
        """Raises `BadPattern`."""
        _refuse_vast(pattern)
        import regex  # only here: it takes longer to load than a key may take, and few use it

        flags = regex.VERSION0 | regex.MULTILINE | (regex.IGNORECASE if fold else 0)
        try:
            self._pattern = regex.compile(pattern, flags)
            if whole_words:  # only once it is known to be one, whose brackets are all closed
                self._pattern = regex.compile(rf"(?<!\w)(?:{pattern})(?!\w)", flags)
        except regex.error as error:
            raise BadPattern(str(error)) from error
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise BadPattern("this expression cannot be used") from error
        self._steps = steps_of(pattern)

    def _patience(self, text: str) -> float | None:
        """Return how long it may take for a text; None where it cannot take long."""
        steps = self._steps
        return None if steps is not None and steps.most(len(text)) <= _NO_TIME else PATIENCE

    def spans(self, text: str) -> Iterator[Span]:
        """Yield the matches, each looked for when it is taken. Raises `TooSlow`."""
        try:
            for match in self._pattern.finditer(text, timeout=self._patience(text)):
                start, stop = match.span()
                if start < stop:
                    yield start, stop
        except TimeoutError as error:
            raise TooSlow from error

    def count(self, text: str) -> int:
        return sum(1 for _ in self.spans(text))

    def has(self, text: str) -> bool:
        try:
            first = self._pattern.search(text, timeout=self._patience(text))
        except TimeoutError as error:
            raise TooSlow from error
        # An empty one may stand before one that is not.
        return first is not None and (first.start() < first.end() or any(True for _ in self.spans(text)))


def _refuse_vast(pattern: str) -> None:
    if len(pattern) > LONGEST:
        raise BadPattern(f"longer than {LONGEST} characters")
    repeats = 1
    for low, high in _BRACES.findall(pattern):
        if len(low) > 6 or len(high) > 6:
            raise BadPattern("repeats too often")
        repeats *= max(1, int(low or 0), int(high or 0))
    if repeats > REPEATS:
        raise BadPattern(f"repeats too often: at most {REPEATS:,} times in all")


def _has_capital(text: str) -> bool:
    return any(char.isupper() or char.istitle() for char in text)


def _without_syntax(pattern: str) -> str:
    r"""Return an expression without what is no text in it: in `\W` nobody wrote a capital."""
    return _GROUP_SYNTAX.sub("", _ESCAPED.sub("", pattern))
