"""Filters of a session's entries, typed in words. An entry is shown where all parts of its filter hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from earwig.core.content.turns import is_failure, is_tool_traffic
from earwig.core.find.matcher import Query
from earwig.core.model.entries import Entry, Item, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.roles import AS_IT_IS, ROLES, read_role

WORDS = ("role:user", "role:assistant", "role:tool", "role:system", "tools", "-tools", "failed", "bad")
"""What a filter may say beside text to look for. A minus before a part turns it round."""

_FILTER_NAME = re.compile(r"[A-Za-z]{3,}")
"""What stands before a colon as the name of a filter would; in an address, a path follows."""

_PART = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


class BadFilter(ValueError):
    """Raised for a text that is no filter. Says why, in words for the reader."""


@dataclass(frozen=True)
class Condition:
    """One part of a filter."""

    words: str
    """The part as the reader may write it, uncleaned."""

    kind: str
    value: str = ""
    negated: bool = False

    def holds(self, item: Item) -> bool:
        """Return whether an item fulfils it; one that nobody has read, as a too long line, never does."""
        if isinstance(item, RemovedEntry):
            return item.item is None or self.holds(item.item)
        return self._test(item) != self.negated

    @property
    def _test(self) -> Callable[[Item], bool]:
        known = self.__dict__.get("_made")
        if known is None:
            known = self.__dict__["_made"] = _TESTS[self.kind](self.value)
        made: Callable[[Item], bool] = known
        return made


@dataclass(frozen=True)
class EntryFilter:
    """All conditions together. Equal ones are the same filter."""

    conditions: tuple[Condition, ...]

    def wants(self, item: Item) -> bool:
        """Return whether every condition leaves an item."""
        return all(condition.holds(item) for condition in self.conditions)

    def matches(self, entry: Entry) -> bool:
        """Return whether every condition leaves an entry."""
        return self.wants(entry.item)

    @property
    def description(self) -> str:
        """The filter as the reader may type it, uncleaned: `role:user -tools "to day"`."""
        return " ".join(condition.words for condition in self.conditions)


def read_filter(text: str) -> EntryFilter | None:
    """Return the filter that a text says; None if it says nothing. Raises `BadFilter`.

    `role:user,tool`, `tools`, `failed` and `bad` (lines), or else text that a message holds (in any case,
    unless it has a capital); what has spaces, or is one of these words, in double quotes.
    """
    conditions = [_condition(*found.groups()) for found in _PART.finditer(text)]
    kept = tuple(dict.fromkeys(condition for condition in conditions if condition is not None))
    return EntryFilter(kept) if kept else None


def _condition(minus: str, quoted: str | None, word: str | None) -> Condition | None:
    negated = bool(minus)
    if quoted is not None:
        return Condition(f'{minus}"{quoted}"', "text", quoted, negated) if quoted else None
    word = word or ""
    name, colon, value = word.partition(":")
    if name.lower() == "role" and colon:
        try:
            roles = ",".join(read_role(role) for role in value.split(",") if role.strip(AS_IT_IS))
        except ValueError as problem:
            raise BadFilter(str(problem)) from problem
        if not roles:
            raise BadFilter("which role? as in role:user or role:user,tool")
        words = ",".join(role if role in ROLES else AS_IT_IS + role for role in roles.split(","))
        return Condition(f"{minus}role:{words}", "role", roles, negated)
    if colon and _FILTER_NAME.fullmatch(name) and value and not value.startswith(("/", "\\")):
        raise BadFilter(f'{name}: is no filter; text in quotes: "{word}"')
    if word.lower() in ("tools", "failed", "bad"):
        return Condition(minus + word.lower(), word.lower(), negated=negated)
    return Condition(minus + word, "text", word, negated)


def _role_test(value: str) -> Callable[[Item], bool]:
    roles = frozenset(value.split(","))
    return lambda item: isinstance(item, ChatMessage) and item.role in roles


def _text_test(value: str) -> Callable[[Item], bool]:
    matcher = Query(value).matcher()
    return lambda item: isinstance(item, ChatMessage) and bool(matcher.count(item.content))


def _message_test(test: Callable[[ChatMessage], bool]) -> Callable[[str], Callable[[Item], bool]]:
    return lambda _: lambda item: isinstance(item, ChatMessage) and test(item)


_TESTS: dict[str, Callable[[str], Callable[[Item], bool]]] = {
    "role": _role_test,
    "text": _text_test,
    "tools": _message_test(is_tool_traffic),
    "failed": _message_test(is_failure),
    "bad": lambda _: lambda item: isinstance(item, BadLine),
}
