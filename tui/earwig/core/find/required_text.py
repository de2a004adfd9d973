"""Tells what a text must hold for anything to be found in it: for stores that ask for plain texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from earwig.core.find.byte_patterns import (
    CASES_BEYOND_ASCII,
    FOLDING_TO_ASCII,
    longer_forms,
)
from earwig.core.find.parsed import parsed

_LONGEST = 100
"""The most characters of a part. A longer one leaves out no more."""


class RequiredText(NamedTuple):
    """The part stands in each text with a match, or one of the others does; not each with them has one."""

    part: str
    """ASCII, with A to Z small or not."""

    others: str = ""
    """Characters beyond ASCII that may stand for some of it."""

    or_beyond_ascii: bool = False
    """Whether any character beyond ASCII may."""


def required_by_literal(text: str, *, fold: bool, accents_folded: bool = False) -> RequiredText | None:
    """Return what a text must hold in which another is to be found; None where nothing is known.

    Folded, a match is made of characters whose folded forms are parts of the needle, which is ASCII where the
    part is: those characters are the part's own letters, or the others.
    """
    needle = text.casefold() if fold else text
    part = _longest(char if char.isascii() else "\0" for char in needle)
    if part is None:
        return None
    if accents_folded:
        return RequiredText(part, or_beyond_ascii=True)
    if not fold:
        return RequiredText(part)
    forms = FOLDING_TO_ASCII if needle.isascii() else longer_forms() | FOLDING_TO_ASCII
    return RequiredText(part, "".join(chars for form, chars in forms.items() if form in needle))


def required_by_expression(text: str, *, accents_folded: bool = False) -> RequiredText | None:
    """Return what a text must hold in which a regular expression is to match; None where nothing is known.

    Made of characters that it names one behind the other, where nothing else can stand instead.
    """
    tree = parsed(text)
    part = None if tree is None else _longest(_named(tree))
    if part is None:
        return None
    if accents_folded:
        return RequiredText(part, or_beyond_ascii=True)
    letters = CASES_BEYOND_ASCII.keys() & set(part.lower())
    return RequiredText(part, "".join(CASES_BEYOND_ASCII[letter] for letter in sorted(letters)))


def _named(parts: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Yield each character by its own; a NUL where anything else may be."""
    for kind, value in parts:
        match str(kind):
            case "LITERAL":
                yield chr(value) if 0 < value < 128 else "\0"
            case "SUBPATTERN":
                yield from _named(value[3])
            case "ATOMIC_GROUP":
                yield from _named(value)
            case "AT":
                pass
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT" if value[0]:
                yield from _named(value[2])
                yield "\0"
            case _:
                yield "\0"


def _longest(chars: Iterable[str]) -> str | None:
    """Return the longest run without a NUL; None where there is no run."""
    runs = ("".join(run) for is_gap, run in groupby(chars, "\0".__eq__) if not is_gap)
    return max(runs, key=len, default="")[:_LONGEST] or None
