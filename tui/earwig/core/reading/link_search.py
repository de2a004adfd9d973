"""Finds the message that a link means, in steps that each read a bounded part of the session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import ChatMessage
from earwig.core.model.message_link import HASHED, MessageLink, digest_of
from earwig.core.reading.ordinals import counterpart
from earwig.core.stores.protocols import Transcript
from earwig.core.system.opening import CannotOpen

STEP = 1024 * 1024
"""Bytes read in a step; more where a line is longer."""

_NEAR = 64
"""Entries among which the next message is looked for. Damaged rows may stand between."""

_ATTEMPTS = 3
"""How often the search begins anew where the past changes meanwhile."""


def digest_at(transcript: Transcript, entry: Entry) -> str:
    """Return the hash by which a link names an entry; empty where the entry is gone. Raises `CannotOpen`."""
    lines = transcript.stored(entry.position, 1, limit=HASHED).lines
    return digest_of(lines[0][1]) if lines and lines[0][0] == entry.position else ""


class LinkSearch:
    """Finds the message of a link: at its line if the hash fits there, else where the same line stands
    nearest.

    With no line known, the newest are nearest. A line of a file of which an import has made rows may have had
    another number than its row, and other bytes than the bot would write: where the file is there, the row of
    that message is meant. Not for two threads at once; may raise `CannotOpen`.
    """

    def __init__(
        self, transcript: Transcript, link: MessageLink, elsewhere: Sequence[Transcript] = ()
    ) -> None:
        """`elsewhere`: where the same messages are, too."""
        self._transcript = transcript
        self._elsewhere = elsewhere
        self._link = link
        self._attempts = 0
        self.found: Position | None = None
        """Where the message is, if it is there."""

        self.place: Position = 0
        """Where the link's line is, or the end where there are fewer: where to stand if it is not there."""

        self.searched = 0
        self._begin()

    def _begin(self) -> None:
        self._attempts += 1
        self.searched = 0
        self._transcript.refresh()
        self._generation = self._transcript.generation
        self._steps = self._search()

    def step(self) -> bool:
        """Look a bit further; return whether the search is done."""
        if self._transcript.generation != self._generation and self._attempts < _ATTEMPTS:
            self._begin()
        return next(self._steps, True)

    def _search(self) -> Iterator[bool]:
        """Yield each step gives False."""
        yield from self._find_place()
        if self._link.line is not None and self._fits(self.place):
            self.found = self.place
            return
        yield from self._look_elsewhere(only_at_line=True)
        if self.found is None:
            yield from self._look_near()
        if self.found is None:
            yield from self._look_elsewhere(only_at_line=False)

    def _look_near(self) -> Iterator[bool]:
        """Look where the same line stands nearest to the link's."""
        below, above = self.place, self.place
        start, end = self._transcript.start, self._transcript.end
        while above > start or below < end:
            # Both ways in turn, so that the nearest is found first.
            if above > start:
                low = self._transcript.position_before(above, STEP)
                low = start if low is None or low >= above else low
                self._look_before(low, above)
                above = low
                yield False
            if below < end:
                below = self._look_after(below, end, self.found)
                yield False
            if self.found is not None:
                return

    def _look_elsewhere(self, *, only_at_line: bool) -> Iterator[bool]:
        """Find the message in another place, and so in this one."""
        for transcript in self._elsewhere:
            try:
                search = LinkSearch(transcript, self._link)
                steps = search._find_place() if only_at_line else search._steps
                yield from steps
                position = search.place if only_at_line else search.found
                if position is not None and search._fits(position):
                    yield from self._find_same(transcript, position)
            except CannotOpen:
                continue
            if self.found is not None:
                return

    def _find_same(self, transcript: Transcript, position: Position) -> Iterator[bool]:
        """Find the message that stands at a position in another place."""
        place = yield from counterpart(transcript, position, self._transcript)
        wanted = transcript.after(position, 1).entries[0].item
        for entry in self._transcript.after(place, _NEAR).entries:
            if isinstance(entry.item, ChatMessage):
                self.found = entry.position if entry.item == wanted else None
                return

    def _find_place(self) -> Iterator[bool]:
        """Count lines until that of the link is known."""
        line, transcript = self._link.line, self._transcript
        self.place = transcript.end
        if line is None:
            return
        while (place := transcript.locate(line)) is not None:
            if place.certain:
                self.place = place.position
                return
            transcript.index_step()
            yield False

    def _fits(self, position: Position) -> bool:
        entries = self._transcript.after(position, 1).entries
        return bool(entries) and digest_at(self._transcript, entries[0]) == self._link.digest

    def _look_before(self, start: Position, stop: Position) -> None:
        """Look at the lines from `start` to `stop`; the last one that fits counts."""
        at = start
        while at < stop:
            at, found = self._look_at(at, stop)
            if found:
                self.found = found[-1]

    def _look_after(self, start: Position, end: Position, above: Position | None) -> Position:
        """Look at a step from `start` on; what is found there counts if it is nearer than what is `above`."""
        stop, found = self._look_at(start, end)
        if found and (above is None or found[0] - self.place < self.place - above):
            self.found = found[0]
        return stop

    def _look_at(self, start: Position, stop: Position) -> tuple[Position, list[Position]]:
        """Return where the lines end that were looked at, and where those start that fit, before `stop`."""
        stored = self._transcript.stored(start, STEP, limit=HASHED)
        self.searched += stored.size
        digest = self._link.digest
        found = [at for at, line in stored.lines if at < stop and digest_of(line) == digest]
        return (stored.next if stored.next > start else stop), found
