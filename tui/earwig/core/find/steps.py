"""Bounds how long an expression can take: most need not be watched, which takes longer than they do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from earwig.core.find.parsed import parsed

_ONE_CHARACTER: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_FEW: Final = 32
"""Repeats up to which each number of them is counted as a way of its own."""


class Steps(NamedTuple):
    """The number of ways to match from one place of a text."""

    ways: int
    """The ways beyond those that grow with the text."""

    repeats: int
    """The number of parts that may repeat as often as there are characters."""

    def most(self, length: int) -> int:
        """Return how often all of the expression is tried at most in a text of `length` characters."""
        return self.ways * int(length ** (1 + self.repeats))


class _NotKnown(Exception):
    """The expression has a part whose ways are not counted here."""


def steps_of(expression: str) -> Steps | None:
    """Return the ways of an expression in which only single characters repeat; None for any other."""
    tree = parsed(expression)
    try:
        return None if tree is None else _of_sequence(tree)
    except (RecursionError, OverflowError, _NotKnown):
        return None


def _of_sequence(parts: Iterable[tuple[Any, Any]]) -> Steps:
    ways, repeats = 1, 0
    for kind, value in parts:
        more = _of_part(str(kind), value)
        ways, repeats = ways * more.ways, repeats + more.repeats
    return Steps(ways, repeats)


def _of_part(kind: str, value: Any) -> Steps:
    if kind in _ONE_CHARACTER or kind == "AT":
        return Steps(1, 0)
    if kind == "SUBPATTERN":
        return _of_sequence(value[3])
    if kind == "BRANCH":
        all_of_them = [_of_sequence(parts) for parts in value[1]]
        return Steps(sum(it.ways for it in all_of_them), max(it.repeats for it in all_of_them))
    if kind in _REPEATS:
        low, high, parts = value
        if len(parts) == 1 and str(parts[0][0]) in _ONE_CHARACTER:
            few = isinstance(high, int) and high <= _FEW
            return Steps(high - low + 1, 0) if few else Steps(1, 1)
    raise _NotKnown
