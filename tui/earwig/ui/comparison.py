"""Compares what was held of a session with a page of what is there now, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from earwig.core.message import ChatMessage
from earwig.core.transcript.entries import Entry, Page


class Verdict(NamedTuple):
    """What became of an entry."""

    gone: bool
    offset: int
    """Where it is; if it is gone, of the line before which it would be."""

    replaced: bool = False
    """Whether it is gone because another message came in its place."""


class _Gap(NamedTuple):
    """Neighbours in the past, and what is between the same places now."""

    past: range
    now: range


def judge(
    past: Sequence[Entry], page: Page, *, closed: bool, offsets: Sequence[int | None]
) -> list[Verdict | None]:
    """What became of each entry of the past; None: this page cannot tell.

    Args:
        past: In order. Ghosts are among them only to be given a place.
        page: What is there now, without ghosts.
        closed: Whether the past begins where the page does; else it may begin before that.
        offsets: Where each would stand, as far as that is known: kept where it fits.
    """
    now = page.entries
    verdicts: list[Verdict | None] = [None] * len(past)
    pairs = list(_pairs(past, now))
    for i, j in pairs:
        verdicts[i] = Verdict(False, now[j].offset)
    whole = page.at_start and page.at_end
    for number, gap in enumerate(_gaps(pairs, len(past), len(now))):
        of_past = gap.past
        if number == 0 and not (page.at_start or closed):
            of_past = of_past[len(of_past) - min(len(of_past), len(gap.now)) :]
        if number == len(pairs) and not page.at_end:
            of_past = of_past[: len(gap.now)]
        if not pairs and not (whole or closed):
            continue
        # Only messages: any rewrite drops the bad lines too.
        lines = [at for at in of_past if isinstance(past[at].item, ChatMessage)]
        for at in of_past:
            verdicts[at] = Verdict(True, _place(gap, page, offsets[at]))
        if len(lines) <= len(gap.now):
            for at, there in zip(lines, gap.now, strict=False):
                verdicts[at] = _replacement(past[at], now[there], _place(gap, page, offsets[at]))
    return verdicts


def _place(gap: _Gap, page: Page, was: int | None) -> int:
    """Before which line of a gap it would stand what is gone from there: before the first, if it did not."""
    now = page.entries
    low = now[gap.now.start - 1].stop if gap.now.start else 0
    high = now[gap.now.stop].offset if gap.now.stop < len(now) else None
    if was is not None and low <= was and (high is None or was <= high):
        return was
    if gap.now.start < len(now):
        return now[gap.now.start].offset
    # Behind a last line whose newline is still to come, which the page shows and does not count as read.
    return max(page.stop, now[-1].offset + now[-1].length + 1) if now else page.stop


def _replacement(was: Entry, now: Entry, place: int) -> Verdict:
    """What became of an entry in whose place another is; a text that only goes on has lost nothing."""
    before, after = was.item, now.item
    if not isinstance(before, ChatMessage) or not isinstance(after, ChatMessage) or before.role != after.role:
        return Verdict(True, place)
    if after.content.startswith(before.content):
        return Verdict(False, now.offset)
    return Verdict(True, place, replaced=True)


def _pairs(past: Sequence[Entry], now: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Which is which: first what is where it was, then what is the same between those."""
    places = {entry.offset: at for at, entry in enumerate(now)}
    fixed = [
        (i, j)
        for i, entry in enumerate(past)
        if (j := places.get(entry.offset)) is not None and now[j].item == entry.item
    ]
    for number, gap in enumerate(_gaps(fixed, len(past), len(now))):
        if gap.past and gap.now:
            left = [entry.item for entry in past[gap.past.start : gap.past.stop]]
            right = [entry.item for entry in now[gap.now.start : gap.now.stop]]
            same = SequenceMatcher(None, left, right, autojunk=False)
            for i, j, size in same.get_matching_blocks():
                yield from ((gap.past.start + i + k, gap.now.start + j + k) for k in range(size))
        yield from fixed[number : number + 1]


def _gaps(pairs: Sequence[tuple[int, int]], past: int, now: int) -> Iterator[_Gap]:
    """What lies before, between and behind the pairs: one more than there are pairs."""
    i = j = 0
    for next_i, next_j in [*pairs, (past, now)]:
        yield _Gap(range(i, next_i), range(j, next_j))
        i, j = next_i + 1, next_j + 1
