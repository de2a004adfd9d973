"""What a search finds: where it is, and enough of it to be recognised."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from earwig.core.content.envelopes import sent_at
from earwig.core.find.matcher import Span, TooSlow
from earwig.core.model.entries import Item, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session

SNIPPET = 160
"""Characters of a content that a hit shows."""

_BEFORE = 50
"""Of them before the first match, at most."""


class Hit(NamedTuple):
    """One message, or bad line, in which there is a match."""

    session: Session
    position: Position
    next: Position
    size: int
    number: int
    role: str
    """As it is stored; empty for a bad line."""

    snippet: str
    ranges: tuple[Span, ...]
    """The matches in the snippet: each the first character, and the one behind the last."""

    sent_ns: int | None = None
    """The message's own time, or when it was stored, in nanoseconds of the epoch; None where nobody knows."""

    bad: bool = False
    """Whether it is a bad line, of which the snippet is raw text."""

    time: float | None = None
    """When it was stored (Unix time, seconds), where the store knows that."""


def snippet_of(text: str, spans: Iterable[Span]) -> tuple[str, tuple[Span, ...]] | None:
    """Return the part of a text around the first of some matches, and the matches in it, cut to it.

    Takes no more matches than it shows; None where there are none. Raises `TooSlow` only before the first.
    """
    rest = iter(spans)
    first = next(rest, None)
    if first is None:
        return None
    start = 0 if len(text) <= SNIPPET else max(0, min(first[0] - _BEFORE, len(text) - SNIPPET))
    stop = start + SNIPPET
    inside: list[Span] = []
    with suppress(TooSlow):  # that there is a match is known already
        for at, end in chain((first,), rest):
            if at >= stop:
                break
            inside.append((at - start, (end if end < stop else stop) - start))
    return text[start:stop], tuple(inside)


def text_of_bad(item: BadLine) -> str:
    r"""Return a bad line's raw text; bytes that are not UTF-8 are `\xNN`."""
    return item.raw.decode("utf-8", "backslashreplace")


def hit_of(
    session: Session,
    place: tuple[Position, Position, int],
    number: int,
    item: Item | None,
    snippet: tuple[str, tuple[Span, ...]],
    time: float | None = None,
) -> Hit:
    """Return an entry in which something was found; `place`: its position, the next one, and its size."""
    stored_ns = None if time is None else round(time * 10**9)
    if isinstance(item, ChatMessage):
        sent = sent_at(*item)
        sent_ns = stored_ns if sent is None else int(sent.timestamp()) * 10**9
        return Hit(session, *place, number, item.role, *snippet, sent_ns, time=time)
    return Hit(session, *place, number, "", *snippet, stored_ns, bad=True, time=time)
