"""The customer's own name, as far as the session's key tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from earwig.core.model.titles import title_for
from earwig.core.redaction.matches import Detector, Match, TextStretch

_ORDINARY = frozenset(
    (
        *(
            "default",
            "main",
            "work",
            "home",
            "user",
            "users",
            "group",
            "chat",
            "bot",
            "test",
            "admin",
            "team",
        ),
        *("support", "web", "rpc", "org", "com", "net", "the", "and", "room", "thread", "channel"),
        *("interaction", "general"),
    )
)
"""Aliases, sigils and ends of host names, which are words of any conversation."""

_LONG_ID = 5
"""Digits from which on a number of the key is somebody's, and no count."""

_SHORTEST = 3


def handle(key: str) -> Detector:
    """Return a detector for the parts of a key that name a person or a room, with or without an @.

    Which part is the sender cannot be told (`conversation_history_key` in the bot): all of the key behind its
    channel, its long numbers and its last words count, ordinary words only behind an @.
    """
    rest = title_for(key).name if key.isascii() else key.partition("_")[2] or key
    whole = [part for part in re.split(r"[^\w]|_", rest) if part]
    words = _words(whole)
    alone = len(whole) == 1 and whole[0].casefold() in _ORDINARY
    forms = {_spaced(whole)} if len("".join(whole)) >= _SHORTEST and not alone else set()
    forms |= {_spaced(words[at:]) for at in range(len(words) - 1)}
    forms |= {re.escape(part) for part in whole if part.isdecimal() and len(part) >= _LONG_ID}
    forms |= {
        re.escape(word) for word in words if len(word) >= _SHORTEST and word.casefold() not in _ORDINARY
    }
    mentioned = {re.escape(word) for word in words}
    return partial(_handles, _pattern("@?", forms), _pattern("@", mentioned))


def _words(parts: list[str]) -> list[str]:
    """Return the last parts that are words: a display name may be several."""
    words: list[str] = []
    for part in reversed(parts):
        if part.isdecimal() or re.fullmatch(r"[0-9a-f]{4,}", part):
            break
        words.insert(0, part)
    return words


def _spaced(parts: list[str]) -> str:
    """In the key, each sign that is no letter or digit has become `_`."""
    return r"[\W_]{1,3}".join(map(re.escape, parts))


def _pattern(before: str, forms: set[str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"{before}(?<![^\W_])(?:{'|'.join(longest_first)})(?![^\W_])", re.IGNORECASE)


def _handles(
    anywhere: re.Pattern[str] | None, mentioned: re.Pattern[str] | None, look: TextStretch
) -> Iterator[Match]:
    for pattern in (anywhere, mentioned):
        if pattern is not None:
            for found in look.scan(pattern):
                yield Match(*found.span(), "handle", re.sub(r"[\W_]", "", found[0]).casefold())
