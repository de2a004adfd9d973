"""What a reader looks for in all sessions, and what finds it in the text of one message."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import ClassVar, NamedTuple
from unicodedata import category, normalize

from earwig.core.find.byte_patterns import ANY_LINE, BytePattern, pattern_of_expression, pattern_of_literal
from earwig.core.find.literal import Literal
from earwig.core.find.matcher import Expression, Matcher, Query, Span
from earwig.core.find.required_text import RequiredText, required_by_expression, required_by_literal
from earwig.core.model.session import Session


class Case(Enum):
    """Whether capitals matter."""

    SMART = "smart"
    """They do where the reader wrote one."""

    IGNORED = "ignored"
    EXACT = "exact"


class SearchQuery(NamedTuple):
    """What to look for, and where."""

    text: str
    regex: bool = False
    case: Case = Case.SMART
    whole_words: bool = False
    accents_folded: bool = False
    """Whether `cafe` finds `café`, and the other way round."""

    roles: tuple[str, ...] = ()
    """Only messages of these roles; of any, if there are none."""

    sessions: tuple[str, ...] = ()
    """Only sessions whose key fits one of these patterns (`*`, `?`, `[abc]`)."""

    since_ns: int | None = None
    """Only sessions with an activity at or after this time (of the epoch)."""

    until_ns: int | None = None
    """Only sessions whose last activity was before this time."""

    bad_lines: bool = False
    """Whether to look in bad lines too, in their raw text."""

    @property
    def folds(self) -> bool:
        """Whether the case of letters does not matter."""
        if self.case is Case.SMART:
            return Query(self.text, self.regex).folds
        return self.case is Case.IGNORED

    @property
    def sought(self) -> str:
        """The text as it is looked for: without its accents where they are folded."""
        return without_accents(self.text)[0] if self.accents_folded else self.text

    def matcher(self) -> Matcher:
        """Return what finds it in a content. Raises `BadPattern`; `ValueError` for no text."""
        found: Matcher
        if self.regex:
            found = Expression(self.sought, fold=self.folds, whole_words=self.whole_words)
        else:
            found = Literal(self.sought, fold=self.folds, whole_words=self.whole_words)
        return AccentsFolded(found) if self.accents_folded else found

    def byte_pattern(self) -> BytePattern:
        if self.bad_lines:
            return ANY_LINE  # a bad line need not be JSON
        pattern_of = pattern_of_expression if self.regex else pattern_of_literal
        return pattern_of(self.sought, fold=self.folds, accents_folded=self.accents_folded)

    def required_text(self) -> RequiredText | None:
        """Return what a content must hold for it to find something in it; None where nothing is known."""
        if self.regex:
            return required_by_expression(self.sought, accents_folded=self.accents_folded)
        return required_by_literal(self.sought, fold=self.folds, accents_folded=self.accents_folded)

    def wanted_of(self, sessions: Sequence[Session]) -> Sequence[Session]:
        return sessions if self.wants_all else list(filter(self.wants_session, sessions))

    @property
    def wants_all(self) -> bool:
        return not self.sessions and not self.by_time

    @property
    def by_time(self) -> bool:
        """Whether it counts when a session was last active."""
        return self.since_ns is not None or self.until_ns is not None

    def wants_session(self, session: Session) -> bool:
        """Return whether its key and its last activity are among those that are looked through."""
        if self.since_ns is not None and session.activity_ns < self.since_ns:
            return False
        if self.until_ns is not None and session.activity_ns >= self.until_ns:
            return False
        if not self.sessions:
            return True
        key = session.key
        return any(fnmatch.fnmatchcase(key, pattern) for pattern in self.sessions)


class AccentsFolded:
    """Finds in a text without its accents; tells places of the text as it is."""

    may_be_slow: ClassVar[bool] = True

    def __init__(self, inner: Matcher) -> None:
        self._inner = inner

    def spans(self, text: str) -> Iterable[Span]:
        if text.isascii():
            return self._inner.spans(text)
        bare, places = without_accents(text)
        # A letter's own accents, which stand behind it, belong to the match.
        places.append(len(text))
        return ((places[start], places[stop]) for start, stop in self._inner.spans(bare))

    def count(self, text: str) -> int:
        return sum(1 for _ in self.spans(text))

    def has(self, text: str) -> bool:
        if text.isascii():
            return self._inner.has(text)
        return self._inner.has(without_accents(text)[0])


def without_accents(text: str) -> tuple[str, list[int]]:
    """A text without accents (marks of Unicode's canonical decomposition), and each character's place."""
    bare: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        base = char if char.isascii() else _base(char)
        if base:
            bare.append(base)
            places.append(place)
    return "".join(bare), places


@lru_cache(maxsize=4096)
def _base(char: str) -> str:
    """Return the letter below the accents; nothing for an accent that stands alone."""
    if category(char) == "Mn":
        return ""
    parts = normalize("NFD", char)
    return parts[0] if all(category(mark) == "Mn" for mark in parts[1:]) else char
