"""What rewrites took out of a session while it was read: kept as ghosts, in their places."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from earwig.core.message import ChatMessage
from earwig.core.transcript.entries import Entry, Ghost, Item, Page, Unfinished
from earwig.ui.comparison import Verdict, judge

KEPT = 200
"""Ghosts of one session; of more only the number is known."""

KEPT_BYTES = 2_000_000
"""Bytes of the lines that they are kept of."""

RETURN = 3.0
"""Seconds in which what went may come back: a rewrite in place empties the file, then writes line by line."""

_serials = itertools.count(1)


class Lost(NamedTuple):
    """An entry that is not in the file any more, and where it would be."""

    entry: Entry
    """As it was held."""

    ghost: Ghost
    offset: int
    """Of the line before which it would stand."""

    @property
    def standing(self) -> Entry:
        """It as a part of the transcript as that is now."""
        return Entry(self.offset, 0, self.ghost, None, complete=False)


class Ghosts:
    """The ghosts of one session, for as long as the program runs.

    A page of another past is compared with what was held. What is not certain to be gone, because the page
    does not reach so far, is compared with the pages that follow.
    """

    def __init__(self, *, pulse: Callable[[], float] = time.monotonic) -> None:
        self._pulse = pulse
        self._settled: list[Entry] = []
        """Of earlier rewrites; one of them may stand for all that are not kept."""

        self._lost: list[Lost] = []
        """Of the last rewrite: all, in their order, as long as they may come back."""

        self._unheld: int | None = 0
        """Messages that went with them and were not held; None: nobody counted them."""

        self._after: list[Entry] = []
        """Held before the last rewrite, behind all that was compared: whether they are there is not known."""

        self._compared_to = -1
        self._without_newline: Entry | None = None
        """What was last compared, if it is a message whose line may go on: the next page has it once more."""

        self._at = self._since = 0.0
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
    ) -> None:
        """Compare what was held with the first page of another past.

        Args:
            held: All that was held, ghosts too, in order.
            page: What is there now, without ghosts.
            at: The time that is said of what is gone (Unix time, seconds).
            focus: What was being read: it is kept, with what was around it. None: the newest.
            messages: How many messages the file held; None: nobody counted them.
            whole: Whether all of them were held.
        """
        self._settle()
        self._at, self._since, self._focus = at, self._pulse(), focus
        stop = held[-1].stop if held else 0
        past = [*held, *(entry for entry in self._after if entry.offset >= stop)]
        self._after = []
        self._compared_to, self._without_newline = page.start, None
        there = self._compare(past, page, first=True)
        if page.at_start and page.at_end and self._lost and not whole:
            held_messages = sum(isinstance(entry.item, ChatMessage) for entry in past)
            others = len(page.entries) - there if there else 0
            self._unheld = None if messages is None else max(0, messages - held_messages - others)

    def look(self, page: Page) -> None:
        """Compare what may come back, or may be gone, with another page of the same past, without ghosts."""
        if self._lost and self._pulse() - self._since > RETURN:
            self._settle()
        continues = page.start == self._compared_to
        if continues and page.entries and self._is_known(page.entries[0]):
            page = page._replace(entries=page.entries[1:])
        before = [lost for lost in self._lost if continues and lost.offset < page.start]
        past = [*(lost.entry for lost in self._lost[len(before) :]), *self._after]
        if past:
            self._after = []
            if self._compare(past, page, first=False):
                self._unheld = 0  # as one has come back, so will those that nobody held
            self._lost[:0] = before

    def rest(self) -> None:
        """The reader goes to another session: nothing is compared any more, and nothing forgotten."""
        self._settle()
        self._after = []

    def weave(self, page: Page) -> Page:
        """The page with the ghosts that belong into it."""
        ghosts = [
            ghost
            for ghost in self._standing()
            if page.start <= ghost.offset and (ghost.offset < page.stop or page.at_end)
        ]
        if not ghosts:
            return page
        woven: list[Entry] = []
        at = 0
        for entry in page.entries:
            while at < len(ghosts) and ghosts[at].offset <= entry.offset:
                woven.append(ghosts[at]._replace(offset=entry.offset))
                at += 1
            woven.append(entry)
        woven += (ghost._replace(offset=page.stop) for ghost in ghosts[at:])
        return page._replace(entries=tuple(woven))

    def _compare(self, past: Sequence[Entry], page: Page, *, first: bool) -> int:
        """Judge what was there; how much of it is."""
        past = [entry for entry in past if not isinstance(entry.item, Unfinished)]
        known = {lost.entry.identity: lost for lost in self._lost}
        settled = {ghost.identity: ghost for ghost in self._settled}
        continues = page.start == self._compared_to
        offsets = [known[e.identity].offset if e.identity in known else None for e in past]
        verdicts = judge(past, page, closed=continues and not first, offsets=offsets)
        there = [at for at, verdict in enumerate(verdicts) if verdict is not None and not verdict.gone]
        last = there[-1] if there else -1
        lost: list[Lost] = []
        for at, (entry, verdict) in enumerate(zip(past, verdicts, strict=True)):
            if entry.identity in settled:
                if verdict is not None:
                    settled[entry.identity] = entry._replace(offset=verdict.offset)
            elif verdict is not None:
                if verdict.gone:
                    lost.append(self._lose(entry, verdict, known.get(entry.identity)))
            elif entry.identity in known:
                undecided = known[entry.identity]
                behind = max(undecided.offset, page.stop) if there and at > last else undecided.offset
                lost.append(undecided._replace(offset=behind))
            elif at > last and (there or not first):
                self._after.append(entry)
        self._lost = lost
        self._settled = sorted(settled.values(), key=lambda ghost: ghost.offset)
        if there or continues:
            self._compared_to = page.stop
            last_of_page = page.entries[-1] if page.entries else None
            self._without_newline = None if last_of_page is None or last_of_page.complete else last_of_page
        return len(there)

    def _is_known(self, entry: Entry) -> bool:
        known = self._without_newline
        return known is not None and (known.offset, known.item) == (entry.offset, entry.item)

    def _lose(self, entry: Entry, verdict: Verdict, known: Lost | None) -> Lost:
        if known is not None and known.ghost.replaced >= verdict.replaced:
            return known._replace(offset=verdict.offset)
        item = entry.item
        if isinstance(item, Ghost | Unfinished):
            raise TypeError(item)
        return Lost(entry, Ghost(next(_serials), item, self._at, verdict.replaced), verdict.offset)

    def _settle(self) -> None:
        """What is lost stays lost."""
        self._settled = self._standing()
        self._lost, self._unheld = [], 0

    def _standing(self) -> list[Entry]:
        """All ghosts in their order; one stands for those that are too many."""
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
        return sorted(standing, key=lambda it: it.offset)

    def _count_more(self, more: Entry | None, dropped: int, before: Sequence[Lost]) -> Entry:
        """One ghost for all that are not kept, before the first that is."""
        known = 0 if more is None or not isinstance(more.item, Ghost) else more.item.count
        counted = None if known is None or self._unheld is None else known + dropped + self._unheld
        ghost = Ghost(self._serial_of_more, None, self._at, count=counted)
        return Entry(before[0].offset, 0, ghost, None, complete=False)

    def _shown(self) -> list[Lost]:
        """The part of what the last rewrite took that is kept: around what was being read, or the newest."""
        lost = self._lost
        focus = next((at for at, it in enumerate(lost) if it.entry == self._focus), len(lost) - 1)
        low = max(0, min(focus - KEPT // 2, len(lost) - KEPT))
        shown = lost[low : low + KEPT]
        while sum(it.entry.length for it in shown) > KEPT_BYTES:
            shown.pop(0 if shown[0].entry != self._focus else -1)
        return shown


def is_same(entry: Entry, other: Entry) -> bool:
    """Whether two entries say the same, whether or not they are still in the file."""
    return _content(entry.item) == _content(other.item)


def _content(item: Item) -> object:
    return item.item if isinstance(item, Ghost) else item


def _messages(item: Item) -> int:
    """How many messages a ghost stands for."""
    return int(isinstance(item, Ghost) and isinstance(item.item, ChatMessage))
