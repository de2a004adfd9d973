"""The messages around what a search finds, each once, in the order of their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import ChatMessage
from earwig.core.query.hits import Hit
from earwig.core.stores.protocols import Transcript
from earwig.core.system.opening import CannotOpen

_AMONG = 4
"""Lines that are looked at for each message around a hit: bad lines may stand between."""

_AHEAD = 128 * 1024
"""Bytes of lines behind a hit, about, that are read together: the next hit may be among them."""


class Around(NamedTuple):
    """A message, and where it is."""

    position: Position
    number: int
    message: ChatMessage


class Context:
    """Hands over the hits of one session, and so many messages before and after each, while they come."""

    def __init__(
        self,
        transcript: Transcript,
        count: int,
        show_hit: Callable[[Hit], object],
        show: Callable[[Around], object],
        gap: Callable[[], object],
        *,
        is_first: bool,
    ) -> None:
        """`gap` is called where lines are left out between two, and before all unless `is_first`."""
        self._transcript = transcript
        self._count = count
        self._show_hit = show_hit
        self._show = show
        self._gap = gap
        self._waiting: list[Around] = []
        """Messages behind the last hit; the next hit may be one of them."""

        self._read: list[Around] = []
        """Messages behind an earlier hit, without a gap up to the last of them."""

        self._shown = 0 if is_first else -1
        """The number of the last line that was shown; 0 for nothing, -1 for that of another session."""

    def take(self, hit: Hit) -> None:
        """Show a hit, and what stands before it."""
        before, after = self._around(hit)
        waiting = {it.number: it for it in (*self._waiting, *before)}
        self._show_all(waiting[number] for number in sorted(waiting) if number < hit.number)
        self._mind_gap(hit.number)
        self._show_hit(hit)
        self._waiting = after

    def end(self) -> None:
        """Show what stands behind the last hit."""
        self._show_all(self._waiting)
        self._waiting = []

    def _show_all(self, messages: Iterator[Around] | Sequence[Around]) -> None:
        for it in messages:
            if it.number > self._shown:
                self._mind_gap(it.number)
                self._show(it)

    def _mind_gap(self, number: int) -> None:
        if self._shown and number > self._shown + 1:
            self._gap()
        self._shown = number

    def _around(self, hit: Hit) -> tuple[list[Around], list[Around]]:
        """Return the messages next to a hit; none where the file has changed meanwhile."""
        read, count = self._read, self._count
        at = next((at for at, it in enumerate(read) if it.position == hit.position), len(read))
        if at + count < len(read):
            self._read = read[
                max(0, at - count) :
            ]  # what is farther before was before an earlier hit as well
            return read[max(0, at - count) : at], read[at + 1 : at + 1 + count]
        lines = max(_AMONG * count, min(64, _AHEAD // (hit.size + 1)))
        try:
            self._transcript.refresh()
            before = self._transcript.before(hit.position, _AMONG * count).entries
            after = self._transcript.after(hit.next, lines).entries
            self._read = list(self._numbered_after(hit, after))
            return list(self._numbered_before(hit, before))[-count:], self._read[:count]
        except CannotOpen:
            self._read = []
            return [], []

    def _numbered_after(self, hit: Hit, entries: Sequence[Entry]) -> Iterator[Around]:
        at, number = hit.next, hit.number + 1
        for entry in entries:
            number += self._transcript.lines_between(at, entry.position)
            if isinstance(entry.item, ChatMessage):
                yield Around(entry.position, number, entry.item)
            at, number = entry.next, number + 1

    def _numbered_before(self, hit: Hit, entries: Sequence[Entry]) -> Iterator[Around]:
        if entries:
            at = entries[0].position
            number = hit.number - self._transcript.lines_between(at, hit.position)
            for entry in entries:
                number += self._transcript.lines_between(at, entry.position)
                at = entry.position
                if isinstance(entry.item, ChatMessage):
                    yield Around(entry.position, number, entry.item)
