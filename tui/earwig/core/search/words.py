"""Matches that are whole words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from earwig.core.find.literal import Literal


class WholeWords:
    """Finds a literal where neither a letter, a digit nor `_` is beside it."""

    may_be_slow: ClassVar[bool] = False

    def __init__(self, literal: Literal) -> None:
        self._literal = literal
        self.may_be_in = literal.may_be_in

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the matches are, in order; one that is no whole word hides none that overlaps it."""
        behind = 0
        for start, stop in self._literal.every_span(text):
            if start < behind or (start and _of_word(text[start - 1])):
                continue
            if stop == len(text) or not _of_word(text[stop]):
                yield start, stop
                behind = stop

    def count(self, text: str) -> int:
        """How many there are."""
        return sum(1 for _ in self.spans(text))


def _of_word(char: str) -> bool:
    return char.isalnum() or char == "_"
