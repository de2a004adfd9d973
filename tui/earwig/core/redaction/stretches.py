"""A text looked through a stretch at a time: what that takes does not grow with the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from earwig.core.redaction.decoded import Decoded
from earwig.core.redaction.matches import Detector, Match, TextStretch
from earwig.core.redaction.patterns import OwnPattern

LEVELS = 5
"""Times that escapes are undone: a tool's arguments are JSON in a string of JSON, and may hold more of it."""

STRETCH = 64 * 1024
"""Characters looked through at once: `re` lets no other thread run meanwhile."""

BEHIND = 8 * 1024
"""Characters looked at behind a stretch, so that what begins in it is found whole."""

BEFORE = 4 * 1024
"""Characters looked at before it, for what decides whether something begins there."""

_GROWTH = 4
"""Times that a stretch becomes longer where it can end nowhere: a key may be as long as a text."""


class PlacedMatch(NamedTuple):
    """A match by its place in the text as it is, with what decides between two in one place."""

    start: int
    stop: int
    cut: bool
    """Whether it began inside an escape: then it is rather no match, if a better one is there."""

    rank: tuple[int, int, int]
    kind: str
    value: str


class Stretches:
    """The stretches of one text, one after the other, and what is found in each.

    A stretch ends where nothing goes on: inside of no place that any pattern took, match or not, and of no
    escape, at any level. What is found is therefore what one look at the whole text would find.
    """

    def __init__(self, text: str, own: Sequence[OwnPattern], detectors: Sequence[Detector]) -> None:
        """Raises `RedactionFailed` for a pattern of the reader's own that takes too long."""
        self._text = text
        self._own = own
        self._own_places = [pattern.places(text) for pattern in own]
        self._detectors = detectors
        self._known: list[dict[Any, Any]] = [{} for _ in range(LEVELS + 1)]
        self.start = 0
        """Where the next stretch begins: all that is before is done."""

    @property
    def done(self) -> bool:
        return self.start >= len(self._text)

    def next(self) -> list[PlacedMatch]:
        """Return what begins in the next stretch, in no order. Raises `RedactionFailed`."""
        length = STRETCH
        while (found := self._found_in(length)) is None:
            length *= _GROWTH
        return found

    def _found_in(self, length: int) -> list[PlacedMatch] | None:
        """Return what begins in a stretch of at most `length` characters; None if it cannot end there."""
        before = self._before()
        stop = min(len(self._text), self.start + length + BEHIND)
        source = self._text[before:stop]
        start, last = self.start - before, len(source) - BEHIND
        ends = None
        if stop == len(self._text):
            last = len(source)
        else:
            ends = _Ends(max(start + length // 2, last - BEHIND), last)
        levels, found = self._looked_through(source, start, last, ends)
        found += self._by_own_patterns(before, start, last, ends)
        escapes = [list(_in_the_text(level.escapes(), levels[:depth])) for depth, level in enumerate(levels)]
        if ends is not None:
            for each in escapes:
                ends.take_escapes(each)
            end = ends.last()
            if end is None:
                return None
            last = end
        self.start = before + last
        return [it for it in _placed(found, levels, escapes, before) if it.start < self.start]

    def _before(self) -> int:
        """Where what is looked at before a stretch begins: not among backslashes, which go in pairs."""
        before = max(0, self.start - BEFORE)
        while before and self._text[before - 1] == "\\":
            before -= 1
        return before

    def _looked_through(
        self, source: str, start: int, last: int, ends: _Ends | None
    ) -> tuple[list[Decoded], list[tuple[Match, int, int]]]:
        """Return the levels of escapes, and what is found on each: the match, its rank, its level."""
        levels: list[Decoded] = []
        found: list[tuple[Match, int, int]] = []
        edge = len(source) if ends is None else ends.first
        while True:
            depth = len(levels)
            shown = levels[-1].text if levels else source
            look = TextStretch(
                shown, start, limit=last, edge=edge, size=len(self._text), known=self._known[depth]
            )
            detectors = [*(it.matches for it in self._own if depth), *self._detectors]
            first = 0 if depth else len(self._own)
            found += [
                (match, rank, depth)
                for rank, detector in enumerate(detectors, first)
                for match in detector(look)
            ]
            if ends is not None:
                ends.take(_in_the_text(look.taken, levels))
            under = Decoded(shown) if depth < LEVELS else None
            if under is None or not under.changed:
                return levels, found
            start, last, edge = under.place(start), under.place(last), under.place(edge)
            levels.append(under)

    def _by_own_patterns(
        self, before: int, start: int, last: int, ends: _Ends | None
    ) -> list[tuple[Match, int, int]]:
        """Return what the reader's own patterns match in the text as it is."""
        found: list[tuple[Match, int, int]] = []
        for rank, (pattern, (starts, stops)) in enumerate(zip(self._own, self._own_places, strict=True)):
            first, beyond = bisect_left(starts, before + start), bisect_left(starts, before + last)
            for at in range(first, beyond):
                place = starts[at] - before, stops[at] - before
                if ends is not None:
                    ends.take([place])
                found.append((Match(*place, pattern.name, self._text[starts[at] : stops[at]]), rank, 0))
        return found


class _Ends:
    """Where a stretch may end."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self._free = bytearray(b"\x01") * (last - first + 1)

    def take(self, places: Iterable[tuple[int, int]]) -> None:
        """It may not end inside one of these."""
        for start, stop in places:
            self._take(start + 1, stop)

    def take_escapes(self, places: Iterable[tuple[int, int]]) -> None:
        """Nor inside or right behind one of these: what they make may belong to an escape that follows."""
        for start, stop in places:
            self._take(start + 1, stop + 1)

    def _take(self, start: int, stop: int) -> None:
        start, stop = max(start - self.first, 0), min(stop - self.first, len(self._free))
        if start < stop:
            self._free[start:stop] = bytes(stop - start)

    def last(self) -> int | None:
        """Return the last place where it may."""
        found = self._free.rfind(1)
        return None if found < 0 else self.first + found


def _placed(
    found: Iterable[tuple[Match, int, int]],
    levels: Sequence[Decoded],
    escapes: Sequence[Sequence[tuple[int, int]]],
    before: int,
) -> Iterator[PlacedMatch]:
    """Matches by their place in the text, with the whole of the escapes that they cut."""
    for match, rank, depth in found:
        start, stop, kind, value = match
        for level in reversed(levels[:depth]):
            start, stop = level.start(start), level.stop(stop)
        wide = start, stop
        for each in escapes:
            wide = _widened(each, *wide)
        order = (rank, -depth, start - stop)
        yield PlacedMatch(before + wide[0], before + wide[1], wide[0] < start, order, kind, value)


def _in_the_text(places: Iterable[tuple[int, int]], levels: Sequence[Decoded]) -> Iterator[tuple[int, int]]:
    """Places in what the last of the levels has made, as places in the text that the first was made from."""
    for place in places:
        start, stop = place
        for level in reversed(levels):
            start, stop = level.start(start), level.stop(stop)
        yield start, stop


def _widened(escapes: Sequence[tuple[int, int]], start: int, stop: int) -> tuple[int, int]:
    """Return the place with the whole of the escapes that it cuts: half of one would make JSON none."""
    first = bisect_right(escapes, (start,)) - 1
    if first >= 0 and escapes[first][0] < start < escapes[first][1]:
        start = escapes[first][0]
    last = bisect_right(escapes, (stop,)) - 1
    if last >= 0 and escapes[last][0] < stop < escapes[last][1]:
        stop = escapes[last][1]
    return start, stop
