"""What the rest of earwig makes of one session of a bot that never rests.

    python -m tests.core.stores.sqlite.transcript_torture --interleavings 10000 --seed 1

As `torture`, of what stands on it: a view that keeps what a transcript gave it and follows its changes, a
counter, and a tail that tells each message once. Contents are told apart by their number, so each row that a
view holds is of a state that there was, and nothing may be told twice.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from earwig.core.follow.recovery import LONG
from earwig.core.follow.session_tail import Heard, SessionTail
from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import ChatMessage
from earwig.core.reading.counting import LineCounter
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.transcript import DatabaseTranscript
from earwig.core.system.opening import CannotOpen
from tests.core.stores.sqlite.restless_bot import (
    KEYS,
    Figures,
    Model,
    StoredMessage,
    done_in,
    look_beside,
    run_from_command_line,
)

KEY = KEYS[0]
Row = tuple[int, str, str]
Rows = tuple[Row, ...]
_TRIES = 50
_QUIET = 20


def state_of(messages: Sequence[StoredMessage], counts: Mapping[str, int]) -> Rows | None:
    """The messages of one session; None: there is no session."""
    rows = tuple((it.id, it.role, it.content) for it in messages if it.key == KEY)
    return rows if rows or KEY in counts else None


@dataclass
class LookFigures(Figures):
    """How it went."""

    looks: int = 0
    rewrites: int = 0
    told: int = 0


class View:
    """Keeps what it was given, as a screen does."""

    def __init__(self, transcript: DatabaseTranscript, figures: LookFigures) -> None:
        self._transcript = transcript
        self._figures = figures
        self._generation = 0
        self._entries: list[Entry] = []
        self._stop = 0

    def look(self, dice: random.Random) -> Rows | None:
        """All rows as they are now; None where there is no session."""
        for _ in range(_TRIES):
            self._transcript.refresh()
            if self._transcript.absent or not self._take(dice):
                if self._transcript.absent:
                    self._begin(0)
                    return None
                continue
            return tuple(map(_row, self._entries))
        raise CannotOpen("was changed each time")

    def _take(self, dice: random.Random) -> bool:
        """Read on to the end; False if the past changed meanwhile."""
        transcript = self._transcript
        passed = transcript.generation - self._generation
        if passed:
            self._figures.rewrites += 1
            self._begin(transcript.unchanged_to if passed == 1 else 0)
        while True:
            page = transcript.after(self._stop, dice.choice((1, 5, 200)))
            if page.generation != self._generation:
                return False
            self._entries += page.entries
            self._stop = page.stop
            if page.at_end:
                return True

    def _begin(self, same: Position) -> None:
        self._generation = self._transcript.generation
        self._entries = [entry for entry in self._entries if entry.position < same]
        self._stop = min(self._stop, same)


def _row(entry: Entry) -> Row:
    item = entry.item
    return (entry.position, item.role, item.content) if isinstance(item, ChatMessage) else (0, "", str(item))


class Reader:
    """Looks again and again in several ways."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._dice = random.Random(seed)
        self._database = Database(folder / "sessions" / "sessions.db")
        self._model = Model(seed, state_of)
        self.figures = LookFigures()
        self._view = View(self._transcript(), self.figures)
        self._pages = self._transcript()
        self._counted = self._transcript()
        self._counter = LineCounter(self._counted)
        self.told: Counter[str] = Counter()
        self._tail: SessionTail | None = None
        self._now = 1000.0

    def _transcript(self) -> DatabaseTranscript:
        return DatabaseTranscript(self._database, SessionKey(KEY.encode()))

    def done(self) -> int:
        """How much the bot has done for certain."""
        return done_in(self._folder)

    def look(self) -> None:
        """Once in each way, and compare."""
        if not self.done():  # its tables are still being made
            time.sleep(0.001)
            return
        before = self.done()
        for name, way in (("view", self._seen), ("page", self._newest), ("numbers", self._numbered)):
            try:
                found = way()
            except CannotOpen as error:
                if not error.missing:
                    self.figures.busy += 1
                    continue
                found = None
            after = self.done()
            self.figures.interleavings += after > before
            states = self._model.states(before, after + 1)
            fits = any(_fits(name, found, state) for state in states)
            if not fits:
                self.figures.wrong.append(f"{name}: no state of {before} to {after}")
            before = after
        self._follow()
        self.figures.looks += 1

    def _seen(self) -> Rows | None:
        return self._view.look(self._dice)

    def _newest(self) -> Rows | None:
        return tuple(map(_row, self._pages.tail(self._dice.choice((1, 10, 1000))).entries))

    def _numbered(self) -> Rows | None:
        page = self._pages.tail(3)
        numbers = [entry.number for entry in page.entries]
        count = numbers[-1] if numbers else 0
        if count is None or numbers != list(range(count - len(numbers) + 1, count + 1)):
            return ((0, "", f"{numbers}"),)
        return tuple((0, "", "") for _ in range(count))

    def _follow(self) -> None:
        if self._tail is None:
            self._tail = SessionTail(self._transcript, self._hear, str)
            with suppress(CannotOpen):
                self._tail.begin(1_000_000)
        due = self._tail.look(self._now)
        while due is not None and self._dice.random() < 0.8:
            self._now = max(due, self._now + LONG)
            due = self._tail.look(self._now)
        with suppress(CannotOpen):  # it need not be there
            self._counter.step(self._dice.randint(1, 20_000))

    def _hear(self, heard: Heard) -> None:
        message = heard.message
        self.figures.told += 1
        self.told[message.content] += 1
        if self.told[message.content] > 1:
            self.figures.wrong.append(f"told twice: {message.content[:20]}")

    def finish(self) -> None:
        """Once nothing happens any more, all is known."""
        quiet = 0
        while quiet < _QUIET:  # what the bot has begun, it ends
            done = self.done()
            time.sleep(0.02)
            quiet = quiet + 1 if self.done() == done else 0
        state = self._seen()
        if state not in self._model.states(self.done(), self.done() + 1):
            self.figures.wrong.append("the last state is another")
        if state is None:
            return
        due: float | None = self._now
        while due is not None and self._tail is not None:
            self._now = max(due, self._now + LONG)
            due = self._tail.look(self._now)
        untold = [content[:20] for _, _, content in state if not self.told[content]]
        if untold:
            self.figures.wrong.append(f"never told: {untold}")
        while not self._counter.step():
            pass
        if self._counter.messages != len(state):
            self.figures.wrong.append(f"counted {self._counter.messages} of {len(state)}")


def _fits(way: str, found: Rows | None, state: Rows | None) -> bool:
    if found is None or state is None:
        return found is state
    if way == "page":
        return found == state[-len(found) :] if found else not state
    if way == "numbers":
        return len(found) == len(state) and found == ((0, "", ""),) * len(state)
    return found == state


def run(folder: Path, interleavings: int, seed: int, seconds: float = 600) -> LookFigures:
    """So many looks beside a bot at work."""
    reader = Reader(folder, seed)
    look_beside(folder, seed, reader.look, reader.figures, interleavings, seconds)
    if not reader.figures.wrong:
        reader.finish()
    return reader.figures


if __name__ == "__main__":
    run_from_command_line(run, __doc__)
