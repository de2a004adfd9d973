"""E-mail and internet addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from earwig.core.redaction.matches import Match, TextStretch

_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_](?:[\w-]{0,61}[^\W_])")
_AT = re.compile(r"@(?=[^\W_])")
_LONGEST_NAME = 64
"""Characters before the @ (RFC 5321, section 4.5.3.1.1)."""

_NAME_SIGNS = "._+-"
"""Those of the allowed signs that people have in their addresses; others more often stand before one."""

_V4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w)(?!\.\d)")
_V6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
)
_V6_COLONS = 2


def emails(look: TextStretch) -> Iterator[Match]:
    """Mailboxes; the domain needs a dot."""
    text = look.text
    for sign in look.scan(_AT):
        at = start = sign.start()
        while start > max(0, at - _LONGEST_NAME) and _is_of_a_name(text[start - 1]):
            start -= 1
        while start < at and text[start] in ".-":
            start += 1
        found = _EMAIL.match(text, start) if start < at else None
        if found is not None:
            look.take(*found.span())
            yield Match(*found.span(), "email", found[0].casefold())


def _is_of_a_name(char: str) -> bool:
    return char.isalnum() or char in _NAME_SIGNS


def internet_addresses(look: TextStretch) -> Iterator[Match]:
    """IPv4 and IPv6 addresses; four numbers of a version look the same and are masked too."""
    text = look.text
    if "." in text:
        for found in look.scan(_V4):
            yield from _address(found, "ipv4")
    if text.count(":") >= _V6_COLONS:
        for found in look.scan(_V6):
            if found[0].count(":") >= _V6_COLONS and any(char.isdigit() for char in found[0]):
                yield from _address(found, "ipv6")


def _address(found: re.Match[str], kind: str) -> Iterator[Match]:
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in found[0])
    try:
        value = ipaddress.ip_address(_without_zeros(digits) if kind == "ipv4" else digits)
    except ValueError:
        return
    yield Match(*found.span(), kind, str(value))


def _without_zeros(address: str) -> str:
    return ".".join(str(int(part)) for part in address.split("."))
