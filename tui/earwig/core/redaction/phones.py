"""Phone numbers, valid in some country."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from earwig.core.redaction.matches import Detector, Match, TextStretch

REGIONS = ("US", "GB", "DE", "FR", "ES", "IN")
"""Countries (ISO 3166) in which a number without a country code may be meant."""

_SIGNS = " \t\u00a0().\u2010-\u2015/-"
_CANDIDATE = re.compile(rf"(?<![\w.@+])(?:\+|00)?\(?\d(?:[{_SIGNS}]{{0,2}}\d){{6,16}}(?!\w)(?!\.\d)")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d")
_CALLED_SO = re.compile(
    r"(?:phones?|tel(?:ef(?:on|ono|one)|ephone)?|mobiles?|cell|call(?:ed|ing)?|fax|whats\s?app|sms|text|dial|handy"
    r"|nummer|number|m[óo]vil|celular|signal|reach(?:ed)?)\W{0,4}(?:\w{1,8}\W{1,3}){0,3}$",
    re.IGNORECASE,
)
_ANY = ("ZZ",)
"""No country: the number says its own."""

_CHECKED = 200
"""Different candidates of one text that are checked, some milliseconds each; all others are masked."""

_BEFORE = 48
"""Characters before a bare run of digits in which a word may say that it is a phone number."""


def phones(regions: Sequence[str] = REGIONS) -> Detector:
    """Return a detector for numbers with a country code, and for those that are valid in one of `regions`.

    A bare run of digits is more often an order than a phone: it counts where a word before it says so.
    """
    return partial(_phones, tuple(regions))


def _phones(regions: tuple[str, ...], look: TextStretch) -> Iterator[Match]:
    known: dict[tuple[str, bool], list[Match]] = look.known.setdefault(_phones, {})
    text = look.text
    for found in look.scan(_CANDIDATE):
        digits = found[0]
        if _DATE.match(digits):
            continue
        international = digits.startswith(("+", "00"))
        grouped = not digits.isdecimal()
        if not international and not grouped and not _is_called_so(text, found.start()):
            continue
        asked = (digits, international)
        if asked not in known and len(known) < _CHECKED:
            known[asked] = list(_valid(digits, _ANY if international else regions, grouped))
        unchecked = [Match(0, len(digits), "phone", digits)]
        for start, stop, kind, value in known.get(asked, unchecked):
            yield Match(found.start() + start, found.start() + stop, kind, value)


def _is_called_so(text: str, start: int) -> bool:
    return _CALLED_SO.search(text, max(0, start - _BEFORE), start) is not None


def _valid(digits: str, regions: Sequence[str], grouped: bool) -> Iterator[Match]:
    """Yield the numbers among the digits, by their places in them."""
    import phonenumbers  # 40 ms, for the first text that may hold a number

    strict = grouped and regions != _ANY
    leniency = phonenumbers.Leniency.STRICT_GROUPING if strict else phonenumbers.Leniency.VALID
    number = "+" + digits.removeprefix("00") if digits.startswith("00") and regions == _ANY else digits
    shift = len(digits) - len(number)
    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(number, region, leniency=leniency):
            country, national = match.number.country_code, match.number.national_number
            start = match.start + shift if match.start > 0 else 0
            yield Match(start, match.end + shift, "phone", f"+{country}{national}")
