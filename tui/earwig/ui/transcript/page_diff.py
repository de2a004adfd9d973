"""Compares what was held of a session with a page of what is there now, entry by entry."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from earwig.core.model.entries import Entry, Page, RemovedEntry
from earwig.core.model.message import ChatMessage


class EntryVerdict(NamedTuple):
    gone: bool
    position: int
    """Where it is; if it is gone, of the line before which it would be."""

    replaced: bool = False
    """Whether it is gone because another message came in its place."""


class _Gap(NamedTuple):
    """Neighbours in the past, and what is between the same places now."""

    past: range
    now: range


def judge(
    past: Sequence[Entry],
    page: Page,
    *,
    closed: bool,
    positions: Sequence[int | None],
    earlier: Container[int] = (),
) -> list[EntryVerdict | None]:
    """Return what became of each entry of the past; None: this page cannot tell.

    Args:
        past: In order. Removed entries are among them only to be given a place.
        page: What is there now, without removed entries.
        closed: Whether the past begins where the page does; else it may begin before that.
        positions: Where each would stand, as far as that is known: kept where it fits.
        earlier: Which of them an earlier rewrite took: nothing replaces them where something else was.
    """
    now = page.entries
    verdicts: list[EntryVerdict | None] = [None] * len(past)
    pairs = list(_pairs(past, now))
    for i, j in pairs:
        verdicts[i] = EntryVerdict(False, now[j].position)
    whole = page.at_start and page.at_end
    for number, gap in enumerate(_gaps(pairs, len(past), len(now))):
        of_past: Sequence[int] = gap.past
        # Where the page ends, what is gone from it would still be in it, were it there.
        if number == 0 and not (page.at_start or closed):
            shift = _shift(pairs[0], past, now) if pairs else 0
            of_past = [at for at in of_past if at not in earlier and past[at].position + shift >= page.start]
        if number == len(pairs) and not page.at_end:
            shift = _shift(pairs[-1], past, now) if pairs else 0
            of_past = [at for at in of_past if at not in earlier and past[at].position + shift < page.stop]
        if not pairs and not (whole or closed):
            continue
        # Only messages: any rewrite drops the bad lines too.
        messages = [at for at in of_past if isinstance(past[at].item, ChatMessage)]
        lines = [at for at in messages if at not in earlier] or messages
        for at in of_past:
            verdicts[at] = EntryVerdict(True, _place(gap, page, positions[at]))
        if len(lines) <= len(gap.now):
            for at, there in zip(lines, gap.now, strict=False):
                verdicts[at] = _replacement(past[at], now[there], _place(gap, page, positions[at]))
    return verdicts


def _shift(pair: tuple[int, int], past: Sequence[Entry], now: Sequence[Entry]) -> int:
    return now[pair[1]].position - past[pair[0]].position


def _place(gap: _Gap, page: Page, was: int | None) -> int:
    """Before which line of a gap it would stand what is gone from there: before the first, if it did not."""
    now = page.entries
    low = now[gap.now.start - 1].next if gap.now.start else 0
    high = now[gap.now.stop].position if gap.now.stop < len(now) else None
    if was is not None and low <= was and (high is None or was <= high):
        return was
    if gap.now.start < len(now):
        return now[gap.now.start].position
    # Behind a last line whose newline is still to come, which the page shows and does not count as read.
    return max(page.stop, now[-1].next + (not now[-1].complete)) if now else page.stop


def _replacement(was: Entry, now: Entry, place: int) -> EntryVerdict:
    """Return what became of an entry in whose place another is; a text that only goes on has lost nothing."""
    before, after = was.item, now.item
    if not isinstance(before, ChatMessage) or not isinstance(after, ChatMessage) or before.role != after.role:
        return EntryVerdict(True, place)
    if after.content.startswith(before.content):
        return EntryVerdict(False, now.position)
    return EntryVerdict(True, place, replaced=True)


def _pairs(past: Sequence[Entry], now: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Yield which is which: first what is where it was, then what is the same between those."""
    places = {(entry.position, entry.item): at for at, entry in enumerate(now)}
    found = ((i, places.pop((entry.position, entry.item), None)) for i, entry in enumerate(past))
    fixed = [(i, j) for i, j in found if j is not None]
    for number, gap in enumerate(_gaps(fixed, len(past), len(now))):
        if gap.past and gap.now:
            left = [entry.item for entry in past[gap.past.start : gap.past.stop]]
            right = [entry.item for entry in now[gap.now.start : gap.now.stop]]
            same = SequenceMatcher(None, left, right, autojunk=False)
            for i, j, size in same.get_matching_blocks():
                yield from ((gap.past.start + i + k, gap.now.start + j + k) for k in range(size))
        yield from fixed[number : number + 1]


def _gaps(pairs: Sequence[tuple[int, int]], past: int, now: int) -> Iterator[_Gap]:
    """Yield what lies before, between and behind the pairs: one more than there are pairs."""
    i = j = 0
    for next_i, next_j in [*pairs, (past, now)]:
        yield _Gap(range(i, next_i), range(j, next_j))
        i, j = next_i + 1, next_j + 1


