r"""Which lines may match, told from their bytes: an expression over bytes that no matching line escapes.

Why none does. In a message's line, each character of the content is stored as its own UTF-8, as one of JSON's
short escapes, or as `\u` and four digits. A line with any `\u` is a candidate. In any other, a literal's
characters stand one behind the other, each in one of the two other forms. Where case is folded, a character
of the text has become one or more of the needle: one that has become ASCII is of that letter's two cases, or
a rare one (the Kelvin sign, the long s), and a line with that is a candidate; one that has become something
else is among the alternatives at its place; one that has become several (`ß`) is rare too.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from earwig.core.search.query import SearchQuery
from earwig.core.search.required import required_texts

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_EXPRESSION_RARE = "\u0130\u0131\u017f\u212a"
"""What the `regex` module takes for an ASCII letter where case is ignored: İ, ı, ſ and the Kelvin sign."""

_ESCAPED = rb"\\u"
_BEYOND_ASCII = rb"[\x80-\xff]"


def candidates_of(query: SearchQuery) -> tuple[bytes, bool] | None:
    """An expression for a part of each line that may match, and whether ASCII's case is ignored in it.

    None: nothing is known, and every line may. A bad line may hold anything in any form.
    """
    if query.bad_lines:
        return None
    folds = query.folds
    if query.fold_accents:
        return _unaccented(query)
    if query.regex:
        texts = required_texts(query.text)
        if texts is None:
            return None
        parts = [_stored(text, fold=False) for text in texts]
        rare = list(_EXPRESSION_RARE) if folds else []
    else:
        text = query.text.casefold() if folds else query.text
        parts = [_stored(text, fold=folds)]
        rare = _rare_in(text) if folds else []
    return _any_of([*parts, _ESCAPED, *(_raw(char) for char in rare)]), folds


def _unaccented(query: SearchQuery) -> tuple[bytes, bool] | None:
    from earwig.core.search.accents import without_accents

    texts = required_texts(query.text) if query.regex else [query.text]
    if texts is None:
        return None
    plain = [without_accents(text) for text in texts]
    if query.folds and not query.regex:
        plain = [text.casefold() for text in plain]
    return _any_of([*(_stored(text, fold=False) for text in plain), _ESCAPED, _BEYOND_ASCII]), query.folds


def _any_of(parts: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(parts) + b")"


def _stored(text: str, *, fold: bool) -> bytes:
    return b"".join(_stored_char(char, fold=fold) for char in text)


def _stored_char(char: str, *, fold: bool) -> bytes:
    if char in _SHORT:
        return _raw(_SHORT[char])
    if char == "/":
        return rb"\\?/"
    if not fold or char.isascii():
        return _raw(char)
    return _any_of(_raw(one) for one in (char, *_folding_to().get(char, ())))


def _raw(text: str) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in text.encode("utf-8", "surrogatepass"))


def _rare_in(needle: str) -> list[str]:
    """Characters beyond ASCII that fold to ASCII or to several characters, if that is in the needle."""
    return [
        char
        for folded, chars in _folding_to().items()
        if folded in needle and (len(folded) > 1 or folded.isascii())
        for char in chars
        if not char.isascii()
    ]


@cache
def _folding_to() -> dict[str, tuple[str, ...]]:
    """The characters that fold to a text other than themselves, by that text."""
    found: dict[str, list[str]] = {}
    # All that have cases are below: planes 2 and up hold ideographs, tags and private use.
    for char in map(chr, range(0x20000)):
        folded = char.casefold()
        if folded != char:
            found.setdefault(folded, []).append(char)
    return {folded: tuple(chars) for folded, chars in found.items()}
