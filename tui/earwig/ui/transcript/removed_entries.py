"""What rewrites took out of a session while it was read: kept as removed entries, in their places."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry, Item, Page, RemovedEntry, Unfinished
from earwig.core.model.message import ChatMessage
from earwig.core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from earwig.ui.transcript.page_diff import EntryVerdict, PageDiff

KEPT = 200
"""Removed entries of one session; of more only the number is known."""

KEPT_BYTES = 2_000_000
"""Bytes of the lines that they are kept of."""

RETURN = 3.0
"""Seconds without a page after which what stands before other messages is gone for good.

A rewrite in place empties the file, then writes line by line; what it has taken, and stands at the end, may
still come back.
"""

LONGEST_RETURN = 30.0
"""Seconds after which that is so without a pause: to compare costs more the more has come."""

_serials = itertools.count(1)


class Lost(NamedTuple):
    """An entry that is not in the session any more, and where it would be."""

    entry: Entry
    removed: RemovedEntry
    position: int
    """Of the line before which it would stand."""

    @property
    def standing(self) -> Entry:
        """It as a part of the transcript as that is now."""
        return Entry(self.position, self.position, 0, self.removed, None, complete=False)


class RemovedEntries:
    """The removed entries of one session, for as long as the program runs.

    A page of another past is compared with what was held. What is not certain to be gone, because the page
    does not reach so far, is compared with the pages that follow. Whatever is read again was not removed:
    those who hold entries weave them anew when `look` says that what is removed has changed.
    """

    def __init__(self, *, pulse: Callable[[], float] = time.monotonic) -> None:
        self._pulse = pulse
        self._settled: list[Entry] = []
        """Of earlier rewrites; one of them may stand for all that are not kept."""

        self._diff: PageDiff | None = None
        """Of what was held before the last rewrite, as long as any of it may come back."""

        self._made: dict[int, RemovedEntry] = {}
        """The removed entries of what that has found to be gone, by its place in the past."""

        self._lost: list[Lost] = []
        self._fixed: list[Lost] = []
        """The first of it, which does not come back any more."""

        self._before: tuple[int | None, int] | None = None
        """Messages before the rewrite, and how many of them were held; None: all were."""

        self._unheld: int | None = 0
        """Messages that went and were not held; None: nobody counted them."""

        self._at = self._since = self._begun = 0.0
        self._focus: Entry | None = None
        self._serial_of_more = next(_serials)

    def rewritten(
        self,
        held: Sequence[Entry],
        page: Page,
        *,
        at: float,
        focus: Entry | None = None,
        messages: int | None = None,
        whole: bool = False,
    ) -> Callable[[int], int | None]:
        """Compare what was held with the first page of another past.

        Args:
            held: All that was held, in order; of removed entries among it, those that are known here count.
            page: What is there now, without removed entries.
            at: The time that is said of what is gone (Unix time, seconds).
            focus: What was being read: it is kept, with what was around it. None: the newest.
            messages: How many messages the file held; None: nobody counted them.
            whole: Whether all of them were held.

        Returns:
            What gives where a line is that is still there, by where it was; None for any other.
        """
        from earwig.ui.transcript.page_diff import EntryVerdict, PageDiff  # loaded with the first rewrite

        now = self._pulse()
        undecided = [] if self._diff is None else self._diff.undecided
        lines = [entry for entry in held if not isinstance(entry.item, RemovedEntry | Unfinished)]
        stop = lines[-1].next if lines else 0
        lines += (entry for entry in undecided if entry.position >= stop)
        if self._is_over(now):
            self._settle()
        if self._diff is None:
            self._begun = now
            count = sum(isinstance(entry.item, ChatMessage) for entry in lines)
            self._before = None if whole else (messages, count)
        past = self._past(lines)
        self._made = {at: removed for at, (_, removed) in enumerate(past) if removed is not None}
        places = {lost.removed.serial: lost.position for lost in self._lost}
        earlier = {at: EntryVerdict(True, places[it.serial], it.replaced) for at, it in self._made.items()}
        self._at, self._since, self._focus, self._unheld = at, now, focus, 0
        self._lost, self._fixed = [], []
        self._diff = PageDiff([entry for entry, _ in past], page, earlier=earlier)
        self._update()
        self._count_unheld(self._diff)
        pairs = zip(self._diff.past, self._diff.verdicts, strict=True)
        there = [(at, it, verdict) for at, (it, verdict) in enumerate(pairs) if verdict and not verdict.gone]
        moved = {entry.position: verdict.position for at, entry, verdict in there if at not in earlier}
        first = min(moved, default=None)
        # What is before a page has not moved if the page has not.
        unmoved_to = page.start if first is not None and moved[first] == first else 0
        return lambda was: was if was < unmoved_to else moved.get(was)

    def look(self, page: Page) -> bool:
        """Compare with another page of the same past, without removed entries; return if these changed."""
        if self._diff is None:
            return False
        before = self._settled, self._lost, self._unheld
        now = self._pulse()
        if self._is_over(now):
            self._take_stock(now)
        self._since = now
        if self._diff is not None:
            self._diff.take(page)
            self._update()
        return before != (self._settled, self._lost, self._unheld)

    def returned(self, page: Page) -> None:
        """Drop removed entries that a page has in their place, or behind it: the reader is back."""
        there = {_content(entry.item): entry.position for entry in page.entries}
        self._settled = [
            removed for removed in self._settled if there.get(_content(removed.item), -1) < removed.position
        ]

    def rest(self) -> None:
        """The reader goes to another session: nothing is compared any more, and nothing forgotten."""
        self._settle()

    def weave(self, page: Page) -> Page:
        """Return the page with the removed entries that belong into it."""
        removed_entries = [
            removed
            for removed in self._standing()
            if page.start <= removed.position and (removed.position < page.stop or page.at_end)
        ]
        if not removed_entries:
            return page
        there = {(entry.position, entry.item) for entry in page.entries}
        back = {it.standing.identity for it in self._lost if (it.entry.position, it.entry.item) in there}
        older = {removed.identity for removed in self._settled}
        removed_entries = [removed for removed in removed_entries if removed.identity not in back]
        return page._replace(entries=tuple(_woven(page.entries, removed_entries, page.stop, older)))

    def _is_over(self, now: float) -> bool:
        """Return whether the session was quiet, or the rewrite is so long ago that it is done."""
        return now - self._since >= RETURN or now - self._begun >= LONGEST_RETURN

    def _past(self, lines: Sequence[Entry]) -> list[tuple[Entry, RemovedEntry | None]]:
        """What was held, and in its place what is gone: a rewrite right after another may bring it back."""
        gone: list[tuple[Entry, RemovedEntry | None]] = [(removed, None) for removed in self._settled]
        there = {(line.position, line.item) for line in lines}
        gone += (
            (it.entry, it.removed) for it in self._lost if (it.entry.position, it.entry.item) not in there
        )
        # By where each was when it was held: what a rewrite on its way brings back comes in that order.
        return sorted([*gone, *((line, None) for line in lines)], key=lambda it: it[0].position)

    def _update(self) -> None:
        """Take over what the comparison has found; what has come back is no removed entry, however old."""
        diff = self._diff
        if diff is None:
            return
        back: Counter[object] = Counter(entry.item for entry in diff.fresh)
        behind: Counter[object] = Counter(entry.item for entry in diff.elsewhere)
        start = diff.may_come_back_from
        lost: dict[int, Lost] = {}
        for at, verdict in diff.lost:
            entry = diff.past[at]
            is_back = diff.may_come_back(at) and _take(behind, entry.item)
            if not _take(back, entry.item) and not is_back:
                lost[at] = Lost(entry, self._removed_of(at, entry, verdict), verdict.position)
        places = {
            entry.identity: verdict.position
            for entry, verdict in zip(diff.past, diff.verdicts, strict=True)
            if isinstance(entry.item, RemovedEntry) and verdict is not None
        }
        settled = [
            _moved(removed, places.get(removed.identity, removed.position))
            for removed in self._settled
            if removed.position < start or not _take(back, _content(removed.item))
        ]
        self._settled = sorted(settled, key=lambda removed: removed.position)
        self._lost = sorted([*self._fixed, *lost.values()], key=lambda it: it.position)
        if any(at not in lost for at in self._made):
            self._before, self._unheld = None, 0  # as one has come back, so will those that nobody held

    def _count_unheld(self, diff: PageDiff) -> None:
        """Know how many went that were not held, where all that is left is read."""
        now = diff.now
        if self._before is None or not self._lost or not (now.at_start and now.at_end):
            return
        messages, held = self._before
        there = sum(verdict is not None and not verdict.gone for verdict in diff.verdicts)
        others = len(now.entries) - there if there else 0
        self._unheld = None if messages is None else max(0, messages - held - others)

    def _removed_of(self, at: int, entry: Entry, verdict: EntryVerdict) -> RemovedEntry:
        """Return what stands for an entry that is gone: the same as long as it is."""
        known = self._made.get(at)
        if known is None:
            item = None if isinstance(entry.item, RemovedEntry | Unfinished) else entry.item
            known = self._made[at] = RemovedEntry(next(_serials), item, self._at, verdict.replaced)
        elif known.replaced != verdict.replaced and not known.replaced:
            known = self._made[at] = known._replace(replaced=True)
        return known

    def _take_stock(self, now: float) -> None:
        """After a pause: what has another message behind it is gone for good."""
        diff = self._diff
        lost = {id(lost.entry) for lost in self._lost}
        kept = [] if diff is None else diff.open_ones
        if diff is not None:  # what is gone by its verdict, and not lost, was read behind a hole
            gone = {at for at, _ in diff.lost}
            kept = [at for at in kept if at not in gone or id(diff.past[at]) in lost]
        if diff is None or not kept:
            self._settle()
            return
        self._begun = now
        going_on = {id(diff.past[at]) for at in kept}
        self._fixed = [lost for lost in self._lost if id(lost.entry) not in going_on]
        self._made = {new: self._made[at] for new, at in enumerate(kept) if at in self._made}
        self._diff = diff.rest(kept)

    def _settle(self) -> None:
        self._settled = self._standing()
        self._diff, self._lost, self._unheld = None, [], 0
        self._made, self._fixed, self._before = {}, [], None

    def _standing(self) -> list[Entry]:
        """Return all removed entries in their order; one stands for those that are too many."""
        shown = self._shown()
        more = next((it for it in self._settled if it.identity == -self._serial_of_more), None)
        newest_first = sorted((it for it in self._settled if it is not more), key=lambda it: it.identity)
        rest = KEPT - len(shown)
        kept = {it.identity for it in newest_first[:rest]} | {it.standing.identity for it in shown}
        all_of_them = [*self._settled, *(it.standing for it in self._lost)]
        dropped = sum(_messages(it.item) for it in all_of_them if it.identity not in kept)
        if dropped or self._unheld != 0:
            more = self._count_more(more, dropped, shown or self._lost)
        standing = [] if more is None else [more]
        standing += (it for it in all_of_them if it.identity in kept)
        return sorted(standing, key=lambda it: it.position)

    def _count_more(self, more: Entry | None, dropped: int, before: Sequence[Lost]) -> Entry:
        """One removed entry for all that are not kept, before the first that is."""
        known = 0 if more is None or not isinstance(more.item, RemovedEntry) else more.item.messages
        counted = None if known is None or self._unheld is None else known + dropped + self._unheld
        removed = RemovedEntry(self._serial_of_more, None, self._at, messages=counted)
        at = before[0].position
        return Entry(at, at, 0, removed, None, complete=False)

    def _shown(self) -> list[Lost]:
        """The part of what the last rewrite took that is kept: around what was being read, or the newest."""
        lost = self._lost
        focus = next((at for at, it in enumerate(lost) if self._is_focus(it)), len(lost) - 1)
        low = max(0, min(focus - KEPT // 2, len(lost) - KEPT))
        shown = lost[low : low + KEPT]
        while sum(it.entry.size for it in shown) > KEPT_BYTES:
            shown.pop(-1 if self._is_focus(shown[0]) else 0)
        return shown

    def _is_focus(self, lost: Lost) -> bool:
        return self._focus in (lost.entry, lost.standing)


def _woven(
    entries: Iterable[Entry], removed_entries: Sequence[Entry], stop: int, older: Container[int]
) -> list[Entry]:
    """Return the entries with the removed entries that stand before them; those behind all at `stop`.

    Of the `older` ones nobody knows any more where they were: one right before a line that says the same is
    that line.
    """
    woven: list[Entry] = []
    at = 0
    for entry in entries:
        while at < len(removed_entries) and removed_entries[at].position <= entry.position:
            removed = removed_entries[at]
            if removed.identity not in older or _content(removed.item) != entry.item:
                woven.append(_moved(removed, entry.position))
            at += 1
        woven.append(entry)
    woven += (_moved(removed, stop) for removed in removed_entries[at:])
    return woven


def _take(items: Counter[object], item: object) -> bool:
    """Take one of these items out; False if there is none."""
    found = items[item] > 0
    if found:
        items[item] -= 1
    return found


def is_same(entry: Entry, other: Entry) -> bool:
    """Return whether two entries say the same, whether or not they are still in the file."""
    return _content(entry.item) == _content(other.item)


def _content(item: Item) -> object:
    return item.item if isinstance(item, RemovedEntry) else item


def _messages(item: Item) -> int:
    return int(isinstance(item, RemovedEntry) and isinstance(item.item, ChatMessage))


def _moved(removed: Entry, position: int) -> Entry:
    """Return the removed entry before the line at another position."""
    return removed._replace(position=position, next=position)
