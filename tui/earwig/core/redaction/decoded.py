r"""A text with the escapes undone that may hide a value: `a\u0040b.example` is an address in every JSON."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

_ESCAPE = re.compile(
    r"\\u(?P<unit>[0-9a-fA-F]{4})|\\(?P<sign>[\"\\/bfnrt])|%(?P<byte>[2-7][0-9a-fA-F])"
    "|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Decoded:
    """One level of escapes undone, with the way back to the places in the text that it was made from.

    Undone are JSON's, those of ASCII in addresses (`%40`), and characters that nobody sees.
    """

    def __init__(self, source: str) -> None:
        self._places: list[int] = []
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._made: list[int] = []
        pieces: list[str] = []
        at = length = 0
        for found in _ESCAPE.finditer(source):
            new = _meaning(found)
            pieces += (source[at : found.start()], new)
            length += found.start() - at
            self._places.append(length)
            self._starts.append(found.start())
            self._stops.append(found.end())
            self._made.append(len(new))
            length += len(new)
            at = found.end()
        self.changed = bool(pieces)
        self.text = "".join((*pieces, source[at:])) if pieces else source

    def start(self, place: int) -> int:
        """Where in the source the character at `place` begins."""
        at = bisect_right(self._places, place) - 1
        if at < 0:
            return place
        if self._made[at] and self._places[at] == place:
            return self._starts[at]
        return self._stops[at] + place - self._places[at] - self._made[at]

    def stop(self, place: int) -> int:
        """Where in the source the character before `place` ends."""
        at = bisect_right(self._places, place - 1) - 1
        if at >= 0 and self._made[at] and self._places[at] == place - 1:
            return self._stops[at]
        return self.start(place - 1) + 1

    def escapes(self) -> Iterator[tuple[int, int]]:
        """The places of the source that were undone."""
        return zip(self._starts, self._stops, strict=True)


def _meaning(escape: re.Match[str]) -> str:
    if (unit := escape["unit"]) is not None:
        return chr(int(unit, 16))
    if (sign := escape["sign"]) is not None:
        return _SIGNS.get(sign, sign)
    byte = escape["byte"]
    return "" if byte is None else chr(int(byte, 16))
