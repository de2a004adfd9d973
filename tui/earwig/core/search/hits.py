"""What a search finds: where it is, and enough of it to be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from earwig.core.find.matcher import Span
from earwig.core.store import Session

SNIPPET = 160
"""Characters of a content that a hit shows."""

_BEFORE = 50
"""Of them before the first match, at most."""


class Hit(NamedTuple):
    """One message, or bad line, in which there is a match."""

    session: Session
    offset: int
    """Of the line's first byte."""

    length: int
    """Bytes of the line, without its newline."""

    number: int
    """The line's number, from 1."""

    role: str
    """As it is stored; empty for a bad line."""

    snippet: str
    """The text around the first match, as it is stored."""

    ranges: tuple[Span, ...]
    """The matches in the snippet: each the first character, and the one behind the last."""

    sent_ns: int | None = None
    """The message's own time, in nanoseconds of the epoch, if it has one."""

    bad: bool = False
    """Whether it is a bad line, of which the snippet is raw text."""


def snippet_of(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """The part of a text around the first of some matches, and the matches in it, cut to it."""
    first = spans[0][0]
    start = 0 if len(text) <= SNIPPET else max(0, min(first - _BEFORE, len(text) - SNIPPET))
    stop = start + SNIPPET
    inside = ((max(0, at - start), min(end, stop) - start) for at, end in spans if at < stop)
    return text[start:stop], tuple(inside)
