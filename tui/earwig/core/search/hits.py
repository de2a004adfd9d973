"""What a search finds: where it is, and enough of it to be recognised."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from earwig.core.content.envelopes import sent_at
from earwig.core.find.matcher import Span, TooSlow
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.stores.jsonl.decoding import Decoded

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


def snippet_of(text: str, spans: Iterable[Span]) -> tuple[str, tuple[Span, ...]] | None:
    """The part of a text around the first of some matches, and the matches in it, cut to it.

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
    r"""A bad line's raw text; bytes that are not UTF-8 are `\xNN`."""
    return item.raw.decode("utf-8", "backslashreplace")


def hit_of(
    session: Session,
    offset: int,
    length: int,
    number: int,
    item: Decoded,
    snippet: tuple[str, tuple[Span, ...]],
) -> Hit:
    """A line in which something was found, by its place, its number and what it is."""
    if isinstance(item, ChatMessage):
        sent = sent_at(*item)
        sent_ns = None if sent is None else int(sent.timestamp()) * 10**9
        return Hit(session, offset, length, number, item.role, *snippet, sent_ns)
    return Hit(session, offset, length, number, "", *snippet, bad=True)
