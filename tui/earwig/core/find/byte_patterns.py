r"""What the bytes of a line must hold for its message to match: a wide net, that lets no match through.

A character of a content stands in its line as its own UTF-8, as one of JSON's short escapes (`\n`, `\"`), or
as `\uNNNN`. The patterns have the first two; a line with a `\u` is always looked at. What is looked at is
decoded and matched as ever, so that a pattern may find too much, and must never find too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from earwig.core.find.parsed import parsed

_SHORT_ESCAPES: Final = {
    '"': rb"\\\"",
    "\\": rb"\\\\",
    "/": rb"(?:/|\\/)",
    "\b": rb"\\b",
    "\f": rb"\\f",
    "\n": rb"\\n",
    "\r": rb"\\r",
    "\t": rb"\\t",
}

_ESCAPED: Final = rb"\\u"
_BEYOND_ASCII: Final = rb"[\xc2-\xf4][\x80-\xbf]{1,3}"
_ANY: Final = rb"(?:[\x20\x21\x23-\x5b\x5d-\x7f]|" + _BEYOND_ASCII + rb'|\\["\\/bfnrt])'

FOLDING_TO_ASCII: Final = {
    "k": "\u212a",
    "s": "\u017f",
    "ss": "\xdf\u1e9e",
    "ff": "\ufb00",
    "fi": "\ufb01",
    "fl": "\ufb02",
    "ffi": "\ufb03",
    "ffl": "\ufb04",
    "st": "\ufb05\ufb06",
}
"""All characters beyond ASCII whose case-folded form is ASCII, by that form."""

CASES_BEYOND_ASCII: Final = {"k": "\u212a", "s": "\u017f", "i": "\u0130\u0131"}
"""What an expression without regard to case takes for a letter (the `regex` module's cases)."""

_LETTER_OF: Final = {char: letter for letter, chars in CASES_BEYOND_ASCII.items() for char in chars}

_MOST_REPEATS = 8
"""The most repeats that a pattern asks for, where an expression may ask for more."""


class BytePattern(NamedTuple):
    """A regular expression for bytes, in a syntax that all engines share."""

    expression: bytes
    folded: bool
    """Whether ASCII letters of any case are meant."""


ANY_LINE: Final = BytePattern(b"", folded=False)
"""The pattern where nothing is known: each line may match."""


def pattern_of_literal(text: str, *, fold: bool, accents_folded: bool = False) -> BytePattern:
    """Return what a line must hold in which a text is to be found.

    Folded, a match is made of characters whose folded forms are single characters of the needle, which the
    pattern has all of, or has one in it whose form is longer: a line with such a one is looked at.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return ANY_LINE  # half a surrogate pair is in no content; that is for the matcher to find out
    needle = text.casefold() if fold else text
    ways = [b"".join(_stored(char, fold=fold) for char in needle), _ESCAPED]
    if accents_folded:
        ways.append(_BEYOND_ASCII)
    elif fold:
        longer = FOLDING_TO_ASCII if needle.isascii() else longer_forms() | FOLDING_TO_ASCII
        ways += (
            re.escape(char.encode()) for form, chars in longer.items() if form in needle for char in chars
        )
    return BytePattern(b"|".join(ways), folded=fold)


def _stored(char: str, *, fold: bool) -> bytes:
    """Return the ways in which a character, or another that folds to it, stands in a line, but for `\\u`."""
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char < " ":
        return _ESCAPED
    if char.isascii():
        return _byte(ord(char))
    others = _single_forms().get(char, "") if fold else ""
    ways = [b"".join(map(_byte, each.encode())) for each in (char, *others)]
    return ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")"


def _byte(value: int) -> bytes:
    return bytes([value]) if chr(value).isalnum() and value < 128 else b"\\x%02x" % value


@cache
def _folding() -> list[tuple[str, str]]:
    """Return each character beyond ASCII that case folding changes, and what it makes of it."""
    # Beyond U+1E943, the last cased letters of Unicode 16, no planes have any.
    chars = map(chr, range(0x80, 0x1F000))
    return [(char, form) for char in chars if (form := char.casefold()) != char]


@cache
def _single_forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for char, form in _folding():
        if len(form) == 1:
            forms[form] = forms.get(form, "") + char
    return forms


@cache
def longer_forms() -> dict[str, str]:
    """Return the characters whose case-folded form has several, by that form."""
    forms: dict[str, str] = {}
    for char, form in _folding():
        if len(form) > 1:
            forms[form] = forms.get(form, "") + char
    return forms


def pattern_of_expression(text: str, *, fold: bool, accents_folded: bool = False) -> BytePattern:
    """Return what a line with a match of an expression must hold; `ANY_LINE`: not known.

    Read by Python's own parser. What it refuses, and what the `regex` module reads otherwise than it (fuzzy
    braces, sets of sets), is not known. Anchors and looks around only make matches fewer: they are left out.
    """
    tree = None if accents_folded else parsed(text)
    net = _Net()
    try:
        if tree is None or tree.getwidth()[0] == 0:
            return ANY_LINE
        fold = fold or bool(tree.state.flags & re.IGNORECASE)
        expression = net.sequence(tree)
    except (RecursionError, OverflowError, _NotKnown):
        return ANY_LINE
    fold = fold or net.folds
    ways = [expression, _ESCAPED]
    if fold:
        ways += (
            re.escape(char.encode()) for letter in sorted(net.letters) for char in CASES_BEYOND_ASCII[letter]
        )
    return BytePattern(b"|".join(ways), folded=fold)


class _NotKnown(Exception):
    """An expression has a part of which nothing is known."""


class _Net:
    """Makes of a parsed expression one for bytes that matches wherever that one does."""

    def __init__(self) -> None:
        self.folds = False
        """Whether a part of it has no regard to case."""

        self.letters: set[str] = set()
        """Its letters that others beyond ASCII are taken for; a set has all that are beyond anyway."""

    def sequence(self, parts: Iterable[tuple[Any, Any]]) -> bytes:
        return b"".join(self._part(str(kind), value) for kind, value in parts)

    def _part(self, kind: str, value: Any) -> bytes:
        match kind:
            case "LITERAL":
                self.letters |= CASES_BEYOND_ASCII.keys() & {chr(value).lower()}
                return _literal(value)
            case "ANY" | "NOT_LITERAL":
                return _ANY
            case "IN":
                return _set(value)
            case "AT" | "ASSERT" | "ASSERT_NOT":
                return b""
            case "BRANCH":
                return b"(?:" + b"|".join(map(self.sequence, value[1])) + b")"
            case "SUBPATTERN":
                _, added, _, parts = value
                self.folds = self.folds or bool(added & re.IGNORECASE)
                return b"(?:" + self.sequence(parts) + b")"
            case "ATOMIC_GROUP":
                return b"(?:" + self.sequence(value) + b")"
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                low, high, parts = value
                return b"(?:" + self.sequence(parts) + b")" + _repeats(low, high)
            case "GROUPREF" | "GROUPREF_EXISTS":
                return _ANY + b"*"
        raise _NotKnown


def _repeats(low: int, high: Any) -> bytes:
    low = min(low, _MOST_REPEATS)
    if not isinstance(high, int) or high > _MOST_REPEATS:
        return b"{%d,}" % low
    return b"{%d,%d}" % (low, high)


def _literal(code: int) -> bytes:
    char = chr(code)
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char < " ":
        return _ESCAPED
    if char.isascii():
        return _byte(code)
    letters = _both_cases(_LETTER_OF.get(char, ""))
    return b"(?:" + b"|".join([_BEYOND_ASCII, *letters]) + b")"


def _both_cases(letter: str) -> list[bytes]:
    return [each.encode() for each in letter.upper() + letter]


def _set(items: list[tuple[Any, Any]]) -> bytes:
    r"""Return a set of characters: those of ASCII that are in it, and all beyond, of which `\w` has many."""
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    wanted = [code for code in range(128) if any(_has(item, code) for item in items[negated:]) != negated]
    plain = [code for code in wanted if code >= 0x20 and chr(code) not in _SHORT_ESCAPES]
    ways = [_BEYOND_ASCII, *(_SHORT_ESCAPES[chr(code)] for code in wanted if chr(code) in _SHORT_ESCAPES)]
    for char, letter in _LETTER_OF.items():
        if any(_has(item, ord(char)) for item in items):
            ways += _both_cases(letter)
    if plain:
        ways.append(b"[" + b"".join(b"\\x%02x" % code for code in plain) + b"]")
    return b"(?:" + b"|".join(ways) + b")"


def _has(item: tuple[Any, Any], code: int) -> bool:
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return bool(code == value)
    if kind == "RANGE":
        return bool(value[0] <= code <= value[1])
    category = {
        "CATEGORY_DIGIT": r"\d",
        "CATEGORY_NOT_DIGIT": r"\D",
        "CATEGORY_SPACE": r"\s",
        "CATEGORY_NOT_SPACE": r"\S",
        "CATEGORY_WORD": r"\w",
        "CATEGORY_NOT_WORD": r"\W",
    }.get(str(value))
    if kind != "CATEGORY" or category is None:
        raise _NotKnown
    return re.match(category, chr(code)) is not None
