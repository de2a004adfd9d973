"""The pass that masks: every detector over every text, and nothing handed on if one of them fails."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from earwig.core.redaction.addresses import emails, internet_addresses
from earwig.core.redaction.aliases import Aliases
from earwig.core.redaction.decoded import Decoded
from earwig.core.redaction.handle import handle
from earwig.core.redaction.matches import Detector, Match
from earwig.core.redaction.patterns import SECONDS, ExtraPattern, RedactionFailed, pattern_detectors
from earwig.core.redaction.payment import accounts, cards
from earwig.core.redaction.phones import REGIONS, phones
from earwig.core.redaction.secrets import secrets
from earwig.core.safe_text import clean_line, own_text

LEVELS = 5
"""Times that escapes are undone: a tool's arguments are JSON in a string of JSON, and may hold more of it."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to be masked beside what earwig knows of itself."""

    patterns: Sequence[ExtraPattern] = ()
    regions: Sequence[str] = REGIONS
    """Countries (ISO 3166) whose phone numbers count without a country code."""

    seconds: float = SECONDS
    """How long one of the patterns may take for a text."""


class _Found(NamedTuple):
    """A match by its place in the text as it is, with what decides between two in one place."""

    start: int
    stop: int
    cut: bool
    """Whether it began inside an escape: then it is rather no match, if a better one is there."""

    rank: tuple[int, int, int]
    kind: str
    value: str


class Redactor:
    """Masks the texts of one session; equal values get equal aliases in all of them.

    A value that is split over two texts is not found.
    """

    def __init__(self, key: str, redaction: Redaction | None = None) -> None:
        """`key` is the session's. Raises `RedactionFailed` for a pattern that cannot be used."""
        redaction = redaction or Redaction()
        self._detectors: list[Detector] = [
            *pattern_detectors(redaction.patterns, redaction.seconds),
            secrets,
            emails,
            accounts,
            cards,
            phones(redaction.regions),
            internet_addresses,
            handle(key),
        ]
        self._aliases = Aliases()
        self.counts: Counter[str] = Counter()
        """Places masked so far, by kind."""

    def redact(self, text: str) -> str:
        """The text with an alias for everything that was found. Raises `RedactionFailed`."""
        try:
            pieces: list[str] = []
            at = 0
            for start, stop, kind, value in self._places(text):
                pieces += (text[at:start], self._aliases.alias(kind, value))
                self.counts[kind] += 1
                at = stop
        except RedactionFailed:
            raise
        except Exception as error:
            # Whatever it is: what was not looked through to the end is not handed on.
            name = clean_line(type(error).__name__)
            raise RedactionFailed(
                own_text("redaction failed ({}), so nothing is written; report it, without the session", name)
            ) from error
        return "".join((*pieces, text[at:])) if pieces else text

    def _places(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """What is to be masked, in order; what overlaps is one place, called by its most certain part."""
        found = sorted(self._found(text))
        first = 0
        while first < len(found):
            last, stop = first + 1, found[first].stop
            while last < len(found) and found[last].start < stop:
                stop = max(stop, found[last].stop)
                last += 1
            together = found[first:last]
            together = [match for match in together if not match.cut] or together
            best = min(together, key=lambda match: match.rank)
            yield (
                min(match.start for match in together),
                max(match.stop for match in together),
                best.kind,
                best.value,
            )
            first = last

    def _found(self, text: str) -> Iterator[_Found]:
        levels: list[Decoded] = []
        found: list[tuple[Match, int, int]] = []
        while True:
            shown = levels[-1].text if levels else text
            found += [
                (match, rank, len(levels))
                for rank, detector in enumerate(self._detectors)
                for match in detector(shown)
            ]
            under = Decoded(shown) if len(levels) < LEVELS else None
            if under is None or not under.changed:
                break
            levels.append(under)
        escapes = [list(_in_the_text(level.escapes(), levels[:depth])) for depth, level in enumerate(levels)]
        for match, rank, depth in found:
            ((start, stop),) = _in_the_text([(match.start, match.stop)], levels[:depth])
            wide = start, stop
            for each in escapes:
                wide = _widened(each, *wide)
            order = (rank, -depth, start - stop)
            yield _Found(*wide, wide[0] < start, order, match.kind, match.value)


def _in_the_text(places: Iterable[tuple[int, int]], levels: Sequence[Decoded]) -> Iterator[tuple[int, int]]:
    """Places in what the last of the levels has made, as places in the text that the first was made from."""
    for place in places:
        start, stop = place
        for level in reversed(levels):
            start, stop = level.start(start), level.stop(stop)
        yield start, stop


def _widened(escapes: Sequence[tuple[int, int]], start: int, stop: int) -> tuple[int, int]:
    """The place with the whole of the escapes that it cuts: half of one would make JSON none."""
    first = bisect_right(escapes, (start,)) - 1
    if first >= 0 and escapes[first][0] < start < escapes[first][1]:
        start = escapes[first][0]
    last = bisect_right(escapes, (stop,)) - 1
    if last >= 0 and escapes[last][0] < stop < escapes[last][1]:
        stop = escapes[last][1]
    return start, stop
