"""Works out which sessions are on the list, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.words import Closeness, Words
from earwig.core.model.session import SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, own_text

PINNED = own_text("pinned")
NO_CHANNEL = own_text("no channel")
_FOUND = {
    Closeness.TEXT: own_text("in the newest message"),
    Closeness.LETTERS: own_text("letters in this order"),
}


class Section(NamedTuple):
    """A part of the list with a heading of its own."""

    start: int
    heading: SafeText
    size: int


class Shown(NamedTuple):
    """What is on the list."""

    ids: Sequence[SessionId]
    sections: tuple[Section, ...] = ()
    """The parts with a heading, in order. Sessions before the first of them have none."""

    hidden: Mapping[Only, int] = {}
    """How many sessions each restriction hides of those that the ones before it leave."""

    matching: int = 0
    """The number of sessions that the restrictions and the filter leave."""


class ListRequest(NamedTuple):
    """What the reader asks to see."""

    only: Sequence[Only]
    kinds: Mapping[Only, AbstractSet[SessionId]]
    """The sessions that each restriction leaves."""

    words: Words
    pinned: AbstractSet[SessionId]
    channel_of: Callable[[SessionId], SafeText] | None
    """Returns the name of a session's group, "" for none; None where the list has no groups."""

    kept: SessionId | None
    """A session that no restriction hides: the reader is on it, and what it holds has just been read."""


def arranged(order: list[SessionId], asked: ListRequest) -> Shown:
    """Return a list restricted, filtered and grouped, with pinned sessions first."""
    if not (asked.only or asked.words or asked.pinned or asked.channel_of):
        return Shown(order, matching=len(order))
    order, hidden = _restricted(order, asked)
    parts: list[tuple[SafeText | None, list[SessionId]]] = [(None, order)]
    if asked.words:
        parts = [(None, asked.words.named(order))]
        parts += ((_FOUND[closeness], found) for closeness, found in asked.words.others(order))
    top, parts = _pinned_first(parts, asked.pinned)
    if asked.channel_of is not None:
        parts = _by_channel([it for _, part in parts for it in part], asked.channel_of)
        parts.insert(0, (PINNED, top))
    else:
        parts.insert(0, (None, top))
    return _joined(parts, hidden)


def _restricted(order: list[SessionId], asked: ListRequest) -> tuple[list[SessionId], dict[Only, int]]:
    hidden: dict[Only, int] = {}
    for only in asked.only:
        before, having = len(order), asked.kinds[only]
        order = [session_id for session_id in order if session_id in having or session_id == asked.kept]
        hidden[only] = before - len(order)
    return order, hidden


def _pinned_first(
    parts: list[tuple[SafeText | None, list[SessionId]]], pinned: AbstractSet[SessionId]
) -> tuple[list[SessionId], list[tuple[SafeText | None, list[SessionId]]]]:
    if not pinned:
        return [], parts
    top = [session_id for _, part in parts for session_id in part if session_id in pinned]
    return top, [(heading, [it for it in part if it not in pinned]) for heading, part in parts]


def _by_channel(
    order: list[SessionId], channel_of: Callable[[SessionId], SafeText]
) -> list[tuple[SafeText | None, list[SessionId]]]:
    """By the channels' names, not by their activity: groups that change places would carry rows away."""
    groups: dict[SafeText, list[SessionId]] = {}
    for session_id in order:
        groups.setdefault(channel_of(session_id), []).append(session_id)
    names = sorted(groups, key=lambda name: (not name, name))
    return [(name or NO_CHANNEL, groups[name]) for name in names]


def _joined(parts: list[tuple[SafeText | None, list[SessionId]]], hidden: Mapping[Only, int]) -> Shown:
    parts = [(heading, part) for heading, part in parts if part]
    if len(parts) == 1 and parts[0][0] is None:
        return Shown(parts[0][1], hidden=hidden, matching=len(parts[0][1]))
    ids: list[SessionId] = []
    sections: list[Section] = []
    for heading, part in parts:
        if heading is not None:
            sections.append(Section(len(ids), heading, len(part)))
        ids += part
    return Shown(ids, tuple(sections), hidden, len(ids))
