"""Finds a text as it is, or whatever the case of its letters, in any script."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import ClassVar


class Literal:
    """Finds one text.

    Folded, it finds every part of a text that has the same case-folded form (Unicode's full folding):
    `strasse` is in `Straße` and in `STRASSE`, but `s` is not in `ß`, which is one letter.
    """

    may_be_slow: ClassVar[bool] = False

    def __init__(self, text: str, *, fold: bool, whole_words: bool = False) -> None:
        """Raises `ValueError` for an empty text, which is everywhere."""
        if not text:
            raise ValueError("nothing to find")
        self._fold = fold
        self._needle = text.casefold() if fold else text
        self._raw = _as_stored(self._needle)
        self._whole_words = whole_words
        # One that is no word of its own may overlap one that is.
        self._step = 1 if whole_words else len(self._needle)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the matches are, in order; none overlaps another."""
        found = self._occurrences(text)
        return _whole_words(text, found) if self._whole_words else found

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        needle, step = self._needle, self._step
        if not self._fold:
            yield from _occurrences(text, needle, step)
            return
        folded = text.casefold()
        if needle not in folded:
            return
        if len(folded) == len(text):  # each character has become one: no letter's form is empty
            yield from _occurrences(folded, needle, step)
            return
        letters = _Letters(text)
        at = folded.find(needle)
        while at >= 0:
            start, stop = letters.index(at), letters.index(at + len(needle))
            if start is not None and stop is not None:
                yield start, stop
                at = folded.find(needle, at + step)
            else:
                at = folded.find(needle, at + 1)

    def count(self, text: str) -> int:
        """How many there are."""
        if self._whole_words:
            return sum(1 for _ in self.spans(text))
        if not self._fold:
            return text.count(self._needle)
        folded = text.casefold()
        found = folded.count(self._needle)
        return found if not found or len(folded) == len(text) else sum(1 for _ in self.spans(text))

    def may_be_in(self, block: bytes) -> bool:
        r"""Whether any message of these lines may match; False is certain.

        Without an escape of the form `\u`, each character of a content is stored as its own UTF-8, but for
        those that JSON has other escapes for, which are in no needle that is looked for here. A folded needle
        in ASCII is found by lower case of ASCII alone where no other character folds to ASCII letters.
        """
        raw = self._raw
        if raw is None or b"\\u" in block:
            return True
        if not self._fold:
            return raw in block
        if not block.isascii() and (not raw.isascii() or _folds_to_ascii().search(block)):
            return True
        return raw in block.lower()


def _occurrences(text: str, needle: str, step: int) -> Iterator[tuple[int, int]]:
    at = text.find(needle)
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + step)


def _whole_words(text: str, found: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that no letter, digit or low line touches, but for such that overlap the one before."""
    last = 0
    for start, stop in found:
        if start >= last and not (_is_in_word(text, start - 1) or _is_in_word(text, stop)):
            yield start, stop
            last = stop


def _is_in_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


class _Letters:
    """Which character of a text a place in its folded form belongs to."""

    def __init__(self, text: str) -> None:
        found = [(match.start(), len(match[0].casefold()) - 1) for match in _growing().finditer(text)]
        self._more = list(accumulate((more for _, more in found), initial=0))
        self._starts = [at + more for (at, _), more in zip(found, self._more, strict=False)]

    def index(self, place: int) -> int | None:
        """The character that begins there; None inside of one."""
        before = bisect_left(self._starts, place)
        index = place - self._more[before]
        inside = before and place <= self._starts[before - 1] + self._more[before] - self._more[before - 1]
        return None if inside else index


def _as_stored(needle: str) -> bytes | None:
    """The needle as it is in a line that has no `\\u`; None where JSON has several ways to write it."""
    if any(char < " " or char in '"\\/' or "\ud800" <= char <= "\udfff" for char in needle):
        return None
    return needle.encode("utf-8")


@cache
def _growing() -> re.Pattern[str]:
    """Each character that folds to more than one; all are in these ranges."""
    ranges = (range(0xDF, 0x588), range(0x1E96, 0x2000), range(0xFB00, 0xFB18))
    return re.compile(
        "[" + "".join(chr(c) for codes in ranges for c in codes if len(chr(c).casefold()) > 1) + "]"
    )


@cache
def _folds_to_ascii() -> re.Pattern[bytes]:
    """Each character beyond ASCII in whose folded form there is ASCII, as it is stored."""
    ranges = (range(0x80, 0x588), range(0x1E96, 0x2000), range(0x2100, 0x2150), range(0xFB00, 0xFB18))
    folding = [
        chr(c)
        for codes in ranges
        for c in codes
        if not set(chr(c).casefold()).isdisjoint(map(chr, range(128)))
    ]
    return re.compile(b"|".join(char.encode() for char in folding))
