"""The pass that masks: every detector over every text, and nothing handed on if one of them fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from earwig.core.redaction.addresses import emails, internet_addresses
from earwig.core.redaction.handle import handle
from earwig.core.redaction.matches import Detector
from earwig.core.redaction.patterns import SECONDS, ExtraPattern, OwnPattern, RedactionFailed
from earwig.core.redaction.payment import accounts, cards
from earwig.core.redaction.phones import REGIONS, phones
from earwig.core.redaction.secrets import secrets
from earwig.core.redaction.stretches import PlacedMatch, Stretches
from earwig.core.system.blake2 import blake2b
from earwig.core.text.safe_text import clean_line, own_text


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to be masked beside what earwig knows of itself."""

    patterns: Sequence[ExtraPattern] = ()
    regions: Sequence[str] = REGIONS
    """Countries (ISO 3166) whose phone numbers count without a country code."""

    seconds: float = SECONDS
    """How long one of the patterns may take for a text."""


Tick = Callable[[int, int], object]
"""Told how many characters of how many of one text are done, now and then; it may raise, to end it."""


class Redactor:
    """Masks a session's texts; equal values get equal aliases. A value split over two is not found."""

    def __init__(self, key: str, redaction: Redaction | None = None) -> None:
        """`key` is the session's. Raises `RedactionFailed` for a pattern that cannot be used."""
        redaction = redaction or Redaction()
        self._own = [OwnPattern(pattern, redaction.seconds) for pattern in redaction.patterns]
        self._detectors: list[Detector] = [
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

    def redact(self, text: str, tick: Tick | None = None) -> str:
        """Return the text with an alias for everything that was found.

        The time is in proportion to the text; what is kept beside it is what a stretch of it takes.
        Raises `RedactionFailed`, and what `tick` raises.
        """
        pieces: list[str] = []
        at = 0
        for done, places in self._stretches(text):
            masked: list[str] = []
            for start, stop, kind, value in places:
                masked += (text[at:start], self._aliases.alias(kind, value))
                self.counts[kind] += 1
                at = stop
            if masked:
                pieces.append("".join(masked))  # one text a stretch: there may be millions of places
            if tick is not None and done < len(text):
                tick(done, len(text))
        return "".join((*pieces, text[at:])) if pieces else text

    def _stretches(self, text: str) -> Iterator[tuple[int, list[tuple[int, int, str, str]]]]:
        """Yield how far it is after each stretch, and what to mask in it. Raises `RedactionFailed`."""
        try:
            stretches = Stretches(text, self._own, self._detectors)
            while not stretches.done:
                places = list(_together(sorted(stretches.next())))
                yield stretches.start, places
        except RedactionFailed:
            raise
        except Exception as error:
            # Whatever it is: what was not looked through to the end is not handed on.
            name = clean_line(type(error).__name__)
            raise RedactionFailed(
                own_text("redaction failed ({}), so nothing is written; report it, without the session", name)
            ) from error


def _together(found: Sequence[PlacedMatch]) -> Iterator[tuple[int, int, str, str]]:
    """Yield what is to be masked, in order; what overlaps is one place, called by its most certain part."""
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


class Aliases:
    """Gives out aliases, and remembers values only by their hash: a session may hold millions."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._used: Counter[str] = Counter()

    def alias(self, kind: str, value: str) -> str:
        """`[email-1]`."""
        name = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        known = blake2b(name, digest_size=16).digest()
        number = self._numbers.get(known)
        if number is None:
            self._used[kind] += 1
            number = self._numbers[known] = self._used[kind]
        return f"[{kind}-{number}]"
