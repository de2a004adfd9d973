"""Finds the message that a link means, in steps that each read a bounded part of the file."""

from __future__ import annotations

from collections.abc import Iterator

from earwig.core.model.message_link import HASHED, MessageLink, digest_of
from earwig.core.stores.jsonl.transcript import Transcript

STEP = 1024 * 1024
"""Bytes read in a step, more where a line is longer."""

_ATTEMPTS = 3
"""How often it begins anew where the file is rewritten meanwhile."""


class LinkSearch:
    """At the link's line if its hash fits there; else where the same bytes stand nearest to it.

    With no line known, the newest are nearest. Not for two threads at once; may raise `CannotOpen`.
    """

    def __init__(self, transcript: Transcript, link: MessageLink) -> None:
        self._transcript = transcript
        self._link = link
        self._attempts = 0
        self.found: int | None = None
        """The offset of the message, if it is there."""

        self.place = 0
        """Where the link's line is, or the end where there are fewer: where to stand if it is not there."""

        self.searched = 0
        """Bytes looked at."""

        self._begin()

    def _begin(self) -> None:
        self._attempts += 1
        self.searched = 0
        self._transcript.refresh()
        self._generation = self._transcript.generation
        self._steps = self._search()

    def step(self) -> bool:
        """Look a bit further; True when it is done."""
        if self._transcript.generation != self._generation and self._attempts < _ATTEMPTS:
            self._begin()
        return next(self._steps, True)

    def _search(self) -> Iterator[bool]:
        """Each step gives False."""
        yield from self._find_place()
        if self._link.line is not None and self._fits(self.place):
            self.found = self.place
            return
        below, above = self.place, self.place
        size = self._transcript.size
        while above > 0 or below < size:
            # Both ways in turn, so that the nearest is found first.
            if above > 0:
                start = self._line_start(above)
                self._look_before(start, above)
                above = start
                yield False
            if below < size:
                below = self._look_after(below, self.found)
                yield False
            if self.found is not None:
                return

    def _find_place(self) -> Iterator[bool]:
        """Count lines until that of the link is known."""
        line, transcript = self._link.line, self._transcript
        self.place = transcript.size
        if line is None:
            return
        while (place := transcript.locate(line)) is not None:
            if place.certain:
                self.place = place.offset
                return
            transcript.index_step()
            yield False

    def _fits(self, offset: int) -> bool:
        page = self._transcript.after(offset, 1)
        length = page.entries[0].size if page.entries and page.entries[0].position == offset else 0
        return (
            length > 0 and digest_of(self._transcript.read(offset, min(length, HASHED))) == self._link.digest
        )

    def _line_start(self, stop: int) -> int:
        """Where a line begins, about a step before `stop`."""
        return self._transcript.around(max(0, stop - STEP), 0, 1).start if stop > STEP else 0

    def _look_before(self, start: int, stop: int) -> None:
        """Look at the lines from `start` to `stop`; the last one that fits counts."""
        at = start
        while at < stop:
            at, found = self._look_at(at, min(STEP, stop - at), stop)
            if found:
                self.found = found[-1]

    def _look_after(self, start: int, above: int | None) -> int:
        """Look at a step from `start` on; what is found there counts if it is nearer than what is `above`."""
        stop, found = self._look_at(start, STEP, self._transcript.size)
        if found and (above is None or found[0] - self.place < self.place - above):
            self.found = found[0]
        return stop

    def _look_at(self, start: int, size: int, stop: int) -> tuple[int, list[int]]:
        """Where the lines end that were looked at, and the offsets of those that fit."""
        data, end = self._transcript.read_lines(start, size, HASHED)
        if not data:
            # A line over the limit, known by its beginning; or the last, which no newline ends.
            line = self._transcript.read(start, min(stop - start, HASHED))
            end = end if end > start else stop
            self.searched += end - start
            return end, [start] if digest_of(line) == self._link.digest else []
        self.searched += len(data)
        found = []
        at = start
        for line in data.split(b"\n")[:-1]:
            if digest_of(line) == self._link.digest:
                found.append(at)
            at += len(line) + 1
        return end, found
