"""Marks in a text what a filter found in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style

MARK = Style(bold=True, underline=True)


def marked(text: str, words: Sequence[str], style: Style, *, letters: bool = False) -> list[Segment]:
    """Return the text in segments, with each of the words in it marked.

    As `letters`, else their letters apart.
    """
    places = found_in(text, words, letters=letters)
    if not places:
        return [Segment(text, style)]
    segments: list[Segment] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or (at in places) != (start in places):
            segments.append(Segment(text[start:at], style + MARK if start in places else style))
            start = at
    return segments


def found_in(text: str, words: Sequence[str], *, letters: bool = False) -> set[int]:
    """Return the characters of a text that are part of a word, or of its letters in their order."""
    folded = "".join(map(_folded, text))
    places: set[int] = set()
    for word in filter(None, words):
        there = set(_occurrences(folded, word))
        if not there and letters:
            there = set(_apart(folded, word))
        places |= there
    return places


def _folded(char: str) -> str:
    """Return the character without regard to case, if that is one character as well."""
    folded = char.casefold()
    return folded if len(folded) == 1 else char


def _occurrences(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield from range(at, at + len(word))
        at = text.find(word, at + len(word))


def _apart(text: str, word: str) -> list[int]:
    places: list[int] = []
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return []
        places.append(at)
    return places
