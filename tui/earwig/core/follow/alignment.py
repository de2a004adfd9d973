"""Tells which messages of a rewritten file were in it before, by their contents alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Alignment(NamedTuple):
    """What a file has in common with what was known of it."""

    old: int
    """The number of messages at the beginning of the file that were there before."""

    missing: int
    """The number of known messages, behind the last one that came back, that have not come back."""


def common_prefix(known: Sequence[int], found: Sequence[int], start: int = 0) -> int:
    """Return the number of messages that both begin with; the first `start` are known to be equal."""
    stop = min(len(known), len(found))
    while start < stop and known[start] == found[start]:
        start += 1
    return start


def align(known: Sequence[int], found: Sequence[int], *, since: int = 0, least: int = 0) -> Alignment:
    """Lay the messages that are found beside those that were known; both are hashes, from the file's start.

    The bot's rewrites keep the beginning, and what comes behind it is new. Other programs change messages in
    between: where two or more of what was known follow in their order, or one in its old place, what stands
    before was edited and has not come. One alone that is met again at another place proves nothing: it is
    said again.
    `since`: those before this one prove nothing: the one before it is new for certain.
    `least`: how many must have come back for the file not to be another conversation, which is all new.
    """
    prefix = common_prefix(known, found)
    rest, more = known[prefix:], found[prefix:]
    old, matched, missing = prefix, prefix, len(rest)
    if rest and more:
        reached = _longest_in_order(rest, more)
        if _is_credible(rest, more, [place for place in reached if place + prefix >= since]):
            old = prefix + reached[-1] + 1
            matched = prefix + len(reached)
            missing = _behind_the_last(rest, more[: reached[-1] + 1])
    if more and matched < least:
        return Alignment(0, 0)
    return Alignment(old, missing)


def _is_credible(known: Sequence[int], found: Sequence[int], reached: Sequence[int]) -> bool:
    if len(reached) == 1:
        place = reached[0]
        return 0 < place < len(known) and known[place] == found[place]
    return len(reached) > 1


def _longest_in_order(known: Sequence[int], found: Sequence[int]) -> list[int]:
    """Where in `found` the longest sequence common to both grows: at the earliest places that there are.

    A row of bits for each known message (Crochemore, Iliopoulos, Pinzon and Reid): linear in `found` but for
    the length of an integer, whatever repeats.
    """
    masks: dict[int, int] = {}
    for index, value in enumerate(known):
        masks[value] = masks.get(value, 0) | 1 << index
    full = (1 << len(known)) - 1
    row, places = full, []
    for index, value in enumerate(found):
        common = row & masks.get(value, 0)
        if common:
            before = row
            row = ((row + common) | (row - common)) & full
            if row.bit_count() < before.bit_count():
                places.append(index)
    return places


def _behind_the_last(known: Sequence[int], found: Sequence[int]) -> int:
    """Return how many of the known stand behind the place of the last that is found."""
    longest = len(_longest_in_order(known, found))
    low, high = longest, len(known)
    while low < high:
        middle = (low + high) // 2
        if len(_longest_in_order(known[:middle], found)) < longest:
            low = middle + 1
        else:
            high = middle
    return len(known) - low
