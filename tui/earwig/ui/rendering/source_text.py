"""Text that knows where it is stored: what is drawn of it can be copied as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Self, SupportsIndex

from earwig.core.text.safe_text import SafeText, clean, equal


class SourceText(str):
    """A piece of a message's text, of which each character has a place in the stored content.

    It is drawn as any other string: what is cut out of it, or made of it while it is laid out, still knows
    its places. Only what is selected is drawn so; nothing else pays for it.
    """

    starts: Sequence[int]
    """Where what each character stands for begins in the content."""

    stops: Sequence[int]
    """Where that ends."""

    def __new__(cls, text: str, starts: Sequence[int], stops: Sequence[int]) -> Self:
        self = super().__new__(cls, text)
        self.starts, self.stops = starts, stops
        return self

    @classmethod
    def whole(cls, content: str) -> Self:
        """Return a content in which each character stands for itself."""
        return cls(content, range(len(content)), range(1, len(content) + 1))

    def at(self, start: int, stop: int) -> Self:
        """Return the characters from `start` to before `stop`."""
        return type(self)(
            str.__getitem__(self, slice(start, stop)), self.starts[start:stop], self.stops[start:stop]
        )

    def as_one(self, text: str) -> Self:
        """Return another text that stands for all of this one, each character of it."""
        starts, stops = self.starts[:1], self.stops[-1:]
        return type(self)(text, [*starts] * len(text), [*stops] * len(text))

    def as_written(self, text: str) -> Self:
        """Return a text of the same length, character by character instead of this one."""
        return type(self)(text, self.starts, self.stops)

    def redrawn(self, text: str) -> Self:
        """Return a text in place of this one, in which other characters may stand, and more at its start."""
        more = len(text) - len(self)
        return self._made_of(text, [*[0] * more, *range(len(self))]) if more else self.as_written(text)

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            return self.at(start, stop) if step == 1 else str.__getitem__(self, key)
        return str.__getitem__(self, key)

    def __add__(self, other: str) -> str:
        if not isinstance(other, SourceText):
            end = self.stops[-1:]
            other = SourceText(other, [*end] * len(other), [*end] * len(other))
        text = str.__add__(self, other)
        return type(self)(text, [*self.starts, *other.starts], [*self.stops, *other.stops])

    def strip(self, chars: str | None = None) -> str:
        return self[len(self) - len(str.lstrip(self, chars)) :].rstrip(chars)

    def lstrip(self, chars: str | None = None) -> str:
        return self[len(self) - len(str.lstrip(self, chars)) :]

    def rstrip(self, chars: str | None = None) -> str:
        return self[: len(str.rstrip(self, chars))]

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        parts = str.split(self, sep, maxsplit)
        if sep is None:
            return parts
        starts = accumulate((len(part) + len(sep) for part in parts), initial=0)
        return [self.at(start, start + len(part)) for start, part in zip(starts, parts, strict=False)]

    def expandtabs(self, tabsize: SupportsIndex = 8) -> str:
        if "\t" not in self:
            return self
        stop, column = int(tabsize), 0
        pieces: list[str] = []
        places: list[int] = []
        for index, char in enumerate(self):
            count = stop - column % stop if char == "\t" else 1
            pieces.append(" " * count if char == "\t" else char)
            places += [index] * count
            column = 0 if char == "\n" else column + count
        return self._made_of("".join(pieces), places)

    def cleaned(self) -> SafeText:
        """Return the text as `clean` makes it."""
        text = clean(self)
        if len(text) == len(self) and "\r\n" not in self:
            return equal(self.as_written(text), text)
        places: list[int] = []
        for index, char in enumerate(self):
            if len(places) == len(text) or (char == "\r" and self.startswith("\n", index + 1)):
                continue
            if clean(char) == text[len(places)]:
                places.append(index)
        return equal(self._made_of(text, places), text)

    def _made_of(self, text: str, places: Sequence[int]) -> Self:
        starts, stops = self.starts, self.stops
        return type(self)(text, [starts[at] for at in places], [stops[at] for at in places])


def cleaned(text: str) -> SafeText:
    """Return a text as it may be shown; one that knows where it is stored goes on to."""
    return text.cleaned() if isinstance(text, SourceText) else clean(text)