class PageDiff:
    """What was held before a rewrite, compared with all that has been read of the session since.

    All of it is compared anew with each page: no verdict depends on the order in which pages come.
    """

    def __init__(
        self,
        past: Sequence[Entry],
        page: Page,
        *,
        closed: bool = False,
        earlier: Mapping[int, EntryVerdict] | None = None,
    ) -> None:
        """Compare.

        Args:
            past: All that was held, in order, and what a rewrite just before took, where it was.
                Removed entries are among it only to be given a place.
            page: What is there now, without removed entries.
            closed: Whether the past begins where the page does; else it may begin before that.
            earlier: What a rewrite just before took, by its place in the past.
        """
        self.past = list(past)
        self._earlier = {} if earlier is None else earlier
        self.verdicts: list[EntryVerdict | None] = [self._earlier.get(at) for at in range(len(self.past))]
        """What became of each entry of the past; None: that is not known yet."""

        self.now = page
        """What is read of the session, without a hole."""

        self.elsewhere: list[Entry] = []
        """What came behind a hole: it is known to be there, and not what is before it."""

        self._closed = closed
        self._rested = False
        self._judge()

    def take(self, page: Page) -> None:
        now = self.now
        if page.start > now.stop:
            self.elsewhere += page.entries
        elif page.stop >= now.start:
            self.now = _joined(now, page)
            self._judge()

    def _judge(self) -> None:
        places = [None if verdict is None else verdict.position for verdict in self.verdicts]
        fresh = judge(self.past, self.now, closed=self._closed, positions=places, earlier=self._earlier)
        there = [at for at, verdict in enumerate(fresh) if verdict is not None and not verdict.gone]
        last = there[-1] if there else -1
        if self._rested and not any(self._is_as_it_was(at, fresh[at]) for at in there):
            return  # what comes after a pause, and is nothing of what went, has not come in its place
        for at, (was, verdict) in enumerate(zip(self.verdicts, fresh, strict=True)):
            self.verdicts[at] = verdict
            if was is None or not was.gone:
                continue
            if verdict is None:
                # Of what is not read yet nothing is known, so nothing stands before it that may be there.
                is_open = at > last and (there or not self.now.at_end)
                behind = max(was.position, self.now.stop) if is_open else was.position
                self.verdicts[at] = was._replace(position=behind)
            elif verdict.gone and was.replaced:
                self.verdicts[at] = verdict._replace(replaced=True)

    def _is_as_it_was(self, at: int, verdict: EntryVerdict | None) -> bool:
        item = self.past[at].item
        return any(it.position == verdict.position and it.item == item for it in self.now.entries if verdict)

    @property
    def lost(self) -> list[tuple[int, EntryVerdict]]:
        """What is not there any more, in order, by its place in the past."""
        return [
            (at, verdict)
            for at, verdict in enumerate(self.verdicts)
            if verdict is not None and verdict.gone and not isinstance(self.past[at].item, RemovedEntry)
        ]

    @property
    def fresh(self) -> list[Entry]:
        """What is there now and was not held: a removed entry of the same content has come back."""
        pairs = zip(self.past, self.verdicts, strict=True)
        items = {verdict.position: entry.item for entry, verdict in pairs if verdict and not verdict.gone}
        return [entry for entry in self.now.entries if items.get(entry.position) != entry.item]

    @property
    def may_come_back_from(self) -> int:
        """Before this place nothing comes back: after a pause, what has another message behind it."""
        return self.now.start if self._rested else 0

    @property
    def undecided(self) -> list[Entry]:
        """What was held behind all that is read: whether it is there is not known."""
        there = [at for at, verdict in enumerate(self.verdicts) if verdict is not None]
        first = there[-1] + 1 if there else len(self.past)
        return [] if self.now.at_end else self.past[first:]

    def may_come_back(self, at: int) -> bool:
        """Return whether what is gone from a place of the past may still be brought back by that rewrite.

        It may while nothing is behind the place where it stands, or the session is shorter than it was there.
        """
        verdict = self.verdicts[at]
        return verdict is not None and max(verdict.position, self.past[at].position) >= self.now.stop

    @property
    def open_ones(self) -> list[int]:
        """What may still come back after a pause, or was not compared so far."""
        compared = len(self.past) - len(self.undecided)
        return [at for at in range(len(self.past)) if at >= compared or self.may_come_back(at)]

    def rest(self, kept: Sequence[int]) -> PageDiff:
        """Return the comparison of these with what will be read from here on."""
        stop = self.now.stop
        at_start = self.now.at_start and not self.now.entries
        unread = self.now._replace(entries=(), start=stop, stop=stop, at_start=at_start, at_end=False)
        rest = PageDiff([self.past[at] for at in kept], unread, closed=True)
        rest.verdicts = [self.verdicts[at] for at in kept]
        rest._rested = True
        return rest


def _joined(now: Page, page: Page) -> Page:
    before = [entry for entry in now.entries if entry.position < page.start]
    entries = [*before, *page.entries]
    stop, at_end = page.stop, page.at_end
    if page.stop < now.stop:
        entries += [entry for entry in now.entries if entry.position >= page.stop]
        stop, at_end = now.stop, now.at_end
    first = now if now.start <= page.start else page
    return page._replace(
        entries=tuple(entries), start=first.start, stop=stop, at_start=first.at_start, at_end=at_end
    )
