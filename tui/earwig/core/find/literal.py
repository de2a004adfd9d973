"""Finds a text as it is, or in upper or lower case, in any script."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import accumulate
from typing import ClassVar

_PART = 1024 * 1024
"""Characters of a long text that are folded together."""


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
        self._whole_words = whole_words
        # One that is no word of its own may overlap one that is.
        self._step = 1 if whole_words else len(self._needle)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the matches in order. None overlaps another."""
        found = self._occurrences(text)
        return _whole_words(text, found) if self._whole_words else found

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        if not self._fold:
            return _occurrences(text, self._needle, self._step)
        return self._folded(text) if len(text) <= _PART else self._folded_in_parts(text)

    def _folded_in_parts(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield those in a long text, folded part by part: that makes a copy, and few may be wanted."""
        begin = 0
        while begin < len(text):
            # No match has more characters than the needle, each of which folds to one or more.
            part = text[begin : begin + _PART + len(self._needle)]
            following = begin + _PART
            for start, stop in self._folded(part):
                if start >= _PART:
                    break
                yield begin + start, begin + stop
                if not self._whole_words:
                    following = max(following, begin + stop)
            begin = following

    def _folded(self, text: str) -> Iterator[tuple[int, int]]:
        folded = text.casefold()
        if self._needle not in folded:
            return iter(())
        if len(folded) == len(text):  # each character has become one: no letter's form is empty
            return _occurrences(folded, self._needle, self._step)
        return self._of_whole_letters(text, folded)

    def _of_whole_letters(self, text: str, folded: str) -> Iterator[tuple[int, int]]:
        needle, letters = self._needle, _Letters(text)
        at = folded.find(needle)
        while at >= 0:
            start, stop = letters.index(at), letters.index(at + len(needle))
            if start is not None and stop is not None:
                yield start, stop
                at = folded.find(needle, at + self._step)
            else:
                at = folded.find(needle, at + 1)

    def count(self, text: str) -> int:
        if self._whole_words:
            return sum(1 for _ in self.spans(text))
        if not self._fold:
            return text.count(self._needle)
        folded = text.casefold()
        found = folded.count(self._needle)
        if not found or len(folded) == len(text) or not self._may_begin_inside(text):
            return found
        return sum(1 for _ in self.spans(text))

    def has(self, text: str) -> bool:
        if not self._whole_words:
            if self._needle in text:  # also folded: what is folded already folds to itself
                return True
            if not self._fold:
                return False
        return any(True for _ in self.spans(text))

    def _may_begin_inside(self, text: str) -> bool:
        """Whether a match may begin or end inside a letter's folded form, which then shares some with it."""
        letters = self._sharing
        return letters is not None and letters.search(text) is not None

    @cached_property
    def _sharing(self) -> re.Pattern[str] | None:
        letters = [char for char in _growing_letters() if not set(char.casefold()).isdisjoint(self._needle)]
        return re.compile("[" + "".join(letters) + "]") if letters else None


def _occurrences(text: str, needle: str, step: int) -> Iterator[tuple[int, int]]:
    at = text.find(needle)
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + step)


def _whole_words(text: str, found: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield those that no letter, digit or low line touches, but for such that overlap the one before."""
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
        """Return the character that begins there; None inside of one."""
        before = bisect_left(self._starts, place)
        index = place - self._more[before]
        inside = before and place <= self._starts[before - 1] + self._more[before] - self._more[before - 1]
        return None if inside else index


@cache
def _growing() -> re.Pattern[str]:
    """Return each character that folds to more than one."""
    return re.compile("[" + _growing_letters() + "]")


@cache
def _growing_letters() -> str:
    """All of them are in these ranges."""
    ranges = (range(0xDF, 0x588), range(0x1E96, 0x2000), range(0xFB00, 0xFB18))
    return "".join(chr(c) for codes in ranges for c in codes if len(chr(c).casefold()) > 1)
