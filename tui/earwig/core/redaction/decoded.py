r"""A text with the escapes undone that may hide a value: `a\u0040b.example` is an address in every JSON."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator

_RUN = 8
# A `+` behind a repeat: nothing is kept for each round, to go back to; there may be millions.
_ESCAPE = re.compile(
    rf"(?P<run>(?:\\\\){{{_RUN},}}+)"
    r"|\\u(?P<unit>[0-9a-fA-F]{4})|\\(?P<sign>[\"\\/bfnrt])|%(?P<byte>[2-7][0-9a-fA-F])"
    "|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Decoded:
    """One level of escapes undone, with the way back to the places in the text that it was made from.

    Undone are JSON's, those of ASCII in addresses (`%40`), and characters that nobody sees. Many backslashes
    in a row, which stand for half as many, are one escape: they may be all that a text of megabytes holds.
    """

    def __init__(self, source: str) -> None:
        self._places = array("q")
        self._starts = array("q")
        self._stops = array("q")
        self._made = array("q")
        pieces: list[str] = []
        at = length = 0
        for found in _ESCAPE.finditer(source):
            new = _meaning(found)
            start, stop = found.span()
            pieces += (source[at:start], new)
            length += start - at
            self._places.append(length)
            self._starts.append(start)
            self._stops.append(stop)
            self._made.append(len(new))
            length += len(new)
            at = stop
        self.changed = bool(pieces)
        self.text = "".join((*pieces, source[at:])) if pieces else source

    def start(self, place: int) -> int:
        """Return where in the source the character at `place` begins."""
        at = bisect_right(self._places, place) - 1
        if at < 0:
            return place
        made, into = self._made[at], place - self._places[at]
        if into < made:
            return self._starts[at] + into * self._length(at) // made
        return self._stops[at] + into - made

    def stop(self, place: int) -> int:
        """Return where in the source the character before `place` ends."""
        at = bisect_right(self._places, place - 1) - 1
        if at >= 0 and (made := self._made[at]) and (into := place - self._places[at]) <= made:
            return self._starts[at] + into * self._length(at) // made
        return self.start(place - 1) + 1

    def place(self, place: int) -> int:
        """Return what a place in the source has become: inside an escape, where its result begins."""
        at = bisect_right(self._stops, place) - 1
        if at + 1 < len(self._starts) and self._starts[at + 1] < place:
            return self._places[at + 1]
        return place if at < 0 else self._places[at] + self._made[at] + place - self._stops[at]

    def escapes(self) -> Iterator[tuple[int, int]]:
        """Return the places of the source that were undone."""
        return zip(self._starts, self._stops, strict=True)

    def _length(self, at: int) -> int:
        return self._stops[at] - self._starts[at]


def _meaning(escape: re.Match[str]) -> str:
    match escape.lastgroup:
        case "unit":
            return chr(int(escape["unit"], 16))
        case "sign":
            sign = escape["sign"]
            return _SIGNS.get(sign, sign)
        case "byte":
            return chr(int(escape["byte"], 16))
        case "run":
            return "\\" * ((escape.end() - escape.start()) // 2)
    return ""
