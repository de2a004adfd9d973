"""Finds letters whatever accents they carry: `resume` is in `résumé`."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import ClassVar

from earwig.core.find.matcher import Matcher


class _Plain(dict[int, str]):
    """Each character without its accents (NFKD, less the marks), by code point."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code))
        text = self[code] = "".join(char for char in parts if not unicodedata.category(char).startswith("M"))
        return text


_plain = _Plain()


def without_accents(text: str, *, syntax: bool = False) -> str:
    """A text without accents; of an expression only letters change, so that its syntax stays."""
    if syntax:
        return "".join(_plain[ord(char)] if char.isalpha() else char for char in text)
    return text.translate(_plain)


class Unaccented:
    """Finds in a text without accents, and says where that is in the text with them."""

    may_be_slow: ClassVar[bool] = True

    def __init__(self, inner: Matcher) -> None:
        self._inner = inner

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the matches are, with all marks of their last letter. Raises `TooSlow`."""
        if text.isascii():
            yield from self._inner.spans(text)
            return
        stops: list[int] | None = None
        behind = 0
        for start, stop in self._inner.spans(text.translate(_plain)):
            if stops is None:
                stops = list(accumulate(len(_plain[ord(char)]) for char in text))
            first = bisect_right(stops, start)
            last = bisect_right(stops, stop - 1)
            behind_last = last + 1
            while behind_last < len(text) and stops[behind_last] == stops[last]:
                behind_last += 1
            if first >= behind:  # two matches may be in one letter: `ﬁ`
                yield first, behind_last
                behind = behind_last

    def count(self, text: str) -> int:
        """How many there are. Raises `TooSlow`."""
        return sum(1 for _ in self.spans(text))

    def may_be_in(self, block: bytes) -> bool:
        r"""Nothing is known of a block with letters beyond ASCII, written as they are or as `\u`."""
        return not block.isascii() or b"\\u" in block or self._inner.may_be_in(block)
