"""Tokens, keys and passwords: by the form that their makers gave them, or by the name before them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from earwig.core.redaction.matches import Match, TextStretch

_FORMS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*"  # JSON web tokens
    r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{22,}|glpat-[\w-]{16,}|gl(?:rt|ptt|dt)-[\w-]{16,}"
    r"|sk-[\w-]{16,}|[spr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[\w+/=]{16,}"
    r"|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}"
    r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"
    r"|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|dop_v1_[0-9a-f]{40,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|SK[0-9a-f]{32}|key-[0-9a-f]{32}"
    r"|\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])"  # Telegram's bots
    r")"
)
_BEHIND_A_SCHEME = re.compile(
    r"\b(?:bearer|basic|token|apikey)[ \t]+(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE
)
_SCHEMES = ("bearer", "basic", "token", "apikey")
_IN_AN_ADDRESS = re.compile(r"(?<=://)(?P<value>[^\s/@:\"'<>]{0,100}:[^\s/@\"'<>]{1,200})@")
# With `*+`, nothing is kept for each character, to go back to; there may be millions.
_KEY_BLOCK = re.compile(
    r"-----BEGIN [^-\n]{0,40}PRIVATE KEY[^-\n]{0,10}-----"
    r"(?:[\w+/=:,.\s]|-(?!----))*+(?:-----END [^-\n]{0,50}-----)?"
)
_NAMES = (
    r"api[_-]?key|secret|token|passw(?:or)?d|passphrase|passwort|pwd|access[_-]?key|private[_-]?key"
    r"|client[_-]?secret|auth(?:orization)?|credentials?|session[_-]?id|cookie|pin"
)
_IN_NAMES = ("key", "secret", "token", "pass", "pwd", "auth", "credential", "session", "cookie", "pin")
"""What each of them holds."""

_NAMED = re.compile(
    rf"(?<![^\W_])(?:{_NAMES})(?:[_-]\w{{1,20}})?[\"'`]?"
    r"(?P<sign>[ \t]{0,3}(?:=>|:=|[:=])[ \t]{0,3})"
    r"(?P<quote>[\"'`]?)(?P<value>[^\s\"'`,;&<>{}()\[\]]{4,})",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"(?<![^\W_])[A-Za-z_][\w-]{1,60}[\"'`]?[ \t]{0,3}(?:=>|:=|[:=])[ \t]{0,3}[\"'`]?"
    r"(?P<value>[A-Za-z0-9+/_=-]{20,})"
)
_MAY_BE_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{20}")
_WORD = re.compile(r"[^\W\d_]+[.!?]?")
_SAID_OF_NONE = frozenset(
    ("none", "null", "true", "false", "undefined", "bearer", "basic", "token", "required")
)
_BITS = 3.6
"""Shannon's entropy of a character, from which on a value with digits and both cases is no name or word."""

_LOOKED_AT = 4096


def secrets(look: TextStretch) -> Iterator[Match]:
    """Keys by their form, and what stands behind `Bearer`, `api_key=`, `https://name:` and their like."""
    text = look.text
    for found in look.scan(_FORMS):
        yield _match(found, 0)
    if "-----BEGIN" in text:
        for found in look.scan(_KEY_BLOCK):
            yield _match(found, 0)
    if _may_hold(_SCHEMES, text):
        for found in look.scan(_BEHIND_A_SCHEME):
            if _is_no_word(found["value"]):
                yield _match(found, "value")
    if "://" in text:
        for found in look.scan(_IN_AN_ADDRESS):
            yield _match(found, "value")
    if ":" in text or "=" in text:
        yield from _assigned(look)


def _may_hold(words: tuple[str, ...], text: str) -> bool:
    """Return whether a pattern that has no regard to case may find anything: it needs one of these."""
    if not text.isascii():
        return True  # some letters beyond ASCII are taken for others
    lower = text.lower()
    return any(word in lower for word in words)


def _assigned(look: TextStretch) -> Iterator[Match]:
    if _may_hold(_IN_NAMES, look.text):
        for found in look.scan(_NAMED):
            said_of_it = ":" in found["sign"] and not found["quote"]
            value = found["value"]
            if value.casefold() not in _SAID_OF_NONE and (_is_no_word(value) or not said_of_it):
                yield _match(found, "value")
    if _MAY_BE_RANDOM.search(look.text, look.start) is not None:
        for found in look.scan(_ASSIGNED):
            if _is_random(found["value"]):
                yield _match(found, "value")


def _match(found: re.Match[str], group: str | int) -> Match:
    return Match(*found.span(group), "secret", found[group])


def _is_no_word(value: str) -> bool:
    """Return whether it is not merely the next word of a sentence, as in `password: please ask`."""
    return not _WORD.fullmatch(value[:_LOOKED_AT])


def _is_random(value: str) -> bool:
    value = value[:_LOOKED_AT]
    if not (re.search(r"\d", value) and re.search(r"[a-z]", value) and re.search(r"[A-Z]", value)):
        return False
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values()) >= _BITS
