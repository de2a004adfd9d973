"""What a reader wants to find in all sessions, and in which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from earwig.core.find.literal import Literal
from earwig.core.find.matcher import BadPattern, Expression, Matcher, Query
from earwig.core.search.accents import Unaccented, without_accents
from earwig.core.search.words import WholeWords
from earwig.core.store import Session


class Case(Enum):
    """Whether capitals matter."""

    SMART = "smart"
    """Where the pattern has one."""
    IGNORE = "ignore"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for; without conditions, in each message of each session."""

    text: str
    regex: bool = True
    case: Case = Case.SMART
    whole_words: bool = False
    fold_accents: bool = False
    roles: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    """Patterns of keys, as a shell's; one of them must fit."""

    since_ns: int | None = None
    """The session's last activity is at this time or later (nanoseconds of the epoch)."""

    until_ns: int | None = None
    bad_lines: bool = False
    """Whether lines that the bot skips are searched too, as the text that they are."""

    def matcher(self) -> Matcher:
        """What finds it. Raises `BadPattern`."""
        if not self.text:
            raise BadPattern("nothing to find")
        fold = self.folds
        text = without_accents(self.text, syntax=self.regex) if self.fold_accents else self.text
        if not text:
            raise BadPattern("nothing is left of it without accents")
        inner: Matcher
        if self.regex:
            inner = Expression(text, fold=fold)
            if self.whole_words:
                inner = Expression(rf"(?<!\w)(?:{text})(?!\w)", fold=fold)
        else:
            literal = Literal(text, fold=fold)
            inner = WholeWords(literal) if self.whole_words else literal
        return Unaccented(inner) if self.fold_accents else inner

    @property
    def folds(self) -> bool:
        """Whether capitals do not matter."""
        if self.case is Case.SMART:
            return Query(self.text, self.regex).folds
        return self.case is Case.IGNORE

    def chosen(self, sessions: Iterable[Session]) -> list[Session]:
        """The sessions that it is about, in their order."""
        return [session for session in sessions if self._wants(session)]

    def _wants(self, session: Session) -> bool:
        if self.since_ns is not None and session.mtime_ns < self.since_ns:
            return False
        if self.until_ns is not None and session.mtime_ns > self.until_ns:
            return False

        return not self.sessions or any(fnmatchcase(session.key, pattern) for pattern in self.sessions)
