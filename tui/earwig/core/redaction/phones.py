"""Phone numbers, valid in some country."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from earwig.core.redaction.matches import Detector, Match, scan

REGIONS = ("US", "GB", "DE", "FR", "ES", "IN")
"""Countries (ISO 3166) in which a number without a country code may be meant."""

_SIGNS = " \t\u00a0().\u2010-\u2015/-"
_CANDIDATE = re.compile(rf"(?<![\w.@+])(?:\+|00)?\(?\d(?:[{_SIGNS}]{{0,3}}\d){{6,40}}(?!\w)(?!\.\d)")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d")
_CALLED_SO = re.compile(
    r"(?:phones?|tel(?:ef(?:on|ono|one)|ephone)?|mobiles?|cell|call(?:ed|ing)?|fax|whats\s?app|sms|text|dial|handy"
    r"|nummer|number|m[óo]vil|celular|signal|reach(?:ed)?)\W{0,4}(?:\w{1,8}\W{1,3}){0,3}$",
    re.IGNORECASE,
)
_ANY = ("ZZ",)
"""No country: the number says its own."""

_BEFORE = 48
"""Characters before a bare run of digits in which a word may say that it is a phone number."""


def phones(regions: Sequence[str] = REGIONS) -> Detector:
    """A detector for numbers with a country code, and for those that are valid in one of `regions`.

    A bare run of digits is more often an order than a phone: it counts where a word before it says so.
    """
    return partial(_phones, tuple(regions))


def _phones(regions: tuple[str, ...], text: str) -> Iterator[Match]:
    for found in scan(_CANDIDATE, text):
        digits = found[0]
        if _DATE.match(digits):
            continue
        if digits.startswith(("+", "00")):
            yield from _valid(found, digits.removeprefix("00"), _ANY)
        elif not digits.isdecimal():
            yield from _valid(found, digits, regions, strict=True)
        elif _CALLED_SO.search(text, max(0, found.start() - _BEFORE), found.start()):
            yield from _valid(found, digits, regions)


def _valid(
    found: re.Match[str], digits: str, regions: Sequence[str], *, strict: bool = False
) -> Iterator[Match]:
    import phonenumbers  # 40 ms, for the first text that may hold a number

    leniency = phonenumbers.Leniency.STRICT_GROUPING if strict else phonenumbers.Leniency.VALID
    shift = found.end() - len(digits)  # a candidate may begin with the 00 that stands for a plus
    if regions == _ANY and not digits.startswith("+"):
        digits, shift = "+" + digits, shift - 1
    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(digits, region, leniency=leniency):
            code, number = match.number.country_code, match.number.national_number
            start = max(found.start(), shift + match.start) if match.start > 1 else found.start()
            yield Match(start, shift + match.end, "phone", f"+{code}{number}")
