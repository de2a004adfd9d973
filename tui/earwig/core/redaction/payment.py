"""Card numbers and bank accounts, each by its own check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from earwig.core.redaction.matches import Match, TextStretch

_DIGITS = re.compile(r"(?<![\d.,])(?<![\d][-])\d{4,19}(?:[ \u00a0-]\d{2,7}){0,6}(?![\d])")
_GROUP = re.compile(r"\d+")
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|3[47]\d{13}|(?:5[1-5]|2[2-7])\d{14}"
    r"|(?:30|3[5689]|50|5[6-9]|6(?:011|4[4-9]|[02357]))\d{10,17}"
)
"""How the big networks' numbers begin, and how long they are: others pass Luhn's check one time in ten."""

_FIRST = (2, 3, 4, 5, 6)

_SHORTEST, _LONGEST = 13, 19
_ACCOUNT = re.compile(
    r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[A-Za-z0-9]{11,30}"
    r"|(?:[ \u00a0-][A-Za-z0-9]{4}){2,7}(?:[ \u00a0-][A-Za-z0-9]{1,3})?)(?![^\W_])"
)
_ACCOUNT_SHORTEST = 15


def cards(look: TextStretch) -> Iterator[Match]:
    """Numbers of 13 to 19 digits that pass Luhn's check, in groups or not."""
    for found in look.scan(_DIGITS):
        if found.end() - found.start() >= _SHORTEST:
            yield from _cards_in(found[0], found.start())


def _cards_in(text: str, at: int) -> Iterator[Match]:
    """Yield the longest that begins at each group: a number may have others beside it."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    first = 0
    while first < len(groups):
        if int(text[groups[first][0]]) not in _FIRST:
            first += 1
            continue
        for last in range(len(groups) - 1, first - 1, -1):
            size = sum(stop - start for start, stop in groups[first : last + 1])
            if size < _SHORTEST:
                break
            if size > _LONGEST:
                continue
            begin, end = groups[first][0], groups[last][1]
            digits = [int(char) for char in text[begin:end] if char.isdecimal()]
            if _is_card(digits):
                yield Match(at + begin, at + end, "card", "".join(map(str, digits)))
                first = last
                break
        first += 1


def _is_card(digits: Sequence[int]) -> bool:
    if not _SHORTEST <= len(digits) <= _LONGEST or len(set(digits)) == 1:
        return False
    return _CARD.fullmatch("".join(map(str, digits))) is not None and luhn(digits)


def luhn(digits: Sequence[int]) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        total += digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4)
    return total % 10 == 0


def accounts(look: TextStretch) -> Iterator[Match]:
    """International bank account numbers (IBAN) whose check is right."""
    text = look.text
    for found in look.scan(_ACCOUNT):
        stop = found.end()
        while stop - found.start() >= _ACCOUNT_SHORTEST:
            number = re.sub(r"[ \u00a0-]", "", text[found.start() : stop])
            if len(number) >= _ACCOUNT_SHORTEST and _checks(number):
                yield Match(found.start(), stop, "iban", number.upper())
                break
            # Words of the sentence that look like one more group.
            gap = max(text.rfind(sign, found.start(), stop) for sign in " \u00a0-")
            if gap < 0:
                break
            stop = gap


def _checks(number: str) -> bool:
    """Return whether the two digits behind the country check the rest (ISO 7064, MOD 97-10)."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
